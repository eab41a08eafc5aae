"""What is put in other words: texts, cases, limits, and the policy itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from release_review.authoring.diff.records import Difference, Step, Way
from release_review.cel.tokens import words_of
from release_review.model import Assessment, Origin, Param, Policy, Rule
from release_review.params import shown

_TEXTS = ("summary", "title", "label", "order", "message", "rationale", "remediation", "references")


def reworded(old: Rule | Assessment, new: Rule | Assessment) -> Iterator[Step]:
    """Tell which texts and cases of a part are others."""
    keys = [key for key in _TEXTS if getattr(old, key, None) != getattr(new, key, None)]
    if _reasons(old) != _reasons(new):
        keys.append("because")
    if _cases(old) != _cases(new):
        keys.append("cases")
    if keys:
        yield Step(way=Way.REWORDED, what=", ".join(keys))


def _reasons(part: Rule | Assessment) -> list[str]:
    return [level.because for level in part.levels] if isinstance(part, Assessment) else []


def _cases(part: Rule | Assessment) -> list[Any]:
    return [
        (each.name, each.expect, each.set, each.remove, each.as_of, each.today, each.findings) for each in part.cases
    ]


def changed_params(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Tell which parameters are new, gone, or set to something else."""
    for name in sorted({*old, *new}):
        if name not in old:
            yield f"a parameter {name}"
        elif name not in new:
            yield f"no parameter {name}"
        elif _value_of(old[name]) != _value_of(new[name]):
            kind = f" (a {new[name].type})" if old[name].value == new[name].value else ""
            yield f"{name} from {told(old[name].value)} to {told(new[name].value)}{kind}"


def changed_bounds(old: Mapping[str, Param], new: Mapping[str, Param]) -> Iterator[str]:
    """Tell which parameters policies that extend this one may set otherwise than before, or without a reason."""
    for name in sorted({*old} & {*new}):
        one, other = old[name], new[name]
        if (one.minimum, one.maximum, one.stricter) != (other.minimum, other.maximum, other.stricter):
            yield f"what {name} may be set to, or which of its values are stricter"


def _value_of(param: Param) -> tuple[str, str]:
    """Give a value with its type: 2 divides otherwise than 2.0, and Python takes 1 for true."""
    return param.type, repr(param.value)


def of_policy(old: Policy, new: Policy) -> Iterator[Difference]:
    """Tell what a policy says of itself, and what it extends: its parts are compared by themselves."""
    if old is new:
        return
    steps = []
    if set(old.extends) != set(new.extends):
        gone, come = sorted(set(old.extends) - set(new.extends)), sorted(set(new.extends) - set(old.extends))
        words = [*(f"no longer extends {name}" for name in gone), *(f"extends {name}" for name in come)]
        steps.append(Step(way=Way.REWORDED, what=", ".join(words)))
    for key in ("id", "version", "title", "description"):
        if getattr(old, key) != getattr(new, key):
            what = f"{key} {getattr(old, key)} to {getattr(new, key)}" if key in ("id", "version") else key
            steps.append(Step(way=Way.REWORDED, what=what))
    if steps:
        where, all_of_it = where_of(new.origin), tuple(steps)
        yield Difference(way=Way.REWORDED, kind="policy", id=new.id, summary=new.title, steps=all_of_it, where=where)


def where_of(origin: Origin | None) -> str:
    """Give `FILE:LINE:COLUMN` of a part; nothing for one made in Python."""
    return origin.where() if origin is not None else ""


def told(value: Any) -> str:
    """Give a value as a clause tells it."""
    return f"[{', '.join(value)}]" if isinstance(value, tuple) else shown(value)


def bare(text: str | None) -> tuple[str, ...]:
    """Give the words and signs of an expression: what lies between them, comments included, means nothing."""
    return tuple(word for _, word in words_of(text or ""))
