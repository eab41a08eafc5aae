"""Warnings about proofs: those that are missing, and those that prove nothing new."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.authoring.case_manifest import changed
from release_review.authoring.cases import CASE_DAY
from release_review.authoring.lint.warnings import LintWarning, Subject
from release_review.errors import PolicyError
from release_review.model import Case, Outcome, Rule
from release_review.pointer import pointer_to


def lint_cases(found: Subject, base: Mapping[str, Any]) -> Iterator[LintWarning]:
    """Look at the cases of a rule or an assessment."""
    cases = found.part.cases
    expected = {case.expect for case in cases}
    if isinstance(found.part, Rule):
        if Outcome.PASS not in expected:
            hint = 'add a [[case]] with expect = "pass"'
            yield found.warn("no-passing-case", "/case", "no case expects pass", hint)
        if Outcome.FAIL not in expected:
            hint = 'add a [[case]] with expect = "fail"'
            yield found.warn("no-failing-case", "/case", "no case expects fail", hint)
    seen: dict[str, int] = {}
    for index, case in enumerate(cases):
        subject = _subject(case, base)
        if subject is None:
            continue
        first = seen.setdefault(subject, index)
        if first != index:
            what = f"the case {case.name!r} comes to the same manifest and days as {cases[first].name!r}"
            line = _line(found, first)
            hint = "take one of them out, or change what the second one sets"
            place = pointer_to("case", index, "name")
            yield found.warn("case-repeats", place, f"{what}{line}", hint)


def _subject(case: Case, base: Mapping[str, Any]) -> str | None:
    """Give what a case is judged on; None where it cannot be made, which is the business of `policy test`."""
    try:
        data = changed(base, case)
    except PolicyError:
        return None
    days = [str(day or CASE_DAY) for day in (case.as_of, case.today)]
    return json.dumps([data, days], sort_keys=True, default=_written)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def _line(found: Subject, index: int) -> str:
    if found.origin is None:
        return ""
    span = found.origin.document.locate(found.origin.pointer + pointer_to("case", index, "name"))
    return f" (line {span.line})"
