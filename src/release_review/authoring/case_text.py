"""A case as TOML, ready to be pasted into the file of its rule or assessment."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.admit import AdmittedAssessment, AdmittedPart
from release_review.escape import toml_string
from release_review.model import Case
from release_review.toml_text import WIDTH, inline, toml_key


def case_lines(part: AdmittedPart, case: Case) -> Iterator[str]:
    """Write a case as lines of TOML.

    Args:
        part: The rule or assessment whose case it is; in a policy of one file, the case names which of the two it is.
        case: The case.
    """
    table = _table_of(part)
    yield f"[[{table}]]"
    yield f"name   = {toml_string(case.name)}"
    yield f"expect = {toml_string(case.expect)}"
    if case.remove:
        yield f"remove = {inline(case.remove, bare_days=True)}"
    if case.as_of is not None:
        yield f"as_of  = {case.as_of}"
    if case.today is not None:
        yield f"today  = {case.today}"
    if case.set:
        line = f"set    = {inline(case.set, bare_days=True)}"
        if len(line) <= WIDTH:
            yield line
        else:
            yield f"[{table}.set]"
            yield from (f"{toml_key(key)} = {inline(value, bare_days=True)}" for key, value in case.set.items())


def _table_of(part: AdmittedPart) -> str:
    origin = part.written.origin
    if origin is None or not origin.pointer:
        return "case"
    return "assessment.case" if isinstance(part, AdmittedAssessment) else "rule.case"
