"""The page of a policy, and the page that leads to all of them."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.admit import PolicySet
from release_review.authoring.pages import paths
from release_review.authoring.pages.blocks import (
    Facts,
    Items,
    Line,
    Page,
    Piece,
    Section,
    Table,
    code,
    listed,
    paragraphs,
    plain,
    prose,
    section,
)
from release_review.authoring.pages.parts import written
from release_review.extending import in_order, with_extended
from release_review.model import Chosen, Override, Policy


def page_of_all(given: PolicySet) -> Page:
    """Give the page that leads to the policies."""
    rows = tuple(
        (
            paths.to_policy(policy.id, given),
            prose(policy.description or policy.title),
            plain(str(sum(each.policy == policy.id for each in given.assessments))),
            plain(str(sum(each.policy == policy.id for each in given.rules))),
        )
        for policy in in_order(given.policies)
    )
    heads = ("policy", "what it is for", "assessments", "rules")
    return Page(path=paths.TOP, title=paths.TOP_TITLE, blocks=(Table(heads=heads, rows=rows),))


def page_of(policy: Policy, given: PolicySet) -> Page:
    """Give the page of a policy: what it asks, what it takes over, what it changes and what it leaves out."""
    brought = _brought(policy, given)
    return Page(
        path=paths.of_policy(policy.id),
        title=" ".join(policy.title.split()),
        above=((paths.TOP_TITLE, paths.TOP),),
        blocks=(*paragraphs(policy.description), Facts(rows=tuple(_facts(policy, given)))),
        sections=(
            _assessments(policy.id, given, of=""),
            _rules(policy.id, given, of=""),
            section("What it changes", Items(lines=tuple(_override(each, given) for each in policy.overrides))),
            section("What it leaves out", Items(lines=tuple(_choice(each, given) for each in policy.choices))),
            *(
                part
                for name in brought
                for part in (_assessments(name, given, of=f" of {name}"), _rules(name, given, of=f" of {name}"))
            ),
        ),
    )


def _facts(policy: Policy, given: PolicySet) -> Iterator[tuple[str, Line]]:
    yield "Id", code(policy.id)
    yield "Version", plain(policy.version)
    if policy.extends:
        yield "Extends", listed(paths.to_policy(name, given) for name in policy.extends)
    if policy.digest:
        yield "Digest", code(policy.digest)


def _brought(policy: Policy, given: PolicySet) -> list[str]:
    """Give the policies that come with one, in the order in which they are extended."""
    by_id = {each.id: each for each in given.policies}
    _, *others = with_extended([policy], lambda name, _: by_id.get(name))
    return [each.id for each in others]


def _assessments(name: str, given: PolicySet, *, of: str) -> Section:
    rows = tuple(
        (
            paths.to_part(each.id, given, shown=each.assessment.id),
            prose(each.assessment.title),
            listed(map(code, each.assessment.scale)),
        )
        for each in given.assessments
        if each.policy == name
    )
    return section(f"Assessments{of}", Table(heads=("assessment", "question", "scale, strongest first"), rows=rows))


def _rules(name: str, given: PolicySet, *, of: str) -> Section:
    rows = tuple(
        (
            paths.to_part(each.id, given, shown=each.rule.id),
            (Piece(text=each.severity.value, kind=each.severity.value),),
            prose(each.rule.summary),
        )
        for each in given.rules
        if each.policy == name
    )
    return section(f"Rules{of}", Table(heads=("rule", "severity", "requirement"), rows=rows))


def _override(override: Override, given: PolicySet) -> Line:
    changes = [code(f"severity = {written(override.severity.value)}")] if override.severity else []
    changes += [code(f"{name} = {written(value)}") for name, value in override.params.items()]
    because = (Piece(text=", because "), *prose(override.because)) if override.because else ()
    return (*paths.to_part(override.target, given), Piece(text=": "), *listed(changes), *because)


def _choice(choice: Chosen, given: PolicySet) -> Line:
    """Name what is left out of a policy: all that it has, but for what is asked all the same."""
    policy = next((each for each in given.policies if each.id == choice.policy), None)
    asked = {each.id for each in given.rules} | {each.id for each in given.assessments}
    parts = [each.id for each in policy.assessments] + [each.id for each in policy.rules] if policy else []
    gone = [code(name) for name in parts if f"{choice.policy}/{name}" not in asked]
    named = listed(gone) if gone else plain("nothing")
    of = (Piece(text="of "), *paths.to_policy(choice.policy, given), Piece(text=": "))
    return (*of, *named, Piece(text=", because "), *prose(choice.because))
