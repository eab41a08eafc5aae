"""A page in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from release_review.authoring.pages.blocks import Block, Code, Facts, Items, Line, Page, Paragraph, Piece, Table, way
from release_review.escape import markdown, markdown_prose, plain, web_address

MARK = "<!-- made by `release-review policy docs` -->"
"""The first line of every page."""

_SUFFIX = ".md"
_FENCES = re.compile("`+")


def written(page: Page) -> str:
    """Write a page."""
    return "\n".join(_lines(page)).rstrip("\n") + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield from (MARK, "")
    if page.above:
        yield " / ".join(_link(markdown(title), way(page.path, path)) for title, path in page.above)
        yield ""
    yield f"# {markdown_prose(page.title)}"
    for block in page.blocks:
        yield from ("", *_block(block, page))
    for section in page.sections:
        if section.blocks:
            yield from ("", f"## {markdown(section.title)}")
        for block in section.blocks:
            yield from ("", *_block(block, page))


def _block(block: Block, page: Page) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _line(block.line, page)
        case Code():
            yield from (f"{markdown(block.title)}:", "", *_fenced(block.text))
        case Facts():
            yield from (f"- {markdown(name)}: {_line(line, page)}" for name, line in block.rows)
        case Items():
            yield from (f"- {_line(line, page)}" for line in block.lines)
        case Table():
            yield f"| {' | '.join(map(markdown, block.heads))} |"
            yield f"|{'---|' * len(block.heads)}"
            yield from (f"| {' | '.join(_line(cell, page) for cell in row)} |" for row in block.rows)


def _fenced(text: str) -> Iterator[str]:
    """Set an expression as its author set it; no run of backticks in it is as long as the fence."""
    lines = [plain(line) for line in text.strip("\n").split("\n")]
    fence = "`" * max(3, *(len(run) + 1 for line in lines for run in _FENCES.findall(line)), 3)
    yield from (fence, *lines, fence)


def _line(line: Line, page: Page) -> str:
    return "".join(_piece(piece, page) for piece in line)


def _piece(piece: Piece, page: Page) -> str:
    match piece.kind:
        case "code":
            text = markdown(piece.text, code=True)
        case "prose":
            text = markdown_prose(piece.text)
        case "plain":
            # Our own words between two pieces keep the blanks at their ends.
            core = piece.text.strip(" ")
            text = piece.text.replace(core, markdown(core)) if core else piece.text
        case _:
            text = f"**{markdown(piece.text)}**"
    if piece.page:
        return _link(text, way(page.path, piece.page))
    if piece.url:
        address = web_address(piece.url)
        return f"[{text}](<{address}>)" if address else f"{text} ({markdown(piece.url)})"
    return text


def _link(text: str, target: str) -> str:
    return f"[{text}]({target}{_SUFFIX})"
