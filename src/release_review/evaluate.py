"""The only loop over rules: each is carried out for each of its items, and comes to one outcome."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any

from release_review.admit import AdmittedRule, Check
from release_review.cel import Decision, Expression, Read, Session
from release_review.errors import EvaluationError
from release_review.escape import shorten
from release_review.facts import Answers, facts_missing, facts_read, reasons_open
from release_review.fingerprint import name_of
from release_review.message import fill
from release_review.model import Finding, Manifest, Outcome, RuleContext, RuleResult, Severity
from release_review.pointer import expand, value_at
from release_review.reasons import why_unknown

MOST_FINDINGS = 10_000
"""Findings that one rule in Python may give for one item."""

LONGEST_REASON = 400
"""Characters of what a rule in Python says when it breaks."""

_NAMED_FACTS = 5
_WORST_FIRST = (Outcome.ERROR, Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What rules look at: an assessed manifest, its answers, and an engine that has both."""

    manifest: Manifest
    answers: Answers
    session: Session

    @cached_property
    def frozen(self) -> Mapping[str, Any]:
        """The manifest as rules in Python see it: it cannot be changed."""
        frozen: Mapping[str, Any] = freeze(self.manifest.data)
        return frozen


def evaluate(assessed: Assessed, rules: Iterable[AdmittedRule]) -> tuple[RuleResult, ...]:
    """Carry out rules; each gives one result, whatever becomes of it."""
    return tuple(_result(assessed, rule) for rule in rules)


def _result(assessed: Assessed, admitted: AdmittedRule) -> RuleResult:
    outcomes: list[Outcome] = []
    findings: list[Finding] = []
    for pointer, _ in expand(assessed.manifest.data, admitted.rule.given or ""):
        outcome, found = _carry_out(assessed, admitted, pointer)
        outcomes.append(outcome)
        findings.extend(found)
    severity, note = _severity_in_force(admitted, assessed.manifest.today)
    return RuleResult(
        id=admitted.id,
        rule=admitted.rule,
        severity=severity,
        outcome=min(outcomes, key=_WORST_FIRST.index, default=Outcome.NOT_APPLICABLE),
        findings=tuple(findings),
        note=note,
    )


def _severity_in_force(admitted: AdmittedRule, today: dt.date) -> tuple[Severity, str]:
    effective = admitted.rule.effective
    if effective is not None and today < effective and admitted.severity is Severity.ERROR:
        since = f"warns until it takes effect on {effective}"
        return Severity.WARNING, "; ".join(filter(None, (admitted.note, since)))
    return admitted.severity, admitted.note


def _carry_out(assessed: Assessed, admitted: AdmittedRule, pointer: str) -> tuple[Outcome, Sequence[Finding]]:
    try:
        applies = Decision.TRUE if admitted.when is None else assessed.session.decide(admitted.when, this=pointer)
        if applies is Decision.FALSE:
            return Outcome.NOT_APPLICABLE, ()
        if not isinstance(admitted.requirement, Expression):
            return _carry_out_python(assessed, admitted, admitted.requirement, pointer, applies)
        holds = assessed.session.decide(admitted.requirement, this=pointer)
    except EvaluationError as error:
        return _broken(str(error), pointer)
    if holds is Decision.TRUE:
        return Outcome.PASS, ()
    if applies is Decision.TRUE and holds is Decision.FALSE:
        return Outcome.FAIL, (_failure(assessed, admitted, admitted.requirement, pointer),)
    open_questions = [
        expression
        for expression, decision in ((admitted.when, applies), (admitted.requirement, holds))
        if expression is not None and decision is Decision.UNDECIDED
    ]
    return Outcome.UNKNOWN, (_undecided(assessed, open_questions, pointer),)


def _failure(assessed: Assessed, admitted: AdmittedRule, assertion: Expression, pointer: str) -> Finding:
    manifest = assessed.manifest
    params = {name: param.value for name, param in admitted.rule.params.items()}
    read = facts_read(manifest, assertion.reads, pointer, assessed.answers)
    missing = facts_missing(manifest, assertion.reads, pointer, assessed.answers)
    return Finding(
        message=fill(admitted.rule.message, manifest, pointer, params),
        pointer=pointer or _first(missing, read),
        reads=read,
    )


def _undecided(assessed: Assessed, expressions: Sequence[Expression], pointer: str) -> Finding:
    reads: list[Read] = [read for expression in expressions for read in expression.reads]
    missing = facts_missing(assessed.manifest, reads, pointer, assessed.answers)
    own = facts_missing(assessed.manifest, [read for read in reads if not read.assessment], pointer, assessed.answers)
    behind = _some([name_of(each, assessed.manifest.data) for each in missing if each not in own])
    reasons = "; ".join(reasons_open(assessed.manifest, reads, pointer, assessed.answers))
    through = f"{reasons} ({behind})" if reasons and behind else reasons or behind
    beside = _some([_with_reason(assessed.manifest, each) for each in own])
    why = "; ".join(filter(None, (through, beside))) or "the facts it reads are unknown"
    return Finding(
        message=f"cannot be decided: {why}",
        pointer=pointer or _first(missing),
        reads=missing,
        outcome=Outcome.UNKNOWN,
    )


def _some(names: Sequence[str]) -> str:
    more = [f"{len(names) - _NAMED_FACTS} more"] if len(names) > _NAMED_FACTS else []
    return ", ".join((*names[:_NAMED_FACTS], *more))


def _first(*listed: Sequence[str]) -> str:
    """Give the first of the facts that a rule about the whole manifest reads: there its finding is shown."""
    return next((pointer for pointers in listed for pointer in pointers), "")


def _with_reason(manifest: Manifest, pointer: str) -> str:
    reason = why_unknown(manifest, pointer)
    return f"{name_of(pointer, manifest.data)} is {reason}" if reason else name_of(pointer, manifest.data)


def _broken(reason: str, pointer: str) -> tuple[Outcome, Sequence[Finding]]:
    return Outcome.ERROR, (Finding(message=reason, pointer=pointer, outcome=Outcome.ERROR),)


# Rules in Python ------------------------------------------------------------------------------------------------------


def _carry_out_python(
    assessed: Assessed, admitted: AdmittedRule, check: Check, pointer: str, applies: Decision
) -> tuple[Outcome, Sequence[Finding]]:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # stdout is for the report
            findings = list(islice(_findings(assessed, admitted, check, pointer), MOST_FINDINGS + 1))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # also SystemExit: code of others may not end the run
        return _broken(_told(error), pointer)
    if len(findings) > MOST_FINDINGS:
        return _broken(f"it gives more than {MOST_FINDINGS:,} findings", pointer)
    if not findings:
        return Outcome.PASS, ()
    if applies is Decision.UNDECIDED and admitted.when is not None:
        return Outcome.UNKNOWN, (_undecided(assessed, [admitted.when], pointer),)
    return min((finding.outcome for finding in findings), key=_WORST_FIRST.index), findings


def _findings(assessed: Assessed, admitted: AdmittedRule, check: Check, pointer: str) -> Iterator[Finding]:
    found: object = check(_context(assessed, admitted, pointer))
    if not isinstance(found, Iterable):
        raise TypeError(f"the check gives {_kind_of(found)}, not findings")
    for finding in found:
        _check_finding(assessed, finding)
        yield finding


def _check_finding(assessed: Assessed, finding: object) -> None:
    if type(finding) is not Finding:
        raise TypeError(f"the check gives {_kind_of(finding)}, not a Finding")
    if type(finding.message) is not str:
        raise TypeError(f"the message of a finding is {_kind_of(finding.message)}, not text")
    if not any(finding.outcome is allowed for allowed in (Outcome.FAIL, Outcome.UNKNOWN)):
        raise ValueError(f"a finding has outcome {str(finding.outcome)!r}, neither Outcome.FAIL nor Outcome.UNKNOWN")
    for place in (finding.pointer, *finding.reads):
        try:
            value_at(assessed.manifest.data, place)
        except (KeyError, ValueError, AttributeError):
            raise ValueError(f"a finding points at {place!r}, which is not in the manifest") from None


def _kind_of(value: object) -> str:
    return "None" if value is None else type(value).__name__


def _told(error: BaseException) -> str:
    """Give what an exception of somebody else's code says, bounded, even where it cannot say it."""
    if isinstance(error, RecursionError):
        return "RecursionError: it calls itself without end"
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # its own __str__ is code of others too
        text = "it does not say why"
    return f"{type(error).__name__}: {shorten(text, LONGEST_REASON)}"


def _context(assessed: Assessed, admitted: AdmittedRule, pointer: str) -> RuleContext:
    manifest = assessed.manifest
    return RuleContext(
        manifest=assessed.frozen,
        this=value_at(assessed.frozen, pointer),
        pointer=pointer,
        params=MappingProxyType({name: param.value for name, param in admitted.rule.params.items()}),
        assessments=MappingProxyType(dict(assessed.answers)),
        as_of=manifest.as_of,
        today=manifest.today,
    )


def freeze(value: Any) -> Any:
    """Give plain data as mappings and tuples that cannot be changed."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return tuple(freeze(inner) for inner in value)
    return value
