"""What the records of a plugin must look like; every fault is told before anything is reviewed.

First the types that the records declare, then what a type cannot say: an id, a range, one of two fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from release_review.hooks import Importer, PolicyFolder, Reporter, SourceImporter
from release_review.model import Assessment, Param, Policy, Rule
from release_review.params import ORDERED_TYPES, PARAM_TYPES, as_param, holds
from release_review.plugins.shapes import misfits_of, quote

RECORDS: Mapping[str, tuple[type, ...]] = {
    "release_review_policies": (Policy, PolicyFolder),
    "release_review_importers": (Importer, SourceImporter),
    "release_review_reporters": (Reporter,),
}
"""The hooks, and the records that each may give."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FORMAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SUFFIX = re.compile(r"(\.[a-z0-9][a-z0-9_+-]*)+")
_PARAM = re.compile(r"[a-z][a-z0-9_]{0,63}")


def is_id(text: str) -> bool:
    """Tell whether a text may be an id: up to 64 lower-case letters, digits, `.`, `_` and `-`."""
    return _ID.fullmatch(text) is not None


def faults_of(record: Policy | PolicyFolder | Importer | SourceImporter | Reporter) -> Iterator[str]:
    """Tell what is wrong with a record of a plugin, each fault in a clause that starts with the name of a field."""
    badly_typed = False
    for fault in misfits_of(record):
        badly_typed = True
        yield fault
    if badly_typed:
        return
    match record:
        case Policy():
            yield from _faults_of_policy(record)
        case PolicyFolder():
            yield from _faults_of_folder(record)
        case Importer():
            yield from _faults_of_importer(record)
        case _:
            yield from _faults_of_name("name", record.name, _ID)
            yield from _faults_of_text("summary", record.summary)


def declare_params(policy: Policy) -> Policy:
    """Turn the plain values among the parameters of a policy's rules into `Param` records.

    The type is that of the value: `3.0` is a number, `3` is an integer and takes no fraction later.

    Raises:
        ValueError: A value is of none of the types that a parameter can have.
    """
    return replace(policy, rules=tuple(_with_declared_params(rule) for rule in policy.rules))


def _with_declared_params(rule: Rule) -> Rule:
    return replace(rule, params={name: as_param(value) for name, value in rule.params.items()})


def _faults_of_policy(policy: Policy) -> Iterator[str]:
    yield from _faults_of_name("id", policy.id, _ID)
    yield from _faults_of_text("title", policy.title)
    yield from _faults_of_text("version", policy.version)
    # Assessments and rules share their ids: an override names either.
    parts: tuple[Assessment | Rule, ...] = (*policy.assessments, *policy.rules)
    ids = Counter(part.id for part in parts)
    for name in sorted(name for name, times in ids.items() if times > 1):
        yield f"id {quote(name)} is used {ids[name]} times in it"
    for index, assessment in enumerate(policy.assessments):
        yield from _faults_of_part(assessment, f"assessments[{index}]")
    for index, rule in enumerate(policy.rules):
        yield from _faults_of_part(rule, f"rules[{index}]")
        yield from _faults_of_rule(rule, f"rules[{index}]")


def _faults_of_part(part: Assessment | Rule, at: str) -> Iterator[str]:
    yield from _faults_of_name(f"{at}.id", part.id, _ID)
    for name, value in part.params.items():
        yield from _faults_of_name(f"a name in {at}.params", name, _PARAM)
        yield from _faults_of_param(value, f"{at}.params[{quote(name)}]")


def _faults_of_rule(rule: Rule, at: str) -> Iterator[str]:
    yield from _faults_of_text(f"{at}.summary", rule.summary)
    if rule.assertion is None and rule.check is None:
        yield f"{at} has neither assertion nor check"
    if rule.assertion is not None and rule.check is not None:
        yield f"{at} has both assertion and check"
    if rule.given is not None and not rule.given.startswith("/"):
        yield f"{at}.given is {quote(rule.given)}, which does not start with '/'"
    if rule.empty not in (None, "pass", "fail"):
        yield f"{at}.empty is {quote(rule.empty)}, neither 'pass' nor 'fail'"
    if rule.waivable is not None and rule.waivable < 1:
        yield f"{at}.waivable is {rule.waivable} days; None means never"


def _faults_of_param(value: Any, at: str) -> Iterator[str]:
    try:
        param = as_param(value)
    except ValueError as error:
        yield f"{at}: {error}"
        return
    if param.type not in PARAM_TYPES:
        yield f"{at}.type is {quote(param.type)}, none of {', '.join(PARAM_TYPES)}"
    elif not holds(param.type, param.value):
        yield f"{at}.value is {quote(param.value)}, which is no {param.type}"
    elif param.stricter not in ("", "lower", "higher"):
        yield f"{at}.stricter is {quote(param.stricter)}, neither 'lower' nor 'higher'"
    else:
        yield from _faults_of_range(param, at)


def _faults_of_range(param: Param, at: str) -> Iterator[str]:
    bounds = {"minimum": param.minimum, "maximum": param.maximum}
    stated = {name: bound for name, bound in bounds.items() if bound is not None}
    if param.stricter and param.type not in ORDERED_TYPES:
        yield f"{at}.stricter is set, and a {param.type} has no order"
    for name, bound in stated.items():
        if param.type not in ORDERED_TYPES:
            yield f"{at}.{name} is set, and a {param.type} has no range"
        elif not holds(param.type, bound):
            yield f"{at}.{name} is {quote(bound)}, which is no {param.type}"
        elif param.value < bound if name == "minimum" else param.value > bound:
            yield f"{at}.value is {quote(param.value)}, beyond its {name} {quote(bound)}"


def _faults_of_folder(folder: PolicyFolder) -> Iterator[str]:
    yield from _faults_of_name("id", folder.id, _ID)
    if not folder.path.is_absolute():
        yield f"path is {quote(str(folder.path))}, which depends on the working directory"
    elif not folder.path.exists():
        yield f"path {quote(str(folder.path))} does not exist"


def _faults_of_importer(importer: Importer) -> Iterator[str]:
    yield from _faults_of_name("name", importer.name, _FORMAT)
    for index, suffix in enumerate(importer.suffixes):
        if not _SUFFIX.fullmatch(suffix):
            yield f"suffixes[{index}] is {quote(suffix)}, no ending like '.json' in lower case"


def _faults_of_name(at: str, text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    if not pattern.fullmatch(text):
        yield f"{at} is {quote(text)}, which does not match {pattern.pattern}"


def _faults_of_text(at: str, text: str) -> Iterator[str]:
    if not text.strip():
        yield f"{at} is empty"
