"""Whatever the format: one verdict, one status, and no text from a file that does anything."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from lxml import etree
from reports import HOSTILES, harms

from release_review.escape import toml_string
from release_review.plugins import load_registry

FORMATS = sorted(reporter.name for reporter in load_registry(discover=False).reporters)
DAY = ("--today", "2026-01-31", "--as-of", "2026-01-31")
SMALL = ("check", "--policy", "small.toml", *DAY)

WAIVERS = """\
schema = "release-waivers/1"
[[waiver]]
id = "w1"
rule = "small/released"
release = "acme/one"
reason = "accepted-risk"
justification = {text}
owner = {text}
approved_by = "release board"
ticket = {text}
created = 2026-01-01
expires = {expires}
"""

RUNS: dict[str, tuple[str, ...]] = {
    "pass": ("good.toml",),
    "blocked": ("held.toml",),
    "error": ("bad.toml",),
    "waived": ("--waivers", "waivers.toml", "held.toml"),
    "lapsed": ("--waivers", "lapsed.toml", "held.toml"),
    "unused": ("--waivers", "waivers.toml", "good.toml"),
    "several": ("good.toml", "held.toml"),
    "several and an error": ("good.toml", "bad.toml", "held.toml"),
}
STATUS = {"pass": 0, "blocked": 1, "error": 2}


def verdict_in(name: str, text: str) -> str:
    """Give the verdict as a reader of a format finds it."""
    match name:
        case "json":
            return str(json.loads(text)["verdict"])
        case "sarif":
            return str(json.loads(text)["runs"][0]["properties"]["verdict"])
        case "junit":
            suites = ET.fromstring(text)  # noqa: S314 - it is our own
            if int(suites.get("errors", "0")):
                return "error"
            return "blocked" if int(suites.get("failures", "0")) else "pass"
        case "csv":
            found = {row["verdict"] for row in csv.DictReader(io.StringIO(text))}
            return next(word for word in ("error", "blocked", "pass") if word in found)
        case "gitlab":
            issues = json.loads(text)
            told = [each["description"] for each in issues if each["check_name"] == "gate/verdict"]
            return str(re.findall(r"\b(pass|blocked|error)\b", told[0])[0]) if told else "pass"
        case "in-toto":
            results = [json.loads(line)["predicate"] for line in text.splitlines()][1::2]
            found = {each["verdict"] for each in results} or {"error"}
            return next(word for word in ("error", "blocked", "pass") if word in found)
        case "markdown" | "html":
            return str(re.findall(r"\b(pass|blocked|error)\b", text, re.IGNORECASE)[0]).lower()
        case "concise":
            words = {line.split(": ", 1)[1].split()[0] for line in text.splitlines() if re.match(r"\S+\.toml: ", line)}
            return next(word for word in ("error", "blocked", "pass") if word in words)
        case _:
            last = text.splitlines()[-1]
            return str(re.findall(r"^(?:\w+\.toml: )?(\w+) \(", last)[0])


@pytest.fixture
def files(checkout: Path) -> Path:
    waivers = {"waivers": "2026-01-31", "lapsed": "2026-01-30"}
    for name, expires in waivers.items():
        text = WAIVERS.format(text='"a pilot of the release team"', expires=expires)
        (checkout / f"{name}.toml").write_text(text, encoding="utf-8")
    return checkout


def in_every_format(run: Callable[..., Any], *arguments: str) -> tuple[int, dict[str, str]]:
    """Give the status of a run and its report in every format."""
    Path("reports").mkdir(exist_ok=True)
    outputs = (part for name in FORMATS for part in ("--output", f"{name}=reports/{name}"))
    done = run(*arguments, *outputs)
    texts = {name: (Path("reports") / name).read_bytes().decode("utf-8") for name in FORMATS}
    return done.status, texts


@pytest.mark.parametrize("arguments", RUNS.values(), ids=RUNS.keys())
def test_every_format_tells_the_same_verdict_with_the_same_status(
    arguments: tuple[str, ...], run: Callable[..., Any], files: Path
) -> None:
    status, texts = in_every_format(run, *SMALL, *arguments)
    expected = json.loads(texts["json"])["verdict"]
    assert status == STATUS[expected]
    if "bad.toml" in arguments:
        # Nothing is attested of a run that came to no verdict.
        assert texts.pop("in-toto") == ""
    assert {name: verdict_in(name, text) for name, text in texts.items()} == dict.fromkeys(texts, expected)


def test_what_is_waived_stays_in_every_format_with_owner_and_day(run: Callable[..., Any], files: Path) -> None:
    status, texts = in_every_format(run, *SMALL, *RUNS["waived"])
    assert status == 0
    for name, text in texts.items():
        plain = re.sub(r"\\([-\[\]().])|&#x2d;", r"\1", text)
        for told in ("small/released", "2026-01-31", "a pilot of the release team", "w1"):
            assert told in plain, f"{name} does not say {told!r}"


def test_a_waiver_that_lapsed_is_told_in_every_format(run: Callable[..., Any], files: Path) -> None:
    status, texts = in_every_format(run, *SMALL, *RUNS["lapsed"])
    assert status == 1
    assert [name for name, text in texts.items() if "gate/waivers-in-force" not in text.replace("\\", "")] == []


@pytest.mark.parametrize(
    "flags",
    [
        *(("--output-format", name) for name in FORMATS),
        *(("--output-format", "full", flag) for flag in ("-q", "-v", "--color=always")),
        ("-v", "-v", "-q"),
    ],
)
def test_no_flag_of_the_form_changes_the_status(flags: tuple[str, ...], run: Callable[..., Any], files: Path) -> None:
    assert [run(*SMALL, *flags, *RUNS[each]).status for each in ("pass", "blocked", "error")] == [0, 1, 2]


# Hostile files --------------------------------------------------------------------------------------------------------

TEXTS = {
    name: text
    for name, text in HOSTILES.items()
    if name not in ("surrogates", "huge", "empty", "blank", "nul", "colon")
}
"""What a TOML file can say and a schema lets pass; a citation of a mark alone is none."""

MANIFEST = """\
schema = "release-manifest/1"
[release]
id = "acme/one"
stage = {{ value = "planned", note = {text}, source = ["card"] }}
[source.card]
title = {text}
url = {text}
[weights]
license = {text}
minimum_hardware = {text}
[[access]]
id = "hub"
kind = "weights"
audience = "public"
[[threat]]
id = "bio"
vector = "other"
title = {text}
actors = [{text}]
[[evidence]]
id = "e1"
kind = "literature"
citation = {text}
[[safeguard]]
name = {text}
[[benefit]]
kind = "science"
claim = {text}
[[signoff]]
role = {text}
by = {text}
"""
POLICY = """\
schema = "release-policy/1"
id = "acme"
version = "1.0.0"
title = {text}
description = {text}
extends = ["marginal-risk"]

[[rule]]
id = "titled"
summary = {text}
severity = "error"
given = "/threat/*"
assert = 'this.title == "none"'
message = "{{this.title}} {{manifest.weights.license}}"
rationale = {text}
remediation = {text}
[[rule.reference]]
title = {text}
url = {text}
"""


class Page(HTMLParser):
    """What a page would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "style", "action", "formaction"):
                self.found.append(f"{tag} {name}={value}")
            if name == "href" and not (value or "").startswith(("#", "https://", "http://")):
                self.found.append(f"{tag} href={value}")
        if tag in ("img", "iframe", "object", "embed", "base", "link"):
            self.found.append(tag)


def parses(name: str, text: str) -> None:
    """Read an output with a reader that is not ours; it complains if something is broken."""
    match name:
        case "json" | "sarif" | "gitlab":
            json.loads(text)
        case "in-toto":
            assert all(json.loads(line) for line in text.splitlines())
        case "junit":
            ET.fromstring(text)  # noqa: S314 - it is our own
            etree.fromstring(text.encode())
        case "csv":
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            assert len({len(row) for row in rows}) == 1
            assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
        case "html":
            page = Page()
            page.feed(text)
            assert page.found == []
            assert page.scripts == 1
        case _:
            pass


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_manifest_of_hostile_text_does_nothing(text: str, run: Callable[..., Any], checkout: Path) -> None:
    written = {"text": toml_string(text)}
    (checkout / "hostile.toml").write_text(MANIFEST.format(**written), encoding="utf-8")
    (checkout / "acme.toml").write_text(POLICY.format(**written), encoding="utf-8")
    waivers = WAIVERS.format(text=toml_string(f"x {text}"), expires="2026-01-31")
    waivers = waivers.replace("small/released", "acme/titled")
    (checkout / "waivers.toml").write_text(waivers, encoding="utf-8")
    arguments = ("check", "--policy", "./acme.toml", *DAY, "--waivers", "waivers.toml", "hostile.toml")
    status, texts = in_every_format(run, *arguments)
    assert status == 1
    for name, shown in texts.items():
        assert "acme/titled" in shown.replace("\\", ""), name
        assert harmless(name, shown), name
        parses(name, shown)


def harmless(name: str, shown: str) -> bool:
    if name != "github":
        return harms(shown.replace("\r\n", "\n")) == []
    # Its own annotations begin with `::`, and nothing else does.
    commands = [line for line in shown.split("\n") if line.startswith("::")]
    rest = "\n".join(line for line in shown.split("\n") if not line.startswith("::"))
    return (
        all(re.match(r"::(error|warning|notice) ", line) for line in commands)
        and harms(rest) == []
        and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", shown)
    )
