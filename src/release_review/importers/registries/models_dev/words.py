"""Words that the manifests of models.dev share, and how its values are shown."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from release_review.claims import quoted
from release_review.escape import shorten

SOURCE = "models-dev"
"""The id of the source that manifests cite."""

_DATE = re.compile(r"([0-9]{4}-[0-9]{2})(-[0-9]{2})?")


def day_of(written: Any) -> str:
    """Give a day `YYYY-MM-DD` or a month `YYYY-MM` of the calendar; empty for whatever else is written."""
    match = _DATE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return ""
    try:
        dt.date.fromisoformat(f"{match[1]}{match[2] or '-01'}")
    except ValueError:
        return ""
    return match[0]


def quoted_value(value: Any) -> str:
    """Quote a value of any type in a note: short and harmless."""
    return quoted(value) if isinstance(value, str) else shorten(json.dumps(value, ensure_ascii=False))
