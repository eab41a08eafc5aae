"""The tables of policies and rules in a page that somebody writes, between two marks each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from release_review.admit import PolicySet
from release_review.errors import InputError
from release_review.escape import markdown, markdown_prose
from release_review.extending import in_order
from release_review.model import Policy

POLICIES, RULES = "policies", "rules"
"""Names of the tables, in their marks."""


def tables(given: PolicySet) -> Mapping[str, str]:
    """Give every table there is, by its name."""
    ordered = in_order(given.policies)
    return {POLICIES: policy_table(ordered, given), RULES: rule_tables(ordered, given)}


def policy_table(policies: Iterable[Policy], given: PolicySet) -> str:
    """Give one row for each policy."""
    rows = [
        (
            markdown(policy.id, code=True),
            markdown_prose(" ".join(policy.description.split()) or policy.title),
            str(sum(each.policy == policy.id for each in given.assessments)),
            str(sum(each.policy == policy.id for each in given.rules)),
        )
        for policy in policies
    ]
    return _table(("policy", "what it is for", "assessments", "rules"), rows)


def rule_tables(policies: Iterable[Policy], given: PolicySet) -> str:
    """Give one table for each policy that has rules, and in it one row for each rule."""
    found = []
    for policy in policies:
        rows = [
            (markdown(each.rule.id, code=True), each.severity.value, markdown_prose(each.rule.summary))
            for each in given.rules
            if each.policy == policy.id
        ]
        if rows:
            found.append(f"### {markdown(policy.id)}\n\n{_table(('rule', 'severity', 'requirement'), rows)}")
    return "\n".join(found)


def with_tables(page: str, given: Mapping[str, str], *, where: str) -> str:
    """Give a page with other tables between their marks, the lines `<!-- rules: begin -->` and `<!-- rules: end -->`.

    Args:
        page: The page.
        given: The tables, by name; those that the page has no marks for are left out.
        where: What the page is called in an error.

    Raises:
        InputError: The page has no marks at all, one without the other, or a pair twice.
    """
    found = False
    for name, table in given.items():
        begins, ends = (_mark(name, word, page) for word in ("begin", "end"))
        if not begins and not ends:
            continue
        if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].end():
            line = page.count("\n", 0, (begins or ends)[0].start()) + 1
            hint = f"write '<!-- {name}: begin -->' once on a line of its own, and '<!-- {name}: end -->' once below it"
            raise InputError(f"the marks of the table '{name}' are no pair", where=f"{where}:{line}", hint=hint)
        page = page[: begins[0].end()] + table + page[ends[0].start() :]
        found = True
    if not found:
        hint = f"write '<!-- {POLICIES}: begin -->' and '<!-- {POLICIES}: end -->' around the place of a table"
        raise InputError("the page has no marks of a table", where=where, hint=hint)
    return page


def _mark(name: str, word: str, page: str) -> list[re.Match[str]]:
    """Find the lines of a page that are one mark and nothing else."""
    return list(re.finditer(rf"^<!-- {name}: {word} -->[ \t]*(?:\r?\n|\Z)", page, re.MULTILINE))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads)]
    head, rule = f"| {' | '.join(lines[0])} |\n", f"|{'|'.join(lines[1])}|\n"
    return head + rule + "".join(f"| {' | '.join(row)} |\n" for row in rows)
