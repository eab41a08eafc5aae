"""Warnings about what a rule says to people: its id, its reasons, its message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from release_review.authoring.lint.warnings import LintWarning, Subject
from release_review.model import Assessment, Rule

_OF_ITEM = re.compile(r"\{(?:this|manifest)\.")
_FIRST = frozenset({"no", "not", "check", "checks", "test", "tests", "rule", "must", "should", "ensure", "verify"})
_LAST = frozenset({"check", "checks", "test", "tests", "rule", "rules"})
_LETTER = re.compile(r"[a-z]")


def lint_texts(found: Subject) -> Iterator[LintWarning]:
    """Look at what a rule or an assessment says of itself."""
    part = found.part
    if not part.rationale.strip():
        what = f"it does not say why it {'is required' if isinstance(part, Rule) else 'asks'}"
        yield found.warn("no-rationale", "/rationale", what, 'add rationale = "..."')
    if isinstance(part, Rule):
        if not part.remediation.strip():
            hint = 'add remediation = "...", with the keys to set'
            yield found.warn("no-remediation", "/remediation", "it does not say how to meet it", hint)
        yield from _lint_id(found, part.id)
        yield from _lint_message(found, part)
    if not part.references:
        yield found.warn("no-reference", "/reference", "it names no source", "add [[reference]] with title and url")
    if isinstance(part, Assessment) and not part.cases:
        hint = "add a [[case]] for each level that it can come to"
        yield found.warn("no-case", "/case", "it has no case", hint)


def _lint_id(found: Subject, name: str) -> Iterator[LintWarning]:
    words = name.split("-")
    why = ""
    if "_" in name or "." in name:
        why = "has other signs between its words than hyphens"
    elif words[0] in _FIRST:
        why = f"begins with {words[0]!r}"
    elif words[-1] in _LAST:
        why = f"ends with {words[-1]!r}"
    elif any(word == "" or not _LETTER.search(word) for word in words[:1]) or not words[-1]:
        why = "does not begin and end with a word"
    elif len([word for word in words if _LETTER.search(word)]) < 2:  # noqa: PLR2004  # what, and what holds of it
        why = "is a single word"
    if why:
        hint = "say what holds once it is met, as in 'review-scheduled' or 'threats-declared'"
        yield found.warn("id-is-no-requirement", "/id", f"the id {name!r} {why}, and does not read as one", hint)


def _lint_message(found: Subject, rule: Rule) -> Iterator[LintWarning]:
    if rule.given is None or rule.check is not None or "*" not in rule.given or _OF_ITEM.search(rule.message):
        return
    missing = found.origin is not None and "message" not in _keys(found)
    what = "it has no message, and its summary does" if missing else "the message does"
    what += f" not say which item of {rule.given} a finding is about"
    hint = "name it, as in {this.id}" if not missing else 'add message = "{this.id}: ..."'
    yield found.warn("message-names-nothing", "/message", what, hint)


def _keys(found: Subject) -> frozenset[str]:
    origin = found.origin
    if origin is None:
        return frozenset()
    start = f"{origin.pointer}/"
    return frozenset(each.removeprefix(start) for each in origin.document.places if each.startswith(start))
