"""What `policy lint` found, for people: a line for each warning, or its line of the file as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from release_review.authoring.lint.warnings import Linted, LintWarning
from release_review.escape import MESSAGE_CHARACTERS, plain, shorten
from release_review.hooks import Style
from release_review.model import Severity
from release_review.reporters.layout import counted, paint, quoted_line, severity_color, wrap


def render_concise(linted: Sequence[Linted], style: Style) -> str:
    """Give a line for each warning that nobody has accepted, and one for each policy."""
    lines = [_line(each, style) for found in linted for each in found.open]
    return _joined([*lines, *_ends(linted, style)])


def render_full(linted: Sequence[Linted], style: Style) -> str:
    """Give each warning with the line it is about, what to do, and why it matters; then a line for each policy."""
    lines: list[str] = []
    for found in linted:
        for each in found.warnings if style.verbosity > 0 else found.open:
            lines += [*_paragraph(each, style), ""]
    return _joined([*lines, *_ends(linted, style)])


def closing(found: Linted) -> str:
    """Tell how much was found in a policy."""
    counts = [(found.count(Severity.ERROR), "error"), (found.count(Severity.WARNING), "warning")]
    told = ", ".join(counted(number, word) for number, word in counts if number) or "no warnings"
    accepted = f", {found.accepted} accepted" if found.accepted else ""
    return f"{told} in {found.policy}{accepted}"


def _ends(linted: Sequence[Linted], style: Style) -> Iterator[str]:
    for found in linted:
        if style.verbosity >= 0:
            yield from (plain(f"note: {note}") for note in found.notes)
        yield plain(closing(found))


def _line(warning: LintWarning, style: Style) -> str:
    severity = paint(warning.severity.value, severity_color(warning.severity), style)
    told = shorten(message_of(warning), MESSAGE_CHARACTERS)
    return f"{plain(f'{place_of(warning)}: ')}{severity} {plain(f'{warning.part} {warning.kind.id}')}: {told}"


def _paragraph(warning: LintWarning, style: Style) -> Iterator[str]:
    severity = paint(warning.severity.value, severity_color(warning.severity), style)
    yield f"{severity} {plain(warning.kind.id)} {plain(warning.part)}"
    yield from wrap(place_of(warning), style, indent="    ", first="  ")
    if warning.site.excerpt is not None and style.verbosity >= 0:
        yield from quoted_line(warning.site.excerpt, style, indent="  ")
    for head, text in (("", warning.what), ("fix: ", warning.hint), ("why: ", _why(warning, style))):
        if text:
            yield from wrap(text, style, indent="  " + " " * len(head), first=f"  {head}")
    if warning.accepted:
        yield from wrap(warning.accepted, style, indent="  ", first="  accepted: ")


def _why(warning: LintWarning, style: Style) -> str:
    return warning.kind.why if style.verbosity > 0 else ""


def message_of(warning: LintWarning) -> str:
    """Give what is wrong and what to do, in one line."""
    return f"{warning.what}; {warning.hint}" if warning.hint else warning.what


def place_of(warning: LintWarning) -> str:
    """Give `FILE:LINE:COLUMN`."""
    return f"{warning.site.file}:{warning.site.span.line}:{warning.site.span.column}"


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
