"""Ledgers that are made up: rows as somebody else may have written them, and files that are damaged."""

from __future__ import annotations

import copy
import io
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from release_review.audit.exports import Told, export_of
from release_review.audit.ledger import create, open_to_read
from release_review.audit.rows import as_line
from release_review.audit.summary import summarise
from release_review.audit.work import Head, Reviewed, pack, unpack
from release_review.hooks import Style
from release_review.importers import release_review_importers
from release_review.load import digest_of
from release_review.model import Verdict

MANIFEST = '{"schema": "release-manifest/1", "release": {"id": "acme/one"}}'
HOSTILE = (
    "=HYPERLINK(1)",
    "@acme/team",
    "\x1b[31mred\x1b[0m",
    "one\ntwo\r\nthree\u2028four",
    "::error::done",
    "##[error]done",
    "<script>alert(1)</script>",
    "| a | b |",
    "`code` [link](https://example.org) ![](x)",
    "\u202eabc\u200b",
    "half \ud800",
    "\u6f22\u5b57" * 60,
    "a" * 5_000,
    "# head",
    "",
)
"""Texts that a row may hold in any place."""

SETUP: Mapping[str, Any] = {
    "tool": "0.1.0",
    "policies": ["open-release"],
    "digests": [["small", "1.0.0", "sha256:0"]],
    "today": "2026-01-01",
    "as_of": None,
    "waivers": None,
    "engine": "compiled",
    "without_plugins": [],
    "plugins": [],
    "limits": {},
}
ASSESSMENT: Mapping[str, Any] = {
    "title": "Broader access",
    "label": "access",
    "order": 1,
    "scale": ["applies", "does-not-apply"],
    "over": "/access/*",
    "overall": "strongest",
    "note": "",
    "conditions": {},
    "params": {},
}
RULE: Mapping[str, Any] = {
    "summary": "The release is out.",
    "severity": "error",
    "note": "",
    "given": None,
    "effective": None,
    "waivable": 180,
    "rationale": "",
    "remediation": "",
    "references": [],
    "conditions": {},
    "params": {},
    "code": None,
}
POLICY = {"version": "1.0.0", "title": "Small", "layout": "list", "digest": "sha256:0"}


def definitions(*, text: str = "") -> dict[str, Any]:
    """Give what an audit asked: one property, one step, one rule; a text stands wherever there is one."""
    step = {**ASSESSMENT, "title": f"Existing risk{text}", "over": "/threat/*"}
    return {
        "policies": {f"small{text}": {**POLICY, "title": f"Small{text}"}},
        "assessments": {
            f"small/access{text}": {**ASSESSMENT, "title": f"Broader access{text}"},
            f"small/risk{text}": step,
        },
        "rules": {f"small/out{text}": {**RULE, "summary": f"The release is out.{text}"}},
    }


def row(number: int, *, text: str = "", **changes: Any) -> dict[str, Any]:
    """Give a row of a release that is blocked; a text stands wherever there is one."""
    key = text.encode("utf-8", "backslashreplace").decode()  # no id of ours has half of a surrogate pair in it
    claim = {"value": f"yes{text}", "source": [f"card{key}"]}
    whole = {
        "schema": "audit-row/1",
        "number": number,
        "release": {
            "id": f"acme/one{text}",
            "developer": f"Acme{text}",
            "name": f"one{text}",
            "version": None,
            "date": "2025-08-05",
            "stage": "released",
            "license": f"MIT{text}",
            "license_family": f"permissive{text}",
            "manifest": f"all.jsonl:{number}{text}",
            "format": "JSON",
            "digest": digest_of(MANIFEST.encode()),
        },
        "channels": [
            {
                "id": f"hub{text}",
                "kind": f"weights{text}",
                "audience": f"public{text}",
                "gate": "none",
                "operator": "developer",
                "opened": "yes",
                "closed": "no",
                "from": "2025-08-05",
                "until": None,
            }
        ],
        "threats": {"t": f"biosecurity{text}"},
        "verdict": "blocked",
        "as_of": "2026-01-01",
        "today": "2026-01-01",
        "counts": {"pass": 1, "fail": 2, "unknown": 3, "not-applicable": 4, "error": 0, "waived": 5, "known": 6},
        "assessments": {
            f"small/access{key}": _answer("applies", text) | {"since": "2025-08-05"},
            f"small/risk{key}": _answer("does-not-apply", text),
        },
        "rules": {f"small/out{key}": "fail"},
        "findings": [
            {
                "rule": f"small/out{key}",
                "severity": "error",
                "outcome": "fail",
                "blocks": True,
                "message": f"it is not out{text}",
                "pointer": "/release",
                "name": f"release{text}",
                "waiver": None,
            }
        ],
        "sources": {
            f"card{key}": {"title": f"A card{text}", "date": "2025-08-05", "url": f"https://example.org/{text}"}
        },
        "facts": [{"pointer": "/weights/license", "name": "weights.license", **claim}],
        "more_facts": 0,
        "conflicts": [
            {
                "pointer": "/weights/use_limits",
                "name": f"weights.use_limits{text}",
                **claim,
                "conflicts": [{"value": f"no{text}", "source": [f"osai{key}"], "note": f"said so{text}"}],
            }
        ],
        "notes": [text],
    }
    return whole | changes


def error(number: int, *, text: str = "") -> dict[str, Any]:
    """Give a row of what could not be reviewed."""
    name = f"all.jsonl:{number}{text}"
    return {
        "schema": "audit-row/1",
        "number": number,
        "release": {"id": None, "manifest": name},
        "verdict": "error",
        "errors": [f"{name}:1:2: is no manifest{text}; write one"],
    }


def _answer(level: str, text: str) -> dict[str, Any]:
    item = {"level": level, "because": f"so it is{text}", "pointer": "/access/0", "reads": [f"access[hub].kind{text}"]}
    return {
        "level": level,
        "because": f"so it is{text}",
        "decided_by": f"hub{text}",
        "since": None,
        "items": {"t": item},
        "more_items": 0,
    }


def write(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    *,
    complete: bool = True,
    manifests: Sequence[Any] | None = None,
    **meta: Any,
) -> Path:
    """Write a ledger of such rows, at most a batch of them."""
    kept = [
        None if "errors" in each else {"format": "JSON", "evidence": [], "notes": [], "text": MANIFEST} for each in rows
    ]
    heads = [
        Head(
            # Half of a surrogate pair has no form in a database; no id of a manifest has any.
            release=each["release"]["id"] and each["release"]["id"].encode("utf-8", "backslashreplace").decode(),
            name=each["release"]["manifest"],
            verdict=Verdict(each["verdict"]),
            errors=tuple(each.get("errors", ())),
        )
        for each in rows
    ]
    told = {"corpus": {"named": [["", "all.jsonl"]], "exclude": []}, "setup": dict(SETUP), "definitions": definitions()}
    with create(path) as ledger:
        ledger.set_meta(state="running", **{**told, **meta})
        reviewed = Reviewed(
            number=0,
            heads=tuple(heads),
            rows=pack("".join(map(as_line, rows)).encode("utf-8", "backslashreplace")),
            manifests=pack(json.dumps(kept if manifests is None else manifests).encode()),
        )
        ledger.add(reviewed, first=1, digest="sha256:0")
        if complete:
            ledger.set_meta(state="complete", found=len(rows))
    return path


def change(path: Path, statement: str, *values: Any) -> None:
    """Change a ledger as somebody might who has SQLite at hand."""
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def change_rows(path: Path, damage: Callable[[bytes], bytes]) -> None:
    """Change the rows of the first batch, as they are before they are packed."""
    connection = sqlite3.connect(path)
    (packed,) = connection.execute("SELECT rows FROM batch WHERE number = 0").fetchone()
    connection.execute("UPDATE batch SET rows = ? WHERE number = 0", (pack(damage(unpack(packed))),))
    connection.commit()
    connection.close()


def without(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Give data without what some keys lead to."""
    copied = copy.deepcopy(dict(data))
    table = copied
    for key in keys[:-1]:
        table = table[key]
    del table[keys[-1]]
    return copied


def exported(path: Path, form: str, *, style: Style | None = None) -> bytes:
    """Give a ledger in a form."""
    stream = io.BytesIO()
    with open_to_read(path) as ledger:
        importers = {each.name: each for each in release_review_importers()}
        told = Told(ledger=ledger, count=lambda: summarise(ledger), importers=importers, style=style or Style())
        export_of(form).write(told, stream)
    return stream.getvalue()
