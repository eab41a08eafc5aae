"""A case as TOML, ready to be pasted into the file of its rule or assessment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.admit import AdmittedAssessment
from release_review.authoring.cases import AdmittedPart
from release_review.escape import toml_string
from release_review.model import Case

WIDTH = 100
"""Columns beyond which the values that a case sets stand in a table of their own."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


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
        yield f"remove = {_value(case.remove)}"
    if case.as_of is not None:
        yield f"as_of  = {case.as_of}"
    if case.today is not None:
        yield f"today  = {case.today}"
    if case.set:
        line = f"set    = {_value(case.set)}"
        if len(line) <= WIDTH:
            yield line
        else:
            yield f"[{table}.set]"
            yield from (f"{_key(key)} = {_value(value)}" for key, value in case.set.items())


def _table_of(part: AdmittedPart) -> str:
    is_assessment = isinstance(part, AdmittedAssessment)
    origin = part.assessment.origin if isinstance(part, AdmittedAssessment) else part.rule.origin
    if origin is None or not origin.pointer:
        return "case"
    return "assessment.case" if is_assessment else "rule.case"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | dt.date():
            return str(value)
        case str():
            return value if _is_day(value) else toml_string(value)
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(_value(each) for each in value) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _is_day(text: str) -> bool:
    """Tell whether a text is a day, which a manifest in TOML has without quotes."""
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else toml_string(key)
