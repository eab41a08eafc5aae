"""Why a rule or an assessment may come to something else: how its definitions differ, told from plain data.

The definitions before are those that a ledger keeps, so that the policies of that day need not be installed any more.
Whoever wrote the ledger wrote them: whatever is not there, or is something else, is told as a difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from release_review.authoring.diff.words import bare
from release_review.params import shown

_NO_TEXT = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One thing that differs.

    Attributes:
        kind: `added`, `removed`, `left-out`, `not-applied`, `severity`, `parameter`, `condition`, `items`, `scale`,
            `effective`, `waivable`, `code`, `assessment`, `gate`, `tool`, `plugins`, `waivers`, `engine` or
            `unexplained`.
        what: The difference in a clause.
        before: The value before, where there is one.
        after: The value now.
        because: Who changed it and why, where a policy does so to another.
    """

    kind: str
    what: str
    before: Any = None
    after: Any = None
    because: str = ""

    def as_data(self) -> dict[str, Any]:
        """Give it as plain data."""
        told = {"kind": self.kind, "what": self.what, "before": self.before, "after": self.after}
        return told | ({"because": self.because} if self.because else {})


Causes = Mapping[str, tuple[Cause, ...]]
"""What differs in each rule or assessment that is not the same, by qualified id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How what was asked and required differs.

    Attributes:
        rules: What differs in rules.
        assessments: What differs in assessments.
    """

    rules: Causes
    assessments: Causes


def differences_of(old: Any, new: Any) -> Differences:
    """Compare two definitions, as `audit.definitions` gives them; the first may be anybody's."""
    before, after = _table(old), _table(new)
    asked = dict(_differing(before, after, "assessments", _of_assessment))
    rules = dict(_differing(before, after, "rules", lambda one, other: _of_rule(one, other, asked)))
    return Differences(rules=rules, assessments=asked)


def value_shown(value: Any) -> str:
    """Give a value of a parameter as a clause tells it."""
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return _NO_TEXT if value is None else str(shown(value)) if isinstance(value, int | float) else str(value)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], kind: str, compare: Any) -> Iterator[Any]:
    old, new = _table(before.get(kind)), _table(after.get(kind))
    for name in sorted({*old, *new}):
        if name not in old:
            causes = (_come(name, before, after),)
        elif name not in new:
            causes = (_gone(name, before, after),)
        else:
            causes = tuple(compare(_table(old[name]), _table(new[name])))
        if causes:
            yield name, causes


def _come(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Cause:
    owner = name.partition("/")[0]
    left = _table(before.get("left_out")).get(name)
    if left is not None:
        return Cause(kind="added", what=f"no longer {left}")
    if owner not in _table(before.get("policies")):
        return Cause(kind="added", what=f"{_policy(owner, after)} was not applied before")
    return Cause(kind="added", what=f"added by {_policy(owner, after)}")


def _gone(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Cause:
    owner = name.partition("/")[0]
    left = _table(after.get("left_out")).get(name)
    if left is not None:
        return Cause(kind="left-out", what=f"{left}")
    if owner not in _table(after.get("policies")):
        return Cause(kind="not-applied", what=f"{_policy(owner, before)} is not applied any more")
    return Cause(kind="removed", what=f"removed by {_policy(owner, after)}")


def _policy(name: str, definitions: Mapping[str, Any]) -> str:
    version = _table(_table(definitions.get("policies")).get(name)).get("version")
    return f"{name} {version}" if version else name


def _of_rule(old: Mapping[str, Any], new: Mapping[str, Any], asked: Causes) -> Iterator[Cause]:
    because = _because(old, new)
    if old.get("severity") != new.get("severity"):
        what = f"severity {old.get('severity')} to {new.get('severity')}"
        yield Cause(kind="severity", what=what, before=old.get("severity"), after=new.get("severity"), because=because)
    if old.get("given") != new.get("given"):
        yield _changed("items", "what it is about", old.get("given"), new.get("given"), otherwise="the manifest")
    yield from _params(old, new, because)
    yield from _conditions(old, new)
    if old.get("effective") != new.get("effective"):
        yield _changed("effective", "in force from", old.get("effective"), new.get("effective"), otherwise="always")
    if old.get("waivable") != new.get("waivable"):
        before, after = (f"{each} days" if each else None for each in (old.get("waivable"), new.get("waivable")))
        yield _changed("waivable", "waivable for", before, after, otherwise="no time")
    if old.get("code") != new.get("code"):
        yield Cause(kind="code", what="the code of its check in Python", before=old.get("code"), after=new.get("code"))
    reads = new.get("levels_read")
    for name in sorted(asked):
        if reads is None:
            yield Cause(kind="assessment", what=f"is a check in Python, and may read {name}, which differs")
        elif isinstance(reads, list) and name in reads:
            yield Cause(kind="assessment", what=f"reads {name}, which differs")


def _of_assessment(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Cause]:
    yield from _params(old, new, _because(old, new))
    yield from _conditions(old, new)
    for key in ("scale", "over", "overall", "none", "default"):
        # A ledger that does not say has said nothing else.
        if key in old and key in new and old[key] != new[key]:
            yield _changed("scale", key, old[key], new[key], otherwise=_NO_TEXT)


def _params(old: Mapping[str, Any], new: Mapping[str, Any], because: str) -> Iterator[Cause]:
    one, other = _table(old.get("params")), _table(new.get("params"))
    for name in sorted({*one, *other}):
        before, after = one.get(name), other.get(name)
        # 2 divides otherwise than 2.0, and Python takes 1 for true.
        if json.dumps(before) != json.dumps(after):
            what = f"parameter {name} {value_shown(before)} to {value_shown(after)}"
            yield Cause(kind="parameter", what=what, before=before, after=after, because=because)


def _conditions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Cause]:
    one = {**_table(old.get("conditions")), "empty": old.get("empty")}
    other = {**_table(new.get("conditions")), "empty": new.get("empty")}
    for key in dict.fromkeys((*one, *other)):
        before, after = one.get(key), other.get(key)
        if _words(before) != _words(after):
            yield Cause(kind="condition", what=f"condition {key}", before=before, after=after)
    if [*one] != [*other] and {*one} == {*other}:
        yield Cause(kind="condition", what="order of the conditions", before=[*one], after=[*other])


def _words(text: Any) -> Any:
    """Give what an expression says: the blanks and comments of it mean nothing."""
    return bare(text) if isinstance(text, str) else text


def _changed(kind: str, what: str, before: Any, after: Any, *, otherwise: str) -> Cause:
    one, other = (otherwise if each is None else value_shown(each) for each in (before, after))
    return Cause(kind=kind, what=f"{what} {one} to {other}", before=before, after=after)


def _because(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    one, other = old.get("note") or "", new.get("note") or ""
    if one == other:
        return ""
    return str(other) if other else f"no longer {one}"


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
