"""Who makes a model is told by one table, and two models never get one id for what an id cannot hold."""

from __future__ import annotations

import itertools
import re

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from release_review.developers import TABLE, developer_of, folded, join_key, release_id

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*(@[A-Za-z0-9][A-Za-z0-9._+-]*)?")
"""A copy of the pattern of the schema, so that a change there is seen."""

ROWS = tomli.loads(TABLE.read_text(encoding="utf-8"))["developer"]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Meta AI", "meta"),
        ("facebook ai research", "meta"),
        ("Google-DeepMind", "google"),
        ("Allen Institute for AI", "allenai"),
        (" Mistral  AI ", "mistral"),
        ("Z.ai", "zhipuai"),
        ("Carnegie Mellon University (CMU)", "carnegie-mellon"),
        ("Large Model Systems Organization", "lmsys"),
        ("HuggingFaceTB", "huggingface"),
    ],
)
def test_spellings_of_a_developer_are_one(written: str, known: str) -> None:
    assert developer_of(written).id == known
    assert developer_of(written).known


def test_a_spelling_that_nobody_knows_is_a_name_of_its_own() -> None:
    assert developer_of("A Lab of Nobody, Inc.").id == "a-lab-of-nobody-inc"
    assert not developer_of("Metah").known
    assert developer_of("Meta and Google").id not in ("meta", "google")


def test_the_table_is_in_order_and_each_spelling_is_needed() -> None:
    ids = [row["id"] for row in ROWS]
    assert ids == sorted(ids)
    for row in ROWS:
        spellings = [folded(each) for each in (row["id"], *row.get("spellings", ()))]
        assert len(spellings) == len(set(spellings)), row["id"]


@pytest.mark.parametrize(
    ("parts", "known"),
    [
        (("Meta AI", "Llama 3.1 405B"), "meta/Llama-3.1-405B"),
        (("", "Tiny"), "unknown/Tiny"),
        (("Cohere", "Command R+"), "cohere/Command-R-plus"),
        (("acme", "Model (7B)", "v1.0+cu"), "acme/Model-7B@v1.0+cu"),
    ],
)
def test_an_id_is_made_of_its_parts(parts: tuple[str, ...], known: str) -> None:
    assert release_id(*parts) == known


def test_names_that_differ_in_what_an_id_cannot_hold_get_different_ids() -> None:
    signs = ["A", "A*", "A+", "A#", "C", "C++", "C#", "C!", "C?", "C2", "C\u00b2"]
    names = [*signs, "\u00c4*", "\u6a21\u578b", "\u6a21\u5f0f", "\u03b1", "\u03b2", "x" * 70, "x" * 71]
    ids = [release_id("acme", name) for name in names]
    for one, other in itertools.combinations(range(len(names)), 2):
        assert ids[one] != ids[other], (names[one], names[other])


@given(
    st.text(min_size=1).filter(str.strip),
    st.text(min_size=1).filter(str.strip),
    st.text().filter(str.strip) | st.just(""),
)
def test_every_text_gives_an_id(developer: str, name: str, version: str) -> None:
    known = release_id(developer, name, version)
    assert _ID.fullmatch(known), known
    assert len(known) <= 200
    assert join_key(known) == join_key(known.swapcase())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("meta/Llama-3.1-405B", "Meta/llama3.1-405b", True),
        ("openai/gpt-oss-120b", "openai/GPT_OSS-120B", True),
        ("acme/m-3.1", "acme/m-31", False),
        ("acme/m-1-3B", "acme/m-13B", False),
        ("acme/m-1_3B", "acme/m-1-3b", True),
        ("acme/m1-b-_2", "acme/m1b2", True),
        ("acme/m@1", "acme/m", False),
        ("acme/m@1", "acme/m@2", False),
        ("acme/m@V1", "acme/m@v1", True),
        ("google/minerva", "sapienza/minerva", False),
        ("facebook/opt", "meta/OPT", True),
    ],
)
def test_what_is_one_release_and_what_is_not(one: str, other: str, *, same: bool) -> None:
    assert (join_key(one) == join_key(other)) is same
