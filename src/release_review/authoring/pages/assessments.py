"""The page of an assessment."""

from __future__ import annotations

from release_review.admit import AdmittedAssessment, PolicySet
from release_review.authoring.pages import parts, paths
from release_review.authoring.pages.blocks import (
    Block,
    Code,
    Facts,
    Page,
    Paragraph,
    code,
    listed,
    paragraphs,
    plain,
    prose,
    section,
)


def page_of(question: AdmittedAssessment, given: PolicySet) -> Page:
    """Give the page of an assessment as it is in force."""
    asked = question.assessment
    return Page(
        path=paths.of_part(question),
        title=" ".join(asked.title.split()),
        above=paths.above(question),
        blocks=(
            Paragraph(line=(*plain("assessment "), *code(question.id))),
            *(Paragraph(line=line) for line in parts.changed(question.note)),
        ),
        sections=(
            section("Why it is asked", *paragraphs(asked.rationale)),
            section(
                "What is asked",
                Facts(
                    rows=(
                        ("Asked", listed([plain("for each "), code(asked.over)], "")),
                        ("Scale, strongest first", listed(map(code, asked.scale))),
                        ("Overall", plain(f"the {asked.overall.value} of the items that count")),
                        ("If none counts", code(asked.none)),
                        ("If there are none", code(asked.empty)),
                    )
                ),
                Code(title="An item counts when", text=asked.counts),
            ),
            section("Levels", *_levels(question)),
            parts.reads(question, given),
            parts.params(asked.params, parts.declared(question, given).params),
            parts.references(asked.references),
            parts.cases(asked.cases),
            parts.accepted(asked.accepted),
        ),
    )


def _levels(question: AdmittedAssessment) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(line=plain("The first that surely holds is the item's."))]
    for each in question.assessment.levels:
        blocks.append(Paragraph(line=(*code(each.name), *plain(": "), *prose(each.because))))
        blocks.append(Code(title="when", text=each.when))
    blocks.append(Paragraph(line=(*code(question.assessment.default), *plain(" otherwise"))))
    return tuple(blocks)
