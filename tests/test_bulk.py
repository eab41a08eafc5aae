"""What makes many reviews fast changes nothing they say, and keeps what a large manifest costs in bounds."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import DAY
from release_review.authoring.cases import document_of
from release_review.errors import InputError
from release_review.facts import MOST_BEHIND, Pointers
from release_review.hooks import Style
from release_review.importers import json_
from release_review.importers.tree import find_faults
from release_review.model import LIMITS, Limits, Outcome
from release_review.pipeline import review
from release_review.plugins import load_registry
from release_review.reporters import json_report
from release_review.selection import load_policies
from release_review.summary import MOST_WITH_READS
from release_review.validate import validate

SHALLOW = Limits(depth=4)

nested = st.recursive(
    st.sampled_from(['"[[[[["', '"\\"]"', '"}\\\\"', "1", "null"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(inner, max_size=3).map(
            lambda items: "{" + ",".join(f'"{index}]":{item}' for index, item in enumerate(items)) + "}"
        ),
    ),
    max_leaves=12,
)


def depth_of(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    return 1 + max((depth_of(each) for each in (value.values() if isinstance(value, dict) else value)), default=0)


@given(nested)
def test_the_nesting_of_json_is_bounded_exactly(text: str) -> None:
    if depth_of(json.loads(text)) > SHALLOW.depth:
        with pytest.raises(InputError, match="nests deeper than 4 levels"):
            json_.read(text, SHALLOW)
    else:
        assert json_.read(text, SHALLOW) == json.loads(text)


@pytest.mark.parametrize("text", ['["' + "[" * 5, '\\"' + "[" * 5, "[" * 5, '{"a": "\\', "[}" * 5, "]" * 5])
def test_what_is_no_json_is_refused_however_it_nests(text: str) -> None:
    with pytest.raises(InputError):
        json_.read(text, SHALLOW)


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "faulty"),
    [
        (["a", {"b": None}], False),
        ([Text("a")], False),
        ([1.5, 1 << 62, True], False),
        ([float("nan")], True),
        ([1 << 63], True),
        (["a\0"], True),
        (["\ud800"], True),
        ([{"\0": 1}], True),
        ([{1: 1}], True),
        ([b"a"], True),
        (["a" * (LIMITS.string_characters + 1)], True),
        ([["a" * LIMITS.string_characters] * 100], False),
        ([dt.date(2026, 1, 1)], True),
        ([[]] * LIMITS.nodes, True),
    ],
)
def test_a_quick_look_at_a_tree_finds_what_a_close_one_does(value: Any, faulty: bool) -> None:  # noqa: FBT001
    assert bool(list(find_faults(value, LIMITS))) is faulty


def test_each_review_has_a_manifest_of_its_own() -> None:
    document = document_of({"schema": "release-manifest/1", "release": {"id": "acme/one"}})
    one, other = (validate(document, today=DAY) for _ in range(2))
    before = copy.deepcopy(other.data)
    change_everything(one.data)
    assert other.data == before == validate(document, today=DAY).data


def change_everything(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            change_everything(inner)
        value["changed"] = True
    elif isinstance(value, list):
        value.append("changed")


def test_pointers_are_looked_for_once_and_travel_as_what_was_found() -> None:
    calls = []

    def find(*steps: str) -> tuple[str, ...]:
        calls.append(steps)
        return tuple(f"/{step}" for step in steps)

    pointers = Pointers(find, "a", "b")
    assert not calls
    assert pointers == ("/a", "/b")
    assert hash(pointers) == hash(("/a", "/b"))
    assert (pointers[0], pointers[:1], len(pointers), list(pointers)) == ("/a", ("/a",), 2, ["/a", "/b"])
    assert calls == [("a", "b")]
    assert pickle.loads(pickle.dumps(pointers)) == ("/a", "/b")  # noqa: S301
    assert isinstance(copy.deepcopy(pointers), tuple)


def test_many_items_that_hang_on_many_others_do_not_multiply() -> None:
    many = range(MOST_WITH_READS + 2 * MOST_BEHIND)
    data = {
        "schema": "release-manifest/1",
        "release": {"id": "acme/one"},
        "access": [{"id": f"channel-{number}", "kind": "unknown"} for number in many],
        "threat": [{"id": f"threat-{number}", "vector": "other"} for number in many],
    }
    policies = load_policies(["marginal-risk"], load_registry(discover=False))
    report = review(document_of(data), policies=policies, today=DAY)
    undecided = [each for result in report.results for each in result.findings if each.outcome is Outcome.UNKNOWN]
    assert len(undecided) > len(many)
    assert any(re.search(r", at least [0-9]+ more\)", finding.message) for finding in undecided)
    assert max(len(finding.reads) for finding in undecided) < 5 * MOST_BEHIND
    shown = json.loads(json_report.render([report], Style()))["results"]
    listing = [sum(bool(finding["reads"]) for finding in result["findings"]) for result in shown]
    assert max(listing) == MOST_WITH_READS
    assert max(len(result["findings"]) for result in shown) == len(many)
