"""The cases that `policy test` runs: those of each policy that is named, or of the policies that make it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from release_review.cli.catalog import read_policy
from release_review.cli.policy.contents import brought
from release_review.errors import NothingToCheckError, PolicyError
from release_review.escape import shorten
from release_review.model import Case, Policy

if TYPE_CHECKING:
    from release_review.admit import AdmittedPart, PolicySet
    from release_review.authoring.cases import CaseResult
    from release_review.authoring.coverage import PartCoverage
    from release_review.plugins import Registry
    from release_review.store import Store

_SEVERAL = 2
"""Cases from which on the same fault of all is that of the base, and not of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The cases of one policy.

    Attributes:
        policy: The policy whose cases these are.
        policies: It and all it extends, as they are loaded: its overrides are in force.
        named: Id of the policy that was named, where that has no cases of its own and this is one of those it extends:
            its cases are run as its own author wrote them, without the overrides of the other.
    """

    policy: Policy
    policies: PolicySet
    named: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What came of the cases of one policy.

    Attributes:
        suite: The cases.
        results: What each came to.
        without: Ids of its rules and assessments that have no case; none where only some cases are run.
        coverage: What the cases have seen of each rule and assessment; None where nobody asked.
    """

    suite: Suite
    results: tuple[CaseResult, ...]
    without: tuple[str, ...] = ()
    coverage: tuple[PartCoverage, ...] | None = None

    @property
    def broken(self) -> tuple[CaseResult, ...]:
        """The cases that do not hold."""
        return tuple(result for result in self.results if not result.holds)

    @property
    def covered(self) -> bool:
        """Whether every branch was seen and every rule has a case, if somebody asked."""
        return self.coverage is None or (not self.without and all(part.seen == part.branches for part in self.coverage))


def load_suites(names: Iterable[str], registry: Registry, store: Store | None) -> list[Suite]:
    """Load the policies that are named, each with what it extends and nothing else, and give their cases.

    Raises:
        ReleaseReviewError: One of them does not load.
    """
    from release_review.selection import load_policies

    found: dict[str, Suite] = {}
    for name in names:
        policies = load_policies([name], registry, store=store)
        named = read_policy(name, registry)
        parts = brought(named, registry)
        for policy in parts:
            alone = load_policies([policy.id], registry, store=store)
            found.setdefault(policy.id, Suite(policy=policy, policies=alone, named=named.id))
        known = found.get(named.id)
        if not parts and known is not None and known.policy.digest != named.digest:
            where = named.origin.where("id") if named.origin is not None else named.id
            what = f"another policy is called {named.id!r} as well"
            raise PolicyError(what, where=where, hint="test one at a time, or give this one an id of its own")
        if not parts:
            found[named.id] = Suite(policy=named, policies=policies)
    return list(found.values())


def run_suites(suites: Sequence[Suite], *, engine: str, text: str = "", coverage: bool = False) -> list[Tested]:
    """Run the cases of suites.

    Args:
        suites: The suites.
        engine: Name of the engine that evaluates expressions.
        text: Only cases with this text in their name, or in the id of their rule or assessment; all where empty.
        coverage: Whether to tell what the cases have seen.

    Raises:
        NothingToCheckError: A policy has no case, or none is left.
    """
    for suite in suites:
        if next(_cases(suite), None) is None:
            where = suite.policy.origin.where() if suite.policy.origin is not None else suite.policy.id
            what = f"nothing to test: {suite.policy.id} has no case"
            raise NothingToCheckError(what, where=where, hint="write a [[case]] into its rules and assessments")
    tested = [_run(suite, engine, text, coverage=coverage) for suite in suites]
    if not any(each.results for each in tested):
        what = f"nothing to test: no case has '{shorten(text)}' in its name or in the id of its rule"
        raise NothingToCheckError(what, hint="give a shorter text to -k, or leave it out")
    for each in tested:
        _check_base(each)
    return tested


def _check_base(tested: Tested) -> None:
    """Tell once what keeps all cases from being carried out: then it is the base that they start from.

    Raises:
        PolicyError: No case can be carried out, each for the same reason.
    """
    from release_review.policy import BASE_FILE, POLICY_FILE

    problems = {result.problem for result in tested.results}
    if len(tested.results) < _SEVERAL or len(problems) > 1 or "" in problems:
        return
    origin = tested.suite.policy.origin
    where = tested.suite.policy.id
    if origin is not None:
        head = PurePath(origin.document.name)
        in_folder = head.name == POLICY_FILE
        where = str(head.with_name(BASE_FILE)) if in_folder else origin.document.where("/base")
    problem, _, hint = problems.pop().partition("; ")
    raise PolicyError(f"none of the {len(tested.results)} cases can be carried out: {problem}", where=where, hint=hint)


def _run(suite: Suite, engine: str, text: str, *, coverage: bool) -> Tested:
    from release_review.authoring.cases import parts_of, run_case
    from release_review.authoring.coverage import measure

    own = {suite.policy.id}
    results = tuple(
        run_case(part, case, suite.policies, engine=engine)
        for part, case in _cases(suite)
        if text.casefold() in f"{part.id}: {case.name}".casefold()
    )
    with_cases = {part.id for part, _ in _cases(suite)}
    bare = [part.id for part in parts_of(suite.policies, of=own) if part.id not in with_cases]
    return Tested(
        suite=suite,
        results=results,
        without=() if text else tuple(bare),
        coverage=measure(suite.policies, of=own, engine=engine) if coverage else None,
    )


def _cases(suite: Suite) -> Iterator[tuple[AdmittedPart, Case]]:
    from release_review.authoring.cases import parts_of

    for part in parts_of(suite.policies, of={suite.policy.id}):
        yield from ((part, case) for case in part.written.cases)
