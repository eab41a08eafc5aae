"""The annotations of GitHub Actions, read back the way a runner reads a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from reports import CASES, HOSTILES, UNREVIEWED, blocked, broken, document, harms, hostile, lifted, manifest, many
from reports import several as several_manifests

from release_review import escape
from release_review.hooks import Style, Unreviewed
from release_review.model import Report, Severity
from release_review.reporters import release_review_reporters
from release_review.summary import overall_verdict

render = next(each.render for each in release_review_reporters() if each.name == "github")

LEVELS = ["error", "warning", "notice"]
NUMBERS = {"line", "endLine", "col", "endColumn"}


@dataclass(frozen=True)
class Command:
    level: str
    properties: dict[str, str]
    message: str


def unescape(text: str, *, in_property: bool = False) -> str:
    codes = {"0D": "\r", "0A": "\n", "25": "%"} | ({"3A": ":", "2C": ","} if in_property else {})
    return re.sub("%(..)", lambda match: codes.get(match[1], match[0]), text)


def command_of(line: str) -> Command | None:
    """Read a line as https://github.com/actions/runner does: after any blanks, `::name a=b,c=d::message`."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return None
    name, _, properties = line[2:end].partition(" ")
    pairs = [pair.split("=", 1) for pair in properties.split(",") if "=" in pair]
    return Command(name, {key: unescape(value, in_property=True) for key, value in pairs}, unescape(line[end + 2 :]))


def commands(entries: list[Report | Unreviewed]) -> list[Command]:
    found = [command for line in render(entries, Style()).splitlines() if (command := command_of(line))]
    for command in found:
        lines_and_columns_are_as_the_runner_wants_them(command.properties)
    return found


def lines_and_columns_are_as_the_runner_wants_them(properties: dict[str, str]) -> None:
    assert set(properties) in ({"title", "file"} | NUMBERS, {"title", "file", "line", "endLine"})
    numbers = {name: int(properties[name]) for name in properties.keys() & NUMBERS}
    assert 1 <= numbers["line"] <= numbers["endLine"]
    assert ("col" in numbers) == (numbers["line"] == numbers["endLine"])
    if "col" in numbers:
        assert 1 <= numbers["col"] < numbers["endColumn"]


def of_rule(rule: str, entries: list[Report | Unreviewed]) -> list[Command]:
    return [command for command in commands(entries) if command.properties["title"].partition(" ")[0] == rule]


@pytest.mark.parametrize("name", ["blocked", "several"])
def test_the_whole_report(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{name}.github", render([blocked()] if name == "blocked" else several_manifests(), Style()))


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_the_last_line_is_the_verdict_and_errors_stand_for_everything_but_a_pass(
    entries: list[Report | Unreviewed],
) -> None:
    verdict = overall_verdict(entries).value
    last = render(entries, Style()).splitlines()[-1]
    assert f": {verdict} (" in f": {last}"
    assert any(command.level == "error" for command in commands(entries)) == (verdict != "pass")


def test_each_manifest_has_a_line_with_its_verdict() -> None:
    lines = render(several_manifests(), Style()).splitlines()
    assert "one/release.toml: pass (1 passed)" in lines
    assert "other.toml: error (not reviewed: 2 errors)" in lines
    assert lines[-1] == "error (4 manifests: 1 blocked, 2 error, 1 pass)"


def test_the_gravest_come_first_over_all_manifests() -> None:
    found = commands([lifted(), blocked(), UNREVIEWED])
    assert [command.level for command in found] == sorted((command.level for command in found), key=LEVELS.index)
    assert found[0].properties["file"] == "other.toml"
    assert found[-1].message.endswith("by release team (W-1, scheduled-fix)")


def test_a_stretch_over_lines_has_no_columns_and_one_in_a_line_has_both() -> None:
    over, within = of_rule("steps/existing-risk", [blocked()])
    assert {name: over.properties.get(name) for name in sorted(NUMBERS)} == {
        "line": "12",
        "endLine": "14",
        "col": None,
        "endColumn": None,
    }
    assert {name: within.properties[name] for name in sorted(NUMBERS)} == {
        "line": "16",
        "endLine": "16",
        "col": "1",
        "endColumn": "11",
    }


def test_an_annotation_says_what_to_do() -> None:
    assert of_rule("gate/waivers-in-force", [blocked()])[0].message.splitlines() == [
        "waiver W-0 for access/described expired on 2025-12-31",
        "fix: Remove the waiver, or ask for a new one.",
    ]
    assert (
        of_rule("access/broken", [broken()])[0].message.splitlines()[-1].endswith("tell the author of policy access.")
    )


def test_who_lifted_a_finding_and_until_when_is_told_in_a_notice() -> None:
    (waived,) = of_rule("steps/owner-named", [blocked()])
    assert waived.level == "notice"
    assert "waived until 2026-01-31 by release team" in waived.message
    (known,) = of_rule("steps/old-debt", [blocked()])
    assert known.level == "notice"
    assert "known until 2026-03-31 by adoption team" in known.message


def test_a_warning_says_when_it_will_block() -> None:
    (command,) = of_rule("access/review-date", [blocked()])
    assert command.level == "warning"
    assert "warns until it takes effect on 2027-01-01" in command.message


def test_a_manifest_that_could_not_be_reviewed_is_an_error_at_its_line() -> None:
    first, second = of_rule("gate/manifest-reviewed", [UNREVIEWED])
    assert (first.level, first.properties["file"], first.properties["line"]) == ("error", "other.toml", "3")
    assert second.properties["line"] == "9"


def test_a_path_has_no_dot_in_front() -> None:
    report = replace(blocked(), manifest=manifest(source=document(name="./models/release.toml")))
    assert of_rule("access/short-name", [report])[0].properties["file"] == "models/release.toml"


@pytest.mark.parametrize(("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning")])
def test_ten_of_a_level_are_shown_and_the_others_counted(severity: Severity, level: str) -> None:
    assert "more" not in render([many(10, severity=severity)], Style())
    lines = render([many(12, severity=severity)], Style()).splitlines()
    assert len([line for line in lines if line.startswith(f"::{level} ")]) == 10
    assert lines[-2].startswith(f"and 2 more {level}s, which GitHub would not show")
    assert lines[-1].startswith("release.toml: ")
    assert f"and 1 more {level}, " in render([many(11, severity=severity)], Style())


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_commands_nothing(text: str) -> None:
    lines = render(hostile(text), Style()).splitlines()
    ours = [line for line in lines if re.match(r"::(error|warning|notice) title=", line)]
    assert not harms("\n".join(line for line in lines if line not in ours))
    assert not harms("\n".join(line[2:] for line in ours))
    assert len(ours) == len(commands(hostile(text))) == 10
    assert all(command.message.strip() for command in commands(hostile(text)))
    # A runner finds the second `::` first; whatever stands behind it is a message.
    assert all(line.count("::") == 2 for line in ours)
    assert lines[-1] == "error (2 manifests: 2 error)"


@pytest.mark.no_cover
@pytest.mark.parametrize("in_property", [False, True])
def test_every_code_point_is_read_back(in_property: bool) -> None:  # noqa: FBT001  # a parameter of the test
    for start in range(0, 0x110000, 0x1000):
        text = "".join(f"{chr(code)}," for code in range(start, start + 0x1000))
        escaped = escape.github(text, in_property=in_property)
        assert unescape(escaped, in_property=in_property) == escape.plain(text)
        assert len(escaped.splitlines()) == 1
        assert "::" not in escaped
        if in_property:
            assert ":" not in escaped
            assert "," not in escaped


def test_what_looks_encoded_is_shown_and_not_decoded() -> None:
    assert unescape(escape.github("a%0A::error::b")) == escape.plain("a%0A::error::b")
