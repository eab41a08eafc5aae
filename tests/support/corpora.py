"""Corpora that are made up: thousands of different manifests, always the same ones, and nine that are wrong."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_KINDS = (
    "weights",
    "weights",
    "weights",
    "api",
    "app",
    "third-party-host",
    "sealed-weights",
    "customer-hosted",
    "leak",
)
_AUDIENCES = ("public", "public", "public-gated", "vetted", "partners", "internal", "unknown")
_FACTS = ("yes", "no", "unknown")
_LICENCES = (
    ("Apache-2.0", "permissive"),
    ("MIT", "permissive"),
    ("LicenseRef-llama3.1", "use-restricted"),
    ("CC-BY-NC-4.0", "non-commercial"),
    ("LicenseRef-proprietary", "proprietary"),
)
_VECTORS = ("biosecurity", "cybersecurity", "disinformation", "spear-phishing", "voice-cloning")
_STEPS = (
    ("threat_identification", ("vector_named", "actors_and_method")),
    ("existing_risk", ("examples", "scale")),
    ("existing_defenses", ("listed", "efficacy")),
    ("marginal_risk", ("measured", "compared")),
    ("ease_of_defense", ("options", "efficacy")),
    ("uncertainty", ("assumptions", "sensitivity")),
)

BAD: dict[str, bytes] = {
    "not JSON": b'{"schema": "release-manifest/1", "release": {"id": "bad/cut"}, "access": [{"id": "a"',
    "not UTF-8": b'{"schema": "release-manifest/1", "release": {"id": "bad/latin", "name": "caf\xe9"}}',
    "too large": b'{"schema": "release-manifest/1", "release": {"id": "bad/large", "name": "'
    + b"x" * (1 << 20)
    + b'"}}',
    "unknown key": b'{"schema": "release-manifest/1", "release": {"id": "bad/key"}, "acess": []}',
    "a key twice": b'{"schema": "release-manifest/1", "release": {"id": "bad/twice", "id": "bad/two"}}',
    "two channels of one id": (
        b'{"schema": "release-manifest/1", "release": {"id": "bad/ids"}, '
        b'"access": [{"id": "a", "kind": "api"}, {"id": "a", "kind": "app"}]}'
    ),
    "a day that is none": b'{"schema": "release-manifest/1", "release": {"id": "bad/day", "date": "2025-02-30"}}',
    "another schema": b'{"schema": "release-policy/1", "id": "bad"}',
    "too deep": b'{"schema": "release-manifest/1", "release": {"id": "bad/deep"}, "extensions": {"x": '
    + b"[" * 100
    + b"]" * 100
    + b"}}",
}
"""One line for each way of being wrong."""


def manifests(count: int, *, seed: int = 20261122) -> Iterator[dict[str, Any]]:
    """Give manifests that differ in what they state, valid all of them."""
    chance = random.Random(seed)  # noqa: S311 - made-up releases, not secrets
    for number in range(count):
        yield _manifest(number, chance)


def write_lines(path: Path, count: int, *, bad: bool = False) -> dict[int, str]:
    """Write a corpus of JSON Lines, and say which of its lines are wrong and how; those come on top of the count."""
    places: dict[int, str] = {}
    wrong = iter(BAD.items() if bad else ())
    step = max(count // len(BAD), 1)
    with path.open("wb") as file:
        lines = itertools.count(1)
        for number, manifest in enumerate(manifests(count)):
            if number % step == step // 2 and (next_bad := next(wrong, None)) is not None:
                places[next(lines)] = next_bad[0]
                file.write(next_bad[1] + b"\n")
            next(lines)
            file.write(json.dumps(manifest, separators=(",", ":")).encode() + b"\n")
    return places


def _manifest(number: int, chance: random.Random) -> dict[str, Any]:
    year, month, day = chance.randint(2019, 2026), chance.randint(1, 9), chance.randint(1, 28)
    licence, family = chance.choice(_LICENCES)
    cited = {"source": ["card"]}
    return {
        "schema": "release-manifest/1",
        "release": {
            "id": f"developer-{number % 97}/model-{number}",
            "date": f"{year}-{month:02}-{day:02}",
            "stage": "released",
            "modalities": ["text"],
        },
        "source": {"card": {"title": f"Card of model {number}", "date": f"{year}-{month:02}-{day:02}"}},
        "weights": {
            "license": {"value": licence, **cited},
            "license_family": family,
            "parameters_total": float(chance.randint(1, 400)) * 1e9,
            "redistribution": chance.choice(_FACTS),
        },
        "access": [_channel(at, chance) for at in range(chance.randint(1, 3))],
        "monitoring": {"host_agreements": chance.choice(_FACTS), "misuse_reporting_channel": chance.choice(_FACTS)},
        "threat": [_threat(at, chance) for at in range(chance.randint(0, 2))],
        "evidence": [{"id": "report", "kind": "evaluation-report", "citation": f"https://example.org/{number}"}],
    }


def _channel(at: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"channel-{at}",
        "kind": chance.choice(_KINDS),
        "audience": {"value": chance.choice(_AUDIENCES), "source": ["card"]},
        "revocable": chance.choice(_FACTS),
        "usage_observed": chance.choice(_FACTS),
    }


def _threat(at: int, chance: random.Random) -> dict[str, Any]:
    steps = {step: {fact: _claim(chance) for fact in facts} for step, facts in _STEPS}
    vector = chance.choice(_VECTORS)
    return {"id": f"threat-{at}", "vector": vector, "title": f"somebody uses it for {vector}", **steps}


def _claim(chance: random.Random) -> Any:
    value = chance.choice(_FACTS)
    return {"value": value, "evidence": ["report"]} if value == "yes" and chance.random() < 0.5 else value
