"""A tree as TOML: what is read back is what was written, and it looks as somebody would write it."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.importers import toml_
from release_review.model import LIMITS
from release_review.toml_text import inline, toml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LEAVES = (
    TEXTS | st.integers(-(1 << 63), (1 << 63) - 1) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS | st.sampled_from(["value", "source", "note", "a", "b"]), inner, max_size=4)
    ),
    max_leaves=25,
)
TABLES = st.dictionaries(TEXTS | st.sampled_from(["a", "b", "value"]), TREES, max_size=5)
HOSTILE = [
    "\x1b[31mred\x1b[0m",
    'a"\n[weights]\nlicense = "MIT"',
    "\u202eevil",
    "'''",
    '"""',
    "\\",
    "#",
    "##[error]",
    "\r\n::error::x",
    "\x7f\x85\u2028",
    "---",
]


@given(data=TABLES)
def test_what_is_read_back_is_what_was_written(data: dict[str, Any]) -> None:
    text = toml_text(data, comment=("a comment",))
    assert tomllib.loads(text) == data


@given(data=TABLES)
def test_our_own_reader_agrees(data: dict[str, Any]) -> None:
    assert toml_.read(toml_text(data), LIMITS) == data


@given(data=TABLES)
def test_nothing_that_does_not_show_is_in_the_text(data: dict[str, Any]) -> None:
    text = toml_text(data)
    assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160), 0x2028, 0x202E)}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_string(text: str) -> None:
    data = {"release": {"id": "a/b", "name": text, text: text}}
    written = toml_text(data)
    assert tomllib.loads(written) == data
    assert "\x1b" not in written
    assert len(written.splitlines()) == 4  # the header and three keys


def test_it_is_laid_out_as_somebody_writes_it() -> None:
    fact = {"value": "no", "source": ["card"], "note": "said so"}
    data = {
        "schema": "release-manifest/1",
        "release": {"id": "a/b", "modalities": [fact, fact], "base": [{"id": "c/d", "relation": fact}]},
        "source": {"card": {"title": "Card"}},
        "weights": {"parameters_total": 1e25, "derivatives": fact},
        "access": [{"id": "hub"}, {"id": "api"}],
        "extensions": {"acme": {}},
    }
    line = '{ value = "no", source = ["card"], note = "said so" }'
    assert toml_text(data, comment=("First.", "", "Last.")) == (
        "# First.\n"
        "#\n"
        "# Last.\n"
        "\n"
        'schema = "release-manifest/1"\n'
        "\n"
        "[release]\n"
        'id = "a/b"\n'
        "modalities = [\n"
        f"    {line},\n"
        f"    {line},\n"
        "]\n"
        "\n"
        "[[release.base]]\n"
        'id = "c/d"\n'
        f"relation = {line}\n"
        "\n"
        "[source.card]\n"
        'title = "Card"\n'
        "\n"
        "[weights]\n"
        "parameters_total = 1e25\n"
        f"derivatives = {line}\n"
        "\n"
        "[[access]]\n"
        'id = "hub"\n'
        "\n"
        "[[access]]\n"
        'id = "api"\n'
        "\n"
        "[extensions.acme]\n"
    )


def test_null_is_refused() -> None:
    with pytest.raises(TypeError, match="TOML has no NoneType"):
        toml_text({"a": None})


@given(data=TREES)
def test_a_value_in_one_line_is_read_back(data: Any) -> None:
    written = inline(data)
    assert "\n" not in written
    assert tomllib.loads(f"value = {written}") == {"value": data}


def test_a_text_that_is_a_day_is_written_as_one_where_that_is_asked_for() -> None:
    data = {"release date": "2026-01-31", "days": ["2026-02-30", "on 2026-01-31"]}
    others = 'days = ["2026-02-30", "on 2026-01-31"]'
    assert inline(data, bare_days=True) == f'{{ "release date" = 2026-01-31, {others} }}'
    assert inline(data) == f'{{ "release date" = "2026-01-31", {others} }}'
    assert inline(dt.date(2026, 1, 31)) == "2026-01-31"
