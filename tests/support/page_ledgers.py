"""Ledgers whose every number can be counted by hand, and ledgers of somebody who means harm."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from release_review.audit.ledger import create
from release_review.audit.work import Head, Reviewed, pack
from release_review.model import Verdict

PROPERTY, OTHER_PROPERTY, STEP, QUESTION = "p/open", "p/local", "s/step", "o/benefit"
SCALE, STEPS = ("applies", "unknown", "limited", "does-not-apply"), ("full", "partial", "unknown", "none")


def _assessment(title: str, over: str, scale: Sequence[str]) -> dict[str, Any]:
    words = {"label": title.lower(), "order": 1, "overall": "strongest", "note": "", "conditions": {}, "params": {}}
    return {"title": title, "over": over, "scale": list(scale), **words}


def _rule(summary: str, severity: str) -> dict[str, Any]:
    return {
        "summary": summary,
        "severity": severity,
        "note": "",
        "given": None,
        "effective": None,
        "waivable": 90,
        "rationale": "It is asked for `this` reason.",
        "remediation": "Set `release.date`.",
        "references": [{"title": "A paper", "url": "https://example.org/paper"}, {"title": "None", "url": None}],
        "conditions": {},
        "params": {},
        "code": None,
    }


DEFINITIONS: dict[str, Any] = {
    "policies": {"p": {"version": "1.0.0", "title": "Properties", "layout": "list", "digest": "sha256:00"}},
    "assessments": {
        PROPERTY: _assessment("Open weights", "/access/*", SCALE),
        OTHER_PROPERTY: _assessment("Local use", "/access/*", SCALE),
        STEP: _assessment("Existing risk", "/threat/*", STEPS),
        QUESTION: _assessment("Benefit", "/benefit/*", ("yes", "unknown", "no")),
    },
    "rules": {
        "p/dated": _rule("A release has a date.", "error"),
        "p/safe": _rule("A safeguard is `named`.", "warning"),
    },
}

META: dict[str, Any] = {
    "corpus": {"named": [["osai", "registry"], ["", "folder"]], "exclude": []},
    "setup": {
        "tool": "0.1.0",
        "policies": ["p"],
        "digests": [["p", "1.0.0", "sha256:00"]],
        "today": "2026-01-01",
        "as_of": None,
        "waivers": None,
        "engine": "compiled",
        "without_plugins": [],
        "plugins": [],
        "limits": {},
    },
}


def answer(level: str, **items: str) -> dict[str, Any]:
    """Give an answer, with the level of each item."""
    looked_at = {
        key: {"level": each, "because": f"{key} is {each}", "pointer": "/access/0", "reads": []}
        for key, each in items.items()
    }
    told = {"decided_by": next(iter(items), None), "since": "2024-05-01", "items": looked_at, "more_items": 0}
    return {"level": level, "because": f"it is {level}", **told}


def finding(rule: str, outcome: str = "fail", *, severity: str = "error", blocks: bool = True) -> dict[str, Any]:
    """Give a finding of a rule."""
    place = {"pointer": "/release", "name": "release", "waiver": None}
    told = {"severity": severity, "outcome": outcome, "blocks": blocks}
    return {"rule": rule, "message": "no `date` is stated", **told, **place}


def fact(name: str, value: Any, *sources: str, **beside: Any) -> dict[str, Any]:
    """Give a fact, by whom it is stated, and what stands beside it."""
    cited = {"source": list(sources)} if sources else {}
    return {"pointer": "/" + name.replace(".", "/"), "name": name, "value": value, **cited, **beside}


def row(release: str = "acme/one", *, number: int = 1, verdict: str = "blocked", **parts: Any) -> dict[str, Any]:
    """Give the row of a release; `parts` are those of it that matter, or keys of its table `release`."""
    developer, _, name = release.partition("/")
    about = {
        "id": release,
        "developer": developer,
        "name": name,
        "version": None,
        "date": "2024-05-01",
        "stage": "released",
        "license": "MIT",
        "license_family": "permissive",
        "manifest": f"folder/{name}.toml",
        "format": "TOML",
        "digest": "sha256:11",
    }
    whole: dict[str, Any] = {
        "schema": "audit-row/1",
        "number": number,
        "release": about | {key: parts.pop(key) for key in list(parts) if key in about},
        "channels": [],
        "threats": {},
        "verdict": verdict,
        "as_of": "2026-01-01",
        "today": "2026-01-01",
        "counts": dict.fromkeys(("pass", "fail", "unknown", "not-applicable", "error", "waived", "known"), 0),
        "assessments": {PROPERTY: answer("unknown")},
        "rules": {},
        "findings": [],
        "sources": {},
        "facts": [],
        "more_facts": 0,
        "conflicts": [],
        "notes": [],
    }
    assert set(parts) <= set(whole), parts
    return whole | parts


def error(manifest: str, *errors: str, number: int = 1, release: str | None = None) -> dict[str, Any]:
    """Give the row of a manifest that could not be reviewed."""
    about = {"id": release, "manifest": manifest}
    return {"schema": "audit-row/1", "number": number, "release": about, "verdict": "error", "errors": list(errors)}


def channel(**words: Any) -> dict[str, Any]:
    """Give a channel."""
    usual = {"id": "hub", "kind": "weights", "audience": "public", "gate": "none", "operator": "third-party"}
    return {**usual, "opened": "yes", "closed": "no", "from": "2024-05-01", "until": None, **words}


def write(
    path: Path,
    rows: Iterable[Mapping[str, Any]],
    *,
    definitions: Mapping[str, Any] = DEFINITIONS,
    is_complete: bool = True,
    **meta: Any,
) -> Path:
    """Write a ledger that holds rows, numbered as they come, in batches of 64."""
    numbered = [{**each, "number": number} for number, each in enumerate(rows, start=1)]
    state = {"state": "complete" if is_complete else "running", "found": len(numbered)}
    with create(path) as ledger:
        ledger.set_meta(**{**META, "definitions": definitions, **state, **meta})
        for start in range(0, len(numbered), 64):
            batch = numbered[start : start + 64]
            lines = "".join(json.dumps(each) + "\n" for each in batch)
            heads = tuple(
                Head(
                    release=None if each["release"]["id"] is None else storable(each["release"]["id"]),
                    name="",
                    verdict=Verdict(each["verdict"]),
                    errors=tuple(map(repr, each.get("errors", ()))),
                )
                for each in batch
            )
            manifests = pack(json.dumps([None] * len(batch)).encode())
            reviewed = Reviewed(number=start // 64, heads=heads, rows=pack(lines.encode()), manifests=manifests)
            ledger.add(reviewed, first=start + 1, digest="")
    return path


def storable(text: str) -> str:
    """Give a text as a database keeps it: half of a surrogate pair has no form there."""
    return text.encode("utf-8", "backslashreplace").decode()


# What somebody writes who means harm ----------------------------------------------------------------------------------

_KEPT = {
    "schema",
    "verdict",
    "date",
    "as_of",
    "today",
    "since",
    "from",
    "until",
    "outcome",
    "severity",
    "over",
    "state",
}
"""Keys whose values the schemas of a row and of a ledger hold to few words, or that decide where a text is shown."""

_MAPS = {"assessments", "rules", "sources", "threats", "items", "policies"}
"""Keys of tables whose own keys are anybody's words."""


def poisoned(value: Any, text: str, *, key: str = "") -> Any:
    """Put a text before every string of a row or of the definitions that may be anything, keys included."""
    if isinstance(value, dict):
        return {
            text + name if key in _MAPS else name: inner
            if isinstance(inner, str) and (key == "rules" or name in _KEPT)
            else poisoned(inner, text, key=name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [poisoned(each, text) for each in value]
    return text + value if isinstance(value, str) else value


def hostile(path: Path, *texts: str) -> Path:
    """Write a ledger that has texts in every place that may hold any: of its rows, and of what it was made with."""
    rows = [
        each for text in texts for each in (_poisoned_row(text), error(text, text, release=text), error(text, text))
    ]
    text = texts[0]
    meta = {name: poisoned(each, text) for name, each in META.items() if name != "setup"}
    setup = {**META["setup"], "tool": text, "engine": text, "as_of": text}
    return write(path, rows, definitions=poisoned(DEFINITIONS, text), setup=setup, **meta)


def _poisoned_row(text: str) -> dict[str, Any]:
    made: dict[str, Any] = poisoned(full(), text)
    for source in made["sources"].values():
        source["date"] = text
    return made


def full(number: int = 1, **parts: Any) -> dict[str, Any]:
    """Give a row that has something everywhere."""
    sources = {
        "osai": {"title": "Index: One", "date": "2024-06-01", "url": "https://example.org/one"},
        "osai-card": {"title": "A card", "url": "https://example.org/card"},
        "epoch": {"title": "Epoch", "date": "2024-07-01", "url": "javascript:alert(1)"},
    }
    usual: dict[str, Any] = {
        "channels": [channel()],
        "threats": {"phish": "spear-phishing"},
        "assessments": {
            PROPERTY: answer("applies", hub="applies", api="limited"),
            OTHER_PROPERTY: answer("limited", hub="limited"),
            STEP: answer("partial", phish="partial"),
            QUESTION: answer("no"),
        },
        "rules": {"p/dated": "fail", "p/safe": "unknown"},
        "findings": [finding("p/dated"), finding("p/safe", "unknown", severity="warning", blocks=False)],
        "sources": sources,
        "facts": [fact("release.date", "2024-05-01", "osai", "osai-card", note="as the card says")],
        "conflicts": [
            fact(
                "weights.parameters_total",
                7_000_000_000,
                "osai",
                note="first",
                conflicts=[{"value": 8e9, "source": ["epoch"], "note": "second"}],
            )
        ],
        "notes": ["an importer's note"],
        "counts": {"pass": 1, "fail": 1, "unknown": 1, "not-applicable": 0, "error": 0, "waived": 0, "known": 0},
    }
    return row(f"acme/full-{number}", **{**usual, **parts})
