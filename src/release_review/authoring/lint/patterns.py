"""Warnings about how conditions are written: patterns that fit too much, and parameters that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from release_review.authoring.lint.kinds import KINDS
from release_review.authoring.lint.never import params_read
from release_review.authoring.lint.warnings import LintWarning, Subject
from release_review.cel import Scope
from release_review.literal import excerpt_of_string, where_in_string
from release_review.model import Rule, Site, Span

_FLAGS = re.compile(r"^\(\?[a-zA-Z]+\)")
_END = re.compile(r"(?<!\\)(?:\\\\)*(?:\$|\\z)\Z")


def lint_patterns(found: Subject, texts: Mapping[str, str], scope: Scope) -> Iterator[LintWarning]:
    """Look at the patterns of conditions, given by the pointer of their key."""
    for key, text in texts.items():
        if "matches" in text:
            for offset, end, pattern in _patterns_in(text, scope):
                if not is_anchored(pattern):
                    what = f"the pattern {_quoted(pattern)} is looked for anywhere in the text"
                    hint = "begin it with ^ and end it with $, or use contains()"
                    site = _site(found, key, offset, end)
                    yield LintWarning(kind=KINDS["unanchored-pattern"], part=found.id, what=what, hint=hint, site=site)


def is_anchored(pattern: str) -> bool:
    """Tell whether a pattern can only fit a whole text."""
    body = _FLAGS.sub("", pattern)
    begins = body.startswith(("^", r"\A"))
    ends = _END.search(body) is not None
    return begins and ends and not _has_ways(body)


def lint_params(found: Subject, texts: Mapping[str, str]) -> Iterator[LintWarning]:
    """Look for parameters that neither a condition nor the message reads."""
    part = found.part
    if isinstance(part, Rule) and part.check is not None:
        return  # what Python reads is not written down
    read = params_read(*texts.values(), part.message if isinstance(part, Rule) else "")
    for name in part.params:
        if name not in read:
            hint = f"read it as params.{name}, or take it out"
            yield found.warn("param-never-read", f"/params/{name}", f"nothing reads the parameter {name!r}", hint)


def _patterns_in(text: str, scope: Scope) -> Iterator[tuple[int, int, str]]:
    """Give each pattern, and where it stands in the text of the condition."""
    from release_review.cel import syntax  # a tenth of a second, for policies with patterns
    from release_review.cel.parse import parse
    from release_review.cel.tokens import end_of

    waiting = [parse(text, scope.limits)]
    while waiting:
        tree = waiting.pop(0)
        waiting.extend(syntax.children_of(tree))
        if isinstance(tree, syntax.Call) and tree.name == "matches" and len(tree.arguments) == 1:
            argument = tree.arguments[0]
            pattern = None
            if isinstance(argument, syntax.Literal):
                pattern = argument.value
            elif isinstance(argument, syntax.Select) and argument.field in scope.params:
                pattern = scope.params[argument.field].value
            if isinstance(pattern, str):
                yield argument.at, end_of(text, argument.at), pattern


def _has_ways(pattern: str) -> bool:
    """Tell whether a pattern is several, joined by `|` outside of all brackets; each would need anchors of its own."""
    depth, in_class, skipped = 0, False, False
    for character in pattern:
        if skipped:
            skipped = False
        elif character == "\\":
            skipped = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            return True
    return False


def _site(found: Subject, key: str, start: int, end: int) -> Site:
    origin = found.origin
    if origin is None:
        return Site(file=found.id)
    line, column = where_in_string(origin, key, start, otherwise="").rsplit(":", 2)[1:]
    excerpt = excerpt_of_string(origin, key, start, end)
    behind = int(column) + (excerpt.end - excerpt.start if excerpt is not None else 0)
    span = Span(line=int(line), column=int(column), end_line=int(line), end_column=behind)
    return Site(file=origin.document.name, span=span, excerpt=excerpt)


def _quoted(pattern: str) -> str:
    return f'"{pattern}"'
