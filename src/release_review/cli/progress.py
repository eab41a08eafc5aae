"""How far an audit has come: one line that changes on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from release_review.cli import streams

EVERY_SECONDS = 60.0
"""How often a line is written where nobody watches."""

_REDRAW_SECONDS = 0.2
_MINUTE, _HOUR = 60, 3600


@dataclass(slots=True, kw_only=True)
class Progress:
    """Counts what is done, and says so from time to time.

    Attributes:
        total: How many there are.
        is_terminal: Whether somebody watches.
        is_told: Whether anything is said at all.
        say: Writes a line, or a part of one, to stderr.
        clock: Gives the time, in seconds.
    """

    total: int
    is_terminal: bool
    is_told: bool = True
    say: Callable[[str], None] = streams.write_stderr
    clock: Callable[[], float] = time.monotonic
    _done: int = 0
    _known: int = 0
    _began: float = field(init=False)
    _told: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin now."""
        self._began = self._told = self.clock()

    def begin(self) -> None:
        """Count what was done so far as done before: it says nothing about the rate."""
        self._known = self._done
        self._began = self.clock()

    def count(self, releases: int = 1) -> None:
        """Count releases as done, and say how far it has come if it is time."""
        self._done += releases
        now = self.clock()
        if self.is_told and now - self._told >= (_REDRAW_SECONDS if self.is_terminal else EVERY_SECONDS):
            self._told = now
            line = self._line(now)
            self.say(f"\r\x1b[K{line}" if self.is_terminal else f"{line}\n")

    def end(self) -> None:
        """Leave the line of a terminal to whoever writes next."""
        if self.is_terminal and self.is_told:
            self.say("\r\x1b[K")

    def _line(self, now: float) -> str:
        passed = now - self._began
        rate = (self._done - self._known) / passed if passed > 0 else 0.0
        whole = max(self.total, self._done)
        line = f"{self._done:,} of {whole:,} reviewed"
        if rate <= 0:
            return line
        shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"  # noqa: PLR2004
        return f"{line}, {shown} a second, {duration((whole - self._done) / rate)} left"


def duration(seconds: float) -> str:
    """Give a time in words: `42 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def is_watched() -> bool:
    """Tell whether stderr is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()
