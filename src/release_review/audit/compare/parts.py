"""What a comparison tells people, before it is set in text or Markdown: sections of entries, each read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from release_review.escape import markdown
from release_review.hooks import Style
from release_review.reporters.layout import counted, cut, wrap

PURPOSE = (
    "What is compared is which evidence is missing: no verdict says that a release is safe or unsafe. The framework "
    "does not weigh benefits against risks, and is no procedure for release decisions."
)
"""What every comparison for people says once."""

MOST_CHARACTERS = 160
"""How much of one name or value is shown, in code points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that is told.

    Attributes:
        what: The thing, in a clause.
        names: Some of the releases that it is about.
        count: How many releases it is about; 0 where it is about none in particular.
        notes: What there is to say of it, one clause each.
    """

    what: str
    names: Sequence[str] = ()
    count: int = 0
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Entries under a heading.

    Attributes:
        title: The heading.
        entries: The entries; they are read once.
        more: Entries that are left out.
    """

    title: str
    entries: Iterable[Entry]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A whole comparison.

    Attributes:
        title: What is compared.
        facts: What there is to know first, one clause each.
        sections: The sections; they are read once.
        close: What stands at the end: the result in a line.
        purpose: What a reader has to know of all of it.
    """

    title: str
    facts: Sequence[str] = field(default=())
    sections: Iterable[Section] = ()
    close: str = ""
    purpose: str = PURPOSE


def bounded(title: str, entries: Sequence[Entry], at_most: int | None) -> Section:
    """Give a section with no more than so many entries; None for all of them."""
    shown = entries if at_most is None else entries[:at_most]
    return Section(title=title, entries=shown, more=len(entries) - len(shown))


def as_text(told: Told, style: Style) -> Iterator[str]:
    """Set a comparison as text, line by line, with line endings."""
    for line in _text(told, style):
        yield f"{line}\n"


def _text(told: Told, style: Style) -> Iterator[str]:
    yield from wrap(told.title, style)
    for fact in told.facts:
        yield from wrap(fact, style, indent="  ")
    for section in told.sections:
        yield ""
        yield from wrap(section.title, style)
        for entry in section.entries:
            yield from wrap(_whole(entry), style, indent="    ", first="  ")
            for note in entry.notes:
                yield from wrap(note, style, indent="      ", first="    - ")
        if section.more:
            yield f"  and {section.more:,} more; see them with -v"
    for last in (told.purpose, told.close):
        yield ""
        yield from wrap(last, style)


def as_markdown(told: Told) -> Iterator[str]:
    """Set a comparison as GitHub's Markdown, line by line, with line endings."""
    yield f"### {markdown(told.title)}\n\n"
    for fact in told.facts:
        yield f"- {markdown(fact)}\n"
    for section in told.sections:
        yield f"\n#### {markdown(section.title)}\n\n"
        for entry in section.entries:
            yield f"- {markdown(_whole(entry))}\n"
            for note in entry.notes:
                yield f"  - {markdown(note)}\n"
        if section.more:
            yield f"- and {section.more:,} more\n"
    yield f"\n{markdown(told.purpose)}\n\n**{markdown(told.close)}**\n"


def short(text: str) -> str:
    """Give as much of a name or a value as is shown."""
    return cut(text, MOST_CHARACTERS)


def _whole(entry: Entry) -> str:
    if not entry.count:
        return entry.what
    more = entry.count - len(entry.names)
    names = ", ".join(short(name) for name in entry.names)
    rest = f" and {more:,} more" if more and names else ""
    return f"{entry.what}: {counted(entry.count, 'release')}{': ' if names else ''}{names}{rest}"
