"""The rules in a report for code scanning: what GitHub shows beside an alert, and its limits on that."""

from __future__ import annotations

import re
from typing import Any

from release_review.escape import MESSAGE_CHARACTERS, markdown, markdown_prose, sarif
from release_review.hooks import Unreviewed
from release_review.model import Reference, Report, Rule, RuleResult, Severity
from release_review.reporters.rows import Row, one_line
from release_review.summary import PROGRAM

NAME = 255
"""Code points of a name that GitHub takes."""

_DESCRIPTION, _HELP = 1_024, 4_000
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]{1,2000}")
_PLACEHOLDER = re.compile(r"\{(?=\d)")


def text_of(text: str, limit: int = MESSAGE_CHARACTERS, *, instead: str = PROGRAM) -> str:
    """Escape and cut a text; GitHub refuses empty ones, and something else stands in their place."""
    return sarif(text if text.strip() else instead, limit)


def rules_of(entries: list[Report | Unreviewed], found: list[Row]) -> list[dict[str, Any]]:
    """Give every rule that was loaded, and those of the gate that have a finding, sorted by id."""
    results = [result for entry in entries if isinstance(entry, Report) for result in entry.results]
    of_id: dict[str, Rule] = {}
    for result in (*results, *(row.result for row in found)):
        of_id.setdefault(rule_id(result), result.rule)
    return [_rule(id_, rule) for id_, rule in sorted(of_id.items())]


def rule_id(result: RuleResult) -> str:
    """Give the id of a rule as the report has it."""
    return text_of(result.id, NAME)


def _rule(id_: str, rule: Rule) -> dict[str, Any]:
    summary = text_of(one_line(rule.summary), _DESCRIPTION, instead=id_)
    whole = one_line(f"{rule.summary} {rule.rationale}")
    level = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}[rule.severity]
    return {
        "id": id_,
        "name": text_of(rule.id, NAME, instead=id_),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": text_of(whole, _DESCRIPTION, instead=summary)},
        "help": {"text": _help(rule), "markdown": _help_markdown(rule)},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": list(dict.fromkeys((PROGRAM, id_.partition("/")[0].strip() or PROGRAM))),
            "precision": "very-high",
            "problem.severity": _PROBLEM[rule.severity],
        },
    }


def _help(rule: Rule) -> str:
    references = "; ".join(f"{each.title} {each.url}" for each in rule.references)
    parts = {
        "Why: ": rule.rationale,
        "How to meet it: ": rule.remediation,
        "": _terms(rule),
        "It rests on: ": references,
    }
    return "\n\n".join(
        f"{head}{sarif(one_line(text), _HELP, in_help=True)}" for head, text in parts.items() if text.strip()
    )


def _help_markdown(rule: Rule) -> str:
    parts = {"**Why.** ": rule.rationale, "**How to meet it.** ": rule.remediation, "": _terms(rule)}
    paragraphs = [f"{head}{_prose(one_line(text))}" for head, text in parts.items() if text.strip()]
    if rule.references:
        paragraphs.append("\n".join(["**It rests on**\n", *(f"- {_link(each)}" for each in rule.references)]))
    return "\n\n".join(paragraphs)


def _terms(rule: Rule) -> str:
    """Say from when on a rule has its weight, and whether it may be waived."""
    begins = f"It has its full weight from {rule.effective} on; before, it warns. " if rule.effective else ""
    if rule.waivable is None:
        return f"{begins}It may not be waived."
    return f"{begins}It may be waived for at most {rule.waivable} {'day' if rule.waivable == 1 else 'days'}."


def _link(reference: Reference) -> str:
    title = _markdown(reference.title if reference.title.strip() else reference.url)
    if _ADDRESS.fullmatch(reference.url):
        return f"[{title}]({reference.url})"
    return f"{title} {_markdown(reference.url)}".rstrip()


def _prose(text: str) -> str:
    return _PLACEHOLDER.sub(r"\\x7b", markdown_prose(text[:_HELP]))


def _markdown(text: str) -> str:
    return _PLACEHOLDER.sub(r"\\x7b", markdown(text[:_HELP]))
