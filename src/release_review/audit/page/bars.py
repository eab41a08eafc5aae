"""Bars: how a number of releases divides, as widths in percent that a picture has and numbers that a reader reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from release_review.audit.page.shades import in_shades, shade_of
from release_review.audit.page.shown import name_shown

HEATS = 5
"""Steps of a heat map, from 0 for nothing to 5 for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a bar.

    Attributes:
        word: What it stands for.
        shade: How it is drawn.
        count: How many there are.
        start: Where it begins, in percent of the bar.
        width: How long it is, in percent of the bar.
        above: What lies behind it, in percent of the bar: where it begins if the bar stands upright.
    """

    word: str
    shade: str
    count: int
    start: str
    width: str
    above: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar, and what it says in words.

    Attributes:
        parts: Its parts, those of which there is nothing included.
        total: How many there are in all.
        text: What it shows, for whoever does not see it.
    """

    parts: tuple[Part, ...]
    total: int
    text: str

    @property
    def drawn(self) -> tuple[Part, ...]:
        """The parts that can be seen."""
        return tuple(part for part in self.parts if part.count)

    def count(self, word: str) -> int:
        """Give how many there are of a word."""
        return sum(part.count for part in self.parts if part.word == word)


def bar(counts: Iterable[tuple[str, str, int]], *, of: str = "") -> Bar:
    """Give a bar of words, shades and counts.

    Args:
        counts: Each word, how it is drawn, and how many there are of it.
        of: What is counted, as the text says it.
    """
    listed = list(counts)
    total = sum(count for _, _, count in listed)
    parts, start = [], 0.0
    for word, shade, count in listed:
        width = 100 * count / total if total else 0.0
        ends = {"start": start, "width": width, "above": max(100 - start - width, 0.0)}
        percents = {name: _percent(number) for name, number in ends.items()}
        parts.append(Part(word=word, shade=shade, count=count, **percents))
        start += width
    told = ", ".join(f"{word} {count:,}" for word, _, count in listed if count) or "none"
    return Bar(parts=tuple(parts), total=total, text=f"{told} of {total:,}{f' {of}' if of else ''}")


def of_levels(levels: Mapping[str, int], scale: Sequence[str], *, of: str = "releases") -> Bar:
    """Give the bar of levels, in the order of their scale and what is unknown last."""
    order = in_shades(scale)
    return bar(((name_shown(level), shade_of(level, scale), levels.get(level, 0)) for level in order), of=of)


def heat(count: int, total: int) -> int:
    """Give the step of a share in a heat map: nothing is 0, all is the last, some is between."""
    if not count or not total:
        return 0
    return HEATS if count >= total else 1 + int((HEATS - 1) * count / total)


def share(count: int, total: int) -> str:
    """Give a share in whole percent; something is never 0 %, and not all is never 100 %."""
    if not total:
        return "-"
    exact = 100 * count / total
    return f"{min(max(round(exact), int(count > 0)), 100 - int(count < total))} %"


def _percent(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".") + "%"
