from __future__ import annotations

from typing import Any

import pytest
from boms import bom, component_of, named, report_on, values
from packageurl import PackageURL
from reports import assessment, item

from release_review.evidence import Status

DIGEST = "sha256:" + "ab" * 32
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def component_with(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return component_of(report_on(data, **more))


def facts(component: dict[str, Any]) -> dict[str, str]:
    head = "release-review:fact:"
    return {
        each["name"].removeprefix(head): each["value"]
        for each in component["modelCard"]["properties"]
        if each["name"].startswith(head)
    }


# Which model ----------------------------------------------------------------------------------------------------------


def test_a_release_is_a_machine_learning_model_of_its_developer() -> None:
    component = component_with({"release": {"id": "acme/one@2.0"}})
    assert component["type"] == "machine-learning-model"
    assert (component["group"], component["name"], component["version"]) == ("acme", "one", "2.0")
    assert component["manufacturer"] == {"name": "acme"}
    assert values(component, "release") == ["acme/one@2.0"]


def test_the_target_of_the_claims_is_the_same_model() -> None:
    document = bom(report_on({"release": {"id": "acme/one@2.0", "artifact": [{"uri": "hf://acme/one"}]}}))
    (target,) = document["declarations"]["targets"]["components"]
    told = [name for name in target if name not in ("bom-ref", "properties")]
    assert told == ["type", "manufacturer", "group", "name", "version", "purl"]
    assert all(document["metadata"]["component"][name] == target[name] for name in told)
    assert values(target, "release") == ["acme/one@2.0"]


def test_no_other_model_is_attested_than_the_one_that_was_reviewed() -> None:
    artifacts = [{"uri": f"hf://openai/gpt-oss-120b@{COMMIT}"}]
    release = {"id": "acme/hawthorn", "developer": "openai", "name": "gpt-oss-120b", "artifact": artifacts}
    document = bom(report_on({"release": release}))
    component = document["metadata"]["component"]
    (target,) = document["declarations"]["targets"]["components"]
    for each in (component, target):
        assert (each["manufacturer"], each["group"], each["name"]) == ({"name": "acme"}, "acme", "hawthorn")
        assert "purl" not in each
        assert values(each, "release") == ["acme/hawthorn"]
    assert "openai" not in str(target)
    assert (facts(component)["release.developer"], facts(component)["release.name"]) == ("openai", "gpt-oss-120b")


def test_a_version_is_that_of_the_id_and_without_one_the_one_that_is_stated() -> None:
    assert component_with({"release": {"id": "acme/one@2.0"}})["version"] == "2.0"
    assert component_with({"release": {"id": "acme/one", "version": "3.0"}})["version"] == "3.0"


@pytest.mark.parametrize(
    ("uri", "purl"),
    [
        ("hf://acme/one", "pkg:huggingface/acme/one"),
        ("hf://Acme/ONE", "pkg:huggingface/Acme/ONE"),
        ("hf://acme/one/", "pkg:huggingface/acme/one"),
        ("hf://acme/one?download=true", "pkg:huggingface/acme/one"),
        ("hf://acme/one/model.safetensors", "pkg:huggingface/acme/one"),
        (f"hf://acme/one@{COMMIT}/model.safetensors", f"pkg:huggingface/acme/one@{COMMIT}"),
        ("hf://acme/one@main", "pkg:huggingface/acme/one"),
        ("https://huggingface.co/acme/one", "pkg:huggingface/acme/one"),
        (f"https://huggingface.co/acme/one/resolve/{COMMIT}/a.bin", f"pkg:huggingface/acme/one@{COMMIT}"),
        ("https://huggingface.co/acme/one/tree/main", "pkg:huggingface/acme/one"),
        (f"hf://acme/one@{COMMIT}/tokenizer.json", None),
        (f"hf://acme/one@{COMMIT}/tokenizer.bin", None),
        (f"hf://acme/one@{COMMIT}/tokenizer/model.bin", None),
        (f"https://huggingface.co/acme/one/resolve/{COMMIT}/README.md", None),
        ("hf://acme/two", None),
        ("hf://other/one", None),
        ("hf://datasets/acme/one", None),
        ("hf://spaces/acme/one", None),
        ("hf://one", None),
        ("https://huggingface.co/papers/2403.07918", None),
        ("https://huggingface.co.example.org/acme/one", None),
        ("https://example.org/acme/one", None),
        ("hf://acme/../one", None),
    ],
)
def test_a_purl_comes_from_an_artifact_that_names_a_repository(uri: str, purl: str | None) -> None:
    component = component_with({"release": {"artifact": [{"uri": uri}]}})
    assert component.get("purl") == purl
    if purl:
        assert PackageURL.from_string(purl).to_string() == purl


def test_a_purl_takes_the_name_of_the_repository_as_it_is_written() -> None:
    release = {"id": "acme/One.v2_b@3", "artifact": [{"uri": "hf://acme/One.v2_b"}]}
    assert component_with({"release": release})["purl"] == "pkg:huggingface/acme/One.v2_b"


def test_a_tokenizer_does_not_say_at_which_commit_the_weights_are() -> None:
    tokenizer = {"path": "tokenizer.json", "uri": f"hf://acme/one@{COMMIT}"}
    weights = {"path": "model.safetensors", "uri": "hf://acme/one"}
    assert "purl" not in component_with({"release": {"artifact": [tokenizer]}})
    assert component_with({"release": {"artifact": [tokenizer, weights]}})["purl"] == "pkg:huggingface/acme/one"


def test_a_repository_that_holds_the_base_model_too_gives_no_purl() -> None:
    release = {"id": "acme/one@2", "base": [{"id": "Acme/One@1"}], "artifact": [{"uri": f"hf://acme/one@{COMMIT}"}]}
    assert "purl" not in component_with({"release": release})
    assert "purl" in component_with({"release": {**release, "base": [{"id": "acme/two"}]}})


def test_no_purl_is_made_from_the_id_of_a_release() -> None:
    assert "purl" not in component_with({"release": {"id": "openai/gpt-oss-120b"}})


def test_two_repositories_leave_the_purl_open() -> None:
    artifacts = [{"uri": "hf://acme/one"}, {"uri": "hf://acme/two"}]
    assert "purl" not in component_with({"release": {"artifact": artifacts}})


# Licences -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "licences"),
    [
        ("Apache-2.0", [{"license": {"id": "Apache-2.0"}}]),
        ("apache-2.0", [{"license": {"id": "Apache-2.0"}}]),
        ("MIT OR Apache-2.0", [{"expression": "MIT OR Apache-2.0"}]),
        ("LicenseRef-acme", [{"license": {"name": "LicenseRef-acme"}}]),
        ("Llama 3.1 Community License", [{"license": {"name": "Llama 3.1 Community License"}}]),
        ("MIT OR nonsense", [{"license": {"name": "MIT OR nonsense"}}]),
        ("MIT AND " * 30 + "MIT", [{"license": {"name": "MIT AND " * 30 + "MIT"}}]),
    ],
)
def test_a_licence_is_an_id_an_expression_or_a_name(stated: str, licences: list[Any]) -> None:
    assert component_with({"weights": {"license": stated}})["licenses"] == licences


def test_a_licence_that_is_not_stated_is_left_out() -> None:
    assert "licenses" not in component_with({})
    assert "licenses" not in component_with({"weights": {"license": "TBD"}})


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "length"), [("256", 64), ("384", 96), ("512", 128)])
def test_an_artifact_is_a_file_with_its_hash(name: str, length: int) -> None:
    artifacts = [{"path": "model.safetensors", "digest": f"sha{name}:{'a' * length}"}]
    (file,) = component_with({"release": {"artifact": artifacts}})["components"]
    assert (file["type"], file["name"]) == ("file", "model.safetensors")
    assert file["hashes"] == [{"alg": f"SHA-{name}", "content": "a" * length}]


def test_two_files_of_one_name_are_two() -> None:
    files = component_with({"release": {"artifact": [{"path": "a"}, {"path": "a"}, {}]}})["components"]
    assert [each["name"] for each in files] == ["a", "a", "artifact"]


def test_an_address_that_nobody_may_follow_is_a_property() -> None:
    artifacts = [{"path": "a", "uri": "javascript:alert(1)"}, {"path": "b", "uri": "https://example.org/b"}]
    one, other = component_with({"release": {"artifact": artifacts}})["components"]
    assert values(one, "uri") == ["javascript:alert(1)"]
    assert "externalReferences" not in one
    assert other["externalReferences"][0]["url"] == "https://example.org/b"
    assert "properties" not in other


# Sources and models it was made from ----------------------------------------------------------------------------------


def test_a_source_is_a_reference_and_one_without_an_address_a_property() -> None:
    sources = {
        "card": {"title": "A card", "url": "https://example.org/card"},
        "book": {"title": "A book"},
        "odd": {"title": "Odd", "url": "https://example.org/a b"},
    }
    component = component_with({"source": sources})
    assert [(each["type"], each["url"], each["comment"]) for each in component["externalReferences"]] == [
        ("evidence", "https://example.org/card", "source card: A card")
    ]
    assert values(component, "source:book") == ["A book"]
    assert values(component, "source:odd") == ["Odd https://example.org/a b"]
    assert values(component, "source:card") == []


def test_a_base_model_is_an_ancestor_and_an_unknown_relation_is_left_out() -> None:
    base = [{"id": "acme/base@1", "relation": "fine-tune"}, {"id": "acme/other"}]
    one, other = component_with({"release": {"base": base}})["pedigree"]["ancestors"]
    assert (one["group"], one["name"], one["version"]) == ("acme", "base", "1")
    assert values(one, "relation") == ["fine-tune"]
    assert "properties" not in other
    assert "version" not in other


# The model card -------------------------------------------------------------------------------------------------------


def test_one_modality_goes_in_and_comes_out() -> None:
    parameters = component_with({"release": {"modalities": ["text"]}})["modelCard"]["modelParameters"]
    assert parameters == {"inputs": [{"format": "text"}], "outputs": [{"format": "text"}]}


@pytest.mark.parametrize("modalities", [["text", "image"], ["unknown"], ["other"], []])
def test_of_several_modalities_nobody_says_which_goes_in(modalities: list[str]) -> None:
    assert "modelParameters" not in component_with({"release": {"modalities": modalities}})["modelCard"]


def test_threats_are_considerations_by_their_vector_and_title() -> None:
    threats = [
        {"id": "bio", "vector": "biosecurity", "title": "an agent"},
        {"id": "cyber", "vector": "cybersecurity"},
        {"id": "odd", "vector": "other"},
    ]
    considered = component_with({"threat": threats})["modelCard"]["considerations"]["ethicalConsiderations"]
    assert considered == [{"name": "biosecurity: an agent"}, {"name": "cybersecurity"}, {"name": "odd"}]


def test_every_stated_fact_is_a_property_and_no_other() -> None:
    data = {
        "release": {"date": "2025", "stage": "unknown"},
        "weights": {"parameters_total": 117e9, "training_compute_flop": 2.1e24, "derivatives": "not-applicable"},
        "access": [{"id": "hub", "kind": {"value": "weights", "note": "yes"}, "usage_observed": "no"}],
        "monitoring": {"next_review": "2026-08", "incident_response_plan": "unknown"},
        "use_policy": {"prohibited_uses": {"value": "yes", "conflicts": [{"value": "no"}]}},
    }
    assert facts(component_with(data)) == {
        "release.id": "acme/one",
        "release.developer": "acme",
        "release.name": "one",
        "release.date": "2025",
        "weights.parameters_total": "117000000000",
        "weights.training_compute_flop": "2.1e+24",
        "weights.derivatives": "not-applicable",
        "access[hub].id": "hub",
        "access[hub].kind": "weights",
        "access[hub].usage_observed": "no",
        "monitoring.next_review": "2026-08",
    }


# Evidence -------------------------------------------------------------------------------------------------------------

RECORD = {"id": "e1", "kind": "evaluation-report", "path": "evidence/a b.pdf", "digest": DIGEST}


@pytest.mark.parametrize(
    ("status", "told", "links"),
    [
        ("verified", "the file has the stated digest", 1),
        ("mismatch", "MISMATCH: the file has another digest than the stated one", 0),
        ("missing", "MISSING: there is no such file", 0),
    ],
)
def test_a_file_of_evidence_has_its_digest_and_is_linked_once_it_is_verified(
    status: Status, told: str, links: int
) -> None:
    document = bom(report_on({"evidence": [RECORD]}, statuses=[status]))
    record = named(document["declarations"]["evidence"], "evidence/acme/one/e1")
    assert record["description"] == f"e1: evaluation-report; {told}"
    assert DIGEST in [each.get("contents", {}).get("attachment", {}).get("content") for each in record["data"]]
    references = document["metadata"]["component"].get("externalReferences", [])
    hashes = [{"alg": "SHA-256", "content": "ab" * 32}]
    assert [(each["url"], each["hashes"]) for each in references] == [("./evidence/a%20b.pdf", hashes)] * links


def test_a_citation_is_a_link_only_if_it_is_an_address() -> None:
    records = [
        {"id": "e1", "kind": "literature", "citation": "https://arxiv.org/abs/2403.07918", "independent": "yes"},
        {"id": "e2", "kind": "literature", "citation": "A book"},
    ]
    declared = bom(report_on({"evidence": records}, statuses=["cited", "cited"]))["declarations"]["evidence"]
    one, other = (named(declared, f"evidence/acme/one/{id_}") for id_ in ("e1", "e2"))
    assert one["data"][0]["contents"] == {"url": "https://arxiv.org/abs/2403.07918"}
    assert one["description"].endswith("made by somebody other than the developer")
    assert other["data"][0]["contents"]["attachment"]["content"] == "A book"
    assert other["description"] == "e2: literature; a citation, which nobody fetched"


@pytest.mark.parametrize(
    ("date", "created"),
    [("2025-08-05", "2025-08-05T00:00:00Z"), ("2025-08-05T23:30:00-02:00", "2025-08-06T00:00:00Z"), ("2025", None)],
)
def test_evidence_was_created_on_its_day_if_that_is_known(date: str, created: str | None) -> None:
    records = [{"id": "e1", "kind": "literature", "citation": "A book", "date": date}]
    declared = bom(report_on({"evidence": records}, statuses=["cited"]))["declarations"]["evidence"]
    record = named(declared, "evidence/acme/one/e1")
    assert record.get("created") == created
    assert ("2025" in str(record["data"])) is (created is None)


# Assessments ----------------------------------------------------------------------------------------------------------


def test_a_level_is_a_claim_that_rests_on_what_its_facts_cite_and_an_unknown_one_is_none() -> None:
    data = {
        "access": [{"id": "hub", "kind": {"value": "weights", "evidence": ["e1"]}}],
        "evidence": [{"id": "e1", "kind": "card", "citation": "A card"}, {"id": "e2", "kind": "card"}],
    }
    reads = ("/access/0/kind", "/access/0/audience")
    answer = assessment(
        "access/broader-access",
        "Broader access",
        "applies",
        item("hub", "applies", "/access/0", reads=reads, because="it is out"),
        item("app", "unknown", "/access/1"),
    )
    document = bom(report_on(data, statuses=["cited", "missing"], assessments=(answer,)))
    (claim,) = (each for each in document["declarations"]["claims"] if each["bom-ref"].startswith("answer/"))
    assert claim["predicate"] == "Broader access, hub: applies"
    assert claim["reasoning"] == "access/broader-access is applies: it is out"
    assert claim["evidence"][1:] == ["evidence/acme/one/e1"]
    assert values(document["metadata"]["component"], "assessment:access/broader-access") == ["applies"]
