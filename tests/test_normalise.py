"""What a manifest means once it is normalised: everything is there, and what is not stated is unknown."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.fields import Field, Kind, manifest_fields
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import Document, Manifest
from release_review.reasons import note_on_opening, why_unknown
from release_review.validate import validate

TOML = next(importer for importer in release_review_importers() if ".toml" in importer.suffixes)
TODAY = dt.date(2026, 1, 1)

SOURCES = "[source.card]\ntitle = 'TODO'\n[source.osai]\ntitle = 'OSAI'\ndate = 'unknown'\n"
EVIDENCE = "".join(f"[[evidence]]\nid = 'e{n}'\nkind = 'card'\ncitation = 'doi:10/{n}'\n" for n in (1, 2))


def read(body: str = "", *, release: str = "", as_of: dt.date = TODAY, today: dt.date = TODAY) -> Manifest:
    text = f'schema = "release-manifest/1"\n[release]\nid = "acme/model@2"\n{release}\n{SOURCES}{EVIDENCE}{body}'
    return validate(read_document(text.encode(), name="release.toml", importer=TOML), as_of=as_of, today=today)


def channel(*lines: str, kind: str = "api") -> str:
    return "\n".join(["[[access]]", "id = 'a'", f"kind = '{kind}'", *lines, ""])


def midnight(year: int, month: int = 1, day: int = 1) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=dt.UTC)


# What is not stated -----------------------------------------------------------------------------------------------

NOTHING = {Kind.FACT: "unknown", Kind.WORD: "unknown", Kind.LIST: [], Kind.MAP: {}}


def leaves(field: Field, value: Any, at: str = "") -> Iterator[tuple[str, Field, Any]]:
    """Give every declared field below a table, with its value; a missing one raises KeyError."""
    for name, inner in field.fields.items():
        below = value[name]
        yield f"{at}/{name}", inner, below
        if inner.kind is Kind.TABLE:
            yield from leaves(inner, below, f"{at}/{name}")
        if inner.kind is Kind.LIST and inner.item is not None and inner.item.kind is Kind.TABLE:
            for index, item in enumerate(below):
                yield from leaves(inner.item, item, f"{at}/{name}/{index}")


def test_every_declared_field_is_there_and_what_is_not_stated_is_unknown() -> None:
    body = "[[threat]]\nid = 't'\nvector = 'other'\n[[benefit]]\n[[safeguard]]\n[[signoff]]\n[[release.artifact]]\n"
    stated = {"schema", "release", "source", "evidence", "threat", "benefit", "safeguard", "signoff", "id", "vector"}
    stated |= {"developer", "name", "version", "artifact", "kind", "citation"}
    data = read(body + channel()).data
    found = {at: (field, value) for at, field, value in leaves(manifest_fields(), data)}
    assert len(found) > 100
    for at, (field, value) in found.items():
        name = at.rpartition("/")[2]
        if name not in stated and field.kind is not Kind.TABLE and at != "/access":
            assert value == NOTHING.get(field.kind), at


def test_nothing_is_there_that_the_schema_does_not_declare() -> None:
    def check(field: Field, value: Mapping[str, Any]) -> None:
        cites = {"evidence_of"} if any(inner.annotated for inner in field.fields.values()) else set()
        assert set(value) - cites == set(field.fields) | set(field.derived)
        for name, inner in field.fields.items():
            if inner.kind is Kind.TABLE:
                check(inner, value[name])

    data = read(channel()).data
    check(manifest_fields(), data)
    items = {name: field.item for name, field in manifest_fields().fields.items()}
    assert items["access"] is not None
    check(items["access"], data["access"][0])


def test_the_parts_of_the_id_stand_in_for_developer_name_and_version() -> None:
    release = read().data["release"]
    assert [release[name] for name in ("developer", "name", "version")] == ["acme", "model", "2"]


def test_what_is_stated_beats_the_id_and_a_conflict_leaves_it_unknown() -> None:
    release = read(release="developer = 'Acme Labs'\nname = { value = 'M', conflicts = [{ value = 'N' }] }").data[
        "release"
    ]
    assert [release[name] for name in ("developer", "name")] == ["Acme Labs", None]


def test_a_release_without_a_version_has_none() -> None:
    text = 'schema = "release-manifest/1"\n[release]\nid = "acme/model"\n'
    data = validate(read_document(text.encode(), name="m.toml", importer=TOML), today=TODAY).data
    assert data["release"]["version"] is None


# One form for each value ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", "yes"),
        ("false", "no"),
        ("'yes'", "yes"),
        ("'not-applicable'", "not-applicable"),
        ("{ value = true }", "yes"),
    ],
)
def test_true_and_false_are_read_as_yes_and_no(written: str, meant: str) -> None:
    assert read(f"[weights]\nderivatives = {written}\n").data["weights"]["derivatives"] == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("7", 7.0), ("1e25", 1e25), ("'unknown'", None), ("9007199254740993", 2.0**53)]
)
def test_numbers_are_doubles(written: str, meant: float | None) -> None:
    value = read(f"[weights]\nparameters_total = {written}\n").data["weights"]["parameters_total"]
    assert value == meant
    assert not isinstance(value, int)


def test_there_is_one_zero() -> None:
    value = read("[weights]\nparameters_total = -0.0\n").data["weights"]["parameters_total"]
    assert math.copysign(1, value) == 1


@pytest.mark.parametrize(
    "denial", ["Not specified", "[More Information Needed]", "TODO", "undisclosed", "", "unknown", "-"]
)
def test_text_that_denies_evidence_is_unknown(denial: str) -> None:
    assert read(f"[weights]\nlicense = '{denial}'\n").data["weights"]["license"] is None


def test_other_text_is_kept_byte_for_byte() -> None:
    text = " e\u0301\u00a0\u200b\U0001f600 "
    assert read(f"[weights]\nlicense = '{text}'\n").data["weights"]["license"] == text


def test_the_title_of_a_source_is_what_it_is() -> None:
    assert read().data["source"]["card"] == {"title": "TODO", "url": None, "date": None}


def test_extensions_are_kept_as_they_are() -> None:
    body = "[extensions.acme]\ntokens = 3\nnested = [{ value = 'unknown' }]\n"
    assert read(body).data["extensions"] == {"acme": {"tokens": 3, "nested": [{"value": "unknown"}]}}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024-05-31", midnight(2024, 5, 31), midnight(2024, 5, 31)),
        ("'2024-02'", midnight(2024, 2, 1), midnight(2024, 2, 29)),
        ("'2024'", midnight(2024), midnight(2024, 12, 31)),
        ("2024-05-31T23:30:00-01:00", midnight(2024, 6, 1), midnight(2024, 6, 1)),
        ("2024-06-01T00:30:00+01:00", midnight(2024, 5, 31), midnight(2024, 5, 31)),
        ("'unknown'", None, None),
    ],
)
def test_a_date_means_its_first_day_and_a_closing_date_its_last(
    written: str, first: dt.datetime | None, last: dt.datetime | None
) -> None:
    body = f"[[threat]]\nid = 't'\nvector = 'other'\nassessed_on = {written}\nreview_by = {written}\n"
    threat = read(body).data["threat"][0]
    assert (threat["assessed_on"], threat["review_by"]) == (first, last)


# Annotations ------------------------------------------------------------------------------------------------------


def test_an_annotation_moves_aside() -> None:
    manifest = read("[weights]\nderivatives = { value = false, source = ['card'], evidence = ['e1'], note = 'n' }\n")
    annotation = manifest.annotations["/weights/derivatives"]
    assert manifest.data["weights"]["derivatives"] == "no"
    assert (annotation.source, annotation.evidence, annotation.note) == (("card",), ("e1",), "n")
    assert (annotation.value, annotation.conflicts) == ("no", ())


CONFLICT = "{ value = false, source = ['card'], conflicts = [{ value = true, source = ['osai'], evidence = ['e2'] }] }"


def test_a_value_with_conflicts_is_unknown_and_both_are_shown() -> None:
    manifest = read(f"[weights]\nderivatives = {CONFLICT}\n")
    assert manifest.data["weights"]["derivatives"] == "unknown"
    assert why_unknown(manifest, "/weights/derivatives") == "sources conflict: no (card), yes (osai)"


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("license = { value = 'MIT', conflicts = [{ value = 'Apache-2.0' }] }", None),
        ("license_family = { value = 'permissive', conflicts = [{ value = 'permissive' }] }", "unknown"),
        ("parameters_total = { value = 1, conflicts = [{ value = 2 }] }", None),
    ],
)
def test_every_kind_of_value_is_unknown_while_sources_conflict(line: str, unknown: str | None) -> None:
    weights = read(f"[weights]\n{line}\n").data["weights"]
    assert weights[line.partition(" ")[0]] == unknown


def test_the_items_of_a_list_may_be_annotated_and_in_conflict() -> None:
    item = "{ value = 'image', conflicts = [{ value = 'video' }] }"
    manifest = read(release=f"modalities = [{{ value = 'text', note = 'n' }}, {item}]")
    assert manifest.data["release"]["modalities"] == ["text", "unknown"]
    assert set(manifest.annotations) == {"/release/modalities/0", "/release/modalities/1"}


def test_beside_the_facts_of_a_table_stands_the_evidence_they_cite() -> None:
    step = "[threat.existing_risk]\nexamples = { value = 'yes', evidence = ['e2', 'e1'] }\n"
    data = read(f"[[threat]]\nid = 't'\nvector = 'other'\n{step}").data
    cited = data["threat"][0]["existing_risk"]["evidence_of"]
    assert [(record["id"], record["status"]) for record in cited["examples"]] == [("e2", "cited"), ("e1", "cited")]
    assert cited["scale"] == []


def test_the_evidence_of_both_sides_of_a_conflict_counts_as_cited() -> None:
    data = read(f"[weights]\nderivatives = {CONFLICT}\n").data
    assert [record["id"] for record in data["weights"]["evidence_of"]["derivatives"]] == ["e2"]


def test_every_table_with_facts_has_the_evidence_of_each_but_for_records_and_sources() -> None:
    data = read(channel()).data
    assert set(data["components"]["evidence_of"]) == set(data["components"]) - {"evidence_of"}
    assert "id" not in data["access"][0]["evidence_of"]
    assert all("evidence_of" not in table for table in (data, data["evidence"][0], data["source"]["card"]))


# Channels ---------------------------------------------------------------------------------------------------------

YESTERDAY, TOMORROW = "2025-12-31", "2026-01-02"


@pytest.mark.parametrize(
    ("opening", "released", "opened"),
    [
        ("'2026-01-01'", "", "yes"),
        (f"'{TOMORROW}'", "", "no"),
        ("'2026'", "", "yes"),
        ("", "", "yes"),
        ("", f"'{TOMORROW}'", "no"),
        ("", f"'{YESTERDAY}'", "yes"),
        ("'unknown'", f"'{TOMORROW}'", "no"),
        ("'unknown'", "'unknown'", "yes"),
        (f"{{ value = '{TOMORROW}', conflicts = [{{ value = '2027' }}] }}", f"'{TOMORROW}'", "yes"),
        ("", f"{{ value = '{TOMORROW}', conflicts = [{{ value = '2027' }}] }}", "yes"),
        ("2026-01-02T00:30:00+01:00", "", "yes"),
    ],
)
def test_a_channel_opens_on_its_day_or_on_that_of_the_release(opening: str, released: str, opened: str) -> None:
    lines = [f"from = {opening}"] if opening else []
    release = f"date = {released}" if released else ""
    assert read(channel(*lines), release=release).data["access"][0]["opened"] == opened


@pytest.mark.parametrize(
    ("until", "kind", "closed"),
    [
        ("", "api", "no"),
        (f"'{YESTERDAY}'", "api", "yes"),
        ("'2026-01-01'", "api", "no"),
        ("'2026'", "api", "no"),
        ("'2025'", "api", "yes"),
        ("'unknown'", "api", "yes"),
        ("{ value = '2025', conflicts = [{ value = '2027' }] }", "api", "unknown"),
        ("{ value = '2025', note = 'n' }", "api", "yes"),
        (f"'{YESTERDAY}'", "leak", "no"),
        ("'unknown'", "leak", "no"),
        (f"'{YESTERDAY}'", "unknown", "unknown"),
        ("'2026-01-01'", "unknown", "no"),
        ("", "unknown", "no"),
    ],
)
def test_a_channel_is_closed_the_day_after_its_last_and_a_leak_never(until: str, kind: str, closed: str) -> None:
    lines = [f"until = {until}"] if until else []
    assert read(channel(*lines, kind=kind)).data["access"][0]["closed"] == closed


@pytest.mark.parametrize(("days", "closed"), [(0, "yes"), (1, "unknown")])
def test_a_channel_that_closed_on_an_unknown_day_was_perhaps_open_before_today(days: int, closed: str) -> None:
    manifest = read(channel("until = 'unknown'"), today=TODAY + dt.timedelta(days))
    assert manifest.data["access"][0]["closed"] == closed
    assert manifest.data["access"][0]["until"] is None


# Reasons ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "pointer", "reason"),
    [
        ("", "/weights/derivatives", "not stated"),
        ("derivatives = 'unknown'", "/weights/derivatives", "stated as unknown"),
        ("derivatives = { value = 'unknown', note = 'n' }", "/weights/derivatives", "stated as unknown"),
        ("license = 'TBD'", "/weights/license", "stated as 'TBD'"),
        ("derivatives = 'no'", "/weights/derivatives", ""),
        (f"derivatives = {CONFLICT}", "/weights/derivatives", "sources conflict: no (card), yes (osai)"),
        (
            "parameters_total = { value = 7, conflicts = [{ value = 8.5, source = ['card', 'osai'] }] }",
            "/weights/parameters_total",
            "sources conflict: 7, 8.5 (card, osai)",
        ),
    ],
)
def test_an_unknown_value_says_why(line: str, pointer: str, reason: str) -> None:
    assert why_unknown(read(f"[weights]\n{line}\n"), pointer) == reason


@pytest.mark.parametrize(
    ("lines", "kind", "reason"),
    [
        (["until = 'unknown'"], "api", "closed on an unknown day"),
        (["until = { value = '2025', conflicts = [{ value = '2027' }] }"], "api", "sources conflict: 2025, 2027"),
        (["until = '2025'"], "unknown", "a channel of unknown kind may be a leak, and a leak never closes"),
        (["until = '2025'"], "api", ""),
    ],
)
def test_a_channel_of_which_nobody_knows_whether_it_is_closed_says_why(
    lines: list[str], kind: str, reason: str
) -> None:
    manifest = read(channel(*lines, kind=kind), today=TODAY + dt.timedelta(1))
    assert why_unknown(manifest, "/access/0/closed") == reason


@pytest.mark.parametrize(
    ("lines", "release", "note"),
    [
        ([], "", "it counts as open because no date is stated"),
        ([], "date = 2025-08-05", "it has no day of its own, so that of the release counts: 2025-08-05"),
        (["from = 2025-08-05"], "", ""),
        (
            ["from = { value = '2025', conflicts = [{ value = '2027' }] }"],
            "date = 2025-08-05",
            "it counts as open because sources conflict: 2025, 2027",
        ),
    ],
)
def test_a_channel_without_a_day_of_its_own_says_why_it_counts_as_open(
    lines: list[str], release: str, note: str
) -> None:
    assert note_on_opening(read(channel(*lines), release=release), "/access/0") == note


# Once more --------------------------------------------------------------------------------------------------------

WORDS = {
    "derivatives": st.sampled_from(["yes", "no", "unknown", "not-applicable", True, False]),
    "license": st.sampled_from(["MIT", "n/a", "unknown", ""]),
    "license_family": st.sampled_from(["permissive", "unknown"]),
    "parameters_total": st.one_of(st.just("unknown"), st.floats(0, 1e13), st.integers(0, 2**62)),
}
DATES = st.one_of(
    st.just("unknown"),
    st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2030, 1, 1)).map(str),
    st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2030, 1, 1)).map(lambda day: str(day)[:7]),
)


Strategies = dict[str, st.SearchStrategy[Any]]


def table(required: Strategies, optional: Strategies) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def annotated(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, table({"value": values}, {"note": st.just("n")}))


CHANNELS = table(
    {"id": st.sampled_from(["a", "b", "c"]), "kind": st.sampled_from(["api", "leak", "unknown"])},
    {"from": annotated(DATES), "revocable": annotated(WORDS["derivatives"])},
)
MANIFESTS = table(
    {"schema": st.just("release-manifest/1"), "release": st.just({"id": "acme/model@2"})},
    {
        "weights": table({}, {name: annotated(values) for name, values in WORDS.items()}),
        "access": st.lists(CHANNELS, unique_by=lambda entry: str(entry["id"]), max_size=3),
    },
)


def as_written(field: Field, value: Any) -> Any:
    """Write a normalised value down again, with no more than it says."""
    match field.kind:
        case Kind.TABLE:
            inner = {name: as_written(child, value[name]) for name, child in field.fields.items()}
            return {name: written for name, written in inner.items() if written is not None}
        case Kind.LIST if field.item is not None:
            return [as_written(field.item, item) for item in value]
        case Kind.DATE | Kind.CLOSING_DATE:
            return value and str(value.date())
        case _:
            return value


def from_data(data: Any) -> Document:
    return Document(name="m.toml", content=b"", digest="sha256:", data=data, find_places=lambda _: {})


@given(data=MANIFESTS)
def test_what_is_normalised_means_the_same_when_it_is_normalised_again(data: Any) -> None:
    once = validate(from_data(data), as_of=TODAY, today=TODAY).data
    again = validate(from_data(as_written(manifest_fields(), once)), as_of=TODAY, today=TODAY).data
    assert again == once


@given(data=MANIFESTS)
def test_normalisation_leaves_the_document_as_it_is(data: Any) -> None:
    before = repr(data)
    validate(from_data(data), as_of=TODAY, today=TODAY)
    assert repr(data) == before
