"""Every number of a summary can be counted by hand: levels, years, vectors, sources, conflicts, rules, errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import page_ledgers as made
import pytest
from page_ledgers import OTHER_PROPERTY, PROPERTY, QUESTION, STEP, answer, channel, error, fact, finding, row

from release_review.audit.ledger import open_to_read
from release_review.audit.summary import Answers, Claimed, Filled, Group, Kind, Summary, summarise
from release_review.audit.summary.evidence import MOST_CONFLICTS, MOST_SOURCES
from release_review.audit.summary.tallies import Tally, field_of, is_had, value_shown, year_of
from release_review.errors import AuditError


@pytest.fixture
def summary(tmp_path: Path) -> Callable[..., Summary]:
    """Summarise a ledger of some rows."""

    def of(*rows: dict[str, Any], **how: Any) -> Summary:
        with open_to_read(made.write(tmp_path / "a.db", rows, **how)) as ledger:
            return summarise(ledger)

    return of


def answers(found: Summary, name: str) -> Answers:
    (each,) = [each for each in found.assessments if each.id == name]
    return each


# Levels ---------------------------------------------------------------------------------------------------------------


def test_releases_are_counted_by_verdict_and_by_level(summary: Callable[..., Summary]) -> None:
    found = summary(
        row(verdict="pass", assessments={PROPERTY: answer("applies")}),
        row(assessments={PROPERTY: answer("applies")}),
        row(assessments={PROPERTY: answer("limited")}),
        error("bad.toml", "bad.toml:1:1: it is bad"),
    )
    assert (found.counts.passed, found.counts.blocked, found.counts.errors) == (1, 2, 1)
    property_ = answers(found, PROPERTY)
    assert property_.levels == {"applies": 2, "unknown": 0, "limited": 1, "does-not-apply": 0}
    assert list(property_.levels) == list(made.SCALE)
    assert property_.asked == 3
    assert answers(found, OTHER_PROPERTY).asked == 0


def test_what_an_assessment_looks_at_makes_it_a_property_or_a_step(summary: Callable[..., Summary]) -> None:
    found = summary(row())
    kinds = {each.id: each.kind for each in found.assessments}
    assert kinds == {PROPERTY: Kind.PROPERTY, OTHER_PROPERTY: Kind.PROPERTY, STEP: Kind.STEP, QUESTION: Kind.OTHER}
    assert [each.id for each in found.properties] == [PROPERTY, OTHER_PROPERTY]
    assert [each.id for each in found.steps] == [STEP]
    assert [each.id for each in found.others] == [QUESTION]


def test_properties_are_counted_by_year_and_what_has_no_date_comes_last(summary: Callable[..., Summary]) -> None:
    found = summary(
        row(date="2024-05-01", assessments={PROPERTY: answer("applies")}),
        row(date="2024-12-31", assessments={PROPERTY: answer("unknown")}),
        row(date="2019-01-01", assessments={PROPERTY: answer("does-not-apply")}),
        row(date=None, assessments={PROPERTY: answer("applies")}),
    )
    by_year = answers(found, PROPERTY).by_year
    assert by_year["2024"] == {"applies": 1, "unknown": 1, "limited": 0, "does-not-apply": 0}
    assert by_year["2019"]["does-not-apply"] == by_year[""]["applies"] == 1
    assert [(each.name, each.count) for each in found.years] == [("2019", 1), ("2024", 2), ("", 1)]


def test_steps_are_counted_by_threat_under_its_vector(summary: Callable[..., Summary]) -> None:
    found = summary(
        row(
            threats={"a": "biosecurity", "b": "biosecurity", "c": "cybersecurity"},
            assessments={STEP: answer("none", a="full", b="none", c="unknown", d="partial")},
        ),
        row(threats={"a": "cybersecurity"}, assessments={STEP: answer("full", a="full")}),
        row(assessments={STEP: answer("unknown")}),
    )
    by_vector = answers(found, STEP).by_vector
    assert by_vector["biosecurity"] == {"full": 1, "partial": 0, "unknown": 0, "none": 1}
    assert by_vector["cybersecurity"] == {"full": 1, "partial": 0, "unknown": 1, "none": 0}
    assert by_vector["unknown"]["partial"] == 1  # of a threat that the row does not tell of
    assert found.vectors == (("biosecurity", 2), ("cybersecurity", 2))
    assert found.with_threats == 2
    assert answers(found, PROPERTY).by_vector == {}


def test_a_level_that_the_scale_does_not_have_is_told_and_not_dropped(summary: Callable[..., Summary]) -> None:
    found = summary(row(assessments={PROPERTY: answer("sideways"), "x/new": answer("odd")}))
    assert answers(found, PROPERTY).scale == (*made.SCALE, "sideways")
    assert answers(found, PROPERTY).levels["sideways"] == 1
    assert answers(found, "x/new").levels == {"odd": 1}
    assert answers(found, "x/new").title == "x/new"


# Groups ---------------------------------------------------------------------------------------------------------------


def test_developers_are_those_of_the_ids_by_which_sources_are_joined(summary: Callable[..., Summary]) -> None:
    found = summary(
        row("acme/one", developer="Acme Ltd"),
        row("acme/two", developer="ACME", verdict="pass"),
        row("other/one", developer=None, license_family="unknown", license=None),
    )
    assert found.developers == (
        Group(name="acme", passed=1, blocked=1, errors=0),
        Group(name="other", passed=0, blocked=1, errors=0),
    )
    assert [(each.name, each.count) for each in found.families] == [("permissive", 2), ("unknown", 1)]
    assert [(each.name, each.count) for each in found.licenses] == [("MIT", 2), ("", 1)]


def test_a_release_counts_once_for_each_way_to_reach_it(summary: Callable[..., Summary]) -> None:
    found = summary(
        row(channels=[channel(), channel(id="mirror"), channel(id="api", kind="api", audience="vetted")]),
        row(channels=[channel()]),
    )
    assert [(each.kind, each.audience, each.releases) for each in found.ways] == [
        ("weights", "public", 2),
        ("api", "vetted", 1),
    ]


def test_of_very_many_names_those_without_room_are_counted_together() -> None:
    tally = Tally(most=2)
    for name in ("b", "a", "c", "a", "d"):
        tally.add(name, "x")
    assert tally.most_first() == [("a", {"x": 2}), ("b", {"x": 1})]
    assert tally.left_out == 2


# Sources --------------------------------------------------------------------------------------------------------------

TWO = {"osai": {"title": "Index: One", "date": "2024-06-01"}, "osai-card": {"title": "Card"}, "epoch": {"title": "E"}}


def test_coverage_is_counted_by_source_and_what_goes_on_from_it(summary: Callable[..., Summary]) -> None:
    found = summary(
        row(
            sources=TWO,
            facts=[
                fact("weights.license", "MIT", "osai-card"),
                fact("weights.use_limits", "unknown", "osai"),
                fact("release.date", "2024-05-01", "osai", "epoch"),
                fact("release.stage", "released"),
            ],
        ),
        row(
            sources={"osai": {"title": "Index: Two", "date": "2024-07-01"}},
            facts=[fact("weights.license", "unknown", "osai")],
        ),
    )
    told = {each.source: each for each in found.sources}
    assert {name: each.releases for name, each in told.items()} == {"osai": 2, "epoch": 1, "": 1}
    assert (told["osai"].title, told["osai"].newest) == ("Index", "2024-07-01")
    assert told["osai"].fields == (
        Filled(field="release.date", conflicting=0, stated=1, unknown=0),
        Filled(field="weights.license", conflicting=0, stated=1, unknown=1),
        Filled(field="weights.use_limits", conflicting=0, stated=0, unknown=1),
    )
    assert told["osai"].groups == (
        Filled(field="release", conflicting=0, stated=1, unknown=0),
        Filled(field="weights", conflicting=0, stated=1, unknown=1),
    )
    assert [each.field for each in told[""].fields] == ["release.stage"]
    assert {each.field: each.stated for each in found.facts} == {
        "release.date": 1,
        "release.stage": 1,
        "weights.license": 1,
        "weights.use_limits": 0,
    }


def test_a_field_of_a_list_counts_once_for_a_release_however_long_the_list(summary: Callable[..., Summary]) -> None:
    facts = [
        {"pointer": "/access/0/kind", "name": "access[a].kind", "value": "unknown"},
        {"pointer": "/access/1/kind", "name": "access[b].kind", "value": "api"},
    ]
    assert summary(row(facts=facts)).facts == (Filled(field="access[].kind", conflicting=0, stated=1, unknown=0),)


def test_a_conflict_is_neither_stated_nor_unknown_and_all_sides_are_told(summary: Callable[..., Summary]) -> None:
    claims = [{"value": 8e9, "source": ["epoch"], "note": "B"}, {"value": "unknown"}]
    conflict = fact("weights.parameters_total", 7_000_000_000, "osai", note="A", conflicts=claims)
    found = summary(row(sources=TWO, conflicts=[conflict]), row())
    assert (found.conflict_count, found.conflicting_releases) == (1, 1)
    (told,) = found.conflicts
    assert (told.number, told.release, told.name) == (1, "acme/one", "weights.parameters_total")
    assert [each.value for each in told.claims] == ["7,000,000,000", "8,000,000,000", "unknown"]
    assert [(each.title, each.date) for each in told.claims[0].sources] == [("Index: One", "2024-06-01")]
    assert told.claims[2] == Claimed(value="unknown", sources=(), note="")
    assert found.facts == (Filled(field="weights.parameters_total", conflicting=1, stated=0, unknown=0),)
    assert {each.source: each.fields[0].conflicting for each in found.sources} == {"osai": 1, "epoch": 1, "": 1}


def test_a_source_that_says_why_it_does_not_know_is_told_by_what_it_says() -> None:
    note = "says that the weights are not released"
    told = Claimed(value="unknown", sources=(), note=note)
    assert (told.value, told.note, told.said, told.remark) == ("unknown", note, note, "")
    told = Claimed(value="weights", sources=(), note="the class is open")
    assert (told.said, told.remark) == ("weights", "the class is open")
    assert Claimed(value="unknown", sources=(), note="").said == "unknown"


def test_sources_of_one_id_that_are_not_the_same_are_counted_by_their_titles(summary: Callable[..., Summary]) -> None:
    titles = ["Card of one", "Card of two, 2024", "Card of two, 2025", "Paper: three", None]
    rows = [
        row(sources={"card": {"title": title} if title else {}, "osai": {"title": f"Index: {title}"}})
        for title in titles
    ]
    found = {each.source: each for each in summary(*rows).sources}
    assert (found["card"].different, found["card"].called) == (3, "3 different sources")
    assert (found["osai"].different, found["osai"].called) == (1, "Index")


def test_releases_that_could_be_looked_at_are_counted(summary: Callable[..., Summary]) -> None:
    found = summary(row(), row(verdict="error"), error("bad.toml", "bad.toml:1:1: it is bad"))
    assert (found.counts.found, found.reviewed) == (3, 2)


@pytest.mark.parametrize(
    ("level", "is_there"),
    [("applies", True), ("limited", True), ("unknown", False), ("does-not-apply", False), ("sideways", False)],
)
def test_a_property_is_had_at_every_level_that_is_known_but_the_last(level: str, *, is_there: bool) -> None:
    assert is_had(level, made.SCALE) is is_there
    assert is_had("only", ["only"])


def test_conflicts_and_sources_without_end_are_counted_and_not_all_kept(summary: Callable[..., Summary]) -> None:
    conflict = fact("weights.license", "MIT", conflicts=[{"value": "GPL"}])
    many = [row(conflicts=[conflict] * 10, sources={f"s{number}": {"title": "T"}}) for number in range(250)]
    found = summary(*many)
    assert (found.conflict_count, found.conflicting_releases) == (2_500, 250)
    assert len(found.conflicts) == MOST_CONFLICTS
    assert len(found.sources) == MOST_SOURCES


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (["Index: One"], "Index"),
        (["Index: One", "Index: Only, link"], "Index"),
        (["models.dev, alpha", "models.dev, amazon"], "models.dev"),
        (["A card", "A card"], "A card"),
        (["One", "Two"], ""),
        (["Card of one", "Card of two"], "Card of"),
    ],
)
def test_a_source_is_called_by_what_its_titles_have_in_common(
    summary: Callable[..., Summary], titles: list[str], shown: str
) -> None:
    found = summary(*(row(sources={"s": {"title": title}}) for title in titles))
    assert [each.title for each in found.sources] == [shown]


# Rules and errors -----------------------------------------------------------------------------------------------------


def test_rules_are_told_by_how_many_releases_do_not_meet_them_and_of_how_many_that_cannot_be_told(
    summary: Callable[..., Summary],
) -> None:
    found = summary(
        row(rules={"p/dated": "pass", "p/safe": "fail"}),
        row(rules={"p/dated": "waived", "p/safe": "unknown"}),
        row(rules={"p/dated": "error", "p/safe": "known", "x/new": "pass"}),
    )
    assert [(each.id, each.unmet, each.undecided) for each in found.rules] == [
        ("p/safe", 1, 1),
        ("p/dated", 0, 1),
        ("x/new", 0, 0),
    ]
    assert found.rules[0].summary == "A safeguard is `named`."
    assert found.rules[0].outcomes == {"fail": 1, "known": 1, "unknown": 1}


def test_every_release_without_a_verdict_says_why(summary: Callable[..., Summary]) -> None:
    broken = finding("p/dated", "error")
    found = summary(
        error("bad.toml", "bad.toml:1:1: it is bad", "bad.toml:2:1: still"),
        row(verdict="error", findings=[broken, finding("p/safe")]),
        row(verdict="error"),
    )
    assert [(each.number, each.messages) for each in found.errors] == [
        (1, ("bad.toml:1:1: it is bad", "bad.toml:2:1: still")),
        (2, ("p/dated: no `date` is stated",)),
        (3, ("no rule applied to it",)),
    ]
    assert (found.errors[0].release, found.errors[0].manifest) == (None, "bad.toml")


# What it was made with ------------------------------------------------------------------------------------------------


def test_an_audit_that_did_not_end_is_told_apart(summary: Callable[..., Summary], tmp_path: Path) -> None:
    assert not summary(row(), is_complete=False).audit.is_complete
    (tmp_path / "a.db").unlink()
    audit = summary(row()).audit
    assert audit.is_complete
    assert audit.policies == (("p", "1.0.0", "Properties"),)
    assert audit.corpus == (("osai", "registry"), ("", "folder"))


def test_a_ledger_without_rows_has_a_summary_of_nothing(summary: Callable[..., Summary]) -> None:
    found = summary()
    assert found.counts.found == 0
    assert not any((found.years, found.sources, found.errors, found.conflicts, found.vectors))


@pytest.mark.parametrize(
    "parts",
    [
        {"sources": {"osai": {"title": 7}}},
        {"sources": {"osai": {"date": ["2024"]}}},
        {
            "sources": {"osai": {"title": "T", "url": {}}},
            "conflicts": [fact("a.b", 1, "osai", conflicts=[{"value": 2}])],
        },
    ],
)
def test_a_row_of_another_shape_is_an_error_that_names_it(
    summary: Callable[..., Summary], parts: dict[str, Any]
) -> None:
    with pytest.raises(AuditError, match=r"row 2 of it is damaged"):
        summary(row(), row(**parts))


def test_a_ledger_that_does_not_say_what_it_was_made_with_is_an_error(tmp_path: Path) -> None:
    path = made.write(tmp_path / "a.db", [row()], setup={**made.META["setup"], "tool": "0.1.0"}, corpus=None)
    with pytest.raises(AuditError), open_to_read(path) as ledger:
        summarise(ledger)


# Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/release/date", "release.date"),
        ("/access/0/kind", "access[].kind"),
        ("/access/10/x/2", "access[].x[]"),
        ("/a~1b/c~0d", "a/b.c~d"),
        ("", ""),
    ],
)
def test_a_field_is_called_the_same_in_all_places_of_a_list(pointer: str, field: str) -> None:
    assert field_of(pointer) == field


@pytest.mark.parametrize(("date", "year"), [("2024-05-01", "2024"), ("2024", "2024"), (None, ""), ("20245", "")])
def test_a_date_has_a_year(date: str | None, year: str) -> None:
    assert year_of(date) == year


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (7e9, "7,000,000,000"),
        (2024, "2024"),
        (2.1e24, "2.1e+24"),
        (1.5, "1.5"),
        ("no", "no"),
        (None, "None"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value: Any, text: str) -> None:
    assert value_shown(value) == text
