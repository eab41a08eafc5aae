"""The report as a page: well-formed, self-contained, readable, and closed to whatever a file puts into it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from importlib import resources
from xml.etree.ElementTree import Element

import html5lib
import pytest
import reports

from release_review.escape import html, plain
from release_review.hooks import Style, Unreviewed
from release_review.model import Finding, Outcome, Reference, Report, Span
from release_review.reporters.html import render
from release_review.reporters.html.view import FINDINGS, FINDINGS_OF_A_RULE, RELEASES
from release_review.reporters.verdicts import CAVEAT, unreviewed_line, verdict_line

KINDS: dict[str, list[Report | Unreviewed]] = {
    "blocked": [reports.blocked()],
    "broken": [reports.broken()],
    "lifted": [reports.lifted()],
    "none": [],
    "pass": [reports.passed()],
    "several": reports.several(),
    "unreviewed": [reports.UNREVIEWED],
}

OWN = {
    name: (resources.files("release_review.reporters.html") / f"report.{name}").read_text() for name in ("css", "js")
}

ATTRIBUTES = frozenset(
    re.findall(
        r"\S+",
        "aria-label aria-labelledby autocomplete charset checked class content data-outcome data-policy data-severity "
        "data-state for hidden href http-equiv id lang name rel role scope spellcheck tabindex type value",
    )
)
"""All attributes that a page has: none of them runs anything, and `href` alone leads anywhere."""


def shown(entries: list[Report | Unreviewed]) -> str:
    return render(entries, Style())


def parse(page: str) -> Element:
    """Read a page as a browser does; any fault that a browser would mend is one."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(page)
    return root


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def with_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


# Whole pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["blocked", "lifted", "several", "unreviewed"])
def test_whole_pages(name: str, golden: Callable[[str, str], None]) -> None:
    page = shown(KINDS[name])
    for kind, text in OWN.items():
        assert text in page
        page = page.replace(text, f"\n(report.{kind})\n")
    golden(f"reporters/{name}.html", re.sub(r"'sha256-[^']+'", "'sha256-...'", page))


@pytest.mark.parametrize("entries", KINDS.values(), ids=KINDS)
def test_a_page_is_sound(entries: list[Report | Unreviewed]) -> None:
    check(shown(entries))


def check(page: str) -> Element:
    """Read a page, and see that it has nothing but our own elements, and that all that names a part finds it."""
    assert page.endswith("</html>\n")
    page.encode("utf-8")
    root = parse(page)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    for element in root.iter():
        if not isinstance(element.tag, str):
            raise AssertionError("a comment")  # noqa: TRY004 - a page has none
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        for name in ("for", "aria-labelledby"):
            assert element.get(name, ids[0]) in ids
        if element.tag == "a":
            link = element.attrib["href"]
            assert link.lower().startswith(("#", "https://", "http://"))
            assert not link.startswith("#") or link[1:] in ids
            assert link.startswith("#") or element.get("rel") == "noopener noreferrer"
        else:
            assert "href" not in element.attrib
    tags = {element.tag for element in root.iter()}
    assert not tags & {"applet", "base", "embed", "frame", "iframe", "img", "link", "object", "svg", "video"}
    for tag, kind in (("style", "css"), ("script", "js")):
        assert [element.text for element in root.iter(tag)] == [OWN[kind]]
    return root


def test_a_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    root = parse(shown([reports.blocked()]))
    (policy,) = (element for element in root.iter("meta") if element.get("http-equiv"))
    css, script = (base64.b64encode(hashlib.sha256(OWN[kind].encode()).digest()).decode() for kind in ("css", "js"))
    assert policy.get("content") == (
        f"default-src 'none'; style-src 'sha256-{css}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_nothing_of_ours_names_an_address() -> None:
    for text in OWN.values():
        assert not re.search(r"url\(|@import|https?:|fetch|XMLHttpRequest|innerHTML|eval", text)


@pytest.mark.parametrize("entries", KINDS.values(), ids=KINDS)
def test_the_same_report_gives_the_same_bytes(entries: list[Report | Unreviewed]) -> None:
    assert shown(entries) == shown(entries)


# What a page says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("report", [reports.blocked(), reports.broken(), reports.lifted(), reports.passed()])
def test_the_verdict_is_in_the_title_and_in_the_banner(report: Report) -> None:
    root = parse(shown([report]))
    (title,) = root.iter("title")
    assert text_of(title) == f"acme/one: {verdict_line(report)}"
    assert [text_of(found) for found in with_class(root, "verdict")] == [report.verdict.value]
    told = ", ".join(text_of(item) for (listed,) in [with_class(root, "tally")] for item in listed.iter("li"))
    assert verdict_line(report) == f"{report.verdict.value} ({told})"


def test_the_overview_has_every_manifest_and_the_verdict_of_all() -> None:
    root = parse(shown(reports.several()))
    (title,) = root.iter("title")
    assert text_of(title) == "error (4 manifests: 1 blocked, 2 error, 1 pass)"
    (table,) = with_class(root, "overview")
    rows = [[text_of(cell) for cell in row] for row in list(table.iter("tr"))[1:]]
    assert rows[1] == ["other.toml", unreviewed_line(reports.UNREVIEWED), "other.toml"]
    assert len(rows) == 4
    assert len(with_class(root, "release")) == 4


def test_the_caveat_stands_once_and_only_where_something_was_reviewed() -> None:
    assert shown(reports.several()).count(CAVEAT) == 1
    assert shown([reports.blocked()]).count(CAVEAT) == 1
    assert CAVEAT not in shown([reports.UNREVIEWED])


def test_a_finding_leads_to_the_reasons_of_its_rule_and_back() -> None:
    root = check(shown([reports.blocked()]))
    rules, reasons = with_class(root, "rule"), with_class(root, "reasons")
    places = {element.get("id"): element for element in [*rules, *reasons]}
    assert len(rules) == 9
    for rule in rules:
        target = next(link.attrib["href"] for link in rule.iter("a") if link.attrib["href"].startswith("#"))
        back = [link.attrib["href"][1:] for link in places[target[1:]].iter("a")]
        assert rule.get("id") in back


def test_what_is_lifted_says_by_whom_and_until_when() -> None:
    page = parse(shown([reports.blocked()]))
    waived = " ".join(text_of(element) for element in with_class(page, "group-waived"))
    for words in ("W-1", "2026-01-31", "release team", "release board", "ACME-7", "scheduled-fix", "is being hired"):
        assert words in waived
    known = " ".join(text_of(element) for element in with_class(page, "group-known"))
    for words in ("adoption team", "2026-03-31", "baseline.toml", "never justified"):
        assert words in known


def test_a_pass_says_what_is_lifted() -> None:
    assert "Apart from what a waiver or the baseline lifts, no requirement" in shown([reports.lifted()])
    assert "No requirement of severity error is unmet or undecided." in shown([reports.passed()])


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://arxiv.org/abs/2403.07918", True),
        ("http://example.org/a?b=c&d=e#f", True),
        ("HTTPS://example.org", True),
        ("javascript:alert(1)", False),
        (" https://example.org", False),
        ("https://example.org/\n", False),
        ('https://example.org/"onclick="x', False),
        ("https://example.org/<script>", False),
        ("https://ex\u0430mple.org", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("", False),
    ],
)
def test_a_link_leads_to_the_web_or_is_none(url: str, is_link: bool) -> None:  # noqa: FBT001
    rule = reports.result("steps/one", Outcome.FAIL, references=(Reference(title="A paper", url=url),))
    root = check(shown([reports.blocked(results=(rule,))]))
    outside = [link.attrib["href"] for link in root.iter("a") if not link.attrib["href"].startswith("#")]
    assert outside == ([url] if is_link else [])
    assert "A paper" in text_of(root)


# Hostile text ---------------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
@pytest.mark.parametrize("name", reports.HOSTILES)
def test_a_hostile_report_is_a_page_like_any_other(name: str) -> None:
    text = reports.HOSTILES[name]
    page = shown(reports.hostile(text))
    root = check(page)
    assert not set(page) & set("\x1b\r\x85\u2028\u202e")
    assert not [line for line in page.splitlines() if line.lstrip().startswith(("::", "##["))]
    if name != "huge":
        errors = [element for element in root.iter("ul") if element.get("class") == "errors"]
        assert " ".join(read_back(text).replace("`", "").split()) == text_of(errors[0][0]).replace("`", "")


def read_back(text: str) -> str:
    """Give what a page shows of a text: what every report shows, but code points that are no characters."""
    return "".join(rf"\u{{{ord(each):x}}}" if is_no_character(ord(each)) else each for each in plain(text))


def is_no_character(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def test_all_code_points_come_back_as_they_are() -> None:
    for start in range(0, 0x110000, 0x1000):
        text = "".join(map(chr, range(start, start + 0x1000)))
        escaped = html(text)
        assert not set(escaped) & set("<>\"'\n\r\x00")
        assert unescape(escaped) == read_back(text)


def test_a_browser_reads_what_was_written() -> None:
    text = "".join(map(chr, range(0x3000)))
    root = parse(f'<!DOCTYPE html><title>{html(text)}</title><p lang="{html(text)}">{html(text)}')
    (paragraph,) = root.iter("p")
    (title,) = root.iter("title")
    assert paragraph.text == paragraph.get("lang") == title.text == read_back(text)


# Room -----------------------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_a_flood_of_findings_is_cut_and_counted() -> None:
    root = check(shown([reports.many(5_000)]))
    assert len(with_class(root, "finding")) == FINDINGS_OF_A_RULE
    assert "and 4900 more findings of this rule; the report in JSON has all of them" in text_of(root)


@pytest.mark.no_cover
def test_there_is_an_end_to_the_findings_of_all_manifests() -> None:
    root = check(shown([reports.many(FINDINGS_OF_A_RULE)] * 30))
    assert len(with_class(root, "finding")) == FINDINGS
    assert text_of(root).count("and 100 more findings of this rule") == 30 - FINDINGS // FINDINGS_OF_A_RULE


def test_there_is_an_end_to_the_manifests() -> None:
    page = shown([reports.passed()] * (RELEASES + 7))
    root = check(page)
    assert len(with_class(root, "release")) == RELEASES
    assert "7 more manifests are not shown here; the report in JSON has all of them" in page


def test_a_long_text_does_not_make_a_long_page() -> None:
    assert len(shown(reports.hostile(reports.HOSTILES["huge"]))) < 400_000


# Colours --------------------------------------------------------------------------------------------------------------

PAIRS = [
    *((ink, back) for ink in ("ink", "soft", "link") for back in ("page", "card")),
    *((ink, "code") for ink in ("ink", "soft")),
    *(
        (tone, back)
        for tone in ("red", "amber", "blue", "green", "violet")
        for back in ("page", "card", f"{tone}-back")
    ),
    *((ink, f"{tone}-back") for ink in ("ink", "soft") for tone in ("red", "green", "violet")),
    *((f"shade-{number}-ink", f"shade-{number}") for number in range(4)),
    ("ink", "mark"),
]


def themes() -> list[dict[str, str]]:
    """Give the colours of the light and of the dark page, by name."""
    light, dark = re.findall(r":root \{(.*?)\}", OWN["css"], re.DOTALL)[:2]
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in (light, dark)]


def luminance(color: str) -> float:
    """Give the relative luminance of a colour, as WCAG 2.2 defines it."""
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(theme: dict[str, str]) -> None:
    for ink, back in PAIRS:
        darker, lighter = sorted((luminance(theme[ink]), luminance(theme[back])))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (ink, back)
    for line in ("strong-line", "focus"):
        darker, lighter = sorted((luminance(theme[line]), luminance(theme["page"])))
        assert (lighter + 0.05) / (darker + 0.05) >= 3, line


# The edges of what is shown -------------------------------------------------------------------------------------------


def test_a_long_line_is_cut_around_what_it_is_about() -> None:
    line = '{"a": "' + "x" * 5_000 + '", "id": "acme/one", "b": "' + "y" * 5_000 + '"}'
    start = line.index('"id"') + 1
    span = Span(line=1, column=start, end_line=1, end_column=start + 16)
    source = reports.document(text=line, places={"/release/id": span})
    finding = Finding(message="no", pointer="/release/id")
    failed = reports.result("steps/one", Outcome.FAIL, finding)
    root = parse(shown([reports.blocked(manifest=reports.manifest(source=source), results=(failed,))]))
    (quoted,) = root.iter("pre")
    (marked,) = root.iter("mark")
    assert text_of(marked) == '"id": "acme/one"'
    assert text_of(quoted).startswith("1...xxx")
    assert text_of(quoted).endswith("yyy...")
    assert len(text_of(quoted)) < 300


def test_a_table_of_many_items_and_questions_is_cut_and_counted() -> None:
    items = [reports.item(f"channel-{number}", "applies", "/access/0") for number in range(260)]
    answers = tuple(reports.assessment(f"steps/q{number}", f"Q{number}", "applies", *items) for number in range(25))
    root = check(shown([reports.blocked(assessments=answers)]))
    (table,) = with_class(root, "levels")
    assert len(list(table.iter("tr"))) == 1 + 200 + 1
    assert text_of(next(iter(table.iter("tr")))).endswith("Q195 more")
    assert "and 60 more rows; the report in JSON has all of them" in text_of(root)


def test_a_ticket_with_an_address_is_a_link() -> None:
    waiver = replace(reports.WAIVER, ticket="https://tickets.example.org/7")
    waived = reports.result("steps/one", Outcome.FAIL, Finding(message="no", pointer="/release/id", waiver=waiver))
    root = check(shown([reports.blocked(results=(waived,))]))
    assert waiver.ticket in [link.get("href") for link in root.iter("a")]


def test_what_was_left_out_or_changed_on_request_is_noted() -> None:
    settings = replace(reports.CONFIGURATION, trusted=False)
    page = shown([reports.blocked(waivers_ignored=True, configuration=settings)])
    for words in (
        "waivers are ignored on request",
        "plugin other was left out on request",
        "access/monitoring is changed by policy acme: use is watched by another team",
        "access/review-date counts as warning: warns until it takes effect on 2027-01-01",
        "from the folder that is reviewed",
        f"sha256:{'1' * 64}",
    ):
        assert words in page


def test_facts_that_decide_it_are_told_where_the_message_does_not() -> None:
    root = parse(shown([reports.blocked()]))
    told = [text_of(element) for element in with_class(root, "facts")]
    assert told == ["Would decide it: threat[phish].existing_risk.examples"]
