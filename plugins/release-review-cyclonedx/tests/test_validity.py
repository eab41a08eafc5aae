from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from boms import VALIDATOR, manifest_of, problems, report_on
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests import made_data
from reports import CASES, HOSTILES, harms, hostile, passed

from release_review.errors import ManifestError, PluginError
from release_review.evidence import Status
from release_review.hooks import Style, Unreviewed
from release_review.model import PluginInfo, Policy, Report
from release_review_cyclonedx import render, validity, values
from release_review_cyclonedx.refs import MOST_CHARACTERS, Refs

ADDRESSES = (
    *(
        "https://example.org/a",
        "https://example.org/a b",
        "javascript:alert(1)",
        "hf://acme/one",
        "hf:// ",
        "doi:10.1/x",
    ),
    *("https://[::1/", "//example.org", "https://example.org/%zz", "https://example.org/#a#b", "https://\u00e9.org"),
    *("urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1", "a" * 3_000, "https://example.org/" + "a" * 1_980),
)
LICENCES = ("apache-2.0", "MIT OR Apache-2.0", "MIT WITH", "(((" * 60 + " AND ", "LicenseRef-\u202e", "GPL-2.0+")
STATUSES: tuple[Status, ...] = ("verified", "mismatch", "missing")
DIGESTS = (f"sha256:{'a' * 64}", f"sha384:{'b' * 96}", f"sha512:{'c' * 128}")


# Whatever is reported -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_leaves_a_bom_that_is_valid_and_harmless(text: str) -> None:
    written = render(hostile(text), Style())
    # A text of 100,000 characters in every place takes the library long; ours is asked all the same.
    if len(text) < 1_000:
        assert problems(written) == []
    assert harms(written) == []


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_whatever_is_reported_twice_is_still_one_valid_bom(entries: list[Report | Unreviewed]) -> None:
    assert problems(render([*entries, *entries], Style())) == []


def test_a_plugin_and_a_policy_of_any_version_fit() -> None:
    long = "1." * 2_000
    report = replace(
        passed(),
        plugins=(PluginInfo(name="release-review", version=long), PluginInfo(name="a"), PluginInfo(name="a")),
        policies=(Policy(id="access", title="", version=long, digest="md5:abc"),),
    )
    assert problems(render([report], Style())) == []


# Whatever a manifest says ---------------------------------------------------------------------------------------------


def hostile_data(chance: random.Random) -> dict[str, Any]:
    """Make up a manifest that is valid, with odd text in every place that takes text."""
    texts = [text for name, text in HOSTILES.items() if name not in ("surrogates", "huge")]

    def text() -> str:
        return chance.choice([*texts, *ADDRESSES])

    data = made_data(chance)
    data["source"] = {f"s{number}": {"title": text(), "url": text()} for number in range(chance.randrange(4))}
    data["release"] |= {"developer": text(), "name": text(), "modalities": chance.choice((["text"], ["3d", "text"]))}
    data["release"]["artifact"] = [
        {
            "uri": chance.choice(ADDRESSES),
            "path": chance.choice(("a.bin", "b c/\u202e", "%")),
            "digest": chance.choice(DIGESTS),
        }
        for _ in range(chance.randrange(4))
    ]
    data.setdefault("weights", {})["license"] = chance.choice((*LICENCES, text()))
    data["use_policy"] = {"url": text()}
    for record in data.get("evidence", ()):
        record |= {"citation": text(), "path": chance.choice(("a:b/c", "\u00e9/#?", "x")), "digest": DIGESTS[0]}
    return data


@pytest.mark.parametrize("seed", range(30))
def test_a_manifest_of_any_shape_gives_a_valid_bom(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same seed gives the same manifest
    while True:
        data = hostile_data(chance)
        statuses = [chance.choice(STATUSES) for _ in data.get("evidence", ())]
        try:
            manifest_of(data, statuses=statuses)
        except ManifestError:
            continue  # two dates out of order, or a text that denies where one has to be
        break
    written = render([report_on(data, statuses=statuses)], Style())
    assert problems(written) == []
    assert harms(written) == []


# Addresses ------------------------------------------------------------------------------------------------------------


def is_address_to_the_library(text: str) -> bool:
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6"}
    document = head | {"externalReferences": [{"type": "website", "url": text}]}
    return VALIDATOR.validate_str(json.dumps(document)) is None


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.from_regex(values._ADDRESS, fullmatch=True), st.text(), st.sampled_from(ADDRESSES)))
def test_what_is_taken_for_an_address_is_one_to_the_library(text: str) -> None:
    taken = values.address_of(text)
    assert taken in ("", text)
    assert not taken or is_address_to_the_library(taken[:300])


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "http://example.org:8080/a?b=c#d",
        "https://arxiv.org/abs/2403.07918",
        "hf://acme/one",
        "doi:10.48550/arXiv.2403.07918",
        "urn:isbn:0451450523",
        "https://example.org/%20",
    ],
)
def test_an_address_that_can_be_followed_is_kept(text: str) -> None:
    assert values.address_of(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org/a", "example.org"),
        *(
            "https://",
            "https:///a",
            "https://a b",
            "https://example.org/%2",
            "https://example.org/\u202e",
            "https://[::1]",
        ),
        *("hf://", "hf://0::", "urn:a:b", "doi:10.1/x"),
        *("https://user@example.org", "https://example.org\n", "https://example.org/" + "a" * 2_000),
    ],
)
def test_any_other_text_is_none(text: str) -> None:
    assert values.address_of(text) == ""


@pytest.mark.parametrize("digest", ["md5:" + "a" * 32, "sha256:" + "A" * 64, "sha256:" + "a" * 63, "", None, "a" * 64])
def test_only_a_digest_that_the_format_knows_is_a_hash(digest: str | None) -> None:
    assert values.hashes_of(digest) == {}


# Names of parts -------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=20))
def test_no_name_is_given_twice(parts: list[tuple[str, str]]) -> None:
    refs = Refs()
    given_names = [refs.new("rule", *each) for each in parts]
    assert len(set(given_names)) == len(given_names)
    assert all(name.isascii() and name.startswith("rule/") for name in given_names)


def test_a_name_that_looks_like_the_second_of_another_is_another() -> None:
    refs = Refs()
    assert [refs.new("rule", part) for part in ("a", "a~2", "a")] == ["rule/a", "rule/a~2", "rule/a~3"]


def test_a_long_name_is_cut_and_still_its_own() -> None:
    refs = Refs()
    names = [refs.new("rule", "a" * 1_000 + end) for end in ("x", "y")]
    assert len(set(names)) == 2
    assert {len(name) for name in names} == {MOST_CHARACTERS}


# What is no BOM -------------------------------------------------------------------------------------------------------


def test_what_does_not_fit_the_schema_is_refused_in_one_line() -> None:
    wrong = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "model", "name": "a"}]}
    with pytest.raises(PluginError) as caught:
        validity.check(json.dumps(wrong))
    assert str(caught.value).startswith(
        "the BOM does not fit the schema of CycloneDX 1.6 at 'components/0/type': \"model\" is not one of "
    )
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "part",
    [
        {"serialNumber": "urn:uuid:1"},
        {"metadata": {"timestamp": "yesterday"}},
        {"externalReferences": [{"type": "website", "url": "a b"}]},
        {"components": [{"type": "file", "name": "a", "hashes": [{"alg": "SHA-256", "content": "a"}]}]},
        {"components": [{"type": "file", "name": "a", "licenses": [{"license": {"id": "Apache 2"}}]}]},
        {"components": [{"type": "file", "name": "a", "bom-ref": ""}]},
        {"unknown": 1},
    ],
    ids=["number", "timestamp", "address", "hash", "licence", "empty name", "unknown field"],
)
def test_what_the_library_refuses_is_refused_before_it_is_written(part: dict[str, Any]) -> None:
    text = json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6"} | part)
    assert VALIDATOR.validate_str(text) is not None
    with pytest.raises(PluginError):
        validity.check(text)
