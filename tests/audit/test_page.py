"""The page of an audit: well-formed, self-contained, true to the ledger, and closed to whatever a ledger holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html import unescape
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import page_ledgers as made
import pytest
import reports
from page_ledgers import PROPERTY, STEP, answer, channel, error, fact, finding, full, row

from release_review.audit.ledger import open_to_read
from release_review.audit.page import render
from release_review.audit.page.bars import bar, heat, of_levels, share
from release_review.audit.page.details import CHUNK
from release_review.audit.page.links import Link
from release_review.audit.page.shades import shade_of
from release_review.audit.summary import Group
from release_review.audit.summary.periods import MOST, periods
from release_review.errors import AuditError
from release_review.escape import html
from release_review.reporters.verdicts import CAVEAT

OWN = {name: (resources.files("release_review.audit.page") / f"page.{name}").read_text() for name in ("css", "js")}

ATTRIBUTES = frozenset(
    re.findall(
        r"\S+",
        "aria-hidden aria-label aria-labelledby autocomplete charset class content data-label for height hidden href "
        "http-equiv id lang name patternTransform patternUnits rel role scope spellcheck tabindex type value width x y",
    )
)
"""All attributes that a page has: none of them runs anything, and `href` alone leads anywhere."""


def page_of(folder: Path, *rows: dict[str, Any], most: int = 10_000, **how: Any) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    made.write(folder / "a.db", rows, **how)
    return shown(folder / "a.db", most=most)


def shown(path: Path, *, most: int = 10_000) -> str:
    with open_to_read(path) as ledger:
        return "".join(render(ledger, most=most))


def parse(page: str) -> Element:
    """Read a page as a browser does; any fault that a browser would mend is one."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    return root


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def section(root: Element, name: str) -> Element:
    (found,) = [each for each in root.iter("section") if each.get("aria-labelledby") == name]
    return found


def table(root: Element, label: str) -> list[list[str]]:
    """Give the texts of the cells of a table; what a picture says counts as one, after `:`."""
    (region,) = [each for each in root.iter("div") if each.get("aria-label") == label]
    return [[text_of(cell) for cell in line] for line in region.iter("tr")]


def data_of(root: Element) -> dict[str, Any]:
    (script,) = [each for each in root.iter("script") if each.get("id") == "data"]
    data: dict[str, Any] = json.loads(script.text or "")
    return data


def details_of(root: Element) -> list[dict[str, Any]]:
    """Unpack what the page tells of each release."""
    parts = [each.text or "" for each in root.iter("script") if (each.get("id") or "").startswith("part-")]
    return [release for part in parts for release in json.loads(zlib.decompress(base64.b64decode(part)))]


def check(page: str) -> Element:
    """Read a page, and see that it has nothing but our own elements, and that all that names a part finds it."""
    assert page.endswith("</html>\n")
    page.encode("utf-8")
    root = parse(page)
    ids = [element.attrib["id"] for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    for element in root.iter():
        assert isinstance(element.tag, str), "a comment"
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        for name in ("for", "aria-labelledby"):
            assert element.get(name, ids[0]) in ids
        if element.tag == "a":
            link = element.attrib["href"]
            assert link.startswith(("#?", "#release=", "https://", "http://")) or link[1:] in ids, link
            assert link.startswith("#") or element.get("rel") == "noopener noreferrer"
        if element.tag.endswith("svg") and element.get("role") == "img":
            assert text_of(element), "a picture without words"
        assert element.tag.rpartition("}")[2] not in {
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "image",
            "use",
        }
    scripts = list(root.iter("script"))
    assert [each.text for each in scripts if each.get("type") is None] == [OWN["js"]]
    assert {each.get("type") for each in scripts} <= {None, "application/json", "application/octet-stream"}
    assert [each.text for each in root.iter("style")] == [OWN["css"]]
    policy = next(each.attrib["content"] for each in root.iter("meta") if each.get("http-equiv"))
    for kind, text in (("style", OWN["css"]), ("script", OWN["js"])):
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    return root


# Whole pages ----------------------------------------------------------------------------------------------------------


def test_a_page_is_sound(tmp_path: Path) -> None:
    rows = [full(1), full(2, threats={}, conflicts=[]), row(verdict="pass"), error("bad.toml", "bad.toml:1:1: bad")]
    root = check(page_of(tmp_path, *rows))
    assert text_of(next(root.iter("title"))) == "Audit of 4 releases"
    assert text_of(root).count(CAVEAT) == 1


@pytest.mark.parametrize("rows", [[], [error("a", "b")], [row(assessments={})]], ids=["none", "errors", "no answers"])
def test_a_page_of_next_to_nothing_is_sound(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    check(page_of(tmp_path, *rows))


def test_our_own_files_ask_for_nothing_and_put_no_text_in_as_html() -> None:
    for text in OWN.values():
        assert not re.search(r"@import|https?:|fetch|XMLHttpRequest|innerHTML|outerHTML|insertAdjacent|eval", text)
        assert "</" not in text


def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = [full(number) for number in range(70)]
    assert page_of(tmp_path / "a", *rows) == page_of(tmp_path / "b", *rows)


def test_an_audit_that_did_not_end_says_so_first(tmp_path: Path) -> None:
    root = check(page_of(tmp_path, row(), is_complete=False))
    assert text_of(next(root.iter("title"))) == "Audit of 1 release (unfinished)"
    (note,) = [each for each in root.iter("p") if each.get("class") == "unfinished"]
    assert text_of(note).startswith("Unfinished. The audit did not come to its end")
    whole = check(page_of(tmp_path / "b", row()))
    assert not [each for each in whole.iter("p") if each.get("class") == "unfinished"]


def test_a_page_has_room_for_so_many_releases_and_counts_them_all(tmp_path: Path) -> None:
    page = page_of(tmp_path, *(row(f"acme/{number}") for number in range(1_200)), most=1_100)
    root = check(page)
    assert data_of(root)["count"] == 1_100
    assert len(details_of(root)) == 1_100
    assert "The list has the first 1,100 of 1,200 releases; everything above counts all of them." in text_of(root)
    assert text_of(next(root.iter("title"))) == "Audit of 1,200 releases"


# The summary ----------------------------------------------------------------------------------------------------------


def test_levels_are_shown_as_a_picture_with_words_and_as_numbers(tmp_path: Path) -> None:
    levels = ["applies", "applies", "limited", "unknown"]
    root = check(page_of(tmp_path, *(row(assessments={PROPERTY: answer(level)}) for level in levels)))
    words = "Open weights: applies 2, limited 1, unknown 1 of 4 releases"
    assert table(root, "Properties")[:2] == [
        ["Question", "Releases", "applies", "limited", "does-not-apply", "unknown"],
        ["Open weights", words, "2", "1", "0", "1"],
    ]


def test_the_matrix_has_every_year_and_the_same_numbers_as_a_table(tmp_path: Path) -> None:
    told = [("2023-01-01", "applies"), ("2024-01-01", "applies"), ("2024-02-01", "unknown"), (None, "limited")]
    rows = [row(date=date, assessments={PROPERTY: answer(level)}) for date, level in told]
    root = check(page_of(tmp_path, *rows))
    matrix = table(root, "Properties by year of release")
    assert matrix[0] == ["", "20231", "20242", "no date1"]
    assert matrix[1][2] == "Open weights, 2024: applies 1, unknown 1 of 2 releases1"
    numbers = table(root, "properties by year, all numbers")
    assert [line[1:] for line in numbers[:5]] == [
        ["Level", "2023", "2024", "no date"],
        ["applies", "1", "1", "0"],
        ["limited", "0", "0", "1"],
        ["does-not-apply", "0", "0", "0"],
        ["unknown", "0", "1", "0"],
    ]


def test_the_heat_map_has_steps_by_vector(tmp_path: Path) -> None:
    threats = {"a": "biosecurity", "b": "biosecurity", "c": "voice-cloning"}
    steps = {STEP: answer("none", a="full", b="partial", c="none")}
    root = check(page_of(tmp_path, row(threats=threats, assessments=steps), row()))
    shown_table = table(root, "Steps by misuse vector")
    assert shown_table[0] == ["", "biosecurity2 threats", "voice-cloning1 threat"]
    assert shown_table[1][0] == "Existing risk"
    assert shown_table[1][1].endswith("1 of 2")
    assert shown_table[1][2].endswith("0 of 1")
    assert "1 of 2 releases describe threats" in text_of(section(root, "steps"))


def test_where_nobody_describes_a_threat_the_page_says_that_and_shows_no_empty_picture(tmp_path: Path) -> None:
    root = check(page_of(tmp_path, row(assessments={STEP: answer("unknown")})))
    assert "None of the 1 releases describes a threat" in text_of(section(root, "steps"))
    assert not [each for each in root.iter("div") if each.get("aria-label") == "Steps by misuse vector"]


def test_coverage_is_shown_by_source_and_names_what_nobody_tells(tmp_path: Path) -> None:
    sources = {"osai": {"title": "Index: One"}}
    rows = [
        row(sources=sources, facts=[fact("weights.license", "MIT", "osai")]),
        row(sources=sources, facts=[fact("weights.license", "unknown", "osai")]),
    ]
    root = check(page_of(tmp_path, *rows))
    heads, weights = table(root, "Parts of the manifest by source")
    assert heads[1] == "Index2 releases"
    assert weights[1].endswith("1 50 %1 unknown")
    silent = text_of(section(root, "sources"))
    assert "Not one source of this audit states anything in release, access, monitoring" in silent
    assert "weights, " not in silent.partition("states anything in")[2]


def test_a_conflict_shows_both_sources_with_their_dates(tmp_path: Path) -> None:
    told = section(check(page_of(tmp_path, full())), "conflicts")
    claims = [[text_of(part) for part in claim] for claim in told.iter("div")]
    assert claims == [
        ["7,000,000,000", "Index: One, 2024-06-01first"],
        ["8,000,000,000", "Epoch, 2024-07-01second"],
    ]
    (link,) = [each.attrib["href"] for each in told.iter("a") if each.attrib["href"].startswith("http")]
    assert link == "https://example.org/one"


def test_a_source_that_says_why_it_does_not_know_is_shown_by_its_words(tmp_path: Path) -> None:
    note = "says that the weights are not released"
    claims = [{"value": "unknown", "source": ["epoch"], "note": note}]
    conflict = fact("access[hub].kind", "weights", "osai", conflicts=claims)
    root = check(page_of(tmp_path, full(conflicts=[conflict])))
    told = [text_of(each) for each in section(root, "conflicts").iter("dt")]
    assert told == ["weights", note]
    assert text_of(section(root, "conflicts")).count(note) == 1
    assert details_of(root)[0]["conflicts"][0][1] == [["weights", ["osai"], ""], [note, ["epoch"], ""]]


def test_not_met_and_undecided_are_told_apart_and_each_leads_to_its_releases(tmp_path: Path) -> None:
    rows = [row(rules={"p/dated": word}) for word in ("fail", "fail", "unknown", "error", "pass")]
    root = check(page_of(tmp_path, *rows))
    (_, line) = table(root, "Rules")
    assert line[-2:] == ["2", "2"]
    assert "not met 2, cannot be told 2, met 1 of 5 releases" in line[2]
    links = [each.attrib["href"] for each in section(root, "rules").iter("a")]
    assert links == ["#?rule=p%2Fdated", "#?rule=p%2Fdated&outcome=unmet", "#?rule=p%2Fdated&outcome=undecided"]
    columns = data_of(root)["columns"]
    assert [columns["unmet"]["values"][each] for each in columns["unmet"]["rows"]] == [[0], [0], [], [], []]
    assert [columns["undecided"]["values"][each] for each in columns["undecided"]["rows"]] == [[], [], [0], [0], []]


def test_the_page_says_what_a_verdict_means_in_an_audit(tmp_path: Path) -> None:
    assert "it is no praise" in text_of(check(page_of(tmp_path, row())))


def test_different_sources_of_one_id_are_not_shown_as_one(tmp_path: Path) -> None:
    rows = [row(sources={"card": {"title": title}}) for title in ("Card of one", "Paper on two")]
    assert table(check(page_of(tmp_path, *rows)), "Parts of the manifest by source")[0] == [
        "",
        "card2 different sources2 releases",
    ]


def test_from_when_on_is_told_only_of_a_property_that_a_release_has(tmp_path: Path) -> None:
    levels = ("applies", "limited", "unknown", "does-not-apply", "sideways")
    told = details_of(check(page_of(tmp_path, *(row(assessments={PROPERTY: answer(level)}) for level in levels))))
    assert [each["answers"][0][3] for each in told] == ["2024-05-01", "2024-05-01", None, None, None]


def test_every_error_is_named_with_its_reason(tmp_path: Path) -> None:
    rows = [error("bad.toml", "bad.toml:1:1: it is bad"), row(verdict="error", findings=[finding("p/dated", "error")])]
    told = text_of(section(check(page_of(tmp_path, *rows)), "errors"))
    assert "bad.toml" in told
    assert "it is bad" in told
    assert "p/dated: no date is stated" in told.replace("`", "")


def test_a_number_leads_to_the_releases_that_it_counts(tmp_path: Path) -> None:
    root = check(page_of(tmp_path, full()))
    links = {each.attrib["href"] for each in root.iter("a")}
    for wanted in (
        "#?verdict=blocked",
        "#?question=p%2Fopen&level=applies",
        "#?question=p%2Fopen&level=applies&year=2024",
        "#?rule=p%2Fdated",
        "#?developer=acme",
        "#?family=permissive",
        "#?vector=spear-phishing",
        "#?conflicts=yes",
        "#release=acme/full-1",
    ):
        assert wanted in links


def test_a_table_that_is_cut_says_how_much_is_left_out(tmp_path: Path) -> None:
    facts = [fact(f"weights.field-{number}", "yes", "osai") for number in range(203)]
    rules = {f"x/rule-{number}": "fail" for number in range(207)}
    root = check(page_of(tmp_path, row(facts=facts, rules=rules, sources={"osai": {"title": "Index"}})))
    assert "and 3 more fields; the ledger has them all" in text_of(section(root, "sources"))
    assert "and 7 more rules; the filters of the list have them" in text_of(section(root, "rules"))


# The list -------------------------------------------------------------------------------------------------------------


def test_the_table_is_kept_in_columns_and_tells_each_text_once(tmp_path: Path) -> None:
    data = data_of(check(page_of(tmp_path, full(1), full(2), error("bad.toml", "bad"), row(license=None))))
    assert data["names"] == ["acme/full-1", "acme/full-2", "", "acme/one"]
    assert data["manifests"] == {"2": "bad.toml"}
    assert data["columns"]["license"] == {"values": ["MIT", ""], "rows": [0, 0, 1, 1]}
    assert data["columns"]["sources"]["values"] == [["epoch", "osai"], []]
    assert data["blocking"] == [1, 1, 0, 0]
    assert data["conflicts"] == {"0": 1, "1": 1}
    assert [data["verdicts"][int(digit)] for digit in data["verdict"]] == ["blocked", "blocked", "error", "blocked"]
    question = data["questions"][0]
    levels = [None if each == "-" else question["scale"][ord(each) - ord("0")] for each in question["levels"]]
    assert levels == ["applies", "applies", None, "unknown"]


def test_releases_of_one_name_are_told_apart_by_their_files_or_their_numbers(tmp_path: Path) -> None:
    files = ["a/osai/one.yaml", "a/epoch/x.csv:12", "a/epoch/x.csv:13"]
    rows = [*(row(manifest=file) for file in files), row("acme/two"), *(row("acme/three") for _ in range(2))]
    assert data_of(check(page_of(tmp_path, *rows)))["apart"] == {
        "0": "osai/one.yaml",
        "1": "epoch/x.csv:12",
        "2": "epoch/x.csv:13",
        "4": "three.toml, number 5",
        "5": "three.toml, number 6",
    }


def test_releases_whose_weights_are_in_dispute_are_marked(tmp_path: Path) -> None:
    def kind(value: str) -> dict[str, Any]:
        told = fact("access[hub].kind", value, conflicts=[{"value": "unknown"}])
        return {**told, "pointer": "/access/0/kind"}

    weights = fact("components.model_parameters_final", "yes", conflicts=[{"value": "no"}])
    rows = [row(), full(), row(conflicts=[weights]), row(conflicts=[kind("weights")]), row(conflicts=[kind("api")])]
    assert data_of(check(page_of(tmp_path, *rows)))["disputed"] == [2, 3]


def test_questions_that_only_some_rows_answer_keep_their_places(tmp_path: Path) -> None:
    rows = [row(), row(assessments={"x/new": answer("odd")}), row(assessments={"y/new": answer("even")})]
    data = data_of(check(page_of(tmp_path, *rows)))
    levels = {each["id"]: each["levels"] for each in data["questions"]}
    assert levels["p/open"] == "1--"
    assert levels["x/new"] == "-0-"
    assert levels["y/new"] == "--0"


def test_levels_without_end_are_told_apart(tmp_path: Path) -> None:
    rows = [row(assessments={PROPERTY: answer(f"level-{number}")}) for number in range(100)]
    data = data_of(check(page_of(tmp_path, *rows)))
    question = data["questions"][0]
    assert [question["scale"][ord(each) - ord("0")] for each in question["levels"]] == [
        f"level-{number}" for number in range(100)
    ]


def test_each_release_has_its_report_in_the_chunk_of_its_place(tmp_path: Path) -> None:
    told = details_of(check(page_of(tmp_path, *(full(number) for number in range(CHUNK + 1)))))
    assert [each["title"] for each in told] == [f"acme/full-{number}" for number in range(CHUNK + 1)]
    release = told[-1]
    assert release["answers"][0] == [
        0,
        "applies",
        "it is applies",
        "2024-05-01",
        "hub",
        [["hub", "applies", "hub is applies"], ["api", "limited", "api is limited"]],
        0,
    ]
    assert release["channels"] == [["hub", "weights", "public", "none", "third-party", "yes", "no", "2024-05-01", ""]]
    assert release["facts"] == [["release.date", "2024-05-01", ["osai", "osai-card"], "as the card says"]]
    assert release["sources"]["osai"] == ["Index: One", "2024-06-01", "https://example.org/one", ""]
    assert release["sources"]["epoch"] == ["Epoch", "2024-07-01", "", "javascript:alert(1)"]
    assert release["conflicts"][0][1] == [["7,000,000,000", ["osai"], "first"], ["8,000,000,000", ["epoch"], "second"]]
    assert release["notes"] == ["an importer's note"]
    assert [each[0] for each in release["findings"]] == [0, 1]


def test_an_error_has_a_report_too(tmp_path: Path) -> None:
    (told,) = details_of(check(page_of(tmp_path, error("bad.toml", "bad.toml:1:1: bad"))))
    assert told == {"title": "bad.toml", "manifest": "bad.toml", "verdict": "error", "errors": ["bad.toml:1:1: bad"]}


# Hostile text ---------------------------------------------------------------------------------------------------------


def read_back(text: str) -> str:
    """Give what every report in HTML shows of a text."""
    return unescape(html(text))


@pytest.mark.no_cover
def test_a_hostile_ledger_is_a_page_like_any_other(tmp_path: Path) -> None:
    short = [text for name, text in reports.HOSTILES.items() if name not in {"surrogates", "huge"}]
    together = "".join(short)  # the definitions and the setup have them all
    page = shown(made.hostile(tmp_path / "a.db", together, reports.HOSTILES["huge"][:5_000], *short))
    root = check(page)
    assert not set(page) & set("\x1b\r\x85\u2028\u202e")
    assert len(page) < 1_000_000
    data, told = data_of(root), details_of(root)
    assert read_back(f"{together}A release has a date.") in [rule["summary"] for rule in data["rules"]]
    # Each text has three rows: of a release, of a manifest that names its release, and of one that does not.
    for place, text in enumerate(short, start=2):
        assert data["names"][3 * place] == read_back(f"{text}acme/full-1")
        assert told[3 * place]["notes"] == [read_back(f"{text}an importer's note")]
        assert told[3 * place + 1]["errors"] == [read_back(text)]
        assert told[3 * place + 2]["errors"] == [read_back(text)]


def test_a_ledger_with_half_a_character_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="damaged"):
        shown(made.hostile(tmp_path / "a.db", reports.HOSTILES["surrogates"]))


@pytest.mark.parametrize("parts", [{"sources": {"osai": {"title": 7}}}])
def test_a_damaged_ledger_is_an_error_and_no_page(parts: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="damaged"):
        page_of(tmp_path, row(**parts))


# Bars, shares, years --------------------------------------------------------------------------------------------------


def test_a_bar_is_as_long_as_its_parts_together() -> None:
    whole = bar([("a", "0", 1), ("b", "1", 2), ("c", "2", 0)], of="things")
    assert [(part.start, part.width, part.above) for part in whole.parts] == [
        ("0%", "33.333%", "66.667%"),
        ("33.333%", "66.667%", "0%"),
        ("100%", "0%", "0%"),
    ]
    assert whole.text == "a 1, b 2 of 3 things"
    assert [part.word for part in whole.drawn] == ["a", "b"]
    assert bar([("a", "0", 0)]).text == "none of 0"


def test_what_is_unknown_is_drawn_last_and_hatched() -> None:
    drawn = of_levels({"applies": 1, "unknown": 2, "limited": 3}, made.SCALE).parts
    assert [(part.word, part.shade) for part in drawn] == [
        ("applies", "0"),
        ("limited", "2"),
        ("does-not-apply", "3"),
        ("unknown", "unknown"),
    ]
    assert shade_of("only", ["only"]) == "0"


def test_a_share_never_says_all_or_nothing_where_it_is_not() -> None:
    assert [share(*each) for each in [(0, 900), (1, 900), (450, 900), (899, 900), (900, 900), (0, 0)]] == [
        "0 %",
        "1 %",
        "50 %",
        "99 %",
        "100 %",
        "-",
    ]


def test_a_heat_is_nothing_or_all_only_where_it_is() -> None:
    assert [heat(*each) for each in [(0, 900), (1, 900), (450, 900), (899, 900), (900, 900), (0, 0)]] == [
        0,
        1,
        3,
        4,
        5,
        0,
    ]


def test_early_years_are_put_together_and_none_is_lost() -> None:
    years = [Group(name=str(1990 + number), passed=1, blocked=0, errors=0) for number in range(MOST + 1)]
    columns = periods([*years, Group(name="", passed=2, blocked=0, errors=0)])
    assert len(columns) == MOST + 1
    assert (columns[0].title, columns[0].years, columns[0].count) == ("until 1991", ("1990", "1991"), 2)
    assert (columns[-1].title, columns[-1].count) == ("no date", 2)
    assert sum(each.count for each in columns) == MOST + 3
    assert [each.title for each in periods(years[:MOST])] == [each.name for each in years[:MOST]]


def test_a_link_holds_any_name() -> None:
    assert Link.to(developer="a&b=c #d").href == "#?developer=a%26b%3Dc+%23d"


# Colours --------------------------------------------------------------------------------------------------------------

INKS = [
    *((ink, back) for ink in ("ink", "soft", "link") for back in ("page", "card")),
    *(("ink", f"heat-{step}") for step in range(6)),
    *(("soft", f"heat-{step}") for step in range(3)),
    *((f"shade-{step}-ink", f"shade-{step}") for step in range(4)),
    *((tone, back) for tone in ("red", "green", "violet") for back in ("page", "card")),
    *((tone, f"{tone}-back") for tone in ("red", "amber", "blue")),
    ("ink", "code"),
]
NEIGHBOURS = [("shade-0", "bar-2"), ("bar-pass", "bar-blocked"), ("bar-line", "page"), ("hatch-line", "hatch-back")]


def luminance(color: str) -> float:
    """Give the relative luminance of a colour, as WCAG 2.2 defines it."""
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def themes() -> list[dict[str, str]]:
    """Give the colours of the light and of the dark page, by name."""
    light, dark = re.findall(r":root \{(.*?)\}", OWN["css"], re.DOTALL)[:2]
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in (light, dark)]
    assert found[0].keys() == found[1].keys()
    return found


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_text_can_be_read_on_its_ground_and_parts_of_a_picture_are_told_apart(theme: dict[str, str]) -> None:
    for ink, back in INKS:
        assert contrast(theme[ink], theme[back]) >= 4.5, (ink, back)
    for one, other in NEIGHBOURS:
        assert contrast(theme[one], theme[other]) >= 3, (one, other)


def test_ways_to_reach_models_are_counted(tmp_path: Path) -> None:
    rows = [row(channels=[channel()]), row(channels=[channel(kind="api", audience="vetted")])]
    assert table(check(page_of(tmp_path, *rows)), "Channels") == [
        ["Kind", "vetted", "public"],
        ["api", "1", "-"],
        ["weights", "-", "1"],
    ]
