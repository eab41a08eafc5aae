"""What a reporter does with reports of every kind."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from release_review.hooks import Reporter, Style
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.reporters import release_review_reporters
from release_review.saved import SAVED_LIMITS, read_report
from release_review.testing.brought import Brought, describe
from release_review.testing.samples import FIRST, SECOND, Entry, samples
from release_review.testing.watching import watch

_STYLE = Style()
_STYLES = {
    "on a narrow screen": Style(width=40),
    "with more in it": Style(verbosity=1),
    "with less in it": Style(verbosity=-1),
    "in colour": Style(color=True),
}
_TELLING = ("one of each", "hostile")
"""Samples that show most: each text takes time, and one of HTML the most."""

_SAVED = ("one of each", "blocked")
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories of what does not show as itself."""


def render_samples(reporter: Reporter) -> Mapping[str, str]:
    """Give the text of every sample, by its name; what breaks gives the name of its error."""
    return {name: _rendered(reporter, entries, _STYLE)[0] for name, entries in samples().items()}


def faults_of_reporter(reporter: Reporter, brought: Brought) -> Iterator[str]:
    """Tell what is wrong with a reporter, each fault in a clause without its subject."""
    given = samples()
    before = dict(describe(given))
    with watch(brought.packages) as faults:
        rendered = {name: _rendered(reporter, entries, _STYLE) for name, entries in given.items()}
    yield from faults
    texts = {name: text for name, (text, _) in rendered.items()}
    yield from [f"{fault} (sample {name!r})" for name, (_, fault) in rendered.items() if fault] or _faults_in_styles(
        reporter, given
    )
    if dict(describe(given)) != before:
        yield "changes the reports that it is given"
    for name in _TELLING:
        if _rendered(reporter, given[name], _STYLE)[0] != texts[name]:
            yield f"gives another text for {name!r} the second time"
    yield from _faults_of_order(texts)
    if texts["passed"] in (texts["blocked"], texts["not reviewed"]):
        yield "shows a release that did not pass like one that did"
    if str(dt.datetime.now(dt.UTC).date()) in "".join(texts.values()):
        yield "puts today's date into its text; the days of a report are in its manifest"
    yield from _faults_of_saved(reporter, given, texts)


def _rendered(reporter: Reporter, entries: Iterable[Entry], style: Style) -> tuple[str, str]:
    """Give a text and what is wrong with it; an iterator can be gone through only once, as in a run."""
    try:
        text: Any = reporter.render(iter(entries), style)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - also SystemExit: whatever it is, it is a fault
        return type(error).__name__, f"breaks with {type(error).__name__}: {error}"
    if not isinstance(text, str):
        return repr(text), f"gives an object of type {type(text).__name__}, not a text"
    return text, _fault_of_text(text, style)


def _fault_of_text(text: str, style: Style) -> str:
    if text and not text.endswith("\n"):
        return "gives a text whose last line does not end"
    lines = text.replace("\r\n", "\n")
    allowed = "\n\x1b" if style.color else "\n"
    unsafe = sorted({each for each in set(lines) if unicodedata.category(each) in _UNSAFE and each not in allowed})
    if unsafe:
        shown = ", ".join(f"U+{ord(each):04X}" for each in unsafe)
        return f"gives a text with characters that do not show: {shown}; escape what comes from a report"
    return ""


def _faults_in_styles(reporter: Reporter, given: Mapping[str, Sequence[Entry]]) -> Iterator[str]:
    for manner, style in _STYLES.items():
        for name in _TELLING:
            if fault := _rendered(reporter, given[name], style)[1]:
                yield f"{fault} (sample {name!r} {manner})"
                break


def _faults_of_order(texts: Mapping[str, str]) -> Iterator[str]:
    for name, order in {"in order": (FIRST, SECOND), "in the other order": (SECOND, FIRST)}.items():
        places = [texts[name].find(each) for each in order]
        if -1 not in places and places != sorted(places):
            yield "does not keep the order of the manifests"
            return


def _faults_of_saved(
    reporter: Reporter, given: Mapping[str, Sequence[Entry]], texts: Mapping[str, str]
) -> Iterator[str]:
    """Tell whether a report that was saved and read back gives another text than the review did."""
    (to_json,) = (each for each in release_review_reporters() if each.name == "json")
    formats = tuple(release_review_importers())
    (from_json,) = (each for each in formats if each.name == "JSON")
    for name in _SAVED:
        content = to_json.render(given[name], _STYLE).encode()
        document = read_document(content, name="report.json", importer=from_json, limits=SAVED_LIMITS)
        saved = read_report(document, importers=formats)
        if _rendered(reporter, saved, _STYLE)[0] != texts[name]:
            yield f"gives another text for {name!r} when the report was saved and read back"
            return
