"""Same inputs, same bytes: nothing of the machine, the process or the order of what has no order shows in a report."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shell import environment

from release_review import PolicySet, Report, load_policies, load_registry, review
from release_review.authoring.cases import document_of
from release_review.hooks import Style

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent
EXAMPLE = "examples/gpt-oss-120b/release.toml"
DAYS = ("--as-of", "2025-08-05", "--today", "2025-08-05")
FORMATS = ("json", "full", "concise")
DAY = dt.date(2025, 8, 5)
REGISTRY = load_registry(discover=False)


def check(*arguments: str, folder: Path = ROOT, variables: dict[str, str] | None = None) -> bytes:
    """Give what `release-review check` writes to stdout, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "release_review", "check", *arguments],
        cwd=folder,
        env=environment(**(variables or {})),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    return done.stdout


def check_in_every_format(folder: Path) -> dict[str, bytes]:
    """Give what one run writes in each format."""
    outputs = [f"--output={name}={folder / name}" for name in FORMATS]
    shown = check(EXAMPLE, *DAYS, *outputs, "--output-format", "json")
    written = {name: (folder / name).read_bytes() for name in FORMATS}
    assert written["json"] == shown
    return written


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return check_in_every_format(tmp_path_factory.mktemp("once"))


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return check_in_every_format(tmp_path_factory.mktemp("again"))


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_two_runs_give_the_same_bytes(expected: dict[str, bytes], again: dict[str, bytes], name: str) -> None:
    assert again[name] == expected[name]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_order_of_hashes_does_not_show(expected: dict[str, bytes], seed: str) -> None:
    assert check(EXAMPLE, *DAYS, "--output-format", "json", variables={"PYTHONHASHSEED": seed}) == expected["json"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    ],
    ids=lambda locale: " ".join(locale.values()),
)
def test_the_locale_does_not_show(expected: dict[str, bytes], locale: dict[str, str]) -> None:
    assert check(EXAMPLE, *DAYS, "--output-format", "json", variables=locale) == expected["json"]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["XYZ-14", "XYZ+12"])
def test_the_time_zone_does_not_show(expected: dict[str, bytes], zone: str) -> None:
    assert check(EXAMPLE, *DAYS, "--output-format", "json", variables={"TZ": zone}) == expected["json"]


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["XYZ-23:59", "XYZ+23:59"], ids=["a day ahead", "a day behind"])
def test_today_is_the_day_in_utc(zone: str) -> None:
    before = dt.datetime.now(dt.UTC).date()
    report = json.loads(check(EXAMPLE, "--output-format", "json", variables={"TZ": zone}))
    assert before.isoformat() <= report["today"] <= dt.datetime.now(dt.UTC).date().isoformat()


@pytest.mark.slow
def test_neither_the_working_folder_nor_the_home_shows(expected: dict[str, bytes], tmp_path: Path) -> None:
    copy = tmp_path / EXAMPLE
    copy.parent.mkdir(parents=True)
    copy.write_bytes((ROOT / EXAMPLE).read_bytes())
    variables = {"HOME": str(tmp_path), "USER": "nobody"}
    moved = check(EXAMPLE, *DAYS, "--output-format", "json", folder=tmp_path, variables=variables)
    assert moved == expected["json"]


@pytest.mark.slow
def test_the_time_of_a_file_does_not_show(tmp_path: Path) -> None:
    copy = tmp_path / "release.toml"
    copy.write_bytes((ROOT / EXAMPLE).read_bytes())
    before = check("release.toml", *DAYS, "--output-format", "json", folder=tmp_path)
    os.utime(copy, (0, 0))
    copy.chmod(0o600)
    assert check("release.toml", *DAYS, "--output-format", "json", folder=tmp_path) == before


# What has no order ----------------------------------------------------------------------------------------------------


def written(report: Report) -> str:
    return REGISTRY.reporter("json").render([report], Style())


def shipped(*names: str) -> PolicySet:
    return load_policies([str(ROOT / "policies" / name) for name in names], load_registry(discover=False))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_a_folder_lists_its_files_does_not_show(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    names = ("marginal-risk", "open-properties", "benefits")
    before = written(review(document_of(MANIFEST), policies=shipped(*names), today=DAY))
    shuffle, listings = random.Random(seed).shuffle, 0  # noqa: S311 - any order will do

    def shuffled(entries: list[Any]) -> list[Any]:
        nonlocal listings
        listings += 1
        shuffle(entries)
        return entries

    def in_any_order(folder: Path) -> Iterator[Path]:
        return iter(shuffled(list(iterdir(folder))))

    class Scanned:
        """What `os.scandir` gives, in another order."""

        def __init__(self, path: Any) -> None:
            with scandir(path) as entries:
                self._entries = iter(shuffled(list(entries)))

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            return self._entries

        def __exit__(self, *_: object) -> None:
            pass

        def __iter__(self) -> Iterator[os.DirEntry[str]]:
            return self._entries

    iterdir, scandir, listdir = Path.iterdir, os.scandir, os.listdir
    monkeypatch.setattr(Path, "iterdir", in_any_order)
    monkeypatch.setattr(os, "scandir", Scanned)
    monkeypatch.setattr(os, "listdir", lambda path=".": shuffled(listdir(path)))
    assert written(review(document_of(MANIFEST), policies=shipped(*names), today=DAY)) == before
    assert listings >= len(names)


def test_the_order_in_which_policies_are_named_does_not_show() -> None:
    names = ("marginal-risk", "open-properties", "benefits")
    reports = {
        written(review(document_of(MANIFEST), policies=shipped(*order), today=DAY))
        for order in itertools.permutations(names)
    }
    assert len(reports) == 1


@pytest.fixture(scope="module")
def default() -> PolicySet:
    return load_policies(["open-release"], REGISTRY)


CHANNELS: list[dict[str, Any]] = [
    {"id": "hub", "kind": "weights", "audience": "public-gated", "from": "2025-09-01"},
    {"id": "api", "kind": "api", "audience": "public", "from": "2025-03-01"},
    {"id": "partners", "kind": "sealed-weights", "audience": "partners", "until": "2025-06-30"},
]
THREATS: list[dict[str, Any]] = [
    {"id": "one", "vector": "cybersecurity", "threat_identification": {"vector_named": "no"}},
    {
        "id": "two",
        "vector": "biosecurity",
        "threat_identification": {"vector_named": {"value": "yes", "evidence": ["card"]}},
    },
]
MANIFEST: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one"},
    "access": CHANNELS,
    "threat": THREATS,
    "evidence": [{"id": "card", "kind": "card", "citation": "https://example.org/card"}],
}


def test_the_order_of_keys_does_not_show(default: PolicySet) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(each) for each in value] if isinstance(value, list) else value

    before = written(review(document_of(MANIFEST), policies=default, today=DAY))
    assert written(review(document_of(turned(MANIFEST)), policies=default, today=DAY)) == before


def answers(report: Report) -> dict[str, Any]:
    """Give what must not depend on the order of channels and threats: every level, outcome and fingerprint."""
    body = json.loads(written(report))
    return {
        "verdict": body["verdict"],
        "counts": body["counts"],
        "levels": {
            name: (answer["level"], {key: item["level"] for key, item in answer["items"].items()})
            for name, answer in body["assessments"].items()
        },
        "outcomes": {
            result["rule"]: (result["outcome"], sorted(finding["fingerprint"] for finding in result["findings"]))
            for result in body["results"]
        },
    }


@pytest.mark.parametrize(
    "rearranged",
    [{"access": list(order), "threat": THREATS[::-1]} for order in itertools.permutations(CHANNELS)],
)
@pytest.mark.parametrize("as_of", [dt.date(2025, 8, 5), dt.date(2025, 9, 1)])
def test_the_order_of_channels_and_threats_changes_no_level_outcome_or_fingerprint(
    default: PolicySet, rearranged: dict[str, Any], as_of: dt.date
) -> None:
    def find(data: dict[str, Any]) -> dict[str, Any]:
        return answers(review(document_of(data), policies=default, today=DAY, as_of=as_of))

    assert find({**MANIFEST, **rearranged}) == find(MANIFEST)
