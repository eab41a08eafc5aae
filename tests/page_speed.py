"""Make a page of 10,000 releases and say how long Chromium takes to open it: `page_speed.py [RELEASES]`.

The releases are those of `examples`, again and again under other names, developers and dates, so that each has the
facts, threats and findings of a real one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "support"))

import page_ledgers
from chromium import Browser, chromium, running

from release_review.audit.ledger import open_to_read
from release_review.audit.page import render
from release_review.cli import main as release_review

RELEASES = 10_000
OPENINGS = 5
DEVELOPERS = 300
MEBIBYTE = 1 << 20

READY = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
OPEN = """new Promise(done => {
  const look = () => document.getElementById("sheet").dataset.shown ? done() : setTimeout(look, 1);
  document.querySelector("#rows a").click();
  look();
})"""
SEARCH = """new Promise(done => {
  const text = document.getElementById("f-text");
  text.value = "model-99";
  text.dispatchEvent(new Event("input", { bubbles: true }));
  const look = () => document.getElementById("status").textContent.startsWith("All") ? setTimeout(look, 1) : done();
  look();
})"""


def main() -> int:
    """Make the page, open it a few times, and say how long each thing takes."""
    program = chromium()
    if program is None:
        sys.stderr.write("error: no Chromium is installed; install it, for instance with `make browser`\n")
        return 2
    releases = int(sys.argv[1]) if sys.argv[1:] else RELEASES
    with tempfile.TemporaryDirectory() as folder:
        ledger = make_ledger(Path(folder), releases)
        page = ledger.with_suffix(".html")
        begun = time.perf_counter()
        with open_to_read(ledger) as opened, page.open("w", encoding="utf-8") as file:
            file.writelines(render(opened))
        tell(f"make the page of {releases:,} releases", time.perf_counter() - begun)
        sys.stdout.write(f"{'its size':48} {page.stat().st_size / MEBIBYTE:8.1f} MiB\n")
        with running(program) as browser:
            browser.resize(1_280)
            tell("open it, until it is drawn (median of 5)", statistics.median(openings(browser, page)))
            tell("search", timed(browser, SEARCH))
            tell("open the report of a release", timed(browser, OPEN))
    return 0


def make_ledger(folder: Path, releases: int) -> Path:
    """Write a ledger whose rows are those of the examples, varied."""
    source = folder / "examples.db"
    manifests = sorted(str(path) for path in Path("examples").glob("*/*.toml"))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        release_review(["audit", *manifests, "-o", str(source), "--today", "2026-01-01", "--jobs", "1", "-q"])
    with open_to_read(source) as ledger:
        rows, definitions = list(ledger.rows()), ledger.meta["definitions"]
    return page_ledgers.write(folder / "many.db", varied(rows, releases), definitions=definitions)


def varied(rows: list[Any], releases: int) -> Iterator[dict[str, Any]]:
    """Give rows with other names, developers and dates."""
    reviewed = [row for row in rows if "errors" not in row]
    for number in range(releases):
        row = reviewed[number % len(reviewed)]
        developer = f"developer-{number % DEVELOPERS}"
        day = dt.date(2015, 1, 1) + dt.timedelta(days=number * 7 % 4_000)
        about = {
            "id": f"{developer}/model-{number}",
            "developer": developer,
            "name": f"model-{number}",
            "date": day.isoformat(),
        }
        yield {**row, "release": {**row["release"], **about}}


def openings(browser: Browser, page: Path) -> Iterator[float]:
    """Open a page a few times, and give how long each takes, in seconds."""
    for _ in range(OPENINGS):
        begun = time.perf_counter()
        browser.open(page)
        browser.ask(READY)
        yield time.perf_counter() - begun


def timed(browser: Browser, expression: str) -> float:
    """Give how long an expression takes, in seconds."""
    begun = time.perf_counter()
    browser.ask(expression)
    return time.perf_counter() - begun


def tell(what: str, seconds: float) -> None:
    """Say how long something takes."""
    sys.stdout.write(f"{what:48} {seconds:8.2f} s\n")


if __name__ == "__main__":
    sys.exit(main())
