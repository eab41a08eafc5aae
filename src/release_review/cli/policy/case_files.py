"""The results of cases for programs: as JSON, and in the format that what reads test results knows.

The JSON is `release-policy-test/1`:

| key | meaning |
|---|---|
| `schema`, `tool` | `release-policy-test/1`; name and version of this program |
| `policies` | each with `id`, `version`, `cases`, `without_case`, and `coverage` if it was asked for |
| `cases` | each with the `id` of its rule or assessment, its `name`, and the keys below |
| `file`, `line`, `column` | where it is written, from 1 |
| `expected`, `got`, `holds` | what its author says that comes out, what does, and whether the case holds |
| `detail`, `problem`, `missing`, `too_much` | why a case does not hold, or could not be carried out |
| `without_case` | rules and assessments that have none |
| `coverage` | for each rule and assessment the `branches` of its conditions, how many were `seen`, and the `gaps` |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from release_review.cli.policy.case_lines import one_line, tree_of
from release_review.cli.policy.suites import Tested
from release_review.escape import json_text
from release_review.hooks import Style
from release_review.model import TOP
from release_review.reporters.xml import document, element
from release_review.summary import PROGRAM
from release_review.version import __version__

if TYPE_CHECKING:
    from release_review.authoring.cases import CaseResult
    from release_review.authoring.coverage import PartCoverage
    from release_review.cli.policy.suites import Suite

SCHEMA = "release-policy-test/1"
"""Name of the shape of the JSON."""


def as_json(tested: Iterable[Tested]) -> str:
    """Give the cases of policies, and what they have seen if somebody asked, as data."""
    policies = [
        {
            "id": each.suite.policy.id,
            "version": each.suite.policy.version,
            "cases": [_case(result) for result in each.results],
            "without_case": list(each.without),
            **({} if each.coverage is None else {"coverage": [_part(part) for part in each.coverage]}),
        }
        for each in tested
    ]
    return json_text({"schema": SCHEMA, "tool": {"name": PROGRAM, "version": __version__}, "policies": policies})


def _case(result: CaseResult) -> dict[str, Any]:
    file, line, column = _place(result)
    return {
        "id": result.id,
        "name": result.case.name,
        "file": file,
        "line": line,
        "column": column,
        "holds": result.holds,
        "expected": result.case.expect,
        "got": None if result.problem else result.got,
        "detail": result.detail,
        "problem": result.problem or None,
        "missing": [{"pointer": each.pointer, "message": each.message} for each in result.missing],
        "too_much": [
            {"outcome": each.outcome.value, "pointer": each.pointer, "message": each.message} for each in result.extra
        ],
    }


def _part(part: PartCoverage) -> dict[str, Any]:
    return {
        "id": part.id,
        "measured": not part.in_python,
        "branches": part.branches,
        "seen": part.seen,
        "unreached": list(part.unreached),
        "gaps": [
            {"where": each.where, "expression": each.name, "condition": gap.condition.text, "gaps": list(gap.gaps)}
            for each in part.expressions
            for gap in each.gaps
        ],
    }


def _place(result: CaseResult) -> tuple[str | None, int | None, int | None]:
    if result.origin is None:
        return None, None, None
    span = result.origin.document.locate(result.origin.pointer)
    return result.origin.document.name, span.line, span.column


# JUnit ----------------------------------------------------------------------------------------------------------------


def as_junit(tested: Iterable[Tested]) -> str:
    """Give a suite for each policy and a test for each case.

    A case that does not hold is a failure; one that cannot be carried out is an error.
    No test takes any time: the same inputs give the same bytes.
    """
    listed = list(tested)
    inner = [line for each in listed for line in _suite(each)]
    attributes = {"name": PROGRAM, **_counts([result for each in listed for result in each.results])}
    return document(element("testsuites", attributes, inner))


def _suite(tested: Tested) -> Iterator[str]:
    inner = [line for result in tested.results for line in _test(result, tested.suite)]
    return element("testsuite", {"name": tested.suite.policy.id, **_counts(tested.results)}, inner)


def _counts(results: Sequence[CaseResult]) -> dict[str, str]:
    errors = sum(bool(result.problem) for result in results)
    failures = sum(not result.holds for result in results) - errors
    counts = {"tests": len(results), "failures": failures, "errors": errors, "skipped": 0, "time": 0}
    return {name: str(count) for name, count in counts.items()}


def _test(result: CaseResult, suite: Suite) -> Iterator[str]:
    file, line, _ = _place(result)
    attributes = {
        "name": result.case.name,
        "classname": result.id,
        "file": file or result.id,
        "line": str(line or TOP.line),
        "time": "0",
    }
    return element("testcase", attributes, [] if result.holds else list(_failure(result, suite)))


def _failure(result: CaseResult, suite: Suite) -> Iterator[str]:
    from release_review.authoring.cases import mismatches

    message = ", ".join(text if name == "broken" else f"{name} {text}" for name, text in mismatches(result))
    name, kind = ("error", "broken") if result.problem else ("failure", result.got)
    text = "\n".join([one_line(result), *tree_of(result, suite, Style())])
    return element(name, {"message": message, "type": kind}, text=text)
