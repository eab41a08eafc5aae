"""Where each page lies, and lines that lead there."""

from __future__ import annotations

from release_review.admit import AdmittedPart, AdmittedRule, PolicySet
from release_review.authoring.pages.blocks import Line, Piece

TOP = "index"
"""The page that leads to all others."""

TOP_TITLE = "Policies"
"""What that page is called."""


def of_policy(name: str) -> str:
    """Give the path of the page of a policy."""
    return f"{name}/index"


def of_part(part: AdmittedPart) -> str:
    """Give the path of the page of a rule or an assessment."""
    kind = "rules" if isinstance(part, AdmittedRule) else "assessments"
    return f"{part.policy}/{kind}/{part.written.id}"


def above(part: AdmittedPart) -> tuple[tuple[str, str], ...]:
    """Give the pages above that of a rule or an assessment."""
    return ((TOP_TITLE, TOP), (part.policy, of_policy(part.policy)))


def to_part(name: str, given: PolicySet, *, shown: str = "") -> Line:
    """Name a rule or an assessment by its qualified id, and lead to its page where there is one."""
    parts: tuple[AdmittedPart, ...] = (*given.rules, *given.assessments)
    page = next((of_part(each) for each in parts if each.id == name), "")
    return (Piece(text=shown or name, kind="code", page=page),)


def to_policy(name: str, given: PolicySet) -> Line:
    """Name a policy, and lead to its page where there is one."""
    page = of_policy(name) if name in {policy.id for policy in given.policies} else ""
    return (Piece(text=name, kind="code", page=page),)
