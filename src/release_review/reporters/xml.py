"""XML as lines: a document, and an element with what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from release_review.escape import shorten, xml
from release_review.reporters.rows import PATH_CHARACTERS

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def document(lines: Iterable[str]) -> str:
    """Give a document whose one element has these lines."""
    return _HEAD + "".join(f"{line}\n" for line in lines)


def element(name: str, attributes: Mapping[str, str], inner: Iterable[str] = (), *, text: str = "") -> Iterator[str]:
    """Give an element as lines.

    Args:
        name: What it is called.
        attributes: Its attributes, not escaped; long ones are shortened.
        inner: The elements in it, as lines.
        text: The text in it, not escaped, where there are no elements.
    """
    start = "".join(f' {attribute}="{xml(shorten(value, PATH_CHARACTERS))}"' for attribute, value in attributes.items())
    children = list(inner)
    if children:
        yield f"<{name}{start}>"
        yield from (f"  {line}" for line in children)
        yield f"</{name}>"
    elif text:
        escaped = "\n".join(xml(line) for line in text.split("\n"))
        yield f"<{name}{start}>{escaped}</{name}>"
    else:
        yield f"<{name}{start}/>"
