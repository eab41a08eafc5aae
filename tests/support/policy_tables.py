"""The tables of shipped policies and rules in policies/README.md, from the policies themselves."""

from __future__ import annotations

from collections.abc import Iterable

from release_review.model import Policy


def policy_table(policies: Iterable[Policy]) -> str:
    """Give one row for each policy."""
    rows = [
        f"| `{policy.id}` | {policy.description} | {len(policy.assessments)} | {len(policy.rules)} |"
        for policy in policies
    ]
    return _lines(["| policy | what it is for | assessments | rules |", "|---|---|---|---|", *rows])


def rule_tables(policies: Iterable[Policy]) -> str:
    """Give one table for each policy that has rules, and in it one row for each rule."""
    return "\n".join(_rule_table(policy) for policy in policies if policy.rules)


def _rule_table(policy: Policy) -> str:
    rules = sorted(policy.rules, key=lambda rule: rule.id)
    rows = [f"| `{rule.id}` | {rule.severity.value} | {rule.summary} |" for rule in rules]
    return _lines([f"### {policy.id}", "", "| rule | severity | requirement |", "|---|---|---|", *rows])


def _lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
