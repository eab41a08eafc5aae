"""Annotations of GitHub Actions: a line for each, as many as GitHub shows, and how many it would not show.

GitHub shows ten annotations of each level for a step. It wants no columns where a stretch spans lines, and counts the
end column exclusively, as we do.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from release_review.escape import MESSAGE_CHARACTERS, github, shorten
from release_review.model import Site
from release_review.reporters.layout import counted
from release_review.reporters.rows import PATH_CHARACTERS, ends, path_of

AT_MOST = 10
"""Annotations of one level that GitHub shows for a step."""

LEVELS = ("error", "warning", "notice")
"""The levels of annotations, the gravest first."""

_TITLE = 255
_NEWLINE = "%0A"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What GitHub shows beside a line of a file; nothing in it is escaped.

    Attributes:
        level: One of `LEVELS`.
        title: What stands above the texts.
        site: Where it is shown.
        texts: What it says, a line for each; one that is empty is left out.
    """

    level: str
    title: str
    site: Site
    texts: tuple[str, ...]


def annotation_lines(found: Iterable[Annotation]) -> Iterator[str]:
    """Give annotations as lines, those of the gravest level first, and a line on what is left out, if anything is."""
    listed = list(found)
    left_out = []
    for level in LEVELS:
        of_level = [each for each in listed if each.level == level]
        yield from (_line(each) for each in of_level[:AT_MOST])
        if (rest := len(of_level) - AT_MOST) > 0:
            left_out.append(counted(rest, f"more {level}"))
    if left_out:
        yield f"and {', '.join(left_out)}, which GitHub would not show; the format json lists all"


def _line(each: Annotation) -> str:
    span = each.site.span
    end_line, end_column = ends(span)
    properties: dict[str, str | int] = {
        "title": github(shorten(each.title, _TITLE), in_property=True),
        "file": github(shorten(path_of(each.site.file), PATH_CHARACTERS), in_property=True),
        "line": span.line,
        "endLine": end_line,
    }
    if end_line == span.line:
        properties |= {"col": span.column, "endColumn": end_column}
    message = _NEWLINE.join(github(shorten(text, MESSAGE_CHARACTERS)) for text in each.texts if text)
    return f"::{each.level} {','.join(f'{name}={value}' for name, value in properties.items())}::{message}"
