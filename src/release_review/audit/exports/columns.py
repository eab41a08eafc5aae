"""What a table of releases says of each, whatever the file: names of columns, their types, and values from a row."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from release_review.audit.rows import CHANNELS, Row, errors_of, is_error

RULES = ("pass", "fail", "unknown", "not-applicable", "error", "waived", "known")
"""Outcomes of rules that have a column."""

CHANNEL = ("id", "kind", "audience", "gate", "operator", "opened", "closed", "from", "until")
"""What is told of a channel."""


class Type(enum.Enum):
    """What a column holds."""

    TEXT = enum.auto()
    DAY = enum.auto()
    COUNT = enum.auto()
    TEXTS = enum.auto()
    CHANNELS = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        name: Its name.
        type: What it holds.
        value: Gives the value of a row; None where there is none. Days are texts, such as `2026-01-31`.
    """

    name: str
    type: Type
    value: Callable[[Row], Any]


def columns_of(definitions: Mapping[str, Any]) -> tuple[Column, ...]:
    """Give the columns of an audit, which depend on what it asked.

    Args:
        definitions: What was asked and required, as the ledger has it.
    """
    asked: Mapping[str, Any] = definitions["assessments"]
    return (*_FIRST, *(column for name in asked for column in _answer(name, asked[name]["over"])), *_LAST)


def _release(name: str, type_: Type = Type.TEXT, key: str = "") -> Column:
    return Column(name=name, type=type_, value=lambda row: row["release"].get(key or name))


def _reviewed(name: str, type_: Type, value: Callable[[Row], Any]) -> Column:
    """Give a column that says nothing of what could not be reviewed."""
    return Column(name=name, type=type_, value=lambda row: None if is_error(row) else value(row))


def _rules(outcome: str) -> Column:
    return _reviewed(f"rules_{outcome.replace('-', '_')}", Type.COUNT, lambda row: row["counts"][outcome])


def _answer(name: str, over: str) -> Iterator[Column]:
    def told(key: str) -> Callable[[Row], Any]:
        return lambda row: row["assessments"].get(name, {}).get(key)

    yield _reviewed(f"level:{name}", Type.TEXT, told("level"))
    if over == CHANNELS:
        yield _reviewed(f"since:{name}", Type.DAY, told("since"))


def _year(row: Row) -> int | None:
    date = row["release"].get("date")
    return int(date[:4]) if date else None


def _blocking(row: Row) -> list[str]:
    return list(dict.fromkeys(each["rule"] for each in row["findings"] if each["blocks"]))


_FIRST = (
    Column(name="number", type=Type.COUNT, value=lambda row: row["number"]),
    *(_release(name) for name in ("id", "developer", "name", "version")),
    _release("date", Type.DAY),
    Column(name="year", type=Type.COUNT, value=_year),
    *(_release(name) for name in ("stage", "license", "license_family")),
    Column(name="verdict", type=Type.TEXT, value=lambda row: row["verdict"]),
)
_LAST = (
    *(_rules(outcome) for outcome in RULES),
    _reviewed("blocking", Type.TEXTS, _blocking),
    Column(name="errors", type=Type.TEXTS, value=errors_of),
    _reviewed("channels", Type.CHANNELS, lambda row: row["channels"]),
    _reviewed("sources", Type.TEXTS, lambda row: list(row["sources"])),
    _reviewed("conflicts", Type.COUNT, lambda row: len(row["conflicts"])),
    _release("file", key="manifest"),
)
