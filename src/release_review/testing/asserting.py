"""What a test expects of a rule; where it is not so, the error shows what was found instead."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.escape import plain
from release_review.model import Finding, Outcome, RuleResult

_OF_FINDINGS = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR)


def assert_passes(result: RuleResult) -> None:
    """Expect that a rule passed.

    Raises:
        AssertionError: It did not; the findings are shown.

    Example:
        ```python
        assert_passes(run_rule(RULE, manifest=make_manifest({"/weights/license": "MIT"})))
        ```
    """
    __tracebackhide__ = True
    _assert_outcome(result, Outcome.PASS)


def assert_fails(result: RuleResult) -> None:
    """Expect that a rule failed, wherever; `assert_finding` says where.

    Raises:
        AssertionError: It did not; the findings are shown.

    Example:
        ```python
        assert_fails(run_rule(RULE, manifest=make_manifest()))
        ```
    """
    __tracebackhide__ = True
    _assert_outcome(result, Outcome.FAIL)


def assert_unknown(result: RuleResult) -> None:
    """Expect that a rule could not be decided.

    Raises:
        AssertionError: It was; the findings are shown.

    Example:
        ```python
        assert_unknown(run_rule(RULE, manifest=make_manifest()))
        ```
    """
    __tracebackhide__ = True
    _assert_outcome(result, Outcome.UNKNOWN)


def assert_not_applicable(result: RuleResult) -> None:
    """Expect that a rule did not apply.

    Raises:
        AssertionError: It did; the findings are shown.

    Example:
        ```python
        assert_not_applicable(run_rule(RULE, manifest=make_manifest()))
        ```
    """
    __tracebackhide__ = True
    _assert_outcome(result, Outcome.NOT_APPLICABLE)


def assert_finding(
    result: RuleResult,
    *,
    pointer: str | None = None,
    message: str | None = None,
    outcome: Outcome | str | None = None,
) -> Finding:
    """Expect a finding of a rule, and give the first that fits.

    Args:
        result: What `run_rule` gave.
        pointer: Where it stands; None for anywhere. `""` is the manifest as a whole.
        message: A part of what it says; None for anything.
        outcome: `fail`, `unknown` or `error`; None for either of the first two. That a rule broke is never expected
            without saying so.

    Raises:
        AssertionError: There is none; the findings that there are are shown.
        ValueError: `outcome` is no outcome of a finding.

    Example:
        ```python
        result = run_rule(RULE, manifest=make_manifest())
        assert_finding(result, pointer="/weights/license", message="no licence", outcome="fail")
        ```
    """
    __tracebackhide__ = True
    wanted = (Outcome.FAIL, Outcome.UNKNOWN) if outcome is None else (_outcome_of_finding(outcome),)
    for finding in result.findings:
        fits = finding.outcome in wanted and pointer in (None, finding.pointer)
        if fits and (message is None or message in finding.message):
            return finding
    parts = [
        "a finding",
        f"of outcome {wanted[0].value}" if outcome is not None else "",
        f"at {_place(pointer)}" if pointer is not None else "",
        f"that says {message!r}" if message is not None else "",
    ]
    raise AssertionError(_told(result, " ".join(filter(None, parts))))


def _assert_outcome(result: RuleResult, expected: Outcome) -> None:
    __tracebackhide__ = True
    if result.outcome is not expected:
        raise AssertionError(_told(result, f"outcome {expected.value}"))


def _outcome_of_finding(outcome: Outcome | str) -> Outcome:
    if outcome not in _OF_FINDINGS:
        known = ", ".join(each.value for each in _OF_FINDINGS)
        raise ValueError(f"a finding has no outcome {str(outcome)!r}; use one of: {known}")
    return Outcome(outcome)


def _told(result: RuleResult, expected: str) -> str:
    return "\n".join((f"{result.id}: expected {expected}, and got outcome {result.outcome.value}", *_listed(result)))


def _listed(result: RuleResult) -> Iterator[str]:
    if not result.findings:
        yield "  without a finding"
    for finding in result.findings:
        yield f"  {finding.outcome.value} at {_place(finding.pointer)}: {plain(finding.message)}"


def _place(pointer: str) -> str:
    return pointer or "the manifest as a whole"
