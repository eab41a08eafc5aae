"""Reports made by hand, set by every reporter of ours."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.escape import plain
from release_review.hooks import Style, Unreviewed
from release_review.model import (
    REQUIREMENT,
    Assessment,
    AssessmentResult,
    Document,
    Finding,
    ItemResult,
    Layout,
    Manifest,
    Missing,
    Outcome,
    Part,
    PartForm,
    PartOutcome,
    Place,
    PluginInfo,
    Policy,
    Report,
    Rule,
    RuleResult,
    Severity,
    Site,
    Span,
    Verdict,
    Waiver,
    WaiverReason,
)
from release_review.reporters import release_review_reporters
from release_review.reporters.layout import NARROWEST, columns, wrap
from release_review.reporters.parts import level_lines, set_lines, tree_lines
from release_review.schema import published_schema
from release_review.summary import overall_verdict, unmet

RENDER = {reporter.name: reporter.render for reporter in release_review_reporters()}

TEXT = """\
schema = "release-manifest/1"
[release]
id = "acme/one"

[[access]]
id = "hub"
kind = "weights"

[[threat]]
id = "bio"
vector = "biosecurity"

[[threat]]
id = "phish"
vector = "spear-phishing"
"""
DATA: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one"},
    "access": [{"id": "hub", "kind": "weights"}],
    "threat": [{"id": "bio", "vector": "biosecurity"}, {"id": "phish", "vector": "spear-phishing"}],
}
PLACES = {
    "": (1, 1, 1),
    "/release": (2, 1, 10),
    "/release/id": (3, 1, 16),
    "/access/0": (5, 1, 11),
    "/access/0/id": (6, 1, 11),
    "/access/0/kind": (7, 1, 17),
    "/threat/0": (9, 1, 11),
    "/threat/0/vector": (11, 1, 23),
    "/threat/1": (13, 1, 11),
}
DAY = dt.date(2026, 1, 1)
HOSTILE = "x\n::error::owned\r##[add-mask]y\x1b[2J\u2028\u202e\x85\ud800 {0} %s {{7*7}}\nverdict: pass\nblocked (0)"


def document(
    *,
    name: str = "release.toml",
    text: str = TEXT,
    data: Any = None,
    places: Mapping[str, tuple[int, int, int]] = PLACES,
) -> Document:
    def find_places(text: str) -> Mapping[str, Place]:
        del text
        spans = {
            pointer: Span(line=line, column=start, end_line=line, end_column=end)
            for pointer, (line, start, end) in places.items()
        }
        return {pointer: Place(span=span, value=span) for pointer, span in spans.items()}

    content = text.encode("utf-8", "replace")
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return Document(name=name, content=content, digest=digest, data=data or DATA, find_places=find_places)


def manifest(*, source: Document | None = None, release_id: str = "acme/one") -> Manifest:
    return Manifest(release_id=release_id, data={}, annotations={}, as_of=DAY, today=DAY, document=source or document())


def result(id_: str, outcome: Outcome, *findings: Finding, **changes: Any) -> RuleResult:
    severity = changes.pop("severity", Severity.ERROR)
    rule = Rule(
        id=id_.partition("/")[2],
        summary=f"What {id_} asks for holds.",
        severity=severity,
        given=changes.pop("given", None),
        remediation=changes.pop(
            "remediation", "Cite an evaluation of the released weights, or say that there is none."
        ),
    )
    return RuleResult(id=id_, rule=rule, severity=severity, outcome=outcome, findings=findings, **changes)


def item(key: str, level: str, pointer: str, **more: Any) -> ItemResult:
    return ItemResult(key=key, level=level, because=more.pop("because", f"{key} is {level}"), pointer=pointer, **more)


def assessment(id_: str, title: str, level: str, *items: ItemResult, **more: Any) -> AssessmentResult:
    scale = more.pop("scale", ("applies", "unknown", "limited", "does-not-apply"))
    question = Assessment(
        id=id_.partition("/")[2],
        title=title,
        label=more.pop("label", ""),
        scale=scale,
        over="/access/*",
        levels=(),
        none=scale[-1],
        empty="unknown",
        default=scale[-1],
    )
    return AssessmentResult(
        id=id_,
        assessment=question,
        level=level,
        because=more.pop("because", "the weights are in the hands of whoever wants them"),
        decided_by=items[0].key if items else None,
        items={entry.key: entry for entry in items},
    )


STEPS = {
    "threat": "threat identified",
    "existing": "existing risk",
    "defenses": "existing defenses",
    "marginal": "marginal risk",
    "ease": "ease of defense",
    "assumptions": "assumptions",
}
DEPTHS = ("full", "partial", "unknown", "none")


def step(name: str, label: str) -> AssessmentResult:
    levels = ("full", "unknown") if name == "threat" else ("unknown", "none")
    items = [
        item(key, level, f"/threat/{index}", undecided=(f"/threat/{index}/{name}",) if level == "unknown" else ())
        for index, (key, level) in enumerate(zip(("bio", "phish"), levels, strict=True))
    ]
    return assessment(f"steps/{name}", label.capitalize(), levels[1], *items, label=label, scale=DEPTHS)


def waiver_called(name: str, *, justification: str, approved_by: str) -> Waiver:
    return Waiver(
        id=name,
        rule="steps/owner-named",
        release="acme/one",
        reason=WaiverReason.SCHEDULED_FIX,
        justification=justification,
        owner="safety team" if approved_by != HOSTILE else HOSTILE,
        approved_by=approved_by,
        ticket="REL-7" if approved_by != HOSTILE else HOSTILE,
        created=DAY,
        expires=DAY + dt.timedelta(days=30),
    )


def blocked(**changes: Any) -> Report:
    waiver = waiver_called("W-1", justification="The owner is being hired.", approved_by="release board")
    values: dict[str, Any] = {
        "engine": "reference",
        "manifest": manifest(),
        "verdict": Verdict.BLOCKED,
        "assessments": (
            assessment(
                "access/broader-access",
                "Broader access",
                "applies",
                item("hub", "applies", "/access/0", reads=("/access/0/kind",)),
            ),
            assessment(
                "access/monitoring",
                "Inability to monitor or moderate usage",
                "unknown",
                item("hub", "unknown", "/access/0", undecided=("/access/0/audience", "/access/0/revocable")),
                because="the manifest does not say who sees the use",
            ),
            *(step(name, label) for name, label in STEPS.items()),
        ),
        "results": (
            result("access/described", Outcome.PASS),
            result("access/gate", Outcome.NOT_APPLICABLE),
            result(
                "access/review-date",
                Outcome.FAIL,
                Finding(message="no date is set for the next review", pointer="/monitoring/next_review"),
                severity=Severity.WARNING,
                note="a policy weakened it: reviews are planned by another team",
            ),
            result(
                "steps/existing-risk",
                Outcome.FAIL,
                Finding(message="bio: no evidence of the existing risk", pointer="/threat/0"),
                Finding(
                    message="phish: the manifest does not say",
                    pointer="/threat/1",
                    reads=("/threat/1/existing_risk/examples",),
                    outcome=Outcome.UNKNOWN,
                ),
                given="/threat/*",
            ),
            result(
                "steps/owner-named",
                Outcome.FAIL,
                Finding(message="no owner", pointer="/release/id", waiver=waiver),
            ),
        ),
        "policies": (
            Policy(id="access", title="Open properties", version="1.0.0", digest="sha256:00"),
            Policy(id="steps", title="Marginal risk", version="1.2.0", layout=Layout.MATRIX),
        ),
        "plugins": (PluginInfo(name="acme", version="2.0"),),
        "without_plugins": ("other",),
        "lapsed": (),
        "unused": (),
    }
    return Report(**(values | changes))


def passed() -> Report:
    return blocked(
        verdict=Verdict.PASS,
        assessments=(),
        results=(result("access/described", Outcome.PASS), result("access/gate", Outcome.NOT_APPLICABLE)),
        plugins=(),
        without_plugins=(),
    )


def broken() -> Report:
    failure = Finding(message="the rule broke: TypeError", pointer="/release/id", outcome=Outcome.ERROR)
    return blocked(
        verdict=Verdict.ERROR, results=(result("access/described", Outcome.ERROR, failure), *blocked().results)
    )


UNREVIEWED = Unreviewed(name="other.toml", errors=("other.toml:3:1: unknown key 'relase'; did you mean 'release'?",))


# Whole outputs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["concise", "full", "json"])
def test_a_blocked_release(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/blocked.{name}", RENDER[name]([blocked()], Style()))


@pytest.mark.parametrize("name", ["concise", "full", "json"])
def test_several_manifests_one_of_them_unreadable(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/several.{name}", RENDER[name]([passed(), UNREVIEWED, broken()], Style()))


@pytest.mark.parametrize(("style", "verbosity"), [("quiet", -1), ("verbose", 1)])
def test_more_and_less_of_the_full_report(style: str, verbosity: int, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{style}.full", RENDER["full"]([blocked()], Style(verbosity=verbosity)))


def test_a_narrow_screen_stacks_the_matrix(golden: Callable[[str, str], None]) -> None:
    golden("reporters/narrow.full", RENDER["full"]([blocked()], Style(width=50)))


# All formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [[passed()], [blocked()], [broken()], [UNREVIEWED], [passed(), blocked()]])
def test_all_formats_tell_the_same_verdict(entries: list[Report | Unreviewed]) -> None:
    verdict = overall_verdict(entries).value
    last = RENDER["full"](entries, Style()).splitlines()[-1]
    assert last.split()[0] == verdict
    assert json.loads(RENDER["json"](entries, Style()))["verdict"] == verdict
    lines = RENDER["concise"](entries, Style()).splitlines()
    words = {line.split(": ", 1)[1].split()[0] for line in lines if re.match(r"\S+\.toml: ", line)}
    assert verdict in words


@pytest.mark.parametrize("render", RENDER.values(), ids=RENDER.keys())
def test_the_same_report_gives_the_same_bytes(render: Callable[..., str]) -> None:
    assert render([blocked()], Style()) == render([blocked()], Style())


@pytest.mark.parametrize("render", RENDER.values(), ids=RENDER.keys())
def test_every_format_ends_its_last_line(render: Callable[..., str]) -> None:
    text = render([passed()], Style())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def hostile() -> Report:
    source = document(
        name=HOSTILE,
        text=f'\n\n{HOSTILE.replace(chr(10), " ")} id = "acme/one"',
        data=DATA | {"access": [{"id": HOSTILE, "kind": HOSTILE}]},
    )
    waiver = waiver_called(HOSTILE, justification=HOSTILE, approved_by=HOSTILE)
    finding = Finding(message=HOSTILE, pointer="/release/id", reads=("/access/0/kind",), outcome=Outcome.UNKNOWN)
    entry = item(HOSTILE, "unknown", "/access/0", because=HOSTILE, undecided=("/access/0/kind",))
    return blocked(
        manifest=manifest(source=source, release_id=HOSTILE),
        assessments=(
            assessment("access/broader-access", HOSTILE, "unknown", entry, because=HOSTILE),
            assessment("steps/one", HOSTILE, "unknown", entry, because=HOSTILE, label=HOSTILE),
        ),
        results=(
            result("steps/one", Outcome.UNKNOWN, finding, remediation=HOSTILE, note=HOSTILE),
            result("steps/two", Outcome.FAIL, replace(finding, waiver=waiver, outcome=Outcome.FAIL)),
            result("gate/one", Outcome.FAIL, Finding(message=HOSTILE, site=Site(file=HOSTILE, key=HOSTILE))),
        ),
        policies=(
            Policy(id="access", title=HOSTILE, version=HOSTILE),
            Policy(id="steps", title=HOSTILE, version="1", layout=Layout.MATRIX),
        ),
        plugins=(PluginInfo(name=HOSTILE, version=HOSTILE),),
        without_plugins=(HOSTILE,),
        lapsed=(waiver,),
        unused=(waiver,),
    )


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("name", ["concise", "full"])
def test_text_from_a_file_never_commands_a_terminal_or_a_runner(name: str, width: int, verbosity: int) -> None:
    entries: list[Report | Unreviewed] = [hostile(), Unreviewed(name=HOSTILE, errors=(HOSTILE,))]
    text = RENDER[name](entries, Style(verbosity=verbosity, width=width))
    text.encode("utf-8")
    assert not set(text) & set("\x1b\r\x85\u2028\u202e")
    assert "::" not in text
    assert "##[" not in text


@pytest.mark.parametrize("name", ["concise", "full"])
def test_text_from_a_file_never_forges_a_verdict(name: str) -> None:
    lines = RENDER[name]([hostile()], Style()).splitlines()
    assert not [line for line in lines if line.startswith(("verdict: pass", "blocked (0)"))]


def test_text_from_a_file_stays_what_it_is_in_json() -> None:
    text = RENDER["json"]([hostile()], Style())
    assert not set(text.encode("utf-8").decode("utf-8")) & set("\x1b\r\x85\u2028\u202e")
    assert "##[" not in text
    message = json.loads(text)["results"][0]["findings"][0]["message"]
    assert message == HOSTILE.replace("\ud800", r"\u{d800}")


def test_a_flood_of_findings_is_cut_and_counted() -> None:
    many = [Finding(message=f"finding {number}", pointer="/threat/0") for number in range(25)]
    report = blocked(results=(result("steps/one", Outcome.FAIL, *many),))
    text = RENDER["full"]([report], Style())
    assert text.count("finding 1") == 1 + sum(1 for number in range(10, 19) if f"finding {number}\n" in text)
    assert "and 15 more findings of this rule; -v shows them" in text
    assert RENDER["full"]([report], Style(verbosity=1)).count("  finding ") == 25


def test_a_long_line_is_cut_around_what_it_is_about() -> None:
    line = '{"a": "' + "x" * 100_000 + '", "id": "acme/one", "b": "' + "y" * 100_000 + '"}'
    start = line.index('"id"') + 1
    places = {"/release/id": (1, start, start + 16)}
    report = blocked(
        manifest=manifest(source=document(text=line, places=places)),
        results=(result("steps/one", Outcome.FAIL, Finding(message="no", pointer="/release/id")),),
    )
    lines = RENDER["full"]([report], Style()).splitlines()
    quoted = next(number for number, text in enumerate(lines) if text.startswith("  1 |"))
    assert len(lines[quoted]) <= 80
    assert lines[quoted][lines[quoted + 1].index("^") : lines[quoted + 1].rindex("^") + 1] == '"id": "acme/one"'


def test_colours_are_there_only_when_asked_for() -> None:
    assert "\x1b[" not in RENDER["full"]([blocked()], Style())
    assert "\x1b[31merror\x1b[0m" in RENDER["full"]([blocked()], Style(color=True))
    assert "\x1b[" not in RENDER["json"]([blocked()], Style(color=True))


def test_text_without_colours_is_text_with_colours_without_its_codes() -> None:
    for name in ("full", "concise"):
        colored = RENDER[name]([blocked()], Style(color=True))
        assert re.sub(r"\x1b\[\d+m", "", colored) == RENDER[name]([blocked()], Style())


def test_the_full_report_keeps_to_its_width() -> None:
    lines = RENDER["full"]([blocked()], Style(width=80, verbosity=1)).splitlines()
    assert max(map(len, lines)) <= 80


def test_the_caveat_stands_once() -> None:
    text = " ".join(RENDER["full"]([blocked(), blocked()], Style()).split())
    assert text.count("does not say that a release is safe or unsafe") == 1


# What to do first -----------------------------------------------------------------------------------------------------


def open_at(pointer: str, *reads: str) -> Finding:
    return Finding(message="cannot be decided", pointer=pointer, reads=reads, outcome=Outcome.UNKNOWN)


def to_do(*results: RuleResult) -> str:
    text = RENDER["full"]([blocked(results=results, assessments=ORDERED)], Style(width=200))
    return text.partition("\nWhat ")[2].partition("\n\n")[0]


ORDERED = tuple(
    dataclasses.replace(found, assessment=dataclasses.replace(found.assessment, order=order))
    for order, found in enumerate(step(name, name) for name in ("threat", "existing", "defenses"))
)


def test_rules_stand_in_the_order_of_the_questions_they_are_named_after() -> None:
    names = ("defenses-depth", "existing-depth", "threat-depth", "whole")
    fails = [result(f"steps/{name}", Outcome.FAIL) for name in names]
    unknown = result("steps/threat-present", Outcome.UNKNOWN)
    report = blocked(results=(*fails, unknown), assessments=ORDERED)
    found = [found.id.partition("/")[2] for found in unmet(report)]
    assert found == ["whole", "threat-depth", "existing-depth", "defenses-depth", "threat-present"]


def test_a_fact_is_not_paired_with_the_remedy_of_another() -> None:
    elsewhere = result("steps/one", Outcome.UNKNOWN, open_at("/threat/0", "/access/0/kind"), given="/threat/*")
    assert "1. State access[hub].kind first: steps/one hangs on it." in to_do(elsewhere)
    both = open_at("/threat/0", "/access/0/kind", "/threat/0/vector")
    assert "1. steps/one (threat[bio].vector): Cite" in to_do(
        result("steps/one", Outcome.UNKNOWN, both, given="/threat/*")
    )


def test_only_the_first_sentence_of_a_remedy_is_repeated() -> None:
    remedy = "Set `a = { why = ['...'] }` to 1.5, `b. C` too. Then look again.\n\nMore."
    text = to_do(result("steps/one", Outcome.FAIL, remediation=remedy))
    assert text.endswith("1. steps/one: Set `a = { why = ['...'] }` to 1.5, `b. C` too.")


def test_what_blocks_beyond_the_first_actions_is_counted() -> None:
    assert to_do(*(result(f"steps/{name}", Outcome.FAIL) for name in "abcde")).endswith("\n  and 2 more that block")
    assert "more that block" not in to_do(*(result(f"steps/{name}", Outcome.FAIL) for name in "abc"))


def test_without_errors_there_is_only_something_to_make_better() -> None:
    assert to_do(result("steps/one", Outcome.FAIL)).startswith("to do first\n")
    assert to_do(result("steps/one", Outcome.FAIL, severity=Severity.WARNING)).startswith("would make it better\n")


# Layout ---------------------------------------------------------------------------------------------------------------


def test_a_clause_that_all_reasons_of_a_list_end_with_is_said_once() -> None:
    answers = [
        assessment(f"access/{name}", name, "applies", because=f"{name} is out; no date is stated") for name in "abc"
    ]
    text = RENDER["full"]([blocked(assessments=tuple(answers))], Style())
    assert "a is out\n" in text
    assert text.count("no date is stated") == 1
    assert "\n  For each of these: no date is stated.\n" in text
    other = assessment("access/d", "d", "unknown", because="d is not known")
    assert RENDER["full"]([blocked(assessments=(*answers, other))], Style()).count("; no date is stated") == 3


def test_a_name_longer_than_a_line_breaks_after_a_step() -> None:
    name = "threat[" + "x" * 50 + "].existing_risk.examples.of.something"
    lines = wrap(f"{name} would decide it", Style(), indent="  ")
    assert max(map(len, lines)) <= 80
    assert lines[0].endswith((".", "]"))
    assert "".join(line.strip() for line in lines).startswith(name)


def test_a_name_moves_to_the_next_line_whole_if_it_fits_there() -> None:
    name = "threat[altered-imagery].existing_risk.examples"
    style = Style(width=60)
    assert wrap(name, style, indent="    ", first="    > undecided, for many reasons: ") == [
        "    > undecided, for many reasons:",
        f"    {name}",
    ]
    lines = set_lines([("pass", Missing((f"/{name}",))), ("fail", Missing((f"/{name}",)))], {}, style, indent="  ")
    assert list(lines) == ["  could pass or fail once stated:", f"    {name}"]


def test_what_is_not_enough_is_told_once_and_without_a_promise() -> None:
    sets = [
        ("pass", Missing(("/a", "/b"), ("/c",), enough=False)),
        ("fail", Missing(("/b",), enough=False)),
        ("apply", Missing(("/d",))),
        ("cease to apply", None),
    ]
    assert list(set_lines(sets, {}, Style(), indent="  ")) == [
        "  could apply once stated: d",
        "  hangs on: a, b",
        "  hangs on evidence for: c",
    ]


WIDE = st.text(st.sampled_from("漢字かな한글。🙂👍é́̈ abc.]"), min_size=1, max_size=200)


@given(text=WIDE, width=st.integers(NARROWEST, 100))
def test_no_line_is_wider_than_the_screen_whatever_the_script(text: str, width: int) -> None:
    style = Style(width=width, verbosity=1)
    lines = wrap(text, style, indent="    ", first="  - ")
    assert "".join("".join(lines).split()) == "-" + "".join(plain(text).split())
    source = document(data=DATA | {"access": [{"id": text, "kind": text}]})
    finding = Finding(message=text, pointer="/access/0", reads=("/access/0/kind",), outcome=Outcome.UNKNOWN)
    part = Part(text=text, outcome=PartOutcome.UNDECIDED, name=text, notes=(text,), decisive=True, more=3)
    beside = replace(part, decisive=False)
    why = replace(part, form=PartForm.ITEMS, parts=(part, beside), to_hold=Missing((f"/{text}",)))
    entry = item(text, "unknown", "/access/0", because=text, undecided=("/access/0/kind",))
    report = blocked(
        manifest=manifest(source=source),
        assessments=(
            assessment("access/broader-access", text, "unknown", entry, because=text),
            assessment("steps/one", text, "unknown", entry, because=text, label=text),
            assessment("steps/two", text, "unknown", entry, because=text, label=text),
        ),
        results=(
            result("steps/one", Outcome.UNKNOWN, replace(finding, why=(why,)), remediation=text, note=text),
            result("steps/two", Outcome.UNKNOWN, finding, remediation=text),
        ),
    )
    lines += RENDER["full"]([report], style).splitlines() + list(level_lines([why], style, indent="  ", unasked=1))
    lines += tree_lines(replace(why, name=REQUIREMENT), style, indent="  ")
    lines += set_lines([("pass", why.to_hold)], source.data, style, indent="  ")
    assert [line for line in lines if columns(line) > width] == []


def test_colours_tell_what_is_not_known() -> None:
    text = RENDER["full"]([blocked()], Style(color=True))
    assert "\x1b[35munknown\x1b[0m" in text
    assert "\x1b[1mfix:\x1b[0m" in text


# Fingerprints ---------------------------------------------------------------------------------------------------------


def fingerprint_of(report: Report) -> str:
    found: str = json.loads(RENDER["json"]([report], Style()))["results"][0]["findings"][0]["fingerprint"]
    return found


def finding_at(pointer: str, **changes: Any) -> Report:
    found = result("steps/one", Outcome.FAIL, Finding(message="no", pointer=pointer))
    return blocked(results=(found,), **changes)


def test_a_fingerprint_survives_another_order_of_the_list() -> None:
    swapped = DATA | {"threat": DATA["threat"][::-1]}
    moved = finding_at("/threat/1/vector", manifest=manifest(source=document(data=swapped)))
    assert fingerprint_of(finding_at("/threat/0/vector")) == fingerprint_of(moved)


def test_a_fingerprint_is_of_rule_release_and_place() -> None:
    base = finding_at("/threat/0")
    other_release = finding_at("/threat/0", manifest=manifest(release_id="acme/two"))
    found = {fingerprint_of(report) for report in (base, finding_at("/threat/1"), other_release)}
    assert len(found) == 3


def test_the_json_report_fits_its_schema() -> None:
    validator = jsonschema.Draft202012Validator(published_schema("release-report/1"))
    digest = "sha256:" + "0" * 64
    policies = (Policy(id="access", title="Access", version="1", digest=digest),)
    cases: list[list[Report | Unreviewed]] = [[blocked(policies=policies)], [UNREVIEWED], [passed(), UNREVIEWED]]
    for entries in cases:
        errors = list(validator.iter_errors(json.loads(RENDER["json"](entries, Style()))))
        assert not errors
