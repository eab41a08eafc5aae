"""What a policy changes in those it extends: overrides, choices, and what of it asks for less than before."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, TypeAlias

from release_review.errors import PolicyError, closest
from release_review.gate import UNWEAKENED
from release_review.model import (
    Assessment,
    Chosen,
    GateFault,
    Origin,
    Override,
    Param,
    Policy,
    Rule,
    Severity,
    Site,
)
from release_review.params import as_param, shown, typed, with_value

_NAMED = 5
"""Parts that are left out and named; a policy may have hundreds."""

_UNSEEN = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that look like a blank: the fillers of Hangul."""

ById: TypeAlias = Mapping[str, Policy]
Parts: TypeAlias = frozenset[str]


def placed(origin: Origin | None, name: str, key: str, *steps: str) -> Callable[..., PolicyError]:
    """Give errors about a field of a part of a policy their place, and the line that stands there.

    Args:
        origin: Where the part is written; None for one made in Python.
        name: What the part is called, where it is written nowhere.
        key: Pointer of the field in the part, or empty.
        steps: The way from there.
    """
    if origin is None:
        return functools.partial(PolicyError, where=name)
    pointer = origin.pointer + key + "".join(f"/{step}" for step in steps)
    excerpt, where = origin.document.excerpt(pointer), origin.document.where(pointer)
    return functools.partial(PolicyError, where=where, excerpt=excerpt)


# Who extends whom -----------------------------------------------------------------------------------------------------

Find: TypeAlias = Callable[[str, Policy], Policy | None]
"""Gives the policy of an id that another one extends; None where there is none, and that is no matter."""


def with_extended(policies: Iterable[Policy], find: Find) -> list[Policy]:
    """Give policies and all they extend, directly or not, each once: these first, then the nearest.

    Args:
        policies: The policies.
        find: Looks up those that they extend, each once; also told which one extends it. It may raise.
    """
    found = {policy.id: policy for policy in policies}
    waiting = [(name, policy) for policy in found.values() for name in policy.extends]
    while waiting:
        name, extending = waiting.pop(0)
        policy = find(name, extending) if name not in found else None
        if policy is not None:
            found[name] = policy
            waiting.extend((each, policy) for each in policy.extends)
    return list(found.values())


def extended_by(policy: Policy, by_id: ById) -> frozenset[str]:
    """Give the ids of all policies that one extends, directly or not."""
    return frozenset(each.id for each in with_extended([policy], lambda name, _: by_id.get(name))) - {policy.id}


def in_order(policies: Iterable[Policy]) -> list[Policy]:
    """Sort policies: each behind those it extends, in the order in which it names them, and else by id."""
    by_id = {policy.id: policy for policy in sorted(policies, key=lambda policy: policy.id)}
    extended = {name for policy in by_id.values() for name in policy.extends}
    found: dict[str, Policy] = {}
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen or name not in by_id:
            return
        seen.add(name)
        for each in by_id[name].extends:
            add(each)
        found[name] = by_id[name]

    # Those that nobody extends come first, so that their order decides; only a loop has none.
    for name in sorted(by_id, key=lambda name: name in extended):
        add(name)
    return list(found.values())


def has_parts(policy: Policy) -> bool:
    """Tell whether a policy has rules or assessments of its own; one without stands for those that it extends."""
    return bool(policy.rules or policy.assessments)


def made_up_of(policy: Policy, by_id: ById) -> list[Policy]:
    """Give the policies whose parts make up one that has none of its own, the nearest first; none where it has some.

    Each has the parts that are kept, with the weight that they have then.

    Args:
        policy: The policy.
        by_id: All that it extends.
    """
    if has_parts(policy):
        return []
    policies = with_extended([policy], lambda name, _: by_id.get(name))
    found = {each.id: each for each in policies}
    kept = kept_parts([policy.id], found)
    overrides = overrides_of(policies, found, [])
    in_force = [
        replace(
            each,
            assessments=tuple(part for part in each.assessments if part.id in kept[each.id].assessments),
            rules=tuple(
                replace(rule, severity=overrides.severity(f"{each.id}/{rule.id}", rule))
                for rule in each.rules
                if rule.id in kept[each.id].rules
            ),
        )
        for each in policies
    ]
    return list(filter(has_parts, in_force))


# Overrides ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that an override changes.

    Attributes:
        what: The name of a parameter; empty for the severity.
        before: The value it had.
        after: The value in force.
        weakens: Whether the new value asks for less, or may.
        surely: Whether that is known; of a parameter only where it says which values are stricter.
    """

    what: str
    before: Any
    after: Any
    weakens: bool
    surely: bool = True

    def __str__(self) -> str:
        """Give the change in words: `error to note`, `max_days from 90 to 180`."""
        if not self.what:
            return f"{self.before} to {self.after}"
        return f"{self.what} from {_value(self.before)} to {_value(self.after)}"


@dataclass(frozen=True, slots=True)
class Overrides:
    """The overrides in force, by qualified id: which policy made them, and what they say."""

    by_target: Mapping[str, tuple[Policy, Override]]

    def params(self, target: str, declared: Mapping[str, Param | Any]) -> Mapping[str, Param]:
        """Give the parameters of a rule or an assessment that are in force.

        Raises:
            PolicyError: An override names one that there is not, or a value that does not fit.
        """
        params = {name: _sound(target, name, value) for name, value in declared.items()}
        if target not in self.by_target:
            return params
        policy, override = self.by_target[target]
        for name, value in override.params.items():
            at = placed(override.origin, policy.id, "/params", name)
            if name not in params:
                near = closest(name, params)
                known = f"it has {', '.join(params)}" if params else "it has none"
                raise at(f"{target} has no parameter {name!r}", hint=f"did you mean {near!r}?" if near else known)
            try:
                params[name] = with_value(params[name], value)
            except ValueError as error:
                what = f"the parameter {name!r} of {target} does not fit: {error}"
                raise at(what, hint="stay within its type and range") from None
        return params

    def severity(self, target: str, rule: Rule) -> Severity:
        """Give the weight of a rule that is in force."""
        return (self.by_target[target][1].severity if target in self.by_target else None) or rule.severity

    def note(self, target: str, part: Rule | Assessment) -> str:
        """Tell who changed a rule or an assessment, how, and why; nothing for what is as it was."""
        changes = [str(change) for change in self.changes(target, part)]
        if not changes:
            return ""
        policy, override = self.by_target[target]
        reason = f", because {override.because}" if override.because else ""
        return f"changed by {policy.id} ({', '.join(changes)}){reason}"

    def changes(self, target: str, part: Rule | Assessment) -> tuple[Change, ...]:
        """Give what an override changes in a rule or an assessment; a value that stays as it was is no change."""
        if target not in self.by_target:
            return ()
        return changes_of(self.by_target[target][1], part)


def changes_of(override: Override, part: Rule | Assessment) -> tuple[Change, ...]:
    """Give what an override changes in a rule or an assessment; a value that stays as it was is no change."""
    changes = []
    if isinstance(part, Rule) and override.severity not in (None, part.severity):
        weakens = (override.severity or part.severity).weight < part.severity.weight
        changes.append(Change(what="", before=part.severity, after=override.severity, weakens=weakens))
    for name, value in sorted(override.params.items()):
        if name in part.params:
            param = as_param(part.params[name])
            after = typed(param.type, value)
            if after != param.value:
                weakens = not is_stricter(param, after)
                surely = bool(param.stricter)
                changes.append(Change(what=name, before=param.value, after=after, weakens=weakens, surely=surely))
    return tuple(changes)


def is_stricter(param: Param, value: Any) -> bool:
    """Tell whether another value of a parameter surely asks for more than the one it has."""
    if value is None or param.stricter not in ("lower", "higher"):
        return False
    return bool(value < param.value if param.stricter == "lower" else value > param.value)


def overrides_of(policies: Sequence[Policy], by_id: ById, errors: list[PolicyError]) -> Overrides:
    """Gather what policies change in those they extend; what cannot be carried out is added to `errors`."""
    found: dict[str, tuple[Policy, Override]] = {}
    for policy in policies:
        for override in policy.overrides:
            error = _misfit(policy, override, by_id) or _unreasoned(policy, override, by_id)
            error = error or _conflict(policy, override, found)
            if error is not None:
                errors.append(error)
            else:
                found[override.target] = (policy, override)
    return Overrides(found)


def _misfit(policy: Policy, override: Override, by_id: ById) -> PolicyError | None:
    at = placed(override.origin, policy.id, "")
    owner, _, name = override.target.partition("/")
    if owner == policy.id:
        what = f"{policy.id} changes {override.target}, which is its own"
        return at(what, hint="change it where it is written, and leave the override out")
    if owner not in extended_by(policy, by_id):
        what = f"{policy.id} changes {override.target} and does not extend {owner}"
        near = closest(owner, extended_by(policy, by_id))
        return at(what, hint=f"did you mean '{near}/{name}'?" if near else f"add {owner!r} to extends")
    if name not in _parts_of(by_id[owner]):
        return at(f"there is no {override.target}", hint=_known_parts(name, by_id[owner], _parts_of(by_id[owner])))
    if override.severity is not None and name not in _rules_of(by_id[owner]):
        return at(f"{override.target} is an assessment and has no severity", hint="change its params only")
    for choice in policy.choices:
        if choice.policy == owner and name in _rules_of(by_id[owner]) and name not in choice.rules:
            where = _where(choice.origin, policy.id)
            what = f"{policy.id} changes {override.target} and leaves it out ({where})"
            return at(what, hint="add it to the rules that are chosen, or remove the override")
    return None


def _unreasoned(policy: Policy, override: Override, by_id: ById) -> PolicyError | None:
    """Refuse an override that asks for less, or may, and does not say why."""
    owner, _, name = override.target.partition("/")
    part = next(each for each in _all_parts(by_id[owner]) if each.id == name)
    try:
        for key in override.params.keys() & part.params.keys():
            with_value(as_param(part.params[key]), override.params[key])
        weaker = [change for change in changes_of(override, part) if change.weakens]
    except ValueError:
        return None  # a value that does not fit is told with its type and range
    if not weaker or says_something(override.because):
        return None
    at = functools.partial(placed, override.origin, policy.id)
    if not weaker[0].what:
        what = f"{override.target} is weakened from {weaker[0]} without a reason"
        return at("/severity")(what, hint='say why, as in because = "..."')
    what = f"the parameter {weaker[0].what} of {override.target} is changed"
    values = f"from {_value(weaker[0].before)} to {_value(weaker[0].after)} without a reason"
    hint = 'that may ask for less; say why, as in because = "..."'
    return at("/params", weaker[0].what)(f"{what} {values}", hint=hint)


def says_something(reason: str) -> bool:
    """Tell whether a reason has a word: blanks and characters that nobody sees are none."""
    return any(character.isalnum() and character not in _UNSEEN for character in reason)


def _conflict(policy: Policy, override: Override, found: Mapping[str, tuple[Policy, Override]]) -> PolicyError | None:
    if override.target not in found:
        return None
    other, before = found[override.target]
    if (before.severity, dict(before.params)) == (override.severity, dict(override.params)):
        return None
    what = f"{policy.id} and {other.id} ({_where(before.origin, other.id)}) change {override.target} in different ways"
    return placed(override.origin, policy.id, "")(what, hint="select one of the two policies")


# Choices --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The parts of a policy that take part.

    Attributes:
        rules: Ids of its rules.
        assessments: Ids of its assessments, besides those that rules read.
    """

    rules: Parts
    assessments: Parts

    def __or__(self, other: Kept) -> Kept:
        """Give what either keeps."""
        return Kept(rules=self.rules | other.rules, assessments=self.assessments | other.assessments)

    def __and__(self, other: Kept) -> Kept:
        """Give what both keep."""
        return Kept(rules=self.rules & other.rules, assessments=self.assessments & other.assessments)


def check_choices(policies: Sequence[Policy], by_id: ById) -> Iterator[PolicyError]:
    """Tell which choices cannot be carried out."""
    for policy in policies:
        for choice in policy.choices:
            at = functools.partial(placed, choice.origin, policy.id)
            extended = extended_by(policy, by_id)
            if choice.policy not in extended:
                near = closest(choice.policy, extended)
                hint = f"did you mean {near!r}?" if near else f"add {choice.policy!r} to extends"
                yield at("")(f"{policy.id} chooses from {choice.policy} and does not extend it", hint=hint)
                continue
            owner = by_id[choice.policy]
            kinds = (("rule", choice.rules, _rules_of(owner)), ("assessment", choice.assessments, _questions_of(owner)))
            for kind, names, known in kinds:
                for index, name in enumerate(names):
                    if name not in known:
                        where = at(f"/{kind}s", str(index))
                        yield where(f"{owner.id} has no {kind} {name!r}", hint=_known_names(name, owner, known, by_id))
            if not says_something(choice.because):
                yield at("")(f"{policy.id} leaves out parts of {owner.id} without a reason", hint="say why in because")


def kept_parts(selected: Iterable[str], by_id: ById) -> Mapping[str, Kept]:
    """Give the parts of each policy that take part: what one selected policy leaves out, another may bring in.

    Args:
        selected: Ids of the policies that were asked for.
        by_id: These and all they extend.
    """
    brought: dict[str, dict[str, Kept]] = {name: {} for name in by_id}
    changed = True
    while changed:  # policies may extend each other in a ring; what they bring only grows, and ends
        now = {name: _brought(policy, brought) for name, policy in by_id.items()}
        changed, brought = now != brought, now
    return _joined(brought[name] for name in selected)


def _brought(policy: Policy, brought: Mapping[str, Mapping[str, Kept]]) -> dict[str, Kept]:
    """Give what a policy brings, given what those it extends do."""
    kept = _joined(brought.get(name, {}) for name in policy.extends)
    for choice in policy.choices:
        if choice.policy in kept:
            chosen = Kept(rules=frozenset(choice.rules), assessments=frozenset(choice.assessments))
            kept[choice.policy] = kept[choice.policy] & chosen
    return kept | {policy.id: _whole(policy)}


def _joined(several: Iterable[Mapping[str, Kept]]) -> dict[str, Kept]:
    joined: dict[str, Kept] = {}
    for each in several:
        for owner, parts in each.items():
            joined[owner] = joined[owner] | parts if owner in joined else parts
    return joined


def roots_of(by_id: ById) -> tuple[str, ...]:
    """Give the policies that no other extends, sorted; in a ring, which has no such, all."""
    extended = {name for policy in by_id.values() for name in extended_by(policy, by_id)}
    roots = tuple(sorted(set(by_id) - extended))
    reached = {*roots, *(name for root in roots for name in extended_by(by_id[root], by_id))}
    return roots if reached == set(by_id) else tuple(sorted(by_id))


def _whole(policy: Policy) -> Kept:
    return Kept(rules=_rules_of(policy), assessments=_questions_of(policy))


# What is weaker -------------------------------------------------------------------------------------------------------


def weakenings(
    policies: Iterable[Policy], by_id: ById, overrides: Overrides, kept: Mapping[str, Kept]
) -> tuple[GateFault, ...]:
    """Tell what policies ask less of than those they extend do, each with its reason, as every report shows it."""
    told = []
    for policy in policies:
        for override in policy.overrides:
            owner, _, name = override.target.partition("/")
            part = next(each for each in _all_parts(by_id[owner]) if each.id == name)
            weaker = [str(change) for change in overrides.changes(override.target, part) if change.weakens]
            taking_part = name in kept[owner].rules or isinstance(part, Assessment)
            if weaker and taking_part:
                what = f"{policy.id} weakens {override.target} ({', '.join(weaker)}): {override.because}"
                told.append(GateFault(rule=UNWEAKENED, message=what, site=_site(override.origin, override.target)))
        for choice in policy.choices:
            what = _left_out(choice, by_id[choice.policy], kept[choice.policy])
            if what:
                message = f"{policy.id} leaves out {what}: {choice.because}"
                told.append(GateFault(rule=UNWEAKENED, message=message, site=_site(choice.origin, choice.policy)))
    return tuple(told)


def _left_out(choice: Chosen, owner: Policy, kept: Kept) -> str:
    """Give the rules that a choice leaves out, unless another policy brings them in."""
    names = sorted(_rules_of(owner) - kept.rules - frozenset(choice.rules))
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    count, whole = len(names), len(owner.rules)
    of_all = f"{count} of the {whole} {'rule' if whole == 1 else 'rules'} of {owner.id}"
    return f"{of_all} ({', '.join(names[:_NAMED])}{more})"


def is_told(place: str) -> bool:
    """Tell whether a report names a place in a policy: of a package, the whole path is known, and nobody's business."""
    return not PurePath(place).is_absolute()


def _site(origin: Origin | None, key: str) -> Site | None:
    """Give the place of a key in a file that the caller named."""
    if origin is None or not is_told(origin.document.name):
        return None
    return origin.document.site(origin.pointer, key=key)


# Names ----------------------------------------------------------------------------------------------------------------


def _all_parts(policy: Policy) -> tuple[Rule | Assessment, ...]:
    return (*policy.rules, *policy.assessments)


def _rules_of(policy: Policy) -> Parts:
    return frozenset(rule.id for rule in policy.rules)


def _questions_of(policy: Policy) -> Parts:
    return frozenset(assessment.id for assessment in policy.assessments)


def _parts_of(policy: Policy) -> Parts:
    return _rules_of(policy) | _questions_of(policy)


def _known_parts(name: str, owner: Policy, known: Iterable[str]) -> str:
    near = closest(name, known)
    return f"did you mean '{owner.id}/{near}'?" if near else f"{owner.id} has {', '.join(sorted(known)) or 'none'}"


def _known_names(name: str, owner: Policy, known: Parts, by_id: ById) -> str:
    """Tell which part of a policy was likely meant, or which policy has it."""
    own = name.rpartition("/")[2]
    near = own if own in known else closest(own, known)
    if near:
        return f"did you mean {near!r}?"
    others = [policy.id for policy in by_id.values() if own in _parts_of(policy)]
    if others:
        return f"choose it from {others[0]}, which has it"
    return f"{owner.id} has {', '.join(sorted(known)) or 'none'}"


def _where(origin: Origin | None, otherwise: str) -> str:
    return origin.where() if origin is not None else otherwise


def _sound(target: str, name: str, value: Any) -> Param:
    """Give a declared parameter; one that is made in Python may not fit what it says of itself."""
    try:
        param = as_param(value)
        return with_value(param, param.value)
    except ValueError as error:
        what = f"the parameter {name!r} does not fit: {error}"
        raise PolicyError(what, where=target, hint="give it a value of its type, between its bounds") from None


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(value) + "]"
    return shown(value)
