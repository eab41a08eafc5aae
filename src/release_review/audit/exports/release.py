"""One release of a ledger again: reviewed anew with the setup of its audit, or told from its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from release_review.audit.exports.disagreements import conflict_lines
from release_review.audit.exports.told import PURPOSE
from release_review.audit.items import BATCH_SIZE, Item
from release_review.audit.ledger import Ledger
from release_review.audit.rows import Row, is_error, row_of
from release_review.audit.setup import Setup, from_data
from release_review.audit.summary.tallies import is_had
from release_review.audit.work import make_ready, review_item
from release_review.errors import AuditError, UsageError, closest
from release_review.escape import shorten
from release_review.evidence import Resolved
from release_review.hooks import Style, Unreviewed
from release_review.model import LIMITS, Report
from release_review.reporters.layout import wrap

MOST = 100
"""Releases of one name that are shown; a corpus has them where several sources are not joined."""

_MOST_COMPARED = 20_000
_STEP = "  "

Saved = tuple[Item, tuple[Resolved, ...]]
"""A release as the ledger keeps it, and what became of its evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A release of a ledger.

    Attributes:
        row: What the audit found.
        saved: What it was found from; None where it could not be reviewed.
    """

    row: Row
    saved: Saved | None


def find(ledger: Ledger, wanted: str) -> list[Found]:
    """Give the releases of an id, or the one of a manifest; more than one where the audit met it several times.

    Args:
        ledger: The ledger.
        wanted: The id of the release, or the name of its manifest.

    Raises:
        UsageError: There is none.
        AuditError: The ledger is damaged.
    """
    numbers: set[int] = set()
    known: dict[str, None] = {}
    for number, head in ledger.heads():
        if wanted in (head.release, head.name):
            numbers.add(number)
        elif head.release is not None and len(known) < _MOST_COMPARED:
            known[head.release] = None
    if not numbers:
        near = closest(wanted, known)
        hint = f"did you mean '{shorten(near)}'?" if near else "the CSV has all ids: --output csv=audit.csv"
        raise UsageError(f"the ledger has no release '{shorten(wanted)}'", hint=hint)
    numbers = set(sorted(numbers)[:MOST])
    batches = {(number - 1) // BATCH_SIZE for number in numbers}
    return [Found(row=row, saved=saved) for row, saved in ledger.items(batches) if row["number"] in numbers]


def setup_of(ledger: Ledger) -> Setup:
    """Give what the audit was told, with our own bounds on manifests.

    Raises:
        AuditError: It is of another version.
    """
    try:
        return replace(from_data(ledger.meta["setup"]), limits=LIMITS)
    except (KeyError, TypeError, ValueError):
        hint = "use the version of release-review that made it"
        raise AuditError("its setup is of another version", where=str(ledger.path), hint=hint) from None


def review_again(found: Sequence[Found], setup: Setup) -> list[Report | Unreviewed]:
    """Review releases as their audit did.

    Raises:
        ReleaseReviewError: The policies, plugins or waivers of the audit are not here.
    """
    tools = make_ready(setup)
    return [
        Unreviewed(name=each.row["release"]["manifest"], errors=tuple(each.row.get("errors", ())))
        if each.saved is None
        else review_item(setup, tools, each.saved[0], evidence=each.saved[1])
        for each in found
    ]


def differs(entry: Report | Unreviewed, row: Row) -> bool:
    """Tell whether a review comes to something else than the audit: verdict, levels or outcomes of rules."""
    if isinstance(entry, Unreviewed) or is_error(row):
        return not (isinstance(entry, Unreviewed) and is_error(row))
    fresh = row_of(entry, number=row["number"])
    return any(_decided(fresh, key) != _decided(row, key) for key in ("verdict", "assessments", "rules"))


def _decided(row: Row, key: str) -> object:
    value = row[key]
    return {name: each["level"] for name, each in value.items()} if key == "assessments" else value


def row_lines(row: Row, style: Style, *, scales: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Set a row for a terminal.

    Args:
        row: The row.
        style: How it is laid out.
        scales: The levels of each question.

    Raises:
        TypeError: The row is damaged; so it is with `KeyError`, `ValueError` and `AttributeError`.
    """
    release = row["release"]
    yield from wrap(f"{row['verdict']}: {release['id'] or release['manifest']}", style)
    yield from _under(f"manifest {release['manifest']}, number {row['number']:,} of the corpus", style)
    if is_error(row):
        for error in row["errors"]:
            yield from _under(error, style)
        return
    yield from _under(f"as of {row['as_of']}, judged on {row['today']}", style)
    if row["assessments"]:
        yield from ("", "Assessments")
    for name, answer in row["assessments"].items():
        has_it = is_had(answer["level"], scales.get(name, ()))
        since = f" since {answer['since']}" if answer["since"] and has_it else ""
        yield from _under(f"{name}: {answer['level']}{since}: {answer['because']}", style)
    if row["findings"]:
        yield from ("", "Findings")
    for each in sorted(row["findings"], key=lambda each: not each["blocks"]):
        lifted = f", waived by {each['waiver']}" if each["waiver"] else ""
        place = f" at {each['name']}" if each["name"] else ""
        yield from _under(
            f"{each['severity']} {each['rule']} ({each['outcome']}{lifted}){place}: {each['message']}", style
        )
    yield from conflict_lines(row, style)
    yield ""
    yield from wrap(PURPOSE, style)


def _under(text: str, style: Style) -> list[str]:
    return wrap(text, style, indent=_STEP * 2, first=_STEP)
