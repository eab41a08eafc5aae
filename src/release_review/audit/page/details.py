"""What a page shows of one release, packed in chunks that its script unpacks when one is opened."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.audit.page.listing import Listing
from release_review.audit.page.shown import name_shown, shown
from release_review.audit.rows import Row, is_error
from release_review.audit.summary.tallies import value_shown
from release_review.claims import UNKNOWN
from release_review.escape import web_address

CHUNK = 64
"""Releases that are packed together: what they have in common is written once."""

_LEVEL = 9
_MOST_FACTS = 400
_CHANNEL = ("id", "kind", "audience", "gate", "operator", "opened", "closed", "from", "until")


class Details:
    """Packs what is shown of releases."""

    def __init__(self) -> None:
        self._waiting: list[Mapping[str, Any]] = []
        self._packed: list[bytes] = []

    def add(self, row: Row, listing: Listing) -> None:
        """Add a release."""
        self._waiting.append(_error(row) if is_error(row) else _release(row, listing))
        if len(self._waiting) == CHUNK:
            self._pack()

    def chunks(self) -> Iterator[str]:
        """Give the chunks, in the order of the releases."""
        if self._waiting:
            self._pack()
        return (base64.b64encode(packed).decode() for packed in self._packed)

    def _pack(self) -> None:
        text = json.dumps(self._waiting, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self._packed.append(zlib.compress(text.encode("utf-8", "backslashreplace"), _LEVEL))
        self._waiting = []


def _error(row: Row) -> dict[str, Any]:
    release = row["release"]
    return {
        "title": name_shown(release["id"] or release["manifest"]),
        "manifest": shown(release["manifest"]),
        "verdict": row["verdict"],
        "errors": [shown(each) for each in row["errors"]],
    }


def _release(row: Row, listing: Listing) -> dict[str, Any]:
    release = row["release"]
    record = {
        "Developer": release["developer"],
        "Name": release["name"],
        "Version": release["version"],
        "Released": release["date"],
        "Stage": release["stage"],
        "Licence": release["license"],
        "Licence family": release["license_family"],
        "State judged": row["as_of"],
        "Judged on": row["today"],
        "Manifest": release["manifest"],
        "Digest": release["digest"],
    }
    return {
        "title": name_shown(release["id"]),
        "verdict": row["verdict"],
        "record": [[name, shown(str(value))] for name, value in record.items() if value is not None],
        "counts": {name: int(count) for name, count in row["counts"].items()},
        "answers": [_answer(name, each, listing) for name, each in row["assessments"].items()],
        "channels": [[shown(str(each[key] or "")) for key in _CHANNEL] for each in row["channels"]],
        "findings": [_finding(each, listing) for each in row["findings"]],
        "facts": [_fact(each) for each in row["facts"][:_MOST_FACTS]],
        "more": int(row["more_facts"]) + max(len(row["facts"]) - _MOST_FACTS, 0),
        "sources": {shown(key): _source(key, each) for key, each in row["sources"].items()},
        "conflicts": [
            [shown(each["name"]), [_side(claim) for claim in (each, *each["conflicts"])]] for each in row["conflicts"]
        ],
        "notes": [shown(each) for each in row["notes"]],
    }


def _answer(name: str, answer: Mapping[str, Any], listing: Listing) -> list[Any]:
    items = [[shown(key), shown(each["level"]), shown(each["because"])] for key, each in answer["items"].items()]
    return [
        listing.question(name),
        shown(answer["level"]),
        shown(answer["because"]),
        (since := listing.since(name, answer)) and shown(since),
        answer["decided_by"] and shown(answer["decided_by"]),
        items,
        int(answer["more_items"]),
    ]


def _finding(finding: Mapping[str, Any], listing: Listing) -> list[Any]:
    return [
        listing.rule(finding["rule"]),
        finding["outcome"],
        finding["severity"],
        bool(finding["blocks"]),
        shown(finding["message"]),
        shown(finding["name"]),
        finding["waiver"] and shown(finding["waiver"]),
    ]


def _fact(fact: Mapping[str, Any]) -> list[Any]:
    return [shown(fact["name"]), *_claim(fact)]


def _claim(claim: Mapping[str, Any]) -> list[Any]:
    cited = [shown(str(each)) for key in ("source", "evidence") for each in claim.get(key, ())]
    return [shown(value_shown(claim["value"])), cited, shown(str(claim.get("note", "")))]


def _side(claim: Mapping[str, Any]) -> list[Any]:
    """Give one side of a conflict; why a source does not know stands in the place of its value."""
    value, cited, note = _claim(claim)
    return [note, cited, ""] if claim["value"] == UNKNOWN and note else [value, cited, note]


def _source(key: str, told: Mapping[str, Any]) -> list[str]:
    title, date, url = (str(told.get(name) or "") for name in ("title", "date", "url"))
    return [shown(title or key), shown(date), web_address(url), "" if web_address(url) else shown(url)]
