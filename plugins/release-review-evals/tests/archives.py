"""Logs in the format `.eval`, taken apart and put together again in other ways."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

HEADER, START = "header.json", "_journal/start.json"
FINISHED_HEADER: Mapping[str, Any] = {
    "version": 2,
    "status": "success",
    "eval": {
        "created": "2026-02-10T09:30:00+00:00",
        "task": "arithmetic",
        "dataset": {"samples": 3},
        "model": "vllm/example/hawthorn",
        "model_args": {"revision": "5f1c2e9a7b3d4c6e8f0a1b2c3d4e5f60718293a4"},
        "config": {"epochs": 1},
    },
    "results": {
        "total_samples": 3,
        "completed_samples": 3,
        "scores": [
            {
                "name": "match",
                "scorer": "match",
                "scored_samples": 3,
                "unscored_samples": 0,
                "metrics": {"accuracy": {"name": "accuracy", "value": 0.5}, "stderr": {"name": "stderr", "value": 0.1}},
            }
        ],
    },
    "stats": {"started_at": "2026-02-10T09:30:00+00:00", "completed_at": "2026-02-10T09:31:00+00:00"},
}
"""What the header of a finished log says, with as little as Inspect asks for."""


def header(**changes: Any) -> dict[str, Any]:
    """Give the header of a finished log with other values at its top."""
    return {**json.loads(json.dumps(FINISHED_HEADER)), **changes}


def evaluated(**changes: Any) -> dict[str, Any]:
    """Give the header of a finished log with other values in `eval`."""
    return header(eval={**FINISHED_HEADER["eval"], **changes})


def scored(**changes: Any) -> dict[str, Any]:
    """Give the header of a finished log with other values in `results`."""
    return header(results={**FINISHED_HEADER["results"], **changes})


def score(**changes: Any) -> dict[str, Any]:
    """Give the header of a finished log with other values in its only score."""
    return scored(scores=[{**FINISHED_HEADER["results"]["scores"][0], **changes}])


def archive(files: Mapping[str, bytes | Mapping[str, Any]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give a ZIP file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as written:
        for name, content in files.items():
            written.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return whole.getvalue()
