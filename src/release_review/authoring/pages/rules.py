"""The page of a rule."""

from __future__ import annotations

from release_review.admit import AdmittedRule, PolicySet
from release_review.authoring.pages import parts, paths
from release_review.authoring.pages.blocks import (
    Code,
    Facts,
    Line,
    Page,
    Paragraph,
    Piece,
    code,
    listed,
    paragraphs,
    plain,
    prose,
    section,
)

_SAYS_ALL = {"pass": "An `all` over an empty list holds.", "fail": "An `all` over an empty list does not hold."}


def page_of(rule: AdmittedRule, given: PolicySet) -> Page:
    """Give the page of a rule as it is in force."""
    asked = rule.rule
    in_python = (Paragraph(line=plain("A check written in Python decides whether it holds.")),) if asked.check else ()
    return Page(
        path=paths.of_part(rule),
        title=" ".join(asked.summary.split()),
        above=paths.above(rule),
        blocks=(
            Paragraph(
                line=(Piece(text=rule.severity.value, kind=rule.severity.value), Piece(text=" "), *code(rule.id))
            ),
            *(Paragraph(line=line) for line in parts.changed(rule.note)),
        ),
        sections=(
            section("Why it is required", *paragraphs(asked.rationale)),
            section("How to meet it", *paragraphs(asked.remediation)),
            section(
                "What is asked",
                Facts(rows=_facts(rule)),
                Code(title="It applies when", text=asked.when),
                Code(title="It holds when", text=asked.assertion or ""),
                *in_python,
                *((Paragraph(line=prose(_SAYS_ALL[asked.empty])),) if asked.empty else ()),
                Code(title="A finding says", text=asked.message),
            ),
            parts.reads(rule, given),
            parts.params(asked.params, parts.declared(rule, given).params),
            parts.references(asked.references),
            parts.cases(asked.cases),
            parts.accepted(asked.accepted),
        ),
    )


def _facts(rule: AdmittedRule) -> tuple[tuple[str, Line], ...]:
    asked = rule.rule
    rows: list[tuple[str, Line]] = [
        (
            "Asked",
            listed([plain("for each "), code(asked.given)], "")
            if asked.given
            else plain("once for the whole manifest"),
        )
    ]
    if asked.effective:
        rows.append(("Effective", plain(f"from {asked.effective.isoformat()}; before, it warns")))
    rows.append(("Waivable", plain("never" if asked.waivable is None else f"for at most {asked.waivable} days")))
    return tuple(rows)
