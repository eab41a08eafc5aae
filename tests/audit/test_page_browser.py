"""The page of an audit in a real browser: search, filters, order, one release, its address, paper, and no request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_ledgers as made
import pytest
import reports
from chromium import Browser, chromium, running
from page_ledgers import OTHER_PROPERTY, PROPERTY, STEP, answer, error, fact, full, row

from release_review.audit.ledger import open_to_read
from release_review.audit.page import render

PROGRAM = chromium()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.no_cover,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed; `make browser` installs it where it can"),
]

DOWN, ENTER, ESCAPE = 40, 13, 27
NARROW, WIDE = 375, 1_280
COUNT = 500

ELEMENTS = frozenset(
    re.findall(
        r"\S+",
        "a article b button code dd defs details dialog div dl dt footer form h1 h2 h3 h4 header input label li main "
        "nav noscript ol option p pattern rect script section select span strong summary svg table tbody td th thead "
        "time title tr ul",
    )
)
"""All elements that a page has."""

AS_OPENED = """
new Promise((done) => {
  const dialog = document.getElementById("release");
  if (dialog.open) dialog.close();
  document.getElementById("f-reset").click();
  document.getElementById("window").scrollTop = 0;
  document.activeElement.blur();
  history.replaceState(null, "", location.pathname);
  setTimeout(done, 0);
})
"""
"""Puts a page back into the state in which it is opened, which takes a tenth of the time."""

LEVELS = ("applies", "limited", "unknown", "does-not-apply")


def corpus() -> list[dict[str, Any]]:
    """Give 500 releases: 400 of twenty developers, some in all years, and some that stand out."""
    rows = [
        row(
            f"dev-{number % 20}/model-{number}",
            date=None if number % 10 == 9 else f"{2015 + number % 10}-03-01",
            verdict="pass" if number % 4 == 0 else "blocked",
            license="MIT" if number % 2 else "Apache-2.0",
            license_family="permissive" if number % 3 else "unknown",
            assessments={
                PROPERTY: answer(LEVELS[number % 4], hub=LEVELS[number % 4]),
                OTHER_PROPERTY: answer("applies"),
                STEP: answer("unknown"),
            },
            sources={"osai" if number % 5 else "epoch": {"title": "Index"}},
            rules={"p/dated": "fail" if number % 10 == 9 else "pass"},
        )
        for number in range(COUNT - 4)
    ]
    weights = fact("components.model_parameters_final", "yes", conflicts=[{"value": "no"}])
    twin = row("dev-0/model-0", manifest="elsewhere/model-0.toml", conflicts=[weights])
    return [*rows, full(1), full(2), error("broken.toml", "broken.toml:1:1: it is bad"), twin]


@pytest.fixture(scope="module")
def running_browser() -> Iterator[Browser]:
    with running(PROGRAM or "") as browser:
        yield browser


@pytest.fixture
def browser(running_browser: Browser) -> Browser:
    running_browser.media(prefers_color_scheme="light")
    running_browser.scripts(allowed=True)
    running_browser.resize(WIDE)
    return running_browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    return write(made.write(folder / "a.db", corpus()))


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Browser]:
    """Give the browser with the page as it was opened; nothing may be asked for, and nothing go wrong."""
    is_there = (
        "location.pathname === decodeURI(new URL({}).pathname) && document.getElementById('list')?.hidden === false"
    )
    if browser.ask(is_there.format(json.dumps(file.as_uri()))):
        browser.ask(AS_OPENED)
    else:
        browser.open(file)
    yield browser
    assert browser.complaints == []
    assert {address.partition("#")[0] for address in browser.requests} == {file.as_uri()}


def write(ledger: Path) -> Path:
    target = ledger.with_suffix(".html")
    with open_to_read(ledger) as opened:
        target.write_bytes("".join(render(opened)).encode())
    return target


def quiet(browser: Browser, file: Path) -> None:
    """See that a page asked for nothing but itself, and that neither it nor the browser has complained."""
    browser.ask("new Promise(done => setTimeout(done, 50))")
    assert {address.partition("#")[0] for address in browser.requests} == {file.as_uri()}
    assert browser.complaints == []


def status(page: Browser) -> str:
    return str(page.ask("document.getElementById('status').textContent"))


def first(page: Browser) -> str:
    return str(page.ask("document.querySelector('#rows a').textContent"))


def choose(page: Browser, **wanted: str) -> None:
    """Choose words of filters, as whoever uses them does."""
    for name, value in wanted.items():
        page.ask(
            f"""(() => {{
            const control = document.getElementById("f-{name}");
            control.value = {json.dumps(value)};
            control.dispatchEvent(new Event("input", {{ bubbles: true }}));
            }})()"""
        )


def until(page: Browser, condition: str) -> None:
    """Wait for what the page does in its own time."""
    page.ask(
        f"""new Promise((done, failed) => {{
        const end = performance.now() + 20000;
        const late = new Error("not in time");
        const look = () => {{
          if ({condition}) done();
          else if (performance.now() > end) failed(late);
          else setTimeout(look, 5);
        }};
        look();
        }})"""
    )


def opened(page: Browser) -> str:
    """Wait until the report of a release is there, and give its words."""
    until(page, "document.getElementById('sheet').dataset.shown !== undefined")
    return " ".join(str(page.ask("document.getElementById('sheet').textContent")).split())


def closed(page: Browser) -> None:
    """Wait until the report of a release is gone."""
    until(page, "document.getElementById('sheet').dataset.shown === undefined")


def hash_of(page: Browser) -> str:
    return str(page.ask("location.hash"))


# The list -------------------------------------------------------------------------------------------------------------


def test_only_the_rows_that_are_seen_are_in_the_page(page: Browser) -> None:
    assert status(page) == f"All {COUNT} releases"
    assert page.ask("document.getElementById('table').getAttribute('aria-rowcount')") == str(COUNT + 1)
    assert 10 < page.ask("document.querySelectorAll('#rows tr').length") < 80
    page.ask("document.getElementById('window').scrollTop = 1e9")
    until(page, "[...document.querySelectorAll('#rows a')].at(-1).textContent === 'dev-0/model-0'")
    assert page.ask("[...document.querySelectorAll('#rows tr[role]')].at(-1).getAttribute('aria-rowindex')") == str(
        COUNT + 1
    )
    whole = page.ask("document.getElementById('window').scrollHeight")
    row_height = page.ask("document.querySelector('#rows tr[role]').getBoundingClientRect().height")
    assert abs(whole - COUNT * row_height) < 100


def test_each_filter_shows_what_it_names(page: Browser) -> None:
    for wanted, count in (
        ({"verdict": "error"}, 1),
        ({"verdict": "pass"}, 124),
        ({"developer": "dev-3"}, 25),
        ({"family": "unknown"}, 166),
        ({"family": "-"}, 1),
        ({"year": "2015"}, 50),
        ({"year": "-"}, 50),
        ({"source": "epoch"}, 102),
        ({"vector": "spear-phishing"}, 2),
        ({"rule": "p/safe"}, 2),
        ({"rule": "p/safe", "outcome": "undecided"}, 2),
        ({"rule": "p/safe", "outcome": "unmet"}, 0),
        ({"rule": "p/dated", "outcome": "unmet"}, 51),
        ({"conflicts": "yes"}, 3),
        ({"question": "0", "level": "applies"}, 126),
        ({"question": "2", "level": "partial"}, 2),
        ({"verdict": "pass", "year": "2019", "developer": "dev-4"}, 25),
    ):
        page.ask("document.getElementById('f-reset').click()")
        choose(page, **wanted)
        assert status(page) == f"{count} of {COUNT} releases", wanted
    page.ask("document.getElementById('f-reset').click()")
    assert status(page) == f"All {COUNT} releases"
    assert hash_of(page) == "#releases"


def test_a_search_looks_at_names_licences_and_files(page: Browser) -> None:
    for text, count in (
        ("MODEL-499", 0),
        ("model-495 dev-15", 1),
        ("broken.toml", 1),
        ("acme mit", 2),
        ("<script>", 0),
    ):
        page.ask("document.getElementById('f-text').focus()")
        page.ask("document.getElementById('f-text').select()")
        page.type(text)
        until(page, f"document.getElementById('status').textContent.startsWith('{count} of')")
    assert hash_of(page) == "#?text=%3Cscript%3E"


def test_a_rule_says_how_often_it_is_not_met_and_how_often_that_cannot_be_told(page: Browser) -> None:
    assert page.ask("document.querySelector('label[for=f-rule]').textContent") == "Rule not met or undecided"
    assert page.ask("[...document.getElementById('f-rule').options].map(each => each.textContent)") == [
        "all",
        "p/dated (51 not met)",
        "p/safe (2 cannot be told)",
    ]
    assert page.ask("document.getElementById('f-outcome').disabled") is True
    page.ask("location.hash = '#?rule=p%2Fsafe&outcome=undecided'")
    until(page, "document.getElementById('f-outcome').value === 'undecided'")
    choose(page, rule="")
    assert page.ask("document.getElementById('f-outcome').value") == ""
    assert status(page) == f"All {COUNT} releases"


def test_where_nothing_fits_the_page_says_so_in_the_place_of_the_list(page: Browser) -> None:
    seen = "['nothing', 'window'].map(id => document.getElementById(id).checkVisibility())"
    assert page.ask(seen) == [False, True]
    choose(page, verdict="error", conflicts="yes")
    assert page.ask(seen) == [True, False]
    assert "No release fits" in page.ask("document.getElementById('nothing').textContent")
    page.ask("document.getElementById('f-reset').click()")
    assert page.ask(seen) == [False, True]
    assert first(page) == "dev-0/model-0"


def test_releases_of_one_name_are_told_apart_by_their_files(page: Browser) -> None:
    choose(page, text="dev-0/model-0")
    until(page, "document.getElementById('status').textContent.startsWith('2 of')")
    named = page.ask(
        "[...document.querySelectorAll('#rows .called')].map(each => [...each.children].map(e => e.textContent))"
    )
    assert named == [["dev-0/model-0", "folder/model-0.toml"], ["dev-0/model-0", "elsewhere/model-0.toml", "conflict"]]


def test_the_licence_of_weights_that_may_not_be_out_says_so(page: Browser) -> None:
    choose(page, conflicts="yes")
    licences = page.ask("[...document.querySelectorAll('#rows .c-license')].map(each => each.title)")
    assert licences == ["MIT", "MIT", "MIT (weights disputed)"]
    assert page.ask("[...document.querySelectorAll('#rows .c-license')].at(-1).textContent") == "MIT (weights disputed)"


def test_levels_are_those_of_the_question(page: Browser) -> None:
    assert page.ask("document.getElementById('f-level').disabled") is True
    choose(page, question="2")
    assert page.ask("[...document.getElementById('f-level').options].map(each => each.value).join()") == (
        ",full,partial,unknown,none"
    )
    choose(page, level="partial", question="0")
    assert page.ask("document.getElementById('f-level').value") == ""


def test_a_head_sorts_and_sorts_back_and_what_is_not_stated_comes_last(page: Browser) -> None:
    def press(text: str) -> None:
        page.ask(f"[...document.querySelectorAll('#heads button')].find(b => b.textContent === '{text}').click()")

    def sorted_by() -> str:
        return str(page.ask("document.querySelector('#heads [aria-sort]')?.getAttribute('aria-sort') ?? ''"))

    press("Released")
    assert (first(page), sorted_by()) == ("acme/full-1", "descending")
    press("Released")
    assert (first(page), sorted_by()) == ("dev-0/model-0", "ascending")
    press("Released")
    assert (first(page), sorted_by()) == ("dev-0/model-0", "")
    press("Release")
    assert first(page) == "acme/full-1"
    press("open weights")
    assert page.ask("document.querySelector('#rows .level').textContent") == "applies"
    press("open weights")
    assert page.ask("document.querySelector('#rows .level').title") == "Open weights: does-not-apply"
    page.ask("document.getElementById('window').scrollTop = 1e9")
    until(page, "[...document.querySelectorAll('#rows a')].at(-1).textContent === 'broken.toml'")
    choose(page, sort="name")
    assert hash_of(page) == "#?sort=name"


def test_an_address_brings_its_selection_along(browser: Browser, file: Path) -> None:
    browser.open(file, anchor="#?question=p%2Fopen&level=applies&year=to-2016&sort=-date&developer=nonsense")
    assert browser.ask("document.getElementById('f-question').value") == "0"
    assert browser.ask("document.getElementById('f-level').value") == "applies"
    assert browser.ask("document.getElementById('f-developer').value") == ""
    assert status(browser).endswith(f" of {COUNT} releases")
    quiet(browser, file)


def test_a_number_of_the_summary_leads_to_the_releases_that_it_counts(page: Browser) -> None:
    links = page.ask("[...document.querySelectorAll('main a[href^=\"#?\"]')].map(a => [a.textContent, a.hash])")
    numbers = [(text, link) for text, link in links if text.replace(",", "").isdigit()]
    assert len(numbers) > 20
    for text, link in numbers:
        page.ask(f"location.hash = {json.dumps(link)}")
        until(page, f"document.getElementById('status').textContent.startsWith('{text} of')")


# One release ----------------------------------------------------------------------------------------------------------


def test_a_release_opens_its_report_and_closes_where_it_was(page: Browser) -> None:
    choose(page, conflicts="yes")
    page.ask("document.querySelector('#rows a').click()")
    told = opened(page)
    assert hash_of(page) == "#release=acme/full-1"
    for words in (
        "acme/full-1",
        "it is applies",
        "since 2024-05-01, decided by hub",
        "2 looked at",
        "Existing risk",
        "weights.parameters_total",
        "7,000,000,000",
        "Index: One, 2024-06-01",
        "A release has a date.",
        "no date is stated",
        "Set release.date.",
        "as the card says",
        "an importer's note",
        "third-party",
    ):
        assert words in told, words
    assert page.ask("document.querySelector('#sheet a[href^=\"http\"]').rel") == "noopener noreferrer"
    assert page.ask("[...document.querySelectorAll('#sheet a')].some(a => a.protocol === 'javascript:')") is False
    assert page.ask("document.activeElement.textContent") == "acme/full-1"
    page.press("Escape", code=ESCAPE)
    closed(page)
    assert hash_of(page) == "#?conflicts=yes"
    assert page.ask("document.activeElement.textContent") == "acme/full-1"


def test_releases_are_gone_through_in_the_order_of_the_list(page: Browser) -> None:
    choose(page, developer="dev-3", sort="-date")
    page.ask("document.querySelector('#rows a').click()")
    opened(page)
    seen = [page.ask("document.getElementById('release-title').textContent")]
    for _ in range(2):
        page.ask("delete document.getElementById('sheet').dataset.shown")
        page.ask("[...document.querySelectorAll('.tools button')].find(b => b.textContent === 'Next').click()")
        opened(page)
        seen.append(page.ask("document.getElementById('release-title').textContent"))
    listed = page.ask("[...document.querySelectorAll('#rows a')].slice(0, 3).map(a => a.textContent)")
    assert seen == listed
    assert hash_of(page) == f"#release={seen[-1]}"
    page.ask("document.querySelector('.tools .close').click()")
    closed(page)
    assert hash_of(page) == "#?developer=dev-3&sort=-date"


def test_an_address_opens_a_release_also_one_of_two_that_have_one_name(browser: Browser, file: Path) -> None:
    browser.open(file, anchor="#release=dev-7/model-27")
    assert "dev-7/model-27" in opened(browser)
    quiet(browser, file)
    browser.open(file, anchor=f"#release=dev-0/model-0&number={COUNT}")
    assert "unknown" in opened(browser)
    assert browser.ask("document.getElementById('sheet').dataset.shown") == str(COUNT - 1)
    browser.open(file, anchor=f"#release=&number={COUNT - 1}")
    assert "broken.toml:1:1: it is bad" in opened(browser)
    browser.open(file, anchor="#release=nobody/knows")
    notice = "document.getElementById('notice')"
    assert browser.ask(f"{notice}.checkVisibility()") is True
    assert 'the release "nobody/knows", which is not in this list' in browser.ask(f"{notice}.textContent")
    assert browser.ask("document.getElementById('release').open") is False
    browser.ask("location.hash = '#release=%E2%80%AE' + 'x'.repeat(5000)")
    until(browser, f"{notice}.textContent.includes('\\ufffdxxx')")
    assert len(browser.ask(f"{notice}.textContent")) < 300
    choose(browser, verdict="error")
    assert browser.ask(f"{notice}.checkVisibility()") is False


def test_the_list_is_gone_through_with_keys(page: Browser) -> None:
    page.ask("document.getElementById('window').focus({ preventScroll: true })")
    for _ in range(40):
        page.press("ArrowDown", code=DOWN)
    assert page.ask("document.activeElement.textContent") == "dev-19/model-39"
    assert page.ask(
        """(() => {
        const own = document.activeElement.getBoundingClientRect();
        const box = document.getElementById("window").getBoundingClientRect();
        return own.top >= box.top && own.bottom <= box.bottom;
        })()"""
    )
    page.press("Enter", code=ENTER, text="\r")
    assert "dev-19/model-39" in opened(page)
    page.press("Escape", code=ESCAPE)
    closed(page)
    assert page.ask("document.activeElement.textContent") == "dev-19/model-39"


def test_all_that_can_be_used_has_a_name(page: Browser) -> None:
    nameless = page.ask(
        """[...document.querySelectorAll("a, button, input, select, summary, [tabindex='0']")].filter(each =>
        !(each.textContent.trim() || each.getAttribute("aria-label") || (each.labels || []).length)).length"""
    )
    assert nameless == 0


# Paper, screens, no scripts -------------------------------------------------------------------------------------------


def test_paper_has_the_summary_and_the_list_that_is_selected(page: Browser) -> None:
    choose(page, developer="dev-3")
    page.media("print", prefers_color_scheme="dark")
    until(page, "document.querySelectorAll('#rows tr[role]').length === 25")
    assert page.ask("document.getElementById('filters').checkVisibility()") is False
    assert page.ask("document.getElementById('selected').checkVisibility()") is True
    assert page.ask("document.getElementById('selected').textContent") == "Developer: dev-3 (25)"
    assert page.ask("document.getElementById('properties').checkVisibility()") is True
    assert page.ask("document.querySelectorAll('details:not([open])').length") == 0
    assert page.ask("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.paper().startswith(b"%PDF-")
    page.media(prefers_color_scheme="light")
    until(page, "document.querySelectorAll('details[open]').length === 0")


def test_paper_has_the_release_that_is_open_and_nothing_else(page: Browser) -> None:
    page.ask("document.querySelector('#rows a').click()")
    opened(page)
    page.media("print")
    assert page.ask("document.querySelector('main').checkVisibility()") is False
    assert page.ask("document.getElementById('release-title').checkVisibility()") is True


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_page_and_a_release_fit_the_screen(page: Browser, width: int, scheme: str) -> None:
    page.media(prefers_color_scheme=scheme)
    page.resize(width)
    assert page.ask("document.documentElement.scrollWidth") == width
    page.ask("location.hash = '#release=acme/full-1'")
    opened(page)
    assert page.ask("document.getElementById('release').scrollWidth") <= width
    assert page.ask("document.getElementById('sheet').scrollWidth") <= page.ask(
        "document.getElementById('sheet').clientWidth"
    )


def test_a_narrow_screen_shows_the_latest_years_first_and_says_that_there_are_more(page: Browser, file: Path) -> None:
    seen = """[...document.querySelectorAll(".matrix thead th")].filter(each => {
        const [own, box] = [each, each.closest(".scroll")].map(each => each.getBoundingClientRect());
        return own.left >= box.left && own.right <= box.right + 1;
        }).map(each => each.firstChild.data)"""
    hint = "document.querySelector('.sideways').checkVisibility()"
    assert (page.ask(hint), len(page.ask(seen))) == (False, 11)
    page.resize(NARROW)
    page.open(file)
    assert page.ask(hint) is True
    assert page.ask(seen)[-2:] == ["2024", "no date"]
    assert "2015" not in page.ask(seen)


def test_without_scripts_the_summary_stands_alone_and_says_what_is_missing(browser: Browser, file: Path) -> None:
    browser.scripts(allowed=False)
    browser.open(file)
    assert browser.ask("document.getElementById('list').checkVisibility()") is False
    assert browser.ask("document.querySelector('noscript').checkVisibility()") is True
    assert "need JavaScript" in browser.ask("document.querySelector('noscript').textContent")
    assert browser.ask("[...document.querySelectorAll('h2')].filter(h => h.checkVisibility()).length") >= 8
    browser.scripts(allowed=True)


# Hostile text ---------------------------------------------------------------------------------------------------------


def test_a_hostile_text_stays_a_text_everywhere(browser: Browser, tmp_path: Path) -> None:
    names = ("script", "entities", "cdata", "bidi", "markdown", "quotes", "line ends", "nul")
    file = write(made.hostile(tmp_path / "a.db", *(reports.HOSTILES[name] for name in names)))
    browser.open(file)
    kinds = "[...new Set([...document.querySelectorAll('body *')].map(e => e.localName))].sort().join()"
    for place in [*range(0, 3 * len(names), 3), 1, 2]:
        browser.ask(f"document.querySelectorAll('#rows a')[{place}].click()")
        assert len(opened(browser)) > 20
        assert set(browser.ask(kinds).split(",")) <= ELEMENTS
        browser.ask("document.getElementById('release').close()")
        closed(browser)
    anchors = "[...document.querySelectorAll('a')].every(a => ['file:', 'https:', 'http:'].includes(a.protocol))"
    assert browser.ask(anchors)
    quiet(browser, file)


def test_the_link_of_a_release_with_a_hostile_name_opens_it(browser: Browser, tmp_path: Path) -> None:
    names = ["a/b&number=1", "a/b#c", "a/b+c d", "a/b%20c", "a/b=?", "a/\u00e9\u6f22"]
    file = write(made.write(tmp_path / "a.db", [row(name) for name in names]))
    browser.open(file)
    addresses = browser.ask("[...document.querySelectorAll('#rows a')].map(a => a.hash)")
    for name, address in zip(names, addresses, strict=True):
        browser.ask(f"location.hash = {json.dumps(address)}")
        until(browser, f"document.getElementById('release-title')?.textContent === {json.dumps(name)}")
        opened(browser)
    quiet(browser, file)
