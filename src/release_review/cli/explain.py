"""`release-review explain`: what a rule or an assessment asks, why, and how to meet it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review import gate
from release_review.cli import PASS, settings, streams, terminal
from release_review.cli.command import (
    GroupedCommand,
    cache_option,
    config_options,
    day,
    options,
    plugin_option,
    policy_option,
)
from release_review.errors import InputError, UsageError, suggest
from release_review.escape import plain, shorten
from release_review.hooks import Style
from release_review.model import GATE, Assessment, Case, Document, Reference, Rule
from release_review.reporters.layout import columns, pad, wrap

if TYPE_CHECKING:
    from release_review.admit import PolicySet
    from release_review.plugins import Registry
    from release_review.store import Store

STDIN = "-"
"""The manifest that is read from stdin."""

_STYLE = Style(width=terminal.WIDTH)
_INDENT = "  "
_EXACT = 1e15
"""Whole numbers below it are written out; greater ones have an exponent."""


@click.command(cls=GroupedCommand, short_help="Say what a rule or an assessment asks, and why.")
@click.argument("name", metavar="RULE|ASSESSMENT")
@policy_option
@options(
    click.option("--manifest", metavar="FILE", help="Say why it came out as it did for this manifest."),
    click.option("--as-of", type=day, metavar="DATE", help="Judge that release as it stands on DATE."),
    click.option("--today", type=day, metavar="DATE", help="Take DATE for the day of judgement (UTC)."),
)
@config_options
@plugin_option
@cache_option
def explain(*, name: str, config: Path | None, isolated: bool, manifest: str | None, **given: Any) -> int:
    """Say what RULE or ASSESSMENT asks, why, how to meet it, and what it rests on.

    Its id may leave out the policy, `existing-risk-present`, where no other has the same. With --manifest, say in its
    place which part of its conditions made it come out as it did, and what to state to decide it.
    """
    from release_review.cli.cache import open_store
    from release_review.plugins import load_registry
    from release_review.selection import load_policies

    days = {"as_of": given.pop("as_of"), "today": given.pop("today")}
    if manifest is None and any(days.values()):
        raise UsageError("a day is named, and no manifest", hint="add --manifest FILE")
    chosen = settings.current(given, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    store = open_store(wanted=not given["no_cache"])
    policies = load_policies(chosen["policy"].value, registry, store=store)
    found = _find(name, _explained(policies, registry, store), policies=registry.policies)
    if manifest is not None and found.of_gate:
        hint = "see 'release-review check' or 'release-review waiver check'"
        raise UsageError(f"{found.id} is not about what a manifest says", hint=hint)
    if manifest is not None:
        lines = _about(found, _load(manifest, registry), _policies_with(found, policies, registry, store), **days)
    else:
        lines = _rule(found, found.part) if isinstance(found.part, Rule) else _assessment(found, found.part)
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS


def _load(name: str, registry: Registry) -> Document:
    from release_review.load import load_document, load_stdin

    if name != STDIN:
        return load_document(Path(name), importers=registry.importers)
    if sys.stdin is None:
        raise InputError("stdin is closed", hint="name a file")
    return load_stdin(sys.stdin.buffer, importers=registry.importers)


def _policies_with(found: _Explained, policies: PolicySet, registry: Registry, store: Store | None) -> PolicySet:
    """Give the selected policies; where what is explained is not among them, the policy it belongs to."""
    from release_review.selection import load_policies

    if found.id in {*(rule.id for rule in policies.rules), *(each.id for each in policies.assessments)}:
        return policies
    return load_policies([found.id.partition("/")[0]], registry, store=store)


def _about(
    found: _Explained, document: Document, policies: PolicySet, *, as_of: dt.date | None, today: dt.date | None
) -> Iterator[str]:
    """Say why a rule or an assessment comes out as it does for a manifest."""
    from release_review.cli import why
    from release_review.pipeline import look_at

    seen = look_at(document, policies=policies, as_of=as_of, today=today or dt.datetime.now(dt.UTC).date())
    if isinstance(found.part, Rule):
        yield from _head_of_rule(found, found.part)
        yield from why.rule_lines(found.id, policies.rules, seen, _STYLE)
    else:
        question = next(each for each in policies.assessments if each.id == found.id)
        yield from _head_of_assessment(found, found.part)
        yield from why.assessment_lines(question, seen, _STYLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explained:
    """A rule or an assessment as it is in force, and who changed it."""

    id: str
    part: Rule | Assessment
    note: str = ""

    @property
    def of_gate(self) -> bool:
        """Whether it is a rule of the gate itself, which no policy has."""
        return self.id.startswith(f"{GATE}/")


def _explained(admitted: PolicySet, registry: Registry, store: Store | None) -> Mapping[str, _Explained]:
    """Give what the selected policies ask, as they ask it, what other installed policies do, and what the gate does."""
    from release_review.selection import load_offered

    known = {f"{GATE}/{rule.id}": _Explained(id=f"{GATE}/{rule.id}", part=rule) for rule in gate.RULES}
    for policy in (load_offered(name, registry, store=store) for name in registry.policies):
        parts: tuple[Assessment | Rule, ...] = (*policy.assessments, *policy.rules)
        for part in parts:
            known[f"{policy.id}/{part.id}"] = _Explained(id=f"{policy.id}/{part.id}", part=part)
    for question in admitted.assessments:
        known[question.id] = _Explained(id=question.id, part=question.assessment, note=question.note)
    for rule in admitted.rules:
        in_force = replace(rule.rule, severity=rule.severity)
        known[rule.id] = _Explained(id=rule.id, part=in_force, note=rule.note)
    return known


def _find(name: str, known: Mapping[str, _Explained], *, policies: Collection[str]) -> _Explained:
    if name in known:
        return known[name]
    matching = [qualified for qualified, found in known.items() if found.part.id == name]
    if not matching and name.partition("/")[0] == GATE:
        names = ", ".join(f"{GATE}/{rule.id}" for rule in gate.RULES)
        raise UsageError(f"there is no rule of the gate '{shorten(name)}'", hint=f"use one of: {names}")
    if not matching:
        hint = f"it is a policy; see 'release-review policy show {name}'" if name in policies else _hint(name, known)
        raise UsageError(f"there is no rule or assessment '{shorten(name)}'", hint=hint)
    if len(matching) > 1:
        raise UsageError(f"'{name}' is the id of {len(matching)}", hint=f"name one of them: {', '.join(matching)}")
    return known[matching[0]]


def _hint(name: str, known: Mapping[str, _Explained]) -> str:
    names = {*known, *(found.part.id for found in known.values())}
    return suggest(name, names).partition("use one of")[0].rstrip() or "see 'release-review policy list'"


def _head_of_rule(found: _Explained, rule: Rule) -> Iterator[str]:
    yield f"{plain(found.id)} (rule, {rule.severity.value})"
    yield from wrap(rule.summary, _STYLE, indent=_INDENT)
    yield from wrap(found.note, _STYLE, indent=_INDENT) if found.note else ()


def _rule(found: _Explained, rule: Rule) -> Iterator[str]:
    yield from _head_of_rule(found, rule)
    yield from _text("Why", rule.rationale)
    yield from _text("How to meet it", rule.remediation)
    yield from ("", "What is asked")
    if rule.given:
        yield f"  for each  {plain(rule.given)}"
    yield from _expression("if", rule.when)
    in_python = "what the gate itself looks at" if found.of_gate else "a check written in Python"
    yield from _expression("holds", rule.assertion or in_python)
    if rule.empty:
        yield f"  empty     an `all` over an empty list gives {plain(rule.empty)}"
    yield from _expression("says", rule.message)
    if rule.effective:
        yield f"  from      {rule.effective}; before, it warns"
    term = "never" if rule.waivable is None else f"for at most {rule.waivable} days"
    yield f"  waivable  {term}"
    yield from _params(rule.params)
    yield from _references(rule.references)
    yield from _cases(rule.cases)


def _head_of_assessment(found: _Explained, assessment: Assessment) -> Iterator[str]:
    yield f"{plain(found.id)} (assessment)"
    yield from wrap(assessment.title, _STYLE, indent=_INDENT)
    yield from wrap(found.note, _STYLE, indent=_INDENT) if found.note else ()


def _assessment(found: _Explained, assessment: Assessment) -> Iterator[str]:
    yield from _head_of_assessment(found, assessment)
    yield from _text("Why it is asked", assessment.rationale)
    yield from ("", "What is asked")
    yield f"  for each  {plain(assessment.over)}"
    yield from _expression("counts if", assessment.counts)
    yield from wrap(", ".join(assessment.scale), _STYLE, indent=" " * 12, first="  scale     ")
    yield f"  overall   the {plain(assessment.overall)} of those that count"
    yield f"  none      {plain(assessment.none)}, if none counts"
    yield f"  empty     {plain(assessment.empty)}, if there are none"
    yield from ("", "Levels, the first that surely holds")
    for level in assessment.levels:
        yield f"  {plain(level.name)}"
        yield from wrap(level.because, _STYLE, indent=_INDENT * 2)
        for line in _lines(level.when):
            yield from wrap(line, _STYLE, indent=_INDENT * 3, first=_INDENT * 2)
    yield f"  {plain(assessment.default)}"
    yield f"{_INDENT * 2}otherwise"
    yield from _params(assessment.params)
    yield from _references(assessment.references)
    yield from _cases(assessment.cases)


def _text(title: str, text: str) -> Iterator[str]:
    if not text:
        return
    yield from ("", title)
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        yield from wrap(" ".join(paragraph.split()), _STYLE, indent=_INDENT)


def _expression(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(_lines(text)):
        yield from wrap(line, _STYLE, indent=" " * 14, first=f"  {'' if number else name:<10}")


def _lines(text: str) -> list[str]:
    """Give the lines of an expression as its author set them, but for their indent."""
    return [line.strip() for line in text.strip().split("\n") if line.strip()]


def _params(params: Mapping[str, Any]) -> Iterator[str]:
    if params:
        yield from ("", "What an organization may set")
    for name, param in params.items():
        ends = (("from", param.minimum), ("to", param.maximum))
        bounds = [f"{word} {_toml(bound)}" for word, bound in ends if bound is not None]
        text = f"{name} = {_toml(param.value)} ({' '.join([param.type, *bounds])})"
        meaning = f": {param.description}" if param.description else ""
        yield from wrap(text + meaning, _STYLE, indent="    ", first="  ")


def _toml(value: Any) -> str:
    """Write a value of a parameter as a policy file does: a whole number has no fraction."""
    match value:
        case float():
            return f"{value:.17g}" if value.is_integer() and abs(value) < _EXACT else repr(value).replace("e+", "e")
        case dt.date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


def _references(references: Iterable[Reference]) -> Iterator[str]:
    listed = list(references)
    if listed:
        yield from ("", "What it rests on")
    for reference in listed:
        yield from wrap(reference.title, _STYLE, indent="    ", first="  - ")
        if reference.url:
            yield f"    {plain(reference.url)}"


def _cases(cases: Iterable[Case]) -> Iterator[str]:
    listed = list(cases)
    if not listed:
        return
    yield from ("", "Cases (what its author expects)")
    width = max(columns(plain(case.expect)) for case in listed)
    for case in listed:
        first = f"  {pad(plain(case.expect), width)}  "
        yield from wrap(case.name, _STYLE, indent=" " * columns(first), first=first)
