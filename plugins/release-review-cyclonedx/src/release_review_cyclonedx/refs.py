"""The names under which the parts of a BOM refer to each other: readable, and each given once."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

MOST_CHARACTERS = 240
"""Characters of a name; what would be longer ends in a digest."""


class Refs:
    """Gives names of parts, `rule/open-release/owner-named`, no name twice."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def new(self, kind: str, *parts: str) -> str:
        """Give the name of a part that has none yet.

        Args:
            kind: What the part is: it begins the name, so that no name can look like a BOM-Link.
            parts: What tells it from others of its kind; where they do not, a number is added.
        """
        name = _shortened("/".join((kind, *(quote(part, safe="/@:", errors="backslashreplace") for part in parts))))
        free = name
        # A rule may have thousands of findings: each starts at the number where the one before it left off.
        while free in self._times:
            self._times[name] += 1
            free = f"{name}~{self._times[name]}"
        self._times[free] = 1
        return free


def _shortened(name: str) -> str:
    if len(name) <= MOST_CHARACTERS:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"{name[: MOST_CHARACTERS - len(digest) - 1]}-{digest}"
