"""What a manifest says that was made from a card and an info: no more than they do, and each fact with its source."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from importing import HUGGINGFACE, SHIPPED, imported, lay_out
from release_review.hooks import Imported
from release_review.model import LIMITS

REVISION = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "aa" * 32
CARD = "---\nlicense: apache-2.0\n---\n\nThis is a model that somebody made up.\n"
INFO: Mapping[str, Any] = {
    "id": "acme/small",
    "sha": REVISION,
    "createdAt": "2025-08-04T22:33:06.000Z",
    "lastModified": "2025-09-01T10:00:00.000Z",
    "private": False,
    "gated": False,
    "disabled": False,
    "siblings": [
        {"rfilename": "README.md"},
        {"rfilename": "model.safetensors", "lfs": {"sha256": DIGEST, "size": 1, "pointerSize": 1}},
    ],
    "safetensors": {"parameters": {"BF16": 7_000_000_000, "F32": 1}, "total": 7_000_000_001},
}


@pytest.fixture
def manifest(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Import a card and an info, and give the manifest as it is read back."""

    def make(card: str | None = CARD, info: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return tomllib.loads(imported(lay_out(tmp_path / "model", card, info)).text)

    return make


def info(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**INFO, **changes}.items() if value is not ...}


def blob_of(text: str) -> str:
    """Give the id that Git gives a file."""
    return hashlib.sha1(b"blob %d\0" % len(text.encode()) + text.encode(), usedforsecurity=False).hexdigest()


def front(*lines: str) -> str:
    return "---\n" + "\n".join(lines) + "\n---\n"


def value_of(fact: Any) -> Any:
    return fact["value"] if fact is not None else None


# Where facts come from ------------------------------------------------------------------------------------------------


def leaves(value: Any, place: str = "") -> list[str]:
    """Give the places of values that carry no source."""
    if isinstance(value, dict):
        if "value" in value:
            return [] if value.get("source") else [place]
        return [each for key, inner in value.items() for each in leaves(inner, f"{place}.{key}")]
    if isinstance(value, list):
        return [each for inner in value for each in leaves(inner, place)]
    return [place]


def test_every_fact_cites_its_source(manifest: Callable[..., dict[str, Any]]) -> None:
    card = front("license: other", "base_model: [a/b, c]", "pipeline_tag: text-to-image", "datasets: [x]") + (
        "## Paper\n\nTBD\n\n## Results\n\nN/A\n\n## Out-of-Scope Use\n\n[More Information Needed]\n"
    )
    made = manifest(card, info(private=True, disabled=True))
    made.pop("source")
    ids = {".schema", ".release.id", ".release.base.id", ".access.id", ".release.artifact.path"}
    assert set(leaves(made)) == {*ids, ".release.artifact.digest"}


def test_the_sources_are_the_card_and_the_info(manifest: Callable[..., dict[str, Any]]) -> None:
    of_this_card = {"rfilename": "README.md", "blobId": blob_of(CARD)}
    assert manifest(CARD, info(siblings=[of_this_card]))["source"] == {
        "card": {
            "title": "Model card README.md",
            "url": f"https://huggingface.co/acme/small/blob/{REVISION}/README.md",
        },
        "info": {
            "title": "Info of the repository acme/small, revision 0123456789ab",
            "url": "https://huggingface.co/api/models/acme/small",
        },
    }


def test_a_card_of_another_revision_is_not_said_to_be_at_that_address(tmp_path: Path) -> None:
    other = info(siblings=[{"rfilename": "README.md", "blobId": "ff" * 20}])
    written = imported(lay_out(tmp_path, CARD, other))
    assert "url" not in tomllib.loads(written.text)["source"]["card"]
    assert "model_info.json is of another revision of the card" in written.notes


# The id ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "id_"),
    [
        ("acme--small.md", "acme/small"),
        ("acme--small/README.md", "acme/small"),
        ("small/README.md", "unknown/small"),
        ("small.md", "unknown/small"),
        ("a--b--c.md", "unknown/a--b--c"),
        ("x y\N{SNOWMAN}.md", "unknown/x-y"),
        ("...md", "unknown/model"),
        ("\x1b[31m.md", "unknown/31m"),
        ("\N{SNOWMAN}.md", "unknown/model"),
    ],
)
def test_a_card_alone_is_named_after_its_file(tmp_path: Path, path: str, id_: str) -> None:
    card = tmp_path / path
    card.parent.mkdir(exist_ok=True)
    card.write_text(CARD, encoding="utf-8")
    release = tomllib.loads(imported(card).text)["release"]
    assert release["id"] == id_
    assert ("developer" in release) is id_.startswith("unknown/")


def test_a_made_up_name_is_told(tmp_path: Path) -> None:
    notes = imported(lay_out(tmp_path / "small", CARD)).notes
    assert notes[0] == "the card does not name its model, so release.id is made from the name of the file; correct it"


def test_the_info_names_the_release(manifest: Callable[..., dict[str, Any]]) -> None:
    assert manifest(CARD, info())["release"]["id"] == "acme/small"


def test_an_old_repository_has_no_developer(manifest: Callable[..., dict[str, Any]]) -> None:
    release = manifest(CARD, info(id="gpt2"))["release"]
    assert (release["id"], value_of(release["developer"])) == ("unknown/gpt2", "unknown")


# Channels -------------------------------------------------------------------------------------------------------------


def test_a_card_alone_shows_no_channel(tmp_path: Path) -> None:
    card = front("license: mit", "extra_gated_prompt: please", "extra_gated_fields:", "  Name: text")
    written = imported(lay_out(tmp_path, card))
    made = tomllib.loads(written.text)
    assert "access" not in made
    assert not {"date", "stage"} & made["release"].keys()
    assert written.notes[1:] == (
        "a card alone does not show who can get the weights; describe the channels under [[access]]",
        "the card has questions for a gate (extra_gated_...); whether there is one, it does not say",
    )


@pytest.mark.parametrize(
    ("changes", "audience", "gate"),
    [
        ({}, "public", "none"),
        ({"gated": "auto"}, "public-gated", "form"),
        ({"gated": "manual"}, "public-gated", "form"),
        ({"gated": True}, "public-gated", "form"),
        ({"gated": ...}, "unknown", "unknown"),
        ({"gated": "perhaps"}, "unknown", "unknown"),
        ({"gated": 0}, "unknown", "unknown"),
        ({"private": ...}, "unknown", "unknown"),
        ({"private": ..., "gated": "auto"}, "unknown", "form"),
        ({"private": "false"}, "unknown", "unknown"),
        ({"private": 0}, "unknown", "unknown"),
        ({"disabled": "false"}, "unknown", "unknown"),
        ({"disabled": "false", "gated": "auto"}, "unknown", "form"),
        ({"disabled": 1}, "unknown", "unknown"),
        ({"disabled": None}, "public", "none"),
        ({"private": True}, "internal", None),
        ({"private": True, "gated": "auto"}, "internal", None),
    ],
)
def test_the_info_says_who_can_get_the_weights(
    manifest: Callable[..., dict[str, Any]], changes: dict[str, Any], audience: str, gate: str | None
) -> None:
    channel = manifest(CARD, info(**changes))["access"][0]
    assert (value_of(channel["kind"]), value_of(channel["audience"])) == ("weights", audience)
    assert value_of(channel.get("gate")) == gate


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"private": "false"}, '`private` is "false", which is neither true nor false'),
        ({"private": 0}, "`private` is 0, which is neither true nor false"),
        ({"disabled": "false"}, '`disabled` is "false", which is neither true nor false'),
        ({"gated": 0}, "`gated` is 0"),
        (
            {"private": ..., "gated": ...},
            (
                "the info does not say whether the repository is private; "
                "the info does not say whether the repository is gated"
            ),
        ),
    ],
)
def test_the_key_that_leaves_the_audience_open_is_named(
    manifest: Callable[..., dict[str, Any]], changes: dict[str, Any], note: str
) -> None:
    assert manifest(CARD, info(**changes))["access"][0]["audience"]["note"] == note


def test_a_repository_that_may_be_disabled_is_neither_open_nor_closed(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(CARD, info(disabled="false"))
    assert "until" not in made["access"][0]
    assert not {"date", "stage"} & made["release"].keys()


def test_a_creation_that_nothing_shows_to_be_past_is_no_date(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(CARD, info(createdAt="2999-01-01T00:00:00Z", lastModified=...))
    assert made["release"]["date"]["value"] == "unknown"


def test_a_gate_by_hand_says_that_it_may_be_a_vetting(manifest: Callable[..., dict[str, Any]]) -> None:
    (channel,) = manifest(CARD, info(gated="manual"))["access"]
    assert channel["audience"]["note"] == (
        '`gated` is "manual": each request is answered by hand; if few are let in, it is vetted'
    )


def test_a_private_repository_leaves_other_channels_unknown(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(CARD, info(private=True))
    assert [(each["id"], value_of(each["kind"])) for each in made["access"]] == [
        ("hub", "weights"),
        ("elsewhere", "unknown"),
    ]
    assert not {"date", "stage"} & made["release"].keys()
    assert value_of(made["components"]["model_card"]) == "unknown"


def test_a_disabled_repository_has_closed_on_an_unknown_day(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(CARD, info(disabled=True))
    assert value_of(made["access"][0]["until"]) == "unknown"
    assert not {"date", "stage"} & made["release"].keys()


@pytest.mark.parametrize(
    ("file", "is_one"),
    [
        ("model.safetensors", True),
        ("a/b/model-00001-of-00002.safetensors", True),
        ("pytorch_model.bin", True),
        ("model.Q4_K_M.gguf", True),
        ("adapter_model.safetensors", True),
        ("training_args.bin", False),
        ("checkpoint-1/optimizer.pt", False),
        ("tokenizer.json", False),
        ("model.safetensors.index.json", False),
        ("../model.safetensors", False),
        ("/model.safetensors", False),
        ("a\\model.safetensors", False),
        ("a\x1bmodel.safetensors", False),
    ],
)
def test_weights_are_files_of_weights(
    manifest: Callable[..., dict[str, Any]],
    file: str,
    is_one: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert ("access" in manifest(CARD, info(siblings=[{"rfilename": file}]))) is is_one


@pytest.mark.parametrize("siblings", [..., None, [], {}, "x", [None], [{"rfilename": 1}], [{"lfs": {}}]])
def test_a_repository_without_weights_shows_no_channel(tmp_path: Path, siblings: Any) -> None:
    written = imported(lay_out(tmp_path, CARD, info(siblings=siblings)))
    assert "access" not in tomllib.loads(written.text)
    assert "the repository lists no file of weights; describe the channels under [[access]]" in written.notes


# The release ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["createdAt", "created_at"])
@pytest.mark.parametrize(
    ("created", "date"),
    [
        ("2025-08-04T22:33:06.000Z", "2025-08-04"),
        ("2025-08-04 22:33:06+00:00", "2025-08-04"),
        ("2022-03-02T23:29:04.000Z", "unknown"),
        ("2022-03-02 23:29:04+00:00", "unknown"),
        ("2025-08-04T23:59:59-11:00", "2025-08-05"),
        ("2025-02-30T00:00:00.000Z", "unknown"),
        ("2025-08-04T22:33:06", "unknown"),
        ("2025-08-04T99:99:99 garbage", "unknown"),
        ("2025-08-04T22:33:06Z garbage", "unknown"),
        ("2021-08-04T22:33:06Z", "unknown"),
        ("0001-01-01T00:00:00+14:00", "unknown"),
        ("9999-12-31T23:59:59-11:00", "unknown"),
        ("2025-09-01T10:00:01Z", "unknown"),
        ("2999-01-01T00:00:00Z", "unknown"),
        ("yesterday", "unknown"),
        (1754346786, "unknown"),
    ],
)
def test_the_date_is_the_creation_of_the_repository(
    manifest: Callable[..., dict[str, Any]], key: str, created: object, date: str
) -> None:
    changes = {"createdAt": ..., key: created}
    assert value_of(manifest(CARD, info(**changes))["release"]["date"]) == date


def test_files_in_lfs_have_digests(manifest: Callable[..., dict[str, Any]]) -> None:
    siblings = [
        {"rfilename": "a.safetensors", "lfs": {"sha256": DIGEST}},
        {"rfilename": "b.bin", "lfs": {"oid": f"sha256:{DIGEST}"}},
        {"rfilename": "c.bin", "lfs": {"sha256": "zz"}},
        {"rfilename": "d.json"},
        {"rfilename": "../e.bin", "lfs": {"sha256": DIGEST}},
    ]
    assert manifest(CARD, info(siblings=siblings))["release"]["artifact"] == [
        {"path": "a.safetensors", "digest": f"sha256:{DIGEST}"},
        {"path": "b.bin", "digest": f"sha256:{DIGEST}"},
    ]


def test_more_files_than_a_manifest_may_have_are_none_and_told(tmp_path: Path) -> None:
    siblings = [{"rfilename": f"{n}.bin", "lfs": {"sha256": DIGEST}} for n in range(LIMITS.items + 1)]
    written = imported(lay_out(tmp_path, CARD, info(siblings=siblings)))
    assert "artifact" not in tomllib.loads(written.text)["release"]
    assert "the repository has 5,001 files with a digest, too many for [[release.artifact]]" in written.notes


@pytest.mark.parametrize(
    ("lines", "base", "derived"),
    [
        (("base_model: a/b",), [("a/b", "unknown")], "yes"),
        (("base_model: a/b", "base_model_relation: quantized"), [("a/b", "quantization")], "yes"),
        (("base_model: a/b", "base_model_relation: odd"), [("a/b", "unknown")], "yes"),
        (("base_model: [a/b, c/d, A/B]", "base_model_relation: merge"), [("a/b", "merge"), ("c/d", "merge")], "yes"),
        (("base_model: bert-base-uncased",), [("unknown/bert-base-uncased", "unknown")], "yes"),
        (("base_model: https://huggingface.co/a/b",), [("a/b", "unknown")], "yes"),
        (("base_model: '[More Information Needed]'",), [], "unknown"),
        (("base_model: some prose about it",), [], "unknown"),
        (("base_model: ../../etc",), [], "unknown"),
        (("base_model:",), [], None),
        (("base_model: 7",), [], None),
        (("base_model: {a: b}",), [], None),
        (("license: mit",), [], None),
    ],
)
def test_the_front_matter_names_base_models(
    manifest: Callable[..., dict[str, Any]], lines: tuple[str, ...], base: list[tuple[str, str]], derived: str | None
) -> None:
    release = manifest(front(*lines))["release"]
    assert [(each["id"], value_of(each["relation"])) for each in release.get("base", [])] == base
    assert value_of(release.get("derived")) == derived


def test_the_hub_knows_the_relation(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(front("base_model: a/b"), info(tags=["base_model:a/b", "base_model:adapter:a/b"]))
    assert made["release"]["base"][0]["relation"] == {
        "value": "adapter",
        "source": ["info"],
        "note": 'the Hub has the tag "base_model:adapter:a/b"',
    }


@pytest.mark.parametrize(
    ("task", "modalities"),
    [
        ("text-generation", ["text"]),
        ("text-to-image", ["text", "image"]),
        ("automatic-speech-recognition", ["text", "audio"]),
        ("any-to-any", []),
        ("made-up", []),
        ("7", []),
    ],
)
def test_the_task_says_modalities(manifest: Callable[..., dict[str, Any]], task: str, modalities: list[str]) -> None:
    release = manifest(front(f"pipeline_tag: {task}"))["release"]
    assert [value_of(each) for each in release.get("modalities", [])] == modalities


# Weights --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "license_", "family"),
    [
        (("license: apache-2.0",), "Apache-2.0", "permissive"),
        (("license: [mit]",), "MIT", "permissive"),
        (("license: llama3.1",), "LicenseRef-llama3.1", "use-restricted"),
        (("license: other", "license_name: yi-license"), "LicenseRef-yi-license", None),
        (("license: other", "license_name: gemma"), "LicenseRef-gemma", "use-restricted"),
        (("license: other",), "unknown", "unknown"),
        (("license: other", "license_name: tbd"), "unknown", "unknown"),
        (("license: [mit, apache-2.0]",), "unknown", "unknown"),
        (("license: unknown",), "unknown", "unknown"),
        (("license: '[More Information Needed]'",), "unknown", "unknown"),
        (("license: 7",), "unknown", "unknown"),
        (("license: made-up-1.0",), "LicenseRef-made-up-1.0", None),
        (("license:",), None, None),
        (("tags: [a]",), None, None),
    ],
)
def test_the_front_matter_names_the_licence(
    manifest: Callable[..., dict[str, Any]], lines: tuple[str, ...], license_: str | None, family: str | None
) -> None:
    weights = manifest(front(*lines)).get("weights", {})
    assert value_of(weights.get("license")) == license_
    assert value_of(weights.get("license_family")) == family


def test_a_denied_licence_says_so_with_the_line(manifest: Callable[..., dict[str, Any]]) -> None:
    weights = manifest(front("tags: [a]") + "\n- **License:** [More Information Needed]\n")["weights"]
    assert weights["license"] == {
        "value": "unknown",
        "source": ["card"],
        "note": 'the card denies it in line 5: "[More Information Needed]"',
    }


@pytest.mark.parametrize("said", ["see the repository", "custom, free for research", "https://example.com/LICENSE"])
def test_prose_behind_the_name_of_the_licence_is_none(manifest: Callable[..., dict[str, Any]], said: str) -> None:
    assert "weights" not in manifest(front("tags: [a]") + f"\n- **License:** {said}\n")


@pytest.mark.parametrize("said", ["- **License:** MIT", "## License\n\nMIT"])
def test_a_licence_that_the_text_contradicts_is_a_conflict(manifest: Callable[..., dict[str, Any]], said: str) -> None:
    license_ = manifest(front("license: apache-2.0") + f"\n{said}\n")["weights"]["license"]
    assert (license_["value"], [each["value"] for each in license_["conflicts"]]) == ("Apache-2.0", ["MIT"])


def test_a_licence_that_the_info_contradicts_is_a_conflict(manifest: Callable[..., dict[str, Any]]) -> None:
    weights = manifest(CARD, info(cardData={"license": "llama2"}))["weights"]
    assert weights["license"]["conflicts"] == [
        {"value": "LicenseRef-llama2", "source": ["info"], "note": '`license` in cardData is "llama2"'}
    ]
    assert [each["value"] for each in weights["license_family"]["conflicts"]] == ["use-restricted"]


@pytest.mark.parametrize(
    ("changes", "total"),
    [
        ({}, 7_000_000_001),
        ({"safetensors": {"total": 7}}, "unknown"),
        ({"safetensors": {"parameters": {"U8": 7}, "total": 7}}, "unknown"),
        ({"safetensors": {"parameters": {"BF16": 7, "I32": 7}, "total": 14}}, "unknown"),
        ({"library_name": "peft"}, "unknown"),
        ({"tags": ["base_model:adapter:a/b"]}, "unknown"),
        ({"safetensors": ...}, None),
        ({"safetensors": {"parameters": {"F32": 1}, "total": "7"}}, None),
        ({"safetensors": {"parameters": {"F32": 1}, "total": -7}}, None),
        ({"safetensors": {"parameters": {"F32": 1}, "total": True}}, None),
        ({"safetensors": []}, None),
    ],
)
def test_parameters_are_counted_where_each_has_an_element(
    manifest: Callable[..., dict[str, Any]], changes: dict[str, Any], total: object
) -> None:
    assert value_of(manifest(CARD, info(**changes))["weights"].get("parameters_total")) == total


# Where sources do not agree -------------------------------------------------------------------------------------------


def said_of(fact: dict[str, Any]) -> list[str]:
    """Give the value and those that conflict with it."""
    return [fact["value"], *(each["value"] for each in fact.get("conflicts", ()))]


@pytest.mark.parametrize(
    ("lines", "text", "changes", "said"),
    [
        (("license: other",), "", {"cardData": {"license": "mit"}}, ["MIT", "unknown"]),
        (("license: unknown",), "", {"cardData": {"license": "mit"}}, ["MIT", "unknown"]),
        (("license: 7",), "", {"cardData": {"license": "mit"}}, ["MIT", "unknown"]),
        (("license: mit",), "", {"cardData": {"license": "unknown"}}, ["MIT", "unknown"]),
        (("license: mit",), "", {"cardData": {"license": "other", "license_name": "acme"}}, ["MIT", "LicenseRef-acme"]),
        (("license: [apache-2.0, cc-by-nc-4.0]",), "- **License:** apache-2.0", {}, ["Apache-2.0", "unknown"]),
        (("license: [mit, {also: cc-by-nc-4.0}]",), "", {}, ["unknown"]),
        (("license: [mit, null]",), "", {}, ["unknown"]),
        (("license: [mit, '']",), "", {}, ["unknown"]),
        (("license: [other]",), "", {}, ["unknown"]),
        (("license: [other]", "license_name: gemma"), "", {}, ["LicenseRef-gemma"]),
        (("license: mit", "license_name: llama3.1"), "", {}, ["MIT", "LicenseRef-llama3.1"]),
        (("license: mit", "license_name: tbd"), "", {}, ["MIT", "unknown"]),
        (("license: mit", "license_name: [acme]"), "", {}, ["MIT", "LicenseRef-acme"]),
        (("license: mit", "license_name: {a: b}"), "", {}, ["MIT", "unknown"]),
        (("license: mit", "license_name: MIT License"), "", {}, ["MIT"]),
        (("license: mit",), "", {"tags": ["license:cc-by-nc-4.0"]}, ["MIT", "CC-BY-NC-4.0"]),
        (("license: mit",), "", {"tags": ["license:other"]}, ["MIT", "unknown"]),
        (("license: mit",), "", {"tags": ["license:mit", "mit"]}, ["MIT"]),
        (("license: other", "license_name: gemma"), "", {"tags": ["license:other"]}, ["LicenseRef-gemma"]),
        (("license: mit",), "- **License:** CC-BY-NC-4.0 (research only)", {}, ["MIT", "unknown"]),
        (("license: mit",), "- **License:** [More Information Needed]", {}, ["MIT", "unknown"]),
        (("license: mit",), "- **License:** mit\n  (not for money)", {}, ["MIT", "unknown"]),
        (("license: mit",), "- **License:**\n  - cc-by-nc-4.0", {}, ["MIT", "CC-BY-NC-4.0"]),
        (("license: mit",), "- **License:** [CC BY-NC 4.0](https://example.com)", {}, ["MIT", "CC-BY-NC-4.0"]),
        (("license: mit",), "- **License:** [MIT](https://example.com)", {}, ["MIT"]),
        (("license: mit",), "- **License:** This model is released under the `MIT License`.", {}, ["MIT"]),
        (
            ("license: mit",),
            "### 4. License\n\nThe code is MIT, the weights are CC BY-NC-4.0.",
            {},
            ["MIT", "CC-BY-NC-4.0"],
        ),
        (("license: mit",), "## License\n\nMIT, but not for any commercial use.", {}, ["MIT", "unknown"]),
        (("license: mit",), "## License\n\nFor research purposes only.", {}, ["MIT", "unknown"]),
        (("license: mit",), "## License\n\nTBD", {}, ["MIT", "unknown"]),
        (("license: mit",), "## License\n\nSee the file LICENSE.", {}, ["MIT"]),
        (("license: mit",), "- **License (weights):** cc-by-nc-4.0", {}, ["MIT", "CC-BY-NC-4.0"]),
        (("license: mit",), "- **License of the code:** Apache-2.0", {}, ["MIT"]),
        (("license: mit",), "## Limits\n\nFor research purposes only.", {}, ["MIT"]),
        (("license: gemma",), "## License\n\nThe code is MIT, not for commercial use.", {}, ["LicenseRef-gemma"]),
        (
            ("license: 专有许可",),
            "",
            {"tags": ["license:商业许可"]},
            [f"LicenseRef-unnamed-{each}" for each in ("6359365f679d", "690ec33fc3d8")],
        ),
    ],
)
def test_a_licence_is_never_the_one_that_allows_more(
    manifest: Callable[..., dict[str, Any]], lines: tuple[str, ...], text: str, changes: dict[str, Any], said: list[str]
) -> None:
    weights = manifest(f"{front(*lines)}\n{text}\n", info(**changes))["weights"]
    assert said_of(weights["license"]) == said
    families = said_of(weights["license_family"]) if "license_family" in weights else []
    assert len(families) != 1 or len(said) == 1


def test_a_tag_of_the_hub_alone_names_the_licence(manifest: Callable[..., dict[str, Any]]) -> None:
    assert (
        manifest(None, info(tags=["license:mit"]))["weights"]["license"]["note"] == 'the Hub has the tag "license:mit"'
    )


def test_conflicts_that_are_many_are_counted(manifest: Callable[..., dict[str, Any]]) -> None:
    text = "\n".join(f"- **License:** see {number}" for number in range(500))
    assert said_of(manifest(f"{front('license: mit')}\n{text}\n")["weights"]["license"]) == ["MIT", "unknown"]
    conflicts = manifest(CARD, info(tags=[f"license:x{number}" for number in range(5000)]))["weights"]["license"][
        "conflicts"
    ]
    assert [len(conflicts), conflicts[-1]["note"]] == [21, "5,000 values conflict, too many to name"]


@pytest.mark.parametrize(
    ("lines", "changes", "said"),
    [
        (("pipeline_tag: text-generation",), {"pipeline_tag": "text-to-image"}, [["text"], ["image", "unknown"]]),
        (
            ("pipeline_tag: text-generation",),
            {"cardData": {"pipeline_tag": "text-to-image"}},
            [["text"], ["image", "unknown"]],
        ),
        (("pipeline_tag: text-generation",), {"pipeline_tag": "any-to-any"}, [["text", "unknown"]]),
        (("pipeline_tag: 7",), {"pipeline_tag": "text-generation"}, [["text", "unknown"]]),
        (("pipeline_tag: text-generation",), {"pipeline_tag": "translation"}, [["text"]]),
    ],
)
def test_modalities_that_only_one_source_names_are_conflicts(
    manifest: Callable[..., dict[str, Any]], lines: tuple[str, ...], changes: dict[str, Any], said: list[list[str]]
) -> None:
    assert [said_of(each) for each in manifest(front(*lines), info(**changes))["release"]["modalities"]] == said


@pytest.mark.parametrize(
    ("lines", "changes", "base"),
    [
        (
            ("base_model: acme/own", "base_model_relation: finetune"),
            {"cardData": {"base_model": "meta/llama"}},
            {"acme/own": ["fine-tune", "unknown"], "meta/llama": ["fine-tune", "unknown"]},
        ),
        (
            ("base_model: acme/own", "base_model_relation: finetune"),
            {"tags": ["base_model:acme/own", "base_model:quantized:acme/own"]},
            {"acme/own": ["fine-tune", "quantization"]},
        ),
        (
            ("base_model: acme/own", "base_model_relation: odd"),
            {"tags": ["base_model:adapter:acme/own"]},
            {"acme/own": ["adapter", "unknown"]},
        ),
        (
            ("base_model: acme/own",),
            {"cardData": {"base_model": ["acme/own"], "base_model_relation": "merge"}},
            {"acme/own": ["merge"]},
        ),
        (("license: mit",), {"tags": ["base_model:finetune:a/b"]}, {"a/b": ["fine-tune"]}),
    ],
)
def test_base_models_are_all_that_any_source_names(
    manifest: Callable[..., dict[str, Any]], lines: tuple[str, ...], changes: dict[str, Any], base: dict[str, list[str]]
) -> None:
    release = manifest(front(*lines), info(**changes))["release"]
    assert {each["id"]: said_of(each["relation"]) for each in release["base"]} == base
    assert release["derived"]["value"] == "yes"


def test_a_base_that_only_one_source_names_says_what_the_other_does(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(front("base_model: a/b"), info(cardData={"base_model": "c/d"}))
    assert [each["relation"]["note"] for each in made["release"]["base"]] == [
        (
            '`base_model` in line 2 names "a/b", and nothing says how it was used; '
            '`base_model` in cardData names "c/d", and not "a/b"'
        ),
        (
            '`base_model` in cardData names "c/d", and nothing says how it was used; '
            '`base_model` in line 2 names "a/b", and not "c/d"'
        ),
    ]


def test_a_base_that_the_card_denies_is_a_conflict(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(front("base_model: none"), info(cardData={"base_model": "c/d"}))
    assert said_of(made["release"]["derived"]) == ["yes", "unknown"]


def test_more_base_models_than_a_manifest_may_have_are_none_and_told(tmp_path: Path) -> None:
    names = ", ".join(f"a/{number}" for number in range(LIMITS.items + 1))
    written = imported(lay_out(tmp_path, front(f"base_model: [{names}]")))
    release = tomllib.loads(written.text)["release"]
    assert ("base" in release, release["derived"]["value"]) == (False, "yes")
    assert "5,001 base models are named, too many for [[release.base]]" in written.notes


@pytest.mark.parametrize(
    "changes",
    [
        {"safetensors": {"total": 1000, "parameters": {"BF16": 70_000_000_000}}},
        {"safetensors": {"total": 1000, "parameters": {"BF16": 1000, "F32": "7"}}},
        {"cardData": {"library_name": "peft"}},
        {"cardData": {"base_model_relation": "adapter"}},
    ],
)
def test_a_count_that_something_speaks_against_is_unknown(
    manifest: Callable[..., dict[str, Any]], changes: dict[str, Any]
) -> None:
    made = manifest(front("library_name: transformers", "base_model_relation: finetune"), info(**changes))
    assert made["weights"]["parameters_total"]["value"] == "unknown"


@pytest.mark.parametrize(
    "siblings",
    [
        [{"rfilename": "a.bin", "lfs": {"sha256": DIGEST}}, {"rfilename": "a.bin", "lfs": {"sha256": "bb" * 32}}],
        [{"rfilename": "a.bin", "lfs": {"sha256": DIGEST, "oid": "bb" * 32}}],
        [{"rfilename": "a.bin", "lfs": {"sha256": DIGEST, "oid": 7}}],
    ],
)
def test_a_file_of_two_digests_has_none(
    manifest: Callable[..., dict[str, Any]], siblings: list[dict[str, Any]]
) -> None:
    assert "artifact" not in manifest(CARD, info(siblings=siblings))["release"]


def test_a_file_of_two_digests_is_told(tmp_path: Path) -> None:
    siblings = [{"rfilename": "a.bin", "lfs": {"sha256": each * 32}} for each in ("aa", "bb")]
    notes = imported(lay_out(tmp_path, CARD, info(siblings=siblings))).notes
    assert 'model_info.json has several digests for "a.bin", so none is taken' in notes


@pytest.mark.parametrize("siblings", [[{"rfilename": "README.md"}], []])
def test_a_card_whose_bytes_the_info_does_not_name_is_not_said_to_be_there(tmp_path: Path, siblings: Any) -> None:
    written = imported(lay_out(tmp_path, CARD, info(siblings=siblings)))
    assert "url" not in tomllib.loads(written.text)["source"]["card"]
    assert written.notes[-2:] == (
        "model_info.json has no blob id of README.md, so whether it is of this card was not compared",
        "nothing but their place shows that the card is that of acme/small; compare them",
    )


@pytest.mark.parametrize("other", [{"blobId": "ff" * 20}, {"blob_id": "ff" * 20}])
def test_a_card_that_the_info_names_twice_is_not_said_to_be_there(
    manifest: Callable[..., dict[str, Any]], other: dict[str, str]
) -> None:
    of_this_card = {"rfilename": "README.md", "blobId": blob_of(CARD)}
    twice = [of_this_card, {"rfilename": "README.md", **other}] if "blobId" in other else [{**of_this_card, **other}]
    assert "url" not in manifest(CARD, info(siblings=twice))["source"]["card"]


# Components -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "table", "fact"),
    [
        ("## Training Data", "components", "datasets"),
        ("### Testing Data", "components", "evaluation_data"),
        ("### Results", "components", "evaluation_results"),
        ("- **Paper [optional]:**", "components", "research_paper"),
        ("### Out-of-Scope Use", "use_policy", "prohibited_uses"),
    ],
)
@pytest.mark.parametrize("said", ["[More Information Needed]", "Not specified", "TODO", "undisclosed"])
def test_a_denial_is_unknown_with_the_reason(
    manifest: Callable[..., dict[str, Any]], heading: str, table: str, fact: str, said: str
) -> None:
    blank = " " if heading.startswith("-") else "\n\n"
    made = manifest(front("tags: [a]") + f"\n{heading}{blank}{said}\n")
    assert made[table][fact] == {
        "value": "unknown",
        "source": ["card"],
        "note": f'the card denies it in line 5: "{said}"',
    }


def test_a_card_without_front_matter_states_nothing_but_what_it_denies(tmp_path: Path) -> None:
    made = imported(
        lay_out(tmp_path / "clip", "# CLIP\n\nA model.\n\n## Out-of-Scope Use\n\n[More Information Needed]\n")
    )
    data = tomllib.loads(made.text)
    assert "the card has no front matter" in made.notes[1]
    assert set(data) == {"schema", "release", "source", "use_policy", "components"}
    assert data["components"]["model_card"]["value"] == "unknown"
    assert "[More Information Needed]" in data["use_policy"]["prohibited_uses"]["note"]


@pytest.mark.parametrize("heading", ["## Training Data", "### Results", "### Out-of-Scope Use", "- **Paper:**"])
def test_prose_decides_nothing(manifest: Callable[..., dict[str, Any]], heading: str) -> None:
    made = manifest(front("tags: [a]") + f"\n{heading}\n\nWe use yes, and no misuse is ever allowed anywhere.\n")
    assert set(made.get("components", {})) == {"model_card"}
    assert "use_policy" not in made


@pytest.mark.parametrize(
    ("metrics", "value"),
    [
        ("[{type: acc, value: 0.9}]", "yes"),
        ("[{type: acc, value: '0.9'}]", "unknown"),
        ("[{type: acc, value: true}]", "unknown"),
        ("[]", "unknown"),
    ],
)
def test_results_are_numbers(manifest: Callable[..., dict[str, Any]], metrics: str, value: str) -> None:
    card = front("model-index:", "- name: a", "  results:", f"  - metrics: {metrics}")
    assert value_of(manifest(card)["components"]["evaluation_results"]) == value


def test_names_of_datasets_do_not_release_them(manifest: Callable[..., dict[str, Any]]) -> None:
    assert manifest(front("datasets: [a, b]"))["components"]["datasets"] == {
        "value": "unknown",
        "source": ["card"],
        "note": '`datasets` in line 2 names "a, b", not whether they are all and released',
    }


# The whole ------------------------------------------------------------------------------------------------------------


def test_an_info_alone_is_enough(manifest: Callable[..., dict[str, Any]]) -> None:
    made = manifest(None, info(cardData={"license": "mit", "base_model": "a/b"}, pipeline_tag="text-to-video"))
    assert made["weights"]["license"] == {
        "value": "MIT",
        "source": ["info"],
        "note": '`license` in cardData is "mit"',
    }
    assert [value_of(each) for each in made["release"]["modalities"]] == ["text", "video"]
    assert list(made["source"]) == ["info"]
    assert "components" not in made


@pytest.mark.parametrize("source", ["README.md", "model_info.json", ""])
def test_card_info_and_folder_mean_the_same(tmp_path: Path, source: str) -> None:
    folder = lay_out(tmp_path, CARD, info())
    (made,) = HUGGINGFACE.read(folder / source, LIMITS)
    assert isinstance(made, Imported)
    assert made.data["release"]["id"] == "acme/small"
    assert {*made.data["source"]} == {"card", "info"}


def test_a_card_of_another_name_has_its_info_beside_it(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, CARD, info())
    (folder / "README.md").rename(folder / "acme--small.md")
    (folder / "model_info.json").rename(folder / "acme--small.json")
    for name in ("acme--small.md", "acme--small.json"):
        assert {*tomllib.loads(imported(folder / name).text)["source"]} == {"card", "info"}


def test_hostile_text_stays_text(manifest: Callable[..., dict[str, Any]]) -> None:
    hostile = r'"\e[31m\u202E\"\n[weights]\nlicense = \"MIT\"\n::error::x"'
    card = (
        front(f"license: {hostile}", f"base_model: {hostile}", f"datasets: [{hostile}]") + "\n## Paper\n\nTBD\x1b[0m\n"
    )
    made = manifest(card, info(gated=None, tags=["\x1b[31m"], library_name="\u202e"))
    assert made["weights"]["license"]["value"] == "LicenseRef-31m-weights-license-MIT-error-x"
    assert "\x1b" not in str(made)
    assert "\u202e" not in str(made)


@pytest.mark.parametrize("name", ["trainer.md", "koelectra.md"])
def test_shipped_cards_import_as_expected(name: str) -> None:
    text = imported(SHIPPED / name).text.replace(f"{SHIPPED}/", "")
    assert text == (SHIPPED.parent / "expected" / name.replace(".md", ".toml")).read_text(encoding="utf-8")


def test_the_same_source_gives_the_same_text(tmp_path: Path) -> None:
    folder = lay_out(tmp_path, CARD, info())
    assert imported(folder) == imported(folder)
