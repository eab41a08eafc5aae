"""Whether a value has the type that a record declares for it: what `mypy --strict` would have told the author."""

from __future__ import annotations

import datetime as dt
import functools
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Union

_LONGEST_QUOTE = 40


def misfits_of(record: Any) -> Iterator[str]:
    """Tell which fields of a record hold something else than they declare, each in a clause that starts with its path.

    The types are those of the record's class, so that there is no second list of its fields.
    """
    yield from _misfits(record, type(record), "")


def quote(value: Any) -> str:
    """Show a value in an error: itself if it is plain and short, else what it is."""
    text = repr(value) if isinstance(value, (str, int, float, bool, dt.date)) else _kind_of(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."


@functools.cache
def _hints_of(record: type[Any]) -> Mapping[str, Any]:
    hints = typing.get_type_hints(record)
    return {field.name: hints[field.name] for field in fields(record)}


def _misfits(value: Any, hint: Any, at: str) -> Iterator[str]:
    """Compare a value with a declared type: unions, tuples, mappings, callables, records and plain classes."""
    origin = typing.get_origin(hint)
    options = typing.get_args(hint)
    if hint is Any:
        return
    if origin in (Union, types.UnionType):
        yield from _misfits_of_union(value, options, at)
    elif origin is not None and not isinstance(value, origin):
        yield f"{at} is {_kind_of(value)}, not {_said(hint)}"
    elif origin is tuple:
        for index, item in enumerate(value):
            yield from _misfits(item, options[0], f"{at}[{index}]")
    elif origin is Mapping:
        for key, item in value.items():
            yield from _misfits(key, options[0], f"a key of {at}")
            yield from _misfits(item, options[1], f"{at}[{quote(key)}]")
    elif origin is None and not _is_instance(value, hint):
        yield f"{at} is {_kind_of(value)}, not {_said(hint)}"
    elif isinstance(hint, type) and is_dataclass(hint):
        for name, inner in _hints_of(hint).items():
            yield from _misfits(getattr(value, name), inner, f"{at}.{name}" if at else name)


def _misfits_of_union(value: Any, options: tuple[Any, ...], at: str) -> Iterator[str]:
    faults = [list(_misfits(value, option, at)) for option in options]
    # What is wrong is told of the first, which is the one beside `None`.
    if all(faults):
        yield from faults[0]


def _is_instance(value: Any, kind: type) -> bool:
    # True is an int, and an instant is a date, to Python only.
    if kind is int:
        return type(value) is int
    if kind is dt.date:
        return type(value) is dt.date
    return type(value) is kind if is_dataclass(kind) else isinstance(value, kind)


def _said(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin is not None:
        return {tuple: "a tuple", Mapping: "a mapping", Callable: "callable"}[origin]
    return _with_article(hint.__name__)


def _kind_of(value: Any) -> str:
    return "None" if value is None else _with_article(type(value).__name__)


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"
