"""The kinds of warnings there are: the one table that help, README and SARIF are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from release_review.model import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of warning.

    Attributes:
        id: How it is called, as `lint = "..."` of an `[[accepted]]` names it.
        summary: What is wrong, in one sentence.
        why: Why that matters.
        severity: `error` for what keeps a policy from being carried out, else `warning`.
    """

    id: str
    summary: str
    why: str
    severity: Severity = Severity.WARNING


_ALL = (
    Kind(
        id="does-not-load",
        summary="The policy cannot be carried out as it is written.",
        why="A run with a policy that does not load ends without a verdict.",
        severity=Severity.ERROR,
    ),
    Kind(
        id="no-rationale",
        summary="A rule or an assessment does not say why it asks.",
        why="Whoever is blocked by a rule, or has to waive it, weighs its reason.",
    ),
    Kind(
        id="no-remediation",
        summary="A rule does not say how to meet it.",
        why="A finding that nobody can act on is waived or ignored.",
    ),
    Kind(
        id="no-reference",
        summary="A rule or an assessment names no source.",
        why="Without a source nobody can tell a requirement from an opinion, or notice that it is out of date.",
    ),
    Kind(
        id="id-is-no-requirement",
        summary="The id of a rule does not read as its requirement.",
        why="Reports list ids, and `review-scheduled fail` is understood where `check-2 fail` is not.",
    ),
    Kind(
        id="message-names-nothing",
        summary="A rule is evaluated for each item, and its message does not say which one it is about.",
        why="With several items, all findings of the rule read the same.",
    ),
    Kind(
        id="no-passing-case",
        summary="No case of a rule expects pass.",
        why="A rule that nothing can meet is noticed only when it blocks.",
    ),
    Kind(
        id="no-failing-case",
        summary="No case of a rule expects fail.",
        why="A rule that lets everything pass is not noticed at all.",
    ),
    Kind(
        id="no-case",
        summary="An assessment has no case.",
        why="Nothing shows that its levels are reached as they are meant to be.",
    ),
    Kind(
        id="case-repeats",
        summary="A case comes to the same manifest, judged on the same days, as another one.",
        why="It proves nothing that is not proven, and what it was meant to prove is not.",
    ),
    Kind(
        id="when-never-holds",
        summary="No manifest that fits the schema meets `when` or `counts`.",
        why="The rule never applies, or no item ever counts, and nobody is told.",
    ),
    Kind(
        id="never-fails",
        summary="The assert holds wherever the rule applies.",
        why="A rule that cannot fail makes a report look better than it is.",
    ),
    Kind(
        id="never-passes",
        summary="The assert surely holds for no manifest to which the rule applies.",
        why="A rule that nobody can meet is waived, and waivers lose their meaning.",
    ),
    Kind(
        id="level-never-reached",
        summary="No item is ever given a level by this entry.",
        why="A level that cannot be reached hides that the scale, or the order of the levels, is not as it was meant.",
    ),
    Kind(
        id="implied-by-another-rule",
        summary="Whenever a rule is not met, another one of the policy that weighs as much is not met either.",
        why="Each of its findings is told twice, and has to be waived twice.",
    ),
    Kind(
        id="unanchored-pattern",
        summary="A pattern is looked for anywhere in the text.",
        why="`matches` is a search: what is meant to describe a whole text also fits one that merely holds it.",
    ),
    Kind(
        id="param-never-read",
        summary="A parameter is declared and never read.",
        why="Whoever sets it believes that it changes something.",
    ),
    Kind(
        id="accepted-not-needed",
        summary="A warning is accepted that there is not, or not any more.",
        why="It would hide the warning when it comes back for another reason.",
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.id: kind for kind in _ALL})
"""All kinds, by id, in the order in which one meets them."""
