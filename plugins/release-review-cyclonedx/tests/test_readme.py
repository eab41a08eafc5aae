from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from release_review.model import Outcome
from release_review_cyclonedx.wording import PREDICATES

PAGE = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
EXCERPT = re.compile(r"<!-- excerpt: (\S+) -->\n```json\n(.*?)```\n", re.DOTALL)


def part_of(document: Any, place: str) -> Any:
    for step in place.split("/"):
        document = document[int(step) if isinstance(document, list) else step]
    return document


def test_what_the_page_shows_is_what_the_example_gives(run: Callable[..., Any]) -> None:
    manifest = "examples/gpt-oss-120b/release.toml"
    done = run("check", "--today", "2026-07-01", "--output-format", "cyclonedx", manifest)
    document = json.loads(done.out)
    shown = EXCERPT.findall(PAGE)
    assert [place for place, text in shown if json.loads(text) != part_of(document, place)] == []
    assert len(shown) == 4


def test_the_page_shows_each_outcome_that_the_example_has() -> None:
    parts = [json.loads(text) for _, text in EXCERPT.findall(PAGE)]
    told = [each["conformance"]["rationale"].split(" ")[0] for each in parts if "conformance" in each]
    assert told == [Outcome.FAIL.value, Outcome.UNKNOWN.value]
    assert parts[-1]["reasoning"].startswith(Outcome.PASS.value)


def test_only_a_rule_that_does_not_apply_has_no_predicate() -> None:
    assert set(Outcome) - set(PREDICATES) == {Outcome.NOT_APPLICABLE}
