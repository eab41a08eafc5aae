"""What several sources say of one release: agreement cites all, disagreement is a conflict, and nobody wins."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from audits import Run, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from release_review.audit import gather
from release_review.audit.alike import finer
from release_review.audit.join import Entry, join, without_days_ahead
from release_review.authoring.cases import document_of
from release_review.claims import stated, unknown
from release_review.errors import InputError
from release_review.hooks import Imported, SourceImporter, Unread
from release_review.model import Limits
from release_review.pipeline import look_at
from release_review.plugins import Registry, load_registry
from release_review.selection import load_policies
from release_review.validate import check_manifest

REGISTRY = load_registry(discover=False)
POLICIES = load_policies(["open-properties"], REGISTRY)
DAY = dt.date(2026, 1, 1)


def entry(source: str, date: str = "", **tables: Any) -> Entry:
    described = {"title": f"Registry {source}", **({"date": date} if date else {})}
    data = {"schema": "release-manifest/1", "release": {"id": "acme/one", **tables.pop("release", {})}}
    return Entry(origin=f"{source}.csv:1", data={**data, "source": {source: described}, **tables})


def weights(source: str, **more: Any) -> dict[str, Any]:
    return {"id": "weights", "kind": stated("weights", source), "audience": stated("public", source), **more}


def no_weights(source: str) -> dict[str, Any]:
    return {"model_parameters_final": stated("no", source)}


def levels(data: dict[str, Any]) -> dict[str, str]:
    seen = look_at(document_of(data), policies=POLICIES, today=DAY, as_of=DAY)
    return {name.partition("/")[2]: answer.level for name, answer in seen.answers.items()}


def test_sources_that_agree_are_all_cited() -> None:
    joined = join(
        [entry("a", weights={"license": stated("MIT", "a")}), entry("b", weights={"license": stated("mit", "b")})]
    )
    assert joined["weights"]["license"] == {"value": "MIT", "source": ["a", "b"]}
    assert set(joined["source"]) == {"a", "b"}


def test_sources_that_disagree_are_both_shown_and_neither_wins() -> None:
    one, other = stated("MIT", "a", "in the table"), stated("Apache-2.0", "b")
    joined = join([entry("a", weights={"license": one}), entry("b", weights={"license": other})])
    assert joined["weights"]["license"] == {**one, "conflicts": [other]}
    turned = join([entry("b", weights={"license": other}), entry("a", weights={"license": one})])
    assert turned["weights"]["license"] == {**other, "conflicts": [one]}


def test_who_does_not_know_disagrees_with_nobody() -> None:
    said, denied = stated("yes", "a"), unknown("b", "not disclosed")
    for first, second in ((said, denied), (denied, said)):
        joined = join(
            [entry("a", monitoring={"host_agreements": first}), entry("b", monitoring={"host_agreements": second})]
        )
        assert joined["monitoring"]["host_agreements"] == said
    both = join(
        [entry("a", monitoring={"host_agreements": denied}), entry("b", monitoring={"host_agreements": denied})]
    )
    assert both["monitoring"]["host_agreements"]["value"] == "unknown"


def test_a_conflict_on_the_kind_of_a_channel_makes_what_reads_it_unknown() -> None:
    assert set(levels(join([entry("a", access=[weights("a")])])).values()) == {"applies"}
    api = {**weights("b"), "kind": stated("api", "b")}
    joined = join([entry("a", access=[weights("a")]), entry("b", access=[api])])
    assert set(levels(joined).values()) == {"unknown"}


def test_who_says_that_weights_are_not_released_stands_against_who_describes_them() -> None:
    joined = join([entry("a", access=[weights("a")]), entry("b", components=no_weights("b"))])
    (channel,) = joined["access"]
    assert channel["kind"]["conflicts"] == [
        {"value": "unknown", "source": ["b"], "note": "says that the weights are not released"}
    ]
    assert set(levels(joined).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("looked", "opened", "apart"),
    [
        ("2024-05-01", "2024-06-12", False),
        ("2024-06-12", "2024-06-12", True),
        ("2024-07", "2024-06-12", True),
        ("2024", "2024-06-12", True),  # some day of 2024 may be after it
        ("2023", "2024-06-12", False),
        ("", "2024-06-12", True),
        ("2024-05-01", "", True),
    ],
)
def test_who_looked_before_the_weights_were_out_does_not_disagree(looked: str, opened: str, *, apart: bool) -> None:
    channel = weights("a", **({"from": stated(opened, "a")} if opened else {}))
    joined = join([entry("a", access=[channel]), entry("b", date=looked, components=no_weights("b"))])
    assert ("conflicts" in joined["access"][0]["kind"]) is apart


def test_a_source_is_never_taken_for_another_of_its_name() -> None:
    one = entry("a", weights={"license": stated("MIT", "a")})
    other = Entry(
        origin="a.csv:2",
        data={
            **entry("a", weights={"license": stated("Apache-2.0", "a")}).data,
            "source": {"a": {"title": "Another row"}},
        },
    )
    joined = join([one, other])
    assert joined["source"] == {"a": {"title": "Registry a"}, "a-2": {"title": "Another row"}}
    assert joined["weights"]["license"]["conflicts"] == [{"value": "Apache-2.0", "source": ["a-2"]}]


def test_evidence_of_two_sources_is_never_one() -> None:
    def cites(source: str, citation: str) -> Entry:
        claim = {**stated("yes", source), "evidence": ["e"]}
        record = {"id": "e", "kind": "literature", "citation": citation}
        return entry(source, evidence=[record], monitoring={"host_agreements": claim})

    joined = join([cites("a", "one paper"), cites("b", "another paper")])
    assert [(each["id"], each["citation"]) for each in joined["evidence"]] == [
        ("e", "one paper"),
        ("e-2", "another paper"),
    ]
    assert joined["monitoring"]["host_agreements"]["evidence"] == ["e", "e-2"]
    same = join([cites("a", "one paper"), cites("b", "one paper")])
    assert [each["id"] for each in same["evidence"]] == ["e"]


def test_channels_are_joined_by_id_and_others_stay() -> None:
    api = {"id": "api", "kind": stated("api", "b")}
    joined = join([entry("a", access=[weights("a")]), entry("b", access=[api, weights("b")])])
    assert [each["id"] for each in joined["access"]] == ["weights", "api"]
    assert joined["access"][0]["kind"] == {"value": "weights", "source": ["a", "b"]}


def test_how_a_name_is_spelt_is_no_conflict() -> None:
    names = [entry(each, release={"id": name, "name": name}) for each, name in (("a", "Acme/One"), ("b", "acme/one"))]
    assert join(names)["release"] == {"id": "Acme/One", "name": "Acme/One"}


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (117e9, 116.8e9, 117e9),
        (7e9, 7.24e9, 7.24e9),
        (1e25, 9.6e24, 1e25),
        (1e9, 1.49e9, None),
        (0, 0.0, 0),
        (117e9, 117_000_000_000, 117e9),
        (110e9, 117e9, None),
        (1e11, 117e9, None),
        (0, 0.4, None),
        (7e9, 70e9, None),
        ("2024", "2024-05-13", "2024-05-13"),
        ("2024-05", "2024-05-13", "2024-05-13"),
        ("2024-05-13", "2024-06", None),
        ("2024-13", "2024", None),
        ("public", "public-gated", "public-gated"),
        ("public", "vetted", None),
        ("MIT", " mit ", "MIT"),
        ("MIT", "Apache-2.0", None),
        (True, "yes", "yes"),
        ("yes", "no", None),
        (1, "1", None),
        (1, True, None),
    ],
)
def test_the_finer_of_two_values_that_agree(one: Any, other: Any, both: Any) -> None:
    assert finer(one, other) == both or finer(one, other) == other == both
    assert (finer(one, other) is None) is (both is None)
    assert (finer(other, one) is None) is (both is None)


facts = st.sampled_from(["yes", "no", "unknown", "not-applicable"])
kinds = st.sampled_from(["weights", "api", "app", "leak", "unknown"])


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    made = []
    for source in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3)):
        channels = draw(st.lists(st.sampled_from(["weights", "api", "app"]), unique=True, max_size=3))
        access = [{"id": each, "kind": stated(draw(kinds), source)} for each in channels]
        tables: dict[str, Any] = {
            "access": access,
            "components": {"model_parameters_final": stated(draw(facts), source)},
        }
        tables["monitoring"] = {"host_agreements": stated(draw(facts), source), "incident_response_plan": draw(facts)}
        made.append(entry(source, date=draw(st.sampled_from(["", "2024", "2025-01-01"])), **tables))
    return made


@pytest.mark.no_cover
@settings(max_examples=150)
@given(entries())
def test_what_is_joined_is_a_manifest_and_says_nothing_that_no_source_says(made: list[Entry]) -> None:
    before = json.dumps([each.data for each in made])
    joined = join(made)
    check_manifest(document_of(joined))
    assert json.dumps([each.data for each in made]) == before, "an entry was changed"
    assert join([Entry(origin="again", data=joined)]) == joined
    for pointer in ("host_agreements", "incident_response_plan"):
        value = joined["monitoring"][pointer]
        told = [each.data["monitoring"][pointer] for each in made]
        said = {each["value"] if isinstance(each, dict) else each for each in told}
        shown = (
            {value["value"], *(each["value"] for each in value.get("conflicts", ()))}
            if isinstance(value, dict)
            else {value}
        )
        assert shown == (said - {"unknown"} or said)


def test_what_a_registry_lists_does_not_begin_in_the_future() -> None:
    ahead, past = stated("2926-05-01", "a"), stated("2025", "b")
    made = entry("a", release={"date": ahead}, access=[weights("a", **{"from": stated("2926-06-01", "a")})])
    joined = without_days_ahead(join([made]), DAY)
    assert joined["release"]["date"]["value"] == joined["access"][0]["from"]["value"] == "unknown"
    assert joined["release"]["date"]["note"] == "stated as 2926-05-01, which was still to come on 2026-01-01"
    assert set(levels(dict(made.data)).values()) == {"does-not-apply"}
    assert set(levels(joined).values()) == {"applies"}
    both = without_days_ahead(join([made, entry("b", release={"date": past})]), DAY)
    assert both["release"]["date"]["value"] == "unknown"
    kept = entry("b", release={"date": past}, access=[weights("b", **{"from": stated("2026-01-01", "b")})])
    assert without_days_ahead(join([kept]), DAY) == kept.data


def test_a_doubt_within_a_source_survives_who_knows_nothing_and_who_agrees() -> None:
    doubt = unknown("a", "the notes speak of devices")
    kind = {**stated("api", "a"), "conflicts": [doubt]}
    doubting = entry("a", access=[{"id": "api", "kind": kind}])
    for other in ({"id": "api", "kind": stated("api", "b")}, {"id": "api", "kind": unknown("b", "not said")}):
        joined = join([doubting, entry("b", access=[other])])
        assert joined["access"][0]["kind"]["conflicts"] == [doubt]
        assert "does-not-apply" not in levels(joined).values()


def test_what_cannot_be_joined_is_an_error_and_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    monkeypatch.setattr(gather, "join", breaks)
    item = gather._together([entry("a"), entry("b")], None)
    assert item.name == "a.csv:1 + b.csv:1"
    assert item.errors == (
        "a.csv:1 + b.csv:1: what is said of it cannot be joined: ZeroDivisionError; this is a defect; please report it",
    )


def read_lines(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        origin = f"{path}:{number}"
        if line == "broken":
            yield Unread(origin=origin, error=InputError("is broken", where=origin, hint="mend it"))
        elif line == "invalid":
            yield Imported(
                data={"schema": "release-manifest/1", "release": {"id": "acme/one", "naem": 1}}, origin=origin
            )
        else:
            release, _, licence = line.partition(" ")
            data: dict[str, Any] = {
                "schema": "release-manifest/1",
                "release": {"id": release},
                "source": {path.stem: {"title": path.stem}},
            }
            if licence:
                data["weights"] = {"license": stated(licence, path.stem)}
            yield Imported(data=data, origin=origin, notes=(f"note of {path.stem}",))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an importer of lines in the place of those that come with the tool."""
    lines = SourceImporter(name="lines", summary="A release in each line.", read=read_lines)
    registry = dataclasses.replace(load_registry(discover=False), source_importers=(lines,))

    def load(**_: Any) -> Registry:
        return registry

    monkeypatch.setattr("release_review.plugins.load_registry", load)


@pytest.mark.usefixtures("installed")
def test_registries_are_joined_by_developer_name_and_version(folder: Path, audit: Callable[..., Run]) -> None:
    (folder / "a.txt").write_text("acme/One MIT\nacme/two\nunknown/x\nbroken\nacme/one@2\ninvalid\n", encoding="utf-8")
    (folder / "b.txt").write_text("Acme/o-n-e Apache-2.0\nother/one\nunknown/x\nacme/3.1\nacme/31\n", encoding="utf-8")
    done = audit("lines=a.txt", "lines=b.txt", "-o", "a.db")
    assert done.status == 2
    found = rows("a.db")
    told = [(row["release"]["id"], row["release"]["manifest"]) for row in found]
    assert told == [
        ("acme/3.1", "b.txt:4"),
        ("acme/31", "b.txt:5"),
        ("acme/One", "a.txt:1 + b.txt:1"),
        (None, "a.txt:6"),
        ("acme/one@2", "a.txt:5"),
        ("acme/two", "a.txt:2"),
        ("other/one", "b.txt:2"),
        ("unknown/x", "a.txt:3"),
        ("unknown/x", "b.txt:3"),
        (None, "a.txt:4"),
    ]
    (joined,) = [row for row in found if row["release"]["id"] == "acme/One"]
    (conflict,) = joined["conflicts"]
    assert (conflict["name"], conflict["value"], conflict["source"]) == ("weights.license", "MIT", ["a"])
    assert conflict["conflicts"] == [{"value": "Apache-2.0", "source": ["b"]}]
    assert joined["release"]["license"] is None
    assert joined["notes"] == ["note of a", "note of b"]
    errors = [row["errors"][0] for row in found if "errors" in row]
    assert any("a.txt:6" in error and "naem" in error for error in errors)
    assert any(error == "a.txt:4: is broken; mend it" for error in errors)
    assert len(found) == 10
