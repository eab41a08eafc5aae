"""What a ledger holds, held against its schemas: it may be anybody's, and whatever reads it relies on its shape."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from release_review.audit.rows import Row
from release_review.schema import AUDIT_ROW, LEDGER, published_schema


def row_of_line(line: bytes) -> Row:
    """Give the row that a line of JSON holds.

    Raises:
        ValueError: It is no row.
    """
    row: Row = _data(line)
    if not _accepts(AUDIT_ROW)(row):
        raise ValueError("no row of an audit")
    return row


def meta_of(values: Mapping[str, str]) -> Mapping[str, Any]:
    """Give what a ledger says of its audit.

    Args:
        values: What its table `meta` holds, by name.

    Raises:
        ValueError: It is something else.
    """
    meta = {name: _data(value) for name, value in values.items()}
    if not _accepts(LEDGER)(meta):
        raise ValueError("no ledger of an audit")
    return meta


def _data(text: bytes | str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


@functools.cache
def _accepts(schema: str) -> Callable[[Any], bool]:
    import jsonschema_rs

    linear = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator(
        dict(published_schema(schema)), pattern_options=linear, offline=True
    ).is_valid
