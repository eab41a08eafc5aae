"""The page in a real browser: its filters, its links, its keyboard, its colours, on paper and on a telephone."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import reports
from chromium import Browser, chromium, running

from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters.html import render

PROGRAM = chromium()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.no_cover,
    pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed; `make browser` installs it where it can"),
]

ROOT = Path(__file__).parents[2]
TAB, ENTER, SPACE = 9, 13, 32
NARROW, WIDE = 375, 1_280

KINDS: dict[str, list[Report | Unreviewed]] = {
    "blocked": [reports.blocked()],
    "several": reports.several(),
    "hostile": [entry for name, text in reports.HOSTILES.items() if name != "huge" for entry in reports.hostile(text)],
    "huge": reports.hostile("A= " * 20_000),  # letters that every machine has: to look for others takes a browser long
}


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


@pytest.fixture(scope="module", params=KINDS)
def any_page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(KINDS[request.param], tmp_path_factory.mktemp("page"))


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    """Give the browser with the report that has everything in it; nothing may be asked for, and nothing go wrong."""
    file = write([reports.blocked()], tmp_path)
    browser.open(file)
    yield browser
    quiet(browser, file)


def write(entries: list[Report | Unreviewed], folder: Path) -> Path:
    file = folder / "report.html"
    file.write_bytes(render(entries, Style()).encode())
    return file


def quiet(browser: Browser, file: Path) -> None:
    """See that a page asked for nothing but itself, and that neither it nor the browser has complained."""
    browser.ask("new Promise(done => setTimeout(done, 50))")
    assert {address.partition("#")[0] for address in browser.requests} == {file.as_uri()}
    assert browser.complaints == []


def seen(browser: Browser, selector: str = ".finding") -> int:
    """Count the elements that are shown."""
    count = f"[...document.querySelectorAll({json.dumps(selector)})].filter(each => each.checkVisibility()).length"
    return int(browser.ask(count))


def choose(browser: Browser, name: str, value: str) -> None:
    """Choose a word of a filter, as whoever uses it does."""
    browser.ask(
        f"""(() => {{
        const select = document.getElementById("filter-{name}");
        select.value = {json.dumps(value)};
        select.dispatchEvent(new Event("input", {{ bubbles: true }}));
        }})()"""
    )


def focused(browser: Browser) -> str:
    return str(browser.ask("document.activeElement.textContent.trim()"))


# Every page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_page_fits_the_screen_and_asks_for_nothing(
    any_page: Path, browser: Browser, width: int, scheme: str, tmp_path: Path
) -> None:
    browser.media(prefers_color_scheme=scheme)
    browser.resize(width)
    browser.open(any_page)
    assert browser.ask("document.documentElement.scrollWidth") == width
    picture = browser.picture(height=2_000)
    (tmp_path / f"{scheme}-{width}.png").write_bytes(picture)
    assert struct.unpack(">II", picture[16:24]) == (width, 2_000)
    quiet(browser, any_page)


def test_a_violation_would_be_heard_of(browser: Browser, tmp_path: Path) -> None:
    browser.open(write([reports.blocked()], tmp_path))
    browser.ask(
        """(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
        const image = document.createElement("img");
        image.src = "https://example.invalid/pixel.png";
        document.body.append(image);
        return new Promise(done => setTimeout(done, 200));
        })()"""
    )
    assert browser.ask("document.title").startswith("acme/one: blocked")
    assert any("script-src" in complaint for complaint in browser.complaints)
    assert any("img-src" in complaint or "default-src" in complaint for complaint in browser.complaints)


# Filters --------------------------------------------------------------------------------------------------------------


def test_filters_show_what_is_asked_for(page: Browser) -> None:
    everything = seen(page)
    assert everything == 10
    choose(page, "severity", "warning")
    assert seen(page) == 2
    assert seen(page, ".group") == 1
    assert page.ask("document.getElementById('filter-status').textContent") == "2 of 10 findings"
    choose(page, "policy", "gate")
    assert seen(page) == 1
    choose(page, "outcome", "unknown")
    assert seen(page) == 0
    page.ask("document.getElementById('filter-reset').click()")
    assert seen(page) == everything
    choose(page, "outcome", "unknown")
    assert seen(page) == 2


def test_what_is_waived_or_known_can_be_put_away(page: Browser) -> None:
    page.ask("document.getElementById('filter-lifted').focus()")
    page.press(" ", code=SPACE, text=" ")
    assert page.ask("document.getElementById('filter-lifted').checked") is False
    assert seen(page) == 7
    assert seen(page, ".group-waived") + seen(page, ".group-known") == 0
    assert page.ask("location.hash") == "#?lifted=no"


def test_a_search_looks_at_messages_places_and_rules(page: Browser) -> None:
    page.ask("document.getElementById('filter-text').focus()")
    page.type("ASSUMPTIONS phish")
    assert seen(page) == 1
    assert page.ask("location.hash") == "#?text=ASSUMPTIONS+phish"
    page.ask("document.getElementById('filter-text').select()")
    page.type("waivers.toml:4")
    assert seen(page) == 1
    page.ask("document.getElementById('filter-text').select()")
    page.type("steps/existing-risk")
    assert seen(page) == 2
    page.ask("document.getElementById('filter-text').select()")
    page.type("<script>")
    assert seen(page) == 0


def test_an_address_brings_its_filters_along(browser: Browser, tmp_path: Path) -> None:
    file = write([reports.blocked()], tmp_path)
    browser.open(file, anchor="#?severity=error&outcome=fail&lifted=no&text=bio&policy=nonsense")
    assert seen(browser) == 1
    assert browser.ask("document.getElementById('filter-severity').value") == "error"
    assert browser.ask("document.getElementById('filter-policy').value") == ""
    quiet(browser, file)


def test_without_scripts_everything_is_shown_and_no_filter_is_offered(browser: Browser, tmp_path: Path) -> None:
    file = write([reports.blocked()], tmp_path)
    browser.scripts(allowed=False)
    browser.open(file)
    assert seen(browser) == 10
    assert seen(browser, "form") == 0
    browser.scripts(allowed=True)


# Links and keys -------------------------------------------------------------------------------------------------------


def test_a_finding_leads_to_its_rule_and_back(page: Browser) -> None:
    page.ask("document.querySelector('.group-warning .rule a').focus()")
    page.press("Enter", code=ENTER, text="\r")
    rule = page.ask("location.hash")
    assert rule.startswith("#release-1-rule-")
    assert page.ask("document.querySelector(':target').className") == "reasons"
    assert page.ask("document.querySelector(':target').getBoundingClientRect().top >= 0")
    assert page.ask("document.querySelector(':target').getBoundingClientRect().top < innerHeight")
    page.ask("document.querySelector(':target .back a').click()")
    assert page.ask("document.querySelector(':target').classList.contains('rule')")


def test_filters_give_way_to_a_link(page: Browser) -> None:
    choose(page, "severity", "note")
    assert seen(page) == 1
    page.ask("document.querySelector('.first a').click()")
    page.ask("new Promise(done => setTimeout(done, 100))")
    assert seen(page) == 10
    assert page.ask("document.querySelector(':target').checkVisibility()")


def test_the_first_key_leads_past_everything(page: Browser) -> None:
    page.press("Tab", code=TAB)
    assert focused(page) == "Skip to the report"
    assert page.ask("document.activeElement.getBoundingClientRect().top >= 0")
    page.press("Enter", code=ENTER, text="\r")
    assert page.ask("location.hash") == "#report"
    assert page.ask("document.activeElement.id") == "report"
    page.press("Tab", code=TAB)
    assert focused(page) == "What to do first"
    assert page.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_all_that_can_be_used_is_reached_by_keys_and_has_a_name(page: Browser) -> None:
    wanted = page.ask(
        "[...document.querySelectorAll('a, button, input, select, summary')].filter(e => e.checkVisibility()).length"
    )
    reached = 0
    for _ in range(wanted + 20):
        page.press("Tab", code=TAB)
        if page.ask("['A', 'BUTTON', 'INPUT', 'SELECT', 'SUMMARY'].includes(document.activeElement.tagName)"):
            reached += 1
            named = (
                "document.activeElement.textContent.trim()"
                " || [...(document.activeElement.labels || [])].map(label => label.textContent).join()"
            )
            assert page.ask(named)
        if page.ask("document.activeElement === document.body"):
            break
    assert reached == wanted


# Light, dark, paper ---------------------------------------------------------------------------------------------------


def test_the_page_is_dark_where_that_is_preferred(page: Browser) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.ask(ground) == "rgb(247, 247, 244)"
    light = page.picture()
    page.media(prefers_color_scheme="dark")
    assert page.ask(ground) == "rgb(20, 23, 26)"
    assert page.picture() != light


def test_paper_has_everything_and_no_filters(page: Browser) -> None:
    choose(page, "severity", "note")
    assert seen(page) == 1
    page.media("print", prefers_color_scheme="dark")
    assert seen(page) == 10
    assert seen(page, ".filters") == 0
    assert seen(page, ".contents") == 0
    assert seen(page, "details dd") == page.ask("document.querySelectorAll('details dd').length") > 0
    assert page.ask("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.paper().startswith(b"%PDF-")
    assert page.ask("document.querySelectorAll('details[open]').length") == 0


def test_the_pictures_for_the_pages_are_small(browser: Browser, tmp_path: Path) -> None:
    targets = [tmp_path / "images" / f"{name}.png" for name in ("report", "audit")]
    subprocess.run([sys.executable, ROOT / "tests" / "pictures.py", *targets], cwd=ROOT, check=True)
    for target in targets:
        picture = target.read_bytes()
        assert struct.unpack(">I", picture[16:20]) == (WIDE,)
        assert len(picture) < 250_000
