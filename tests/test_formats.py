"""TOML, YAML and JSON: the same release gives the same report, whatever it is written in."""

from __future__ import annotations

import datetime as dt
import functools
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from release_review import load_document, load_policies, load_registry, review
from release_review.hooks import Style

ROOT = Path(__file__).parent.parent
DAY = dt.date(2026, 1, 1)
REGISTRY = load_registry(discover=False)
EXAMPLES = sorted((ROOT / "examples").glob("*/release.toml"))

POSITIONS = frozenset({"line", "column", "end_line", "end_column"})


def in_toml(data: Any) -> str:
    """Write each key of the manifest on one line, with inline tables, so that nothing of the layout is kept."""
    return "".join(f"{key} = {value_in_toml(value)}\n" for key, value in data.items())


def value_in_toml(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{json.dumps(key)} = {value_in_toml(each)}" for key, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(value_in_toml(each) for each in value) + "]"
        case dt.date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


def in_yaml(data: Any) -> str:
    return yaml.safe_dump(plain(data), allow_unicode=True, sort_keys=True)


def in_json(data: Any) -> str:
    return json.dumps(plain(data), indent=1)


def plain(value: Any) -> Any:
    """Give dates as strings."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case dt.date():
            return value.isoformat()
        case _:
            return value


def comparable(value: Any) -> Any:
    """Give a report without what says where the manifest lies and where in it something stands."""
    match value:
        case dict():
            kept = {key: comparable(each) for key, each in value.items() if key not in POSITIONS}
            for name in ("manifest", "digest") if "manifest" in kept else ():
                kept.pop(name, None)
            return kept
        case list():
            return [comparable(each) for each in value]
        case _:
            return value


@pytest.fixture(scope="module")
def report_of() -> Callable[[Path], Any]:
    policies = load_policies(["open-release"], REGISTRY)

    @functools.cache
    def run(file: Path) -> Any:
        document = load_document(file, importers=REGISTRY.importers)
        report = review(document, policies=policies, today=DAY)
        return comparable(json.loads(REGISTRY.reporter("json").render([report], Style())))

    return run


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda file: file.parent.name)
@pytest.mark.parametrize(
    ("suffix", "write"), [("toml", in_toml), ("yaml", in_yaml), ("yml", in_yaml), ("json", in_json)]
)
def test_the_format_of_a_manifest_does_not_show_in_its_report(
    report_of: Callable[[Path], Any], tmp_path: Path, example: Path, suffix: str, write: Callable[[Any], str]
) -> None:
    data = tomllib.loads(example.read_text(encoding="utf-8"))
    rewritten = tmp_path / f"release.{suffix}"
    rewritten.write_text(write(data), encoding="utf-8")
    assert report_of(rewritten) == report_of(example)


def test_dates_need_no_quotes_in_yaml(report_of: Callable[[Path], Any], tmp_path: Path) -> None:
    text = "schema: release-manifest/1\nrelease: {{id: acme/one, date: {}}}\naccess: [{{id: hub, kind: weights}}]\n"
    bare, quoted = tmp_path / "bare.yaml", tmp_path / "quoted.yaml"
    bare.write_text(text.format("2025-03-01"), encoding="utf-8")
    quoted.write_text(text.format('"2025-03-01"'), encoding="utf-8")
    assert report_of(bare) == report_of(quoted)


def test_words_need_no_quotes_in_yaml(report_of: Callable[[Path], Any], tmp_path: Path) -> None:
    text = "schema: release-manifest/1\nrelease: {{id: acme/one, derived: {0}}}\nmonitoring: {{host_agreements: {0}}}\n"
    bare, quoted, other = (tmp_path / f"{name}.yaml" for name in ("bare", "quoted", "other"))
    bare.write_text(text.format("no"), encoding="utf-8")
    quoted.write_text(text.format('"no"'), encoding="utf-8")
    other.write_text(text.format("false"), encoding="utf-8")
    assert report_of(bare) == report_of(quoted) == report_of(other)
