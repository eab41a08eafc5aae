"""The only loop over rules: each is carried out for each of its items, and comes to one outcome."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedRule, Check
from release_review.cel import Decision, Expression, Read, Session
from release_review.errors import EvaluationError
from release_review.escape import shorten
from release_review.facts import (
    MOST_BEHIND,
    Answers,
    Pointers,
    facts_missing,
    level_open,
    levels_read,
    pointers_missing,
    pointers_of_basis,
    pointers_open,
    pointers_read,
    reads_of,
)
from release_review.fingerprint import name_of
from release_review.message import fill
from release_review.model import (
    LIMITS,
    EvidenceFile,
    Finding,
    LevelRead,
    Limits,
    Manifest,
    Outcome,
    RuleContext,
    RuleResult,
    Severity,
)
from release_review.pointer import expand, pointer_to, value_at
from release_review.reasons import why_unknown, with_reason

MOST_FINDINGS = 10_000
"""Findings that one rule in Python may give for one item."""

LONGEST_REASON = 400
"""Characters of what a rule in Python says when it breaks."""

Done = tuple[str, Outcome, Sequence[Finding]]
"""What came of a rule for one item: the item's pointer, the outcome, the findings."""

WORST_FIRST = (Outcome.ERROR, Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
"""Outcomes, the gravest first."""

_NAMED_FACTS = 5

_UNSAID: Mapping[str, Any] = {"why": (), "subject": None, "waiver": None, "known": False, "site": None}
"""What is the engine's to say of a finding, and not that of a rule in Python."""

# In the oldest Python that is supported, a member of an enumeration takes longer to look up than to compare.
_TRUE, _FALSE, _UNDECIDED = Decision.TRUE, Decision.FALSE, Decision.UNDECIDED
_PASS, _FAIL, _UNKNOWN, _NOT_APPLICABLE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What rules look at: an assessed manifest, its answers, an engine that has both, and the questions themselves."""

    manifest: Manifest
    answers: Answers
    session: Session
    limits: Limits = LIMITS
    questions: Sequence[AdmittedAssessment] = ()

    @cached_property
    def frozen(self) -> Mapping[str, Any]:
        """The manifest as rules in Python see it: it cannot be changed."""
        frozen: Mapping[str, Any] = freeze(self.manifest.data)
        return frozen

    @cached_property
    def files(self) -> Mapping[str, EvidenceFile]:
        """The files of evidence that were read and hashed, by id of their evidence, for rules in Python."""
        folder = self.manifest.document.folder
        if folder is None:
            return MappingProxyType({})
        found = {}
        for index, record in enumerate(self.manifest.data["evidence"]):
            annotation = self.manifest.annotations.get(pointer_to("evidence", index, "status"))
            if annotation is not None and annotation.file:
                found[record["id"]] = EvidenceFile(
                    path=folder / record["path"],
                    status=record["status"],
                    digest=annotation.file,
                    kind=record["kind"],
                )
        return MappingProxyType(found)


def evaluate(assessed: Assessed, rules: Iterable[AdmittedRule]) -> tuple[RuleResult, ...]:
    """Carry out rules; each gives one result, whatever becomes of it."""
    return tuple([_result(assessed, rule, done) for rule, done in carry_out(assessed, rules)])


def carry_out(assessed: Assessed, rules: Iterable[AdmittedRule]) -> Iterator[tuple[AdmittedRule, Sequence[Done]]]:
    """Carry out rules in their order, each for each of its items: what one costs, the next has no more."""
    places: dict[str, Sequence[str]] = {}
    for rule in rules:
        given = rule.rule.given or ""
        if given not in places:
            places[given] = [pointer for pointer, _ in expand(assessed.manifest.data, given)]
        yield rule, [(pointer, *_carry_out(assessed, rule, pointer)) for pointer in places[given]]


def _result(assessed: Assessed, admitted: AdmittedRule, done: Sequence[Done]) -> RuleResult:
    severity, note = _severity_in_force(admitted, assessed.manifest.today)
    return RuleResult(
        id=admitted.id,
        rule=admitted.rule,
        severity=severity,
        outcome=_worst([outcome for _, outcome, _ in done]),
        findings=tuple([finding for _, _, found in done for finding in found]),
        note=note,
    )


def _worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Give the gravest outcome; without any, the rule does not apply."""
    return next((each for each in WORST_FIRST if each in outcomes), _NOT_APPLICABLE)


def _severity_in_force(admitted: AdmittedRule, today: dt.date) -> tuple[Severity, str]:
    effective = admitted.rule.effective
    if effective is not None and today < effective and admitted.severity is Severity.ERROR:
        since = f"warns until it takes effect on {effective}"
        return Severity.WARNING, "; ".join(filter(None, (admitted.note, since)))
    return admitted.severity, admitted.note


def _carry_out(assessed: Assessed, admitted: AdmittedRule, pointer: str) -> tuple[Outcome, Sequence[Finding]]:
    try:
        decide = assessed.session.decide
        applies = _TRUE if admitted.when is None else decide(admitted.when, this=pointer)
        if applies is _FALSE:
            return _NOT_APPLICABLE, ()
        if not isinstance(admitted.requirement, Expression):
            return _carry_out_python(assessed, admitted, admitted.requirement, pointer, applies)
        holds = decide(admitted.requirement, this=pointer)
    except EvaluationError as error:
        return _broken(str(error), pointer)
    if holds is _TRUE:
        return _PASS, ()
    if applies is _TRUE and holds is _FALSE:
        return _FAIL, (_failure(assessed, admitted, admitted.requirement, pointer),)
    open_questions = [
        expression
        for expression, decision in ((admitted.when, applies), (admitted.requirement, holds))
        if expression is not None and decision is _UNDECIDED
    ]
    return _UNKNOWN, (_undecided(assessed, admitted, open_questions, pointer),)


def _failure(assessed: Assessed, admitted: AdmittedRule, assertion: Expression, pointer: str) -> Finding:
    manifest = assessed.manifest
    params = {name: param.value for name, param in admitted.rule.params.items()}
    asked = [assertion]
    return Finding(
        message=fill(admitted.rule.message, manifest, pointer, params),
        pointer=pointer or _first(pointers_open(manifest, asked, pointer, assessed.answers)),
        reads=pointers_read(manifest, asked, pointer, assessed.answers),
        subject=None if pointer else "",
        basis=_basis(assessed, admitted, pointer),
        levels=_levels(assessed, admitted, pointer),
    )


def _basis(assessed: Assessed, admitted: AdmittedRule, pointer: str) -> Sequence[str]:
    return pointers_of_basis(assessed.manifest, _asked(admitted), pointer, assessed.answers)


def _levels(assessed: Assessed, admitted: AdmittedRule, pointer: str) -> Sequence[LevelRead]:
    return levels_read(assessed.manifest, _asked(admitted), pointer, assessed.answers)


def _asked(admitted: AdmittedRule) -> Sequence[Expression]:
    return [each for each in (admitted.when, admitted.requirement) if isinstance(each, Expression)]


def _undecided(assessed: Assessed, admitted: AdmittedRule, expressions: Sequence[Expression], pointer: str) -> Finding:
    manifest, answers = assessed.manifest, assessed.answers
    reads = reads_of(expressions)
    own = facts_missing(manifest, [read for read in reads if not read.assessment], pointer, answers)
    through = _through_assessments(assessed, [read for read in reads if read.assessment], pointer, own)
    beside = _some(own, lambda each: _with_reason(manifest, each))
    missing = pointers_missing(manifest, reads, pointer, answers) if through else own
    why = "; ".join(filter(None, (through, beside))) or "the facts it reads are unknown"
    return Finding(
        message=f"cannot be decided: {why}",
        pointer=pointer or _first(missing),
        reads=missing,
        outcome=_UNKNOWN,
        subject=None if pointer else "",
        basis=_basis(assessed, admitted, pointer),
        levels=_levels(assessed, admitted, pointer),
    )


def _through_assessments(assessed: Assessed, reads: Iterable[Read], pointer: str, own: Iterable[str]) -> str:
    """Tell why the levels that are read are unknown, and which facts are behind that besides those named already."""
    behind: dict[str, None] = {}
    reasons: dict[str, None] = {}
    for read in {(read.assessment, read.whole, read.root, read.pattern): read for read in reads}.values():
        facts, because = level_open(assessed.manifest, read, pointer, assessed.answers)
        behind |= dict.fromkeys(facts)
        reasons |= dict.fromkeys(because)
    for each in own:
        behind.pop(each, None)
    names = _some(tuple(behind), lambda each: name_of(each, assessed.manifest.data), bounded=True)
    told = "; ".join(reasons)
    return f"{told} ({names})" if told and names else told or names


def _some(pointers: Sequence[str], told: Callable[[str], str], *, bounded: bool = False) -> str:
    count = len(pointers) - _NAMED_FACTS
    least = "at least " if bounded and len(pointers) >= MOST_BEHIND else ""
    more = [f"{least}{count} more"] if count > 0 else []
    return ", ".join((*map(told, pointers[:_NAMED_FACTS]), *more))


def _first(pointers: Iterable[str]) -> str:
    """Give the first of the facts that a rule about the whole manifest reads: there its finding is shown."""
    return next(iter(pointers), "")


def _with_reason(manifest: Manifest, pointer: str) -> str:
    reason = why_unknown(manifest, pointer)
    name = name_of(pointer, manifest.data)
    return with_reason(name, reason) if reason else name


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
        return _broken(_told(error) + _line_of(error, check), pointer)
    if len(findings) > MOST_FINDINGS:
        return _broken(f"it gives more than {MOST_FINDINGS:,} findings", pointer)
    if not findings:
        return Outcome.PASS, ()
    if applies is Decision.UNDECIDED and admitted.when is not None:
        return Outcome.UNKNOWN, (_undecided(assessed, admitted, [admitted.when], pointer),)
    return _worst([finding.outcome for finding in findings]), findings


def _findings(assessed: Assessed, admitted: AdmittedRule, check: Check, pointer: str) -> Iterator[Finding]:
    found: object = check(_context(assessed, admitted, pointer))
    if not isinstance(found, Iterable):
        raise TypeError(f"the check gives {_kind_of(found)}, not findings")
    levels = _levels(assessed, admitted, pointer)
    for finding in found:
        _check_finding(assessed, finding)
        basis = Pointers(_basis_in_python, assessed, admitted, pointer, finding)
        yield replace(finding, **_UNSAID, basis=basis, levels=levels)


def _basis_in_python(assessed: Assessed, admitted: AdmittedRule, pointer: str, finding: Finding) -> tuple[str, ...]:
    """Give what the condition of the rule looks at, and what the finding names: the whole manifest if it names none."""
    named = (*finding.reads, finding.pointer) if finding.pointer or not finding.reads else finding.reads
    return tuple(dict.fromkeys((*_basis(assessed, admitted, pointer), *named)))


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


def _line_of(error: BaseException, check: Check) -> str:
    """Tell in which line of its own file a check broke; nothing where it did not break there."""
    if isinstance(error, RecursionError):
        return ""  # where the stack ends is chance
    file = getattr(getattr(check, "__code__", None), "co_filename", "")
    told, step = "", error.__traceback__
    while step is not None:
        if file and step.tb_frame.f_code.co_filename == file:
            told = f" ({PurePath(file).name}:{step.tb_lineno})"
        step = step.tb_next
    return told


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
        evidence=assessed.files,
    )


def freeze(value: Any) -> Any:
    """Give plain data as mappings and tuples that cannot be changed."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return tuple(freeze(inner) for inner in value)
    return value
