"""Each fault of a source is one line, with the file, the place in it and what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing import HUGGINGFACE, error_of, imported, lay_out, result_of
from release_review.model import LIMITS
from release_review.sources import Written

CARD = "---\nlicense: mit\n---\n"
NO_CARD = "README.md:1:1: the card says nothing; name a model card"
NO_YAML = "; correct the YAML here; check the indentation and the quotes"
SAVE = "save the info of the model that the card describes"
DEEP = "[" * 100 + "]" * 100
ALIASES = "a: &a [x]\nb: *a\n"


@pytest.mark.parametrize(
    ("card", "error"),
    [
        ("", NO_CARD),
        (" \n\n<!-- to do -->\n", NO_CARD),
        ("---\nlicense: mit\n", "README.md:1:1: the front matter is not closed; write a line --- behind it"),
        ("\n---\nlicense: mit\n ---\n", "README.md:2:1: the front matter is not closed; write a line --- behind it"),
        (
            "---\nlicense: mit\ntags: a: b\n---\n",
            f"README.md:3:8: the front matter is not YAML: mapping values are not allowed in this context{NO_YAML}",
        ),
        ("---\n- mit\n---\n", "README.md:1:1: the front matter holds no keys; write `key: value` in it"),
        (
            "---\nlicense: mit\nlicense: mit\n---\n",
            "README.md:3:1: the front matter key 'license' is written twice, first on line 2; keep one of the two",
        ),
        (
            f"---\n{ALIASES}---\n",
            "README.md:2:4: the front matter sets the anchor &a; leave it out, and write each value out",
        ),
        ("---\na: !!python/object:os.system x\n---\n", "README.md:2:4: the front matter sets the tag "),
        (
            "---\na:\n\t- b\n---\n",
            "README.md:3:1: the front matter is not YAML: a tab stands where blanks are asked; indent with blanks",
        ),
        ("---\na: \x1b[31m\n---\n", "README.md:2:4: the front matter holds the character U+001B, which YAML does not "),
        (
            f"---\na: {DEEP}\n---\n",
            "README.md:2:67: the front matter nests deeper than 64 levels; flatten the document",
        ),
        (f"---\na: {'- ' * 5000}\n---\n", "README.md:2:4: the front matter is not YAML: block sequence entries are "),
        (
            f"---\na: '{'x' * 70_000}'\n---\n",
            "README.md:2:4: the front matter: text is 70,000 characters long, and the ",
        ),
        (f"---\na: [{'x,' * 200_000}]\n---\n", "README.md:2:200001: the front matter holds more than 100,000 values; "),
        (b"---\nlicense: \xff\n---\n", "README.md:2:10: is not UTF-8: byte 0xff at offset 13; save the file as UTF-8"),
        (b"x" * (LIMITS.file_bytes + 1), "README.md: is larger than the limit of 1,048,576 bytes; shorten the file"),
    ],
)
def test_a_broken_card_is_one_line(tmp_path: Path, card: str | bytes, error: str) -> None:
    assert error_of(lay_out(tmp_path, card) / "README.md").startswith(error)


@pytest.mark.parametrize(
    ("info", "error"),
    [
        ("{", "model_info.json:1:2: is not JSON: "),
        ("[]", "model_info.json:1:1: is no info of a repository: it is no table; save what /api/models/ID gives"),
        ("{}", "model_info.json:1:1: is no info of a repository: it has no `id`; save what /api/models/ID gives"),
        (
            '{"id": 7}',
            "model_info.json:1:1: is no info of a repository: it has no `id`; save what /api/models/ID gives",
        ),
        (
            '{"id": "../../etc"}',
            "model_info.json:1:1: the id '../../etc' is no name of a repository; save what /api/models/ID gives",
        ),
        (
            '{"id": "a/b\\u001b[31m"}',
            r"model_info.json:1:1: the id 'a/b\x1b[31m' is no name of a repository; save what /api/models/ID gives",
        ),
        (
            '{"id": "a/b", "modelId": "c/d"}',
            "model_info.json:1:1: `id` and `modelId` differ: 'a/b' and 'c/d'; save what /api/models/ID gives",
        ),
        (
            '{"id": "a/b", "cardData": {"license": "mit"}, "card_data": {}}',
            "model_info.json:1:1: `cardData` and `card_data` differ: ",
        ),
        ('{"id": "a/b", "createdAt": "x", "created_at": "y"}', "model_info.json:1:1: `createdAt` and `created_at` "),
        ('{"id": "a/b", "id": "c/d"}', "model_info.json:1:15: key 'id' is written twice, first on line 1; keep one"),
        ('{"id": "a/b", "x": "\\u0000"}', "model_info.json:1:20: text holds the character NUL; remove it"),
        ('{"id": "a/b", "x": NaN}', "model_info.json:1:20: number is not finite, or beyond 1.8e308; write a smaller"),
        (f'{{"id": "a/b", "x": {DEEP}}}', "model_info.json:1:83: nests deeper than 64 levels; flatten the document"),
    ],
)
def test_a_broken_info_is_one_line(tmp_path: Path, info: str, error: str) -> None:
    assert error_of(lay_out(tmp_path, CARD, info) / "model_info.json").startswith(error)


def test_the_info_of_another_model_is_told_by_the_name_of_the_card(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "acme--small", CARD, {"id": "acme/large"})
    assert error_of(folder / "README.md") == (
        f"model_info.json: is the info of acme/large, and the card is that of acme/small; {SAVE}"
    )


def test_the_info_of_another_model_is_told_by_what_the_hub_has_read_of_the_card(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nbase_model: a/b\n---\n"
    info = {"id": "acme/large", "cardData": {"license": "gemma", "base_model": "c/d"}}
    assert error_of(lay_out(tmp_path, card, info) / "README.md") == (
        f"model_info.json: is the info of acme/large, and the card is another one: they differ in license, base_model; "
        f"{SAVE}"
    )


def test_a_part_that_agrees_makes_it_another_revision(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nbase_model: a/b\n---\n"
    info = {"id": "acme/large", "cardData": {"license": "gemma", "base_model": ["a/b"]}}
    assert "conflicts" in imported(lay_out(tmp_path, card, info)).text


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert error_of(tmp_path / "README.md") == "README.md: does not exist; check the path"
    assert error_of(tmp_path / "model_info.json") == "model_info.json: does not exist; check the path"
    (tmp_path / "empty").mkdir()
    assert error_of(tmp_path / "empty") == "empty/README.md: does not exist; check the path"


def test_a_folder_in_the_place_of_the_card_is_told(tmp_path: Path) -> None:
    (tmp_path / "model" / "README.md").mkdir(parents=True)
    assert error_of(tmp_path / "model") == "model/README.md: is a folder; name a file in it"


@pytest.mark.parametrize("name", ["README.md", "model_info.json"])
def test_no_link_is_followed(tmp_path: Path, name: str) -> None:
    folder = lay_out(tmp_path / "model", CARD, {"id": "a/b"})
    (folder / name).rename(tmp_path / "target")
    (folder / name).symlink_to(tmp_path / "target")
    assert error_of(folder / name) == (
        f"{name}: is a symbolic link, and links are not followed; name the file it points to"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "README.md")
    assert error_of(tmp_path / "README.md").startswith("README.md: is a named pipe; ")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.sampled_from(["mit", "a/b", "auto"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "lfs", "sha256"]), inner),
    max_leaves=6,
)
FRONT = ("license", "license_name", "base_model", "base_model_relation", "pipeline_tag", "datasets", "model-index")
INFO = (
    "sha",
    "createdAt",
    "private",
    "gated",
    "disabled",
    "siblings",
    "safetensors",
    "cardData",
    "tags",
    "pipeline_tag",
)


@given(front=st.dictionaries(st.sampled_from(FRONT), VALUES), info=st.dictionaries(st.sampled_from(INFO), VALUES))
def test_whatever_a_card_and_an_info_hold_gives_a_valid_manifest(
    front: dict[str, Any], info: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    card = f"---\n{json.dumps(front)}\n---\n"
    folder = lay_out(tmp_path_factory.mktemp("model"), card, {**info, "id": "acme/small"})
    result = result_of(folder)
    # What is refused is the file's fault, and never a manifest that the importer has made wrong.
    assert isinstance(result, Written) or "does not hold" not in str(result)


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    HUGGINGFACE.read(tmp_path / "missing", LIMITS)
