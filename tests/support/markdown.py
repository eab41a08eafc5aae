"""The code blocks, console sessions, generated parts and links of our Markdown pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block: what language it names, the line of its first row, and its text."""

    language: str
    line: int
    text: str

    @property
    def file(self) -> str | None:
        """The path that the first row names in a comment, as `# acme/policy.toml`."""
        named = re.match(r"# ([\w./-]+\.\w+)$", self.text.partition("\n")[0])
        return named[1] if named else None


def blocks(page: str, language: str) -> list[Block]:
    """Give the blocks of a page that are in a language."""
    found = (
        Block(language=match[1], line=page.count("\n", 0, match.start(2)) + 1, text=match[2])
        for match in _BLOCK.finditer(page)
    )
    return [block for block in found if block.language == language]


def commands(session: str) -> list[str]:
    """Give the commands of a console session: the rows that begin with `$`."""
    return [row.removeprefix("$ ") for row in session.splitlines() if row.startswith("$ ")]


def with_outputs(page: str, run: Callable[[str], str]) -> str:
    """Give a page in which each command of its console sessions is followed by what it puts out."""

    def replay(match: re.Match[str]) -> str:
        if match[1] != "console":
            return match[0]
        session = "".join(f"$ {command}\n{run(command)}" for command in commands(match[2]))
        return f"```console\n{session}```"

    return _BLOCK.sub(replay, page)


def with_part(page: str, name: str, text: str) -> str:
    """Give a page with other text between `<!-- name: begin -->` and `<!-- name: end -->`."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the page has no part {name!r}")
    return f"{before}{begin}{text}{end}{after}"


def links(page: str) -> Iterator[str]:
    """Give the targets of all links outside of code that lead to a file of the repository, without their anchors."""
    for target in _LINK.findall(_CODE.sub("", _BLOCK.sub("", page))):
        path = target.partition("#")[0]
        if path and "://" not in path and not path.startswith("mailto:"):
            yield path


def anchors(page: str) -> Iterator[tuple[str, str]]:
    """Give path and anchor of all links outside of code that have an anchor; the path is empty within a page."""
    for target in _LINK.findall(_CODE.sub("", _BLOCK.sub("", page))):
        path, sign, anchor = target.partition("#")
        if sign and "://" not in path:
            yield path, anchor


def headings(page: str) -> set[str]:
    """Give the anchors that a page offers, as code forges make them from its headings."""
    titles = re.findall(r"^#+ (.*)$", _BLOCK.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
