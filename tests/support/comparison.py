"""Our engines and the oracles, asked the same: where they differ, and whether that is a deviation we know."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conditions import Condition, admitted
from manifests import Made
from oracles import HAS_CEL_EXPR, CelExpr, Oracle, RawCelpy, TooDeepForOracleError

from release_review import pointer as json_pointer
from release_review.cel import Session
from release_review.cel.compile import Compiled
from release_review.cel.reference import Reference
from release_review.cel.tree import Constant, Named, Operation, Stated, walk
from release_review.errors import EvaluationError, ExpressionError

DEVIATIONS_FILE = Path(__file__).parent.parent / "cel" / "deviations.toml"
DEVIATIONS: Sequence[Mapping[str, Any]] = tomllib.loads(DEVIATIONS_FILE.read_text(encoding="utf-8"))["deviation"]
"""What each oracle does differently, and why that is not what we do."""

NANOSECONDS_64 = dt.timedelta(microseconds=(1 << 63) // 1000)
"""The longest duration that cel-cpp computes with: about 292 years."""

ERROR = "ERROR"
NO_LIMIT = 10**12
"""Iterations that no comparison uses up: how they are counted is each engine's own affair."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one engine makes of a condition: the name of a decision, or `ERROR` with what it says."""

    given: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two answers to one question, which no deviation in the list explains."""

    oracle: str
    condition: Condition
    made: Made
    ours: Answer
    theirs: Answer

    def __str__(self) -> str:
        this = f"over {self.condition.over}\n" if self.condition.over else ""
        dates = f"as of {self.made.subject.as_of}, today {self.made.subject.today}"
        return (
            f"{self.oracle} says {self.theirs.given} {self.theirs.said}\n"
            f"compiled says {self.ours.given} {self.ours.said}\n"
            f"{this}{self.condition.expression.text}\n{self.made.said}\n{dates}, levels {self.made.levels}"
        )


@dataclass(slots=True)
class Tally:
    """What a comparison came to."""

    pairs: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    deviations: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what another part of the same run came to."""
        self.pairs += other.pairs
        self.answers += other.answers
        self.compared += other.compared
        self.deviations += other.deviations
        self.differences += other.differences


class Comparison:
    """The compiled engine beside others, over many conditions and manifests."""

    def __init__(self, oracles: Sequence[Oracle]) -> None:
        self._oracles = oracles
        self._compiled = Compiled()
        self._strict = CelExpr(strict=True) if HAS_CEL_EXPR else None
        self._reference = Reference()

    def compare(self, conditions: Sequence[Condition], made: Made, tally: Tally) -> None:
        """Ask all conditions about a manifest; one over a list that has no item is no pair."""
        ours = _opened(self._compiled, made)
        others = [(oracle, _opened(oracle, made)) for oracle in self._oracles]
        for condition in conditions:
            this = item_of(condition, made)
            if this is None:
                continue
            answer = asked(ours, condition, this)
            if answer is None:
                raise AssertionError("the compiled engine says nothing")
            tally.pairs += 1
            tally.answers[answer.given] += 1
            for oracle, session in others:
                theirs = asked(session, condition, this)
                if theirs is None:
                    tally.compared[f"{oracle.name}: too deep"] += 1
                    continue
                tally.compared[oracle.name] += 1
                if theirs.given == answer.given:
                    continue
                why = self.explain(oracle, condition, made, answer, theirs)
                if why is None:
                    difference = Difference(
                        oracle=oracle.name, condition=condition, made=made, ours=answer, theirs=theirs
                    )
                    tally.differences.append(difference)
                else:
                    tally.deviations[f"{oracle.name}: {why}"] += 1

    def explain(self, oracle: Oracle, condition: Condition, made: Made, ours: Answer, theirs: Answer) -> str | None:
        """Name the deviation in the list that explains a difference; None where there is none."""
        for deviation in DEVIATIONS:
            seen = deviation.get("seen")
            if seen is None or deviation["oracle"] != oracle.name or not _looks_like(seen, condition, ours, theirs):
                continue
            if seen.get("strictly") and not self._breaks_strictly(oracle, condition, made, ours):
                continue
            return str(deviation["id"])
        return None

    def _breaks_strictly(self, oracle: Oracle, condition: Condition, made: Made, ours: Answer) -> bool:
        """Tell whether Google's CEL breaks as well, once it may absorb no error.

        Where it cannot be asked, or deviates itself, the reference engine bears witness about cel-python as it comes.
        """
        this = item_of(condition, made)
        if this is None:
            return True
        answer = None if self._strict is None else asked(_opened(self._strict, made), condition, this)
        if oracle.name == RawCelpy.name and (answer is None or _deviates(condition, ours, answer)):
            answer = asked(_opened(self._reference, made), condition, this)
        return answer is None or answer.given == ERROR


def _looks_like(seen: Mapping[str, Any], condition: Condition, ours: Answer, theirs: Answer) -> bool:
    """Tell whether two answers are as `seen` of a deviation says, but for what is asked of another engine."""
    return (
        (theirs.given == ERROR) == (seen["theirs"] == ERROR)
        and (ours.given == ERROR) == (seen["ours"] == ERROR)
        and seen.get("ours_say", "") in ours.said
        and seen.get("theirs_say", "") in theirs.said
        and seen.get("text", "") in condition.expression.text
        and (not seen.get("computes") or _computes(condition, seen["computes"]))
        and (not seen.get("long_durations") or _has_long_durations(condition))
    )


def _deviates(condition: Condition, ours: Answer, answer: Answer) -> bool:
    """Tell whether Google's CEL gives this answer, to what is an error here, because of a deviation of its own."""
    # An error that comes from a deviation looks as it does where we err in nothing.
    beside = Answer("VALUE") if answer.given == ERROR else ours
    known = [each["seen"] for each in DEVIATIONS if each["oracle"] == CelExpr.name and "seen" in each]
    return any(_looks_like(seen, condition, beside, answer) for seen in known if not seen.get("strictly"))


def _computes(condition: Condition, kinds: Collection[str]) -> bool:
    nodes = walk(condition.expression.formula)
    return any(isinstance(node, Operation) and node.type.name in kinds for node in nodes)


def _has_long_durations(condition: Condition) -> bool:
    nodes = walk(condition.expression.formula)
    values = [node.value for node in nodes if isinstance(node, Constant)]
    return any(isinstance(value, dt.timedelta) and abs(value) > NANOSECONDS_64 for value in values)


def engines(*, raw: bool) -> list[Oracle]:
    """Give what the compiled engine is compared with; cel-python as it comes is slow."""
    found: list[Oracle] = [Reference()]
    if HAS_CEL_EXPR:
        found.append(CelExpr())
    if raw:
        found.append(RawCelpy())
    return found


def item_of(condition: Condition, made: Made) -> str | None:
    """Give the pointer of the first item that a condition is about; None where there is none."""
    this = condition.over.replace("*", "0")
    try:
        json_pointer.value_at(made.subject.manifest, this)
    except (KeyError, IndexError):
        return None
    return this


def asks_what_is_stated(condition: Condition) -> bool:
    """Tell whether a condition asks what is stated: its answer may then be another once more is."""
    return any(isinstance(node, Named | Stated) for node in walk(condition.expression.formula))


def unsound(conditions: Sequence[Condition], made: Made, later: Made) -> list[str]:
    """Give the conditions that were decided, and are decided otherwise now that more is known."""
    engine, told = Compiled(), []
    before, after = _opened(engine, made), _opened(engine, later)
    for condition in conditions:
        this = item_of(condition, made)
        if this is None or asks_what_is_stated(condition):
            continue
        first, second = asked(before, condition, this), asked(after, condition, this)
        if first and second and first.given in ("TRUE", "FALSE") and second.given not in (first.given, ERROR):
            told.append(f"{first.given}, then {second.given}: {condition.expression.text}\n{made.said}")
    return told


def sides_taken(oracles: Sequence[Oracle], condition: Condition, made: Made) -> set[str] | None:
    """Give what the engines say about data that is not normalised; None where the item is not even there."""
    try:
        this = item_of(condition, made)
    except (TypeError, ValueError):
        return None
    if this is None:
        return None
    sides = set()
    for engine in (Compiled(), *oracles):
        try:
            answer = asked(_opened(engine, made), condition, this)
        except EvaluationError:  # data that is no data of CEL's
            answer = Answer(ERROR)
        if answer is not None:
            sides.add(answer.given)
    return sides


def _opened(engine: Oracle, made: Made) -> Session:
    session = engine.open(made.subject, iterations=NO_LIMIT)
    session.know(made.levels)
    return session


def asked(session: Session, condition: Condition, this: str) -> Answer | None:
    """Ask a session about a condition; None where it says nothing about so deep an expression."""
    try:
        return Answer(session.decide(condition.expression, this=this).name)
    except EvaluationError as error:
        return Answer(ERROR, str(error))
    except TooDeepForOracleError:
        return None


# Making a difference small --------------------------------------------------------------------------------------------


def reduced(difference: Difference, oracle: Oracle) -> Difference:
    """Make the condition of a difference as short as it goes."""
    comparison = Comparison([oracle])

    def differs(condition: Condition) -> Difference | None:
        tally = Tally()
        comparison.compare([condition], difference.made, tally)
        return tally.differences[0] if tally.differences else None

    changed = True
    while changed:
        changed = False
        for text in _shorter(difference.condition):
            smaller = _tried(text, difference.condition, differs)
            if smaller is not None:
                difference, changed = smaller, True
                break
    return difference


def _tried(text: str, source: Condition, differs: Callable[[Condition], Difference | None]) -> Difference | None:
    try:
        expression = admitted(text, source.over)
    except ExpressionError:
        return None
    return differs(dataclasses.replace(source, expression=expression))


def _shorter(condition: Condition) -> Iterator[str]:
    text = condition.expression.text
    yield from sorted({part for part in condition.parts if len(part) < len(text)}, key=len)
    for start, end in _brackets(text):
        for other in ("true", "false", "0", "1.0", text[start + 1 : end - 1]):
            if len(other) < end - start:
                yield text[:start] + other + text[end:]
    for sign in (" && ", " || ", " == ", " != ", " + ", " - ", " * ", " / "):
        at = text.find(sign)
        while at >= 0:
            yield from _without_a_side(text, at, len(sign))
            at = text.find(sign, at + 1)


def _without_a_side(text: str, at: int, width: int) -> Iterator[str]:
    for start, end in _brackets(text):
        if start < at < end:
            yield text[: start + 1] + text[at + width :]
            yield text[:at] + text[end - 1 :]


def _brackets(text: str) -> list[tuple[int, int]]:
    """Give the places of what stands in brackets, the longest first."""
    found, open_at = [], []
    for at, character in enumerate(text):
        if character == "(":
            open_at.append(at)
        elif character == ")" and open_at:
            found.append((open_at.pop(), at + 1))
    return sorted(found, key=lambda each: each[0] - each[1])
