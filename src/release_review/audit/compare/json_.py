"""A JSON document whose last value is a list of any length, written as it comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from release_review.escape import json_document, json_text


def document(head: Mapping[str, Any], name: str, records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give a JSON document piece by piece.

    Args:
        head: All values but the last.
        name: Name of the last value.
        records: What is in it, one to a line.
    """
    yield json_text(head).removesuffix("\n}\n")
    yield f",\n  {json.dumps(name)}: ["
    mark = "\n"
    for record in records:
        yield f"{mark}    {json_document(json.dumps(record, ensure_ascii=False, allow_nan=False))}"
        mark = ",\n"
    yield "\n  ]\n}\n" if mark != "\n" else "]\n}\n"
