"""Texts as the data of a page has them: harmless, and not longer than anybody reads."""

from __future__ import annotations

import functools
import json
from html import unescape
from typing import Any

from release_review.escape import MESSAGE_CHARACTERS, html, json_document
from release_review.reporters.layout import cut

NAME_CHARACTERS = 200
"""How much of a name the table shows."""


@functools.lru_cache(maxsize=65_536)
def shown(text: str, most: int = MESSAGE_CHARACTERS) -> str:
    """Give a text as a page shows it, for a script to put it there; what does not show as itself is a visible escape.

    The same few thousand texts make up most of an audit, and each is looked at once.
    """
    return unescape(html(cut(text, most)))


def name_shown(text: str) -> str:
    """Give a name, such as that of a release, likewise."""
    return shown(text, NAME_CHARACTERS)


def json_in_html(value: Any) -> str:
    r"""Write data into the element `script` of a page: nothing in it ends the element or begins a comment."""
    text = json_document(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
