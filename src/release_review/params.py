"""The types of parameters: what an organization may set, and what a plain value of it means."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from release_review.dates import day_of
from release_review.model import Param

PARAM_TYPES: Mapping[str, type] = {
    "boolean": bool,
    "integer": int,
    "number": float,
    "string": str,
    "date": dt.date,
    "strings": tuple,
}
"""The types of parameters, and what their values are in Python."""

ORDERED_TYPES = ("integer", "number", "date")
"""The types whose values may have bounds, and may be stricter than others."""

_NAMES = {
    "boolean": "truth value",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "date": "date",
    "strings": "list of texts",
}

_INTEGERS = range(-(1 << 63), 1 << 63)


def as_param(value: Any) -> Param:
    """Give a parameter whose type is that of `value`; a `Param` is given back as it is.

    `3.0` is a number; `3` is an integer, and takes no fraction later.

    Raises:
        ValueError: `value` is of none of the types that a parameter can have.
    """
    if isinstance(value, Param):
        return value
    held = tuple(value) if isinstance(value, list) else value
    for name, kind in PARAM_TYPES.items():
        if type(held) is kind and holds(name, held):
            return Param(type=name, value=held)
    raise ValueError(f"a {type(value).__name__} is of none of the types {', '.join(PARAM_TYPES)}")


def holds(kind: str, value: Any) -> bool:
    """Tell whether a value is of a type of parameters; whole numbers are numbers too, and all are finite."""
    if type(value) is int and kind in ("integer", "number"):
        return value in _INTEGERS
    if kind == "number":
        return type(value) is float and math.isfinite(value)
    if kind == "strings":
        return type(value) is tuple and all(type(item) is str for item in value)
    return type(value) is PARAM_TYPES[kind]


def with_value(param: Param, value: Any) -> Param:
    """Give a parameter another value.

    Raises:
        ValueError: The value is of another type, or out of range.
    """
    held = typed(param.type, value)
    if held is None:
        raise ValueError(f"{shown(value)} is no {_NAMES[param.type]}")
    if param.minimum is not None and held < param.minimum:
        raise ValueError(f"{shown(value)} is less than {shown(param.minimum)}")
    if param.maximum is not None and held > param.maximum:
        raise ValueError(f"{shown(value)} is more than {shown(param.maximum)}")
    return replace(param, value=held)


def shown(value: Any) -> str:
    """Give a value as an error speaks of it: a whole number without a fraction, whatever its type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "a table"
    return repr(value) if isinstance(value, str) else str(value)


def typed(kind: str, value: Any) -> Any:
    """Give a value as its type of parameter holds it; None where it is of another type."""
    match kind, value:
        case _, None:
            return None
        case "boolean", bool():
            return value
        case (("number" | "integer" | "string" | "date" | "strings"), bool()):
            return None
        case "number", int() | float():
            return float(value) if math.isfinite(value) else None
        case "integer", int():
            return value
        case "date", dt.date():
            return value
        case "date", str():
            return day_of(value)
        case "string", str():
            return value
        case "strings", list() | tuple() if all(isinstance(each, str) for each in value):
            return tuple(value)
    return None
