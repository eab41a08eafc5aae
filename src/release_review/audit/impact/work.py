"""What every process of an impact does: review the releases of a ledger again, and say what each comes to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from release_review.audit.compare.rows import Answer, answer_of
from release_review.audit.items import Batch, Item
from release_review.audit.rows import error_row, row_of
from release_review.audit.setup import Setup
from release_review.audit.work import Reviewed, make_ready, pack, review_item, unpack
from release_review.evidence import Resolved
from release_review.model import Report, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Again(Item):
    """A release of a ledger, to be reviewed again.

    Attributes:
        evidence: What became of its evidence when it was audited; its files may be gone by now.
    """

    evidence: tuple[Resolved, ...] = ()


def again(item: Item, evidence: Sequence[Resolved]) -> Again:
    """Give a release as a ledger keeps it as one to be reviewed again."""
    return Again(name=item.name, format=item.format, content=item.content, evidence=tuple(evidence))


def review_again(setup: Setup, batch: Batch) -> Reviewed:
    """Review all items of a batch again; what comes of it is told without what nobody compares.

    Raises:
        AuditError: This process has other policies or plugins than the one that asks.
    """
    tools = make_ready(setup)
    lines = []
    for number, item in enumerate(batch.items, start=batch.first):
        evidence = item.evidence if isinstance(item, Again) else None
        reviewed = review_item(setup, tools, item, evidence=evidence)
        if isinstance(reviewed, Report):
            answer = answer_of(row_of(reviewed, number=number))
        else:
            answer = answer_of(error_row(reviewed, number=number))
        lines.append(_line(answer))
    return Reviewed(number=batch.number, heads=(), rows=pack("".join(lines).encode()), manifests=b"")


def answers_in(reviewed: Reviewed) -> Iterator[Answer]:
    """Give what the items of a batch came to, in order."""
    for line in unpack(reviewed.rows).splitlines():
        told = json.loads(line)
        yield Answer(
            verdict=Verdict(told["verdict"]),
            levels=told["levels"],
            outcomes=told["outcomes"],
            blocking=frozenset(told["blocking"]),
            errors=tuple(told["errors"]),
        )


def _line(answer: Answer) -> str:
    told = {
        "verdict": answer.verdict.value,
        "levels": answer.levels,
        "outcomes": answer.outcomes,
        "blocking": sorted(answer.blocking),
        "errors": answer.errors,
    }
    return json.dumps(told, separators=(",", ":")) + "\n"
