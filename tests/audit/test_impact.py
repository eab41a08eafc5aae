"""What other policies would have made of an audit: every transition has its rule, and every rule its reason."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audits import Run, rows, write_lines
from command_line import install

from policies import HEAD, rule
from release_review.audit import work
from release_review.audit.compare.causes import differences_of
from release_review.audit.compare.setup import setup_causes
from release_review.audit.ledger import open_to_write
from release_review.model import LIMITS

ROOT = Path(__file__).parents[2]
OPEN = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/open", "stage": "released"},
    "access": [{"id": "hub", "kind": "weights"}],
}
PLANNED = {"schema": "release-manifest/1", "release": {"id": "acme/planned", "stage": "planned"}}
ALWAYS = rule("always", "true")
IS_OUT = 'manifest.release.stage != "planned"'
OUT = rule("out", IS_OUT)
ANSWER = """\
[[assessment]]
id = "near"
title = "Near"
scale = ["far", "unknown", "close"]
over = "/access/*"
overall = "strongest"
none = "close"
empty = "close"
default = "close"
[[assessment.level]]
is = "far"
when = '{when}'
because = "it is far"
"""


@pytest.fixture
def change(folder: Path, audit: Callable[..., Run], run: Callable[..., Run]) -> Callable[..., Run]:
    """Audit two releases with a policy, put another into its place, and ask what that would have made of them."""

    def call(before: str, after: str, *options: str) -> Run:
        for name, text in (("before", before), ("after", after)):
            head = HEAD if "schema = " not in text else ""
            (folder / f"{name}.toml").write_text(head + text, encoding="utf-8")
        write_lines(folder / "all.jsonl", [OPEN, PLANNED])
        audit("all.jsonl", "--policy", "./before.toml", "-o", "all.db")
        (folder / "before.toml").unlink()
        return run("impact", "all.db", "--policy", "./after.toml", "--jobs", "1", *options)

    return call


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Install a plugin with a source, in place of the one before."""
    place = tmp_path_factory.mktemp("plugins") / "site"
    monkeypatch.syspath_prepend(place)

    def put(source: str) -> None:
        if not place.exists():
            install(place, source)
        sys.modules.pop("acme_plugin", None)
        head = "from release_review.hooks import hookimpl\nfrom release_review.model import *\n"
        (place / "acme_plugin.py").write_text(head + source, encoding="utf-8")
        for compiled in place.glob("__pycache__/*"):
            compiled.unlink()
        work._tools.cache_clear()  # a process of a user's has one source of a plugin for as long as it lives

    yield put
    sys.modules.pop("acme_plugin", None)
    work._tools.cache_clear()


def data(done: Run) -> Any:
    assert done.out, done.err
    return json.loads(done.out)


def moves(told: Any) -> dict[str, tuple[str, str]]:
    """Give the verdicts of the releases that change, by id."""
    changed = (each for each in told["releases"] if each["before"] != each["after"])
    return {each["release"]: (each["before"], each["after"]) for each in changed}


def makers(told: Any, release: str) -> list[str]:
    """Give the rules that make a release what it is now."""
    (found,) = (each for each in told["releases"] if each["release"] == release)
    return [each["rule"] for each in found["rules"] if each["makes"]]


def causes(told: Any, name: str) -> list[dict[str, Any]]:
    """Give what differs in a rule."""
    (found,) = (each for each in told["rules"] if each["rule"] == name)
    return list(found["causes"])


# Each transition, and its cause ---------------------------------------------------------------------------------------

WARNING = {"severity": '"warning"'}
LATER = {"effective": "2026-01-02"}
BY_LENGTH = "double(size(manifest.release.id)) <= params.longest"
GIVEN = {"given": '"/access/*"', "message": '"{this.id}"'}

TRANSITIONS = {
    "an added rule": (ALWAYS, ALWAYS + OUT, ("pass", "blocked"), "added", "added by mine 1.0.0"),
    "a removed rule": (ALWAYS + OUT, ALWAYS, ("blocked", "pass"), "removed", "removed by mine 1.0.0"),
    "a higher severity": (
        ALWAYS + rule("out", IS_OUT, **WARNING),
        ALWAYS + OUT,
        ("pass", "blocked"),
        "severity",
        "severity warning to error",
    ),
    "a lower severity": (
        ALWAYS + OUT,
        ALWAYS + rule("out", IS_OUT, **WARNING),
        ("blocked", "pass"),
        "severity",
        "severity error to warning",
    ),
    "a parameter": (
        rule("out", BY_LENGTH, params="{ longest = 12.0 }"),
        rule("out", BY_LENGTH, params="{ longest = 11.0 }"),
        ("pass", "blocked"),
        "parameter",
        "parameter longest 12 to 11",
    ),
    "another condition": (
        rule("out", IS_OUT),
        rule("out", f"{IS_OUT} || true"),
        ("blocked", "pass"),
        "condition",
        "condition assert",
    ),
    "another time to apply": (
        ALWAYS + rule("out", IS_OUT, when="'false'"),
        ALWAYS + OUT,
        ("pass", "blocked"),
        "condition",
        "condition when",
    ),
    "an earlier effective date": (
        ALWAYS + rule("out", IS_OUT, **LATER),
        ALWAYS + OUT,
        ("pass", "blocked"),
        "effective",
        "in force from 2026-01-02 to always",
    ),
    "other items": (
        ALWAYS + rule("out", 'this.id == "none"', **GIVEN),
        ALWAYS + rule("out", 'size(manifest.access) > 0 && this.release.id != ""'),
        ("pass", "blocked"),
        "items",
        "what it is about /access/* to the manifest",
    ),
}


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_transition_is_told_with_the_rule_that_makes_it_and_why(name: str, change: Callable[..., Run]) -> None:
    before, after, move, kind, what = TRANSITIONS[name]
    done = change(before, after, "--output-format", "json")
    told = data(done)
    assert done.status == 0
    assert moves(told)["acme/planned"] == move
    assert makers(told, "acme/planned") == ["mine/out"]
    assert next((each["kind"], each["what"]) for each in causes(told, "mine/out")) == (kind, what)
    assert {"before": move[0], "after": move[1], "releases": 1} in told["counts"]["transitions"]
    text = change_again(change, before, after)
    assert f"{move[0]} to {move[1]}: 1 release\n  mine/out: 1 release: acme/planned\n" in text
    assert what in " ".join(text.split())


def test_a_list_counts_what_a_rule_comes_to_in_its_own_releases(change: Callable[..., Run]) -> None:
    gone = rule("gone", 'manifest.release.id == "none"')
    done = change(ALWAYS + gone + OUT, ALWAYS + OUT)
    assert "blocked to pass: 1 release\n  mine/gone: 1 release: acme/open\n" in done.out
    assert "by other rules: 1 release\n  mine/gone: 1 release: acme/planned\n" in done.out
    assert done.out.count("- fail before, not asked now in 1 release\n") == 2
    (told,) = data(change_json(change, ALWAYS + gone + OUT, ALWAYS + OUT))["rules"]
    assert told["outcomes"] == [{"before": "fail", "after": "absent", "releases": 2}]


def change_json(change: Callable[..., Run], before: str, after: str) -> Run:
    Path("all.db").unlink()
    return change(before, after, "--output-format", "json")


def change_again(change: Callable[..., Run], before: str, after: str) -> str:
    Path("all.db").unlink()
    return change(before, after).out


def test_a_condition_is_told_as_it_was_and_as_it_is(change: Callable[..., Run]) -> None:
    told = data(change(OUT, rule("out", f"{IS_OUT} || true"), "--output-format", "json"))
    (cause,) = causes(told, "mine/out")
    assert (cause["before"], cause["after"]) == (IS_OUT, f"{IS_OUT} || true")


def test_a_condition_in_which_only_blanks_and_comments_differ_is_the_same(change: Callable[..., Run]) -> None:
    told = data(change(OUT, rule("out", f"{IS_OUT}   // as before"), "--output-format", "json"))
    assert told["rules"] == []


def test_an_override_is_told_with_the_reason_that_it_gives(change: Callable[..., Run]) -> None:
    before = HEAD + 'extends = ["open-properties"]\n' + OUT
    override = '[override."open-properties/access-described"]\nseverity = "note"\nbecause = "we know where it is"\n'
    after = HEAD + 'extends = ["open-properties"]\n' + override + OUT
    told = data(change(before, after, "--output-format", "json"))
    (cause,) = causes(told, "open-properties/access-described")
    assert (cause["kind"], cause["before"], cause["after"]) == ("severity", "error", "note")
    assert cause["because"] == "changed by mine (error to note), because we know where it is"
    assert told["counts"]["blocked_by_other_rules"] == 1
    assert makers(told, "acme/planned") == ["open-properties/access-described"]


def test_a_parameter_that_a_policy_overrides_is_told_with_its_values(
    site: Callable[[str], None], change: Callable[..., Run]
) -> None:
    site(f"""
@hookimpl
def release_review_policies():
    short = Rule(id="short", summary="It is short.", assertion="{BY_LENGTH}", params={{"longest": 12.0}})
    yield Policy(id="acme", title="Acme", version="1", rules=(short,))
""")
    before = HEAD + 'extends = ["acme"]\n' + ALWAYS
    after = (
        HEAD + 'extends = ["acme"]\n[override."acme/short"]\nparams = { longest = 9.0 }\nbecause = "room"\n' + ALWAYS
    )
    told = data(change(before, after, "--output-format", "json"))
    assert moves(told) == {"acme/planned": ("pass", "blocked")}
    (cause,) = causes(told, "acme/short")
    assert (cause["kind"], cause["before"], cause["after"]) == ("parameter", 12.0, 9.0)
    assert cause["because"] == "changed by mine (longest from 12 to 9), because room"


def test_a_rule_that_a_choice_leaves_out_is_told_with_who_does_and_why(change: Callable[..., Run]) -> None:
    extends = HEAD + 'extends = ["open-properties"]\n'
    choose = '[choose.open-properties]\nrules = ["use-policy-enforced"]\nbecause = "we begin small"\n'
    told = data(change(extends + ALWAYS, extends + choose + ALWAYS, "--output-format", "json"))
    assert moves(told) == {"acme/planned": ("blocked", "pass")}
    (cause,) = causes(told, "open-properties/access-described")
    assert cause["kind"] == "left-out"
    assert cause["what"] == "left out by mine, because we begin small"


def test_a_rule_that_is_no_longer_left_out_says_who_did_and_why(change: Callable[..., Run]) -> None:
    extends = HEAD + 'extends = ["open-properties"]\n'
    choose = '[choose.open-properties]\nrules = ["use-policy-enforced"]\nbecause = "we begin small"\n'
    told = data(change(extends + choose + ALWAYS, extends + ALWAYS, "--output-format", "json"))
    assert moves(told) == {"acme/planned": ("pass", "blocked")}
    (cause,) = causes(told, "open-properties/access-described")
    assert cause["what"] == "no longer left out by mine, because we begin small"


def test_a_policy_that_comes_or_goes_as_a_whole_is_told_so(change: Callable[..., Run]) -> None:
    told = data(change(ALWAYS, HEAD.replace('"mine"', '"yours"') + OUT, "--output-format", "json"))
    assert moves(told)["acme/planned"] == ("pass", "blocked")
    assert causes(told, "yours/out")[0]["what"] == "yours 1.0.0 was not applied before"
    assert causes(told, "mine/always")[0]["what"] == "mine 1.0.0 is not applied any more"
    assert [each["what"] for each in told["beside"]] == ["mine 1.0.0 is gone", "yours 1.0.0 is new"]


def test_an_assessment_that_differs_is_told_with_its_levels_and_the_rules_that_read_it(
    change: Callable[..., Run],
) -> None:
    reads = rule("out", 'assessments["mine/near"].level != "far"')
    before, after = (ANSWER.format(when=each) + reads for each in ('this.kind == "api"', 'this.kind == "weights"'))
    done = change(before, after, "--output-format", "json")
    told = data(done)
    assert moves(told) == {"acme/open": ("pass", "blocked")}
    assert [each["what"] for each in causes(told, "mine/out")] == ["reads mine/near, which differs"]
    (asked,) = told["assessments"]
    assert asked["levels"] == [{"before": "close", "after": "far", "releases": 1}]
    assert [each["what"] for each in asked["causes"]] == ["condition level far"]
    assert told["releases"][0]["levels"] == [{"assessment": "mine/near", "before": "close", "after": "far"}]


CHECK = """
def check(context):
    if context.manifest["release"]["stage"] == {stage!r}:
        yield Finding(message="so it is")

@hookimpl
def release_review_policies():
    yield Policy(id="acme", title="Acme", version="1", rules=(Rule(id="one", summary="One thing holds.", check=check),))
"""


def test_a_check_in_python_that_is_other_code_is_told_so(
    site: Callable[[str], None], folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(folder / "all.jsonl", [OPEN, PLANNED])
    site(CHECK.format(stage="nothing"))
    assert audit("all.jsonl", "--policy", "acme", "-o", "all.db").status == 0
    site(CHECK.format(stage="planned"))
    told = data(run("impact", "all.db", "--policy", "acme", "--jobs", "1", "--output-format", "json"))
    assert moves(told) == {"acme/planned": ("pass", "blocked")}
    assert [each["kind"] for each in causes(told, "acme/one")] == ["code"]


def test_a_rule_that_breaks_takes_the_verdict_away_and_is_named(
    site: Callable[[str], None], folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(folder / "all.jsonl", [OPEN, PLANNED])
    site(CHECK.format(stage="nothing"))
    assert audit("all.jsonl", "--policy", "acme", "-o", "all.db").status == 0
    site(CHECK.format(stage="planned").replace('yield Finding(message="so it is")', "yield from {}['oh']"))
    command = ("impact", "all.db", "--policy", "acme", "--jobs", "1")
    done = run(*command)
    assert done.status == 0
    assert "pass to error: 1 release\n  acme/one: 1 release: acme/planned\n" in done.out
    assert "KeyError" in done.out
    gate = run(*command, "--fail-on-new-block")
    assert gate.status == 2
    assert gate.err.endswith("no verdict was reached\n")
    # And back: the ledger of a rule that breaks has the manifest, and can be reviewed again.
    assert audit("all.jsonl", "--policy", "acme", "-o", "broken.db").status == 2
    site(CHECK.format(stage="nothing"))
    back = data(run("impact", "broken.db", "--policy", "acme", "--jobs", "1", "--output-format", "json"))
    assert moves(back) == {"acme/planned": ("error", "pass")}
    assert makers(back, "acme/planned") == ["acme/one"]


def test_a_release_that_no_rule_applies_to_any_more_has_no_verdict(change: Callable[..., Run]) -> None:
    done = change(OUT, rule("out", IS_OUT, when="'false'"))
    assert "pass to error: 1 release\n" in done.out
    assert "no rule applies" in done.out
    assert done.status == 0


# What stays ----------------------------------------------------------------------------------------------------------


def test_the_same_policies_change_nothing_for_the_examples(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    examples = sorted(map(str, ROOT.glob("examples/*/release.toml")))
    audit(*examples, "-o", "all.db")
    told = data(run("impact", "all.db", "--jobs", "1", "--output-format", "json", "--fail-on-new-block"))
    assert told["counts"]["releases"] == told["counts"]["reviewed"] == len(examples) >= 8
    assert told["counts"]["before"] == told["counts"]["now"]
    assert told["counts"]["transitions"] == told["releases"] == told["rules"] == told["assessments"] == []
    text = run("impact", "all.db", "--jobs", "1").out
    assert "the files of the policies are the same\n" in text
    assert "\nno verdict changes; " in text


def test_what_could_not_be_reviewed_stays_so_and_is_counted(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(folder / "all.jsonl", [OPEN, "{", PLANNED, "[]"])
    (folder / "p.toml").write_text(HEAD + ALWAYS, encoding="utf-8")
    assert audit("all.jsonl", "--policy", "./p.toml", "-o", "all.db").status == 2
    done = run("impact", "all.db", "--policy", "./p.toml", "--fail-on-new-block", "--output-format", "json")
    counts = data(done)["counts"]
    assert done.status == 0
    assert (counts["releases"], counts["reviewed"]) == (4, 2)
    assert counts["before"] == counts["now"] == {"pass": 2, "blocked": 0, "error": 2}
    assert counts["unchanged"]["error"] == 2
    assert "2 releases could not be reviewed by the audit" in run("impact", "all.db", "--policy", "./p.toml").out


def test_a_ledger_in_which_nothing_can_be_reviewed_again_is_no_comparison(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(folder / "all.jsonl", ["{"])
    audit("all.jsonl", "-o", "all.db")
    done = run("impact", "all.db", "--fail-on-new-block")
    assert done.status == 2
    assert "nothing can be compared" in done.err


def test_evidence_is_what_it_was_when_it_was_audited(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    (folder / "here").mkdir()
    (folder / "here" / "proof.txt").write_text("seen", encoding="utf-8")
    (folder / "here" / "release.toml").write_text(
        'schema = "release-manifest/1"\n[release]\nid = "acme/one"\n[[evidence]]\nid = "e"\nkind = "card"\n'
        'path = "proof.txt"\n',
        encoding="utf-8",
    )
    (folder / "p.toml").write_text(
        HEAD + rule("seen", 'manifest.evidence.exists(e, e.status == "unverified")'), encoding="utf-8"
    )
    assert audit("here/release.toml", "--policy", "./p.toml", "-o", "all.db").status == 0
    (folder / "here" / "proof.txt").unlink()
    told = data(run("impact", "all.db", "--policy", "./p.toml", "--output-format", "json"))
    assert told["counts"]["now"]["pass"] == 1
    assert told["releases"] == []


# What differs, as data -----------------------------------------------------------------------------------------------

ASKED: dict[str, Any] = {
    "policies": {"mine": {"version": "1"}},
    "rules": {
        "mine/one": {"severity": "error", "note": "", "params": {}, "conditions": {}, "levels_read": None, "code": "a"},
        "mine/two": {"severity": "error", "note": "", "params": {}, "conditions": {}, "levels_read": []},
    },
    "assessments": {"mine/near": {"note": "", "params": {}, "conditions": {"level a": "x", "level b": "y"}}},
}


def with_near(**more: Any) -> dict[str, Any]:
    """Give the definitions with an assessment that differs."""
    near = ASKED["assessments"]["mine/near"] | more
    return {**ASKED, "assessments": {"mine/near": near}}


def whats(found: Any, name: str) -> list[str]:
    return [each.what for each in found[name]]


def test_the_order_in_which_levels_are_tried_is_told() -> None:
    found = differences_of(ASKED, with_near(conditions={"level b": "y", "level a": "x"}))
    assert whats(found.assessments, "mine/near") == ["order of the conditions"]


def test_a_check_in_python_may_read_any_assessment_that_differs() -> None:
    found = differences_of(ASKED, with_near(params={"words": ["a", "b"], "from": "2026-01-01"}))
    assert whats(found.rules, "mine/one") == ["is a check in Python, and may read mine/near, which differs"]
    assert "mine/two" not in found.rules
    told = ["parameter from none to 2026-01-01", "parameter words none to [a, b]"]
    assert whats(found.assessments, "mine/near") == told


def test_another_scale_is_told_with_both() -> None:
    found = differences_of(with_near(scale=["a", "b"]), with_near(scale=["b", "a"]))
    assert whats(found.assessments, "mine/near") == ["scale [a, b] to [b, a]"]


@pytest.mark.parametrize("broken", [None, [], {"rules": 1, "assessments": None}, {"rules": {"mine/one": 3}}])
def test_definitions_that_say_nothing_differ_and_break_nothing(broken: Any) -> None:
    assert "mine/one" in differences_of(broken, ASKED).rules


def test_two_and_two_point_nought_are_not_the_same_value() -> None:
    two = with_near(params={"n": 2})
    assert whats(differences_of(two, with_near(params={"n": 2.0})).assessments, "mine/near") == ["parameter n 2 to 2"]


SETUP: dict[str, Any] = {
    "tool": "1",
    "engine": "compiled",
    "today": "2026-01-01",
    "as_of": None,
    "digests": [["mine", "1", "sha256:a"]],
    "plugins": [["acme", "1"], ["old", "1"]],
    "without_plugins": [],
    "waivers": ["w.toml", "sha256:w"],
    "limits": {"depth": 64},
}


@pytest.mark.parametrize(
    ("changed", "kind", "what"),
    [
        ({"tool": "2"}, "tool", "release-review: 1 to 2"),
        ({"engine": "reference"}, "engine", "the engine: compiled to reference"),
        ({"digests": [["mine", "1", "sha256:b"]]}, "policy", "mine 1: other files"),
        ({"plugins": [["acme", "2"], ["old", "1"]]}, "plugins", "plugin acme: 1 to 2"),
        ({"plugins": [["acme", "1"]]}, "plugins", "plugin old: 1 to none"),
        ({"without_plugins": ["new"]}, "plugins", "plugins left out: none to new"),
        ({"waivers": None}, "waivers", "no waivers any more"),
        ({"waivers": ["w.toml", "sha256:v"]}, "waivers", "other waivers"),
        ({"waivers": ["elsewhere.toml", "sha256:w"]}, "", ""),
        ({"limits": {"depth": 65}}, "limits", "other limits on each manifest"),
    ],
)
def test_what_an_audit_was_told_is_told_where_it_differs(changed: dict[str, Any], kind: str, what: str) -> None:
    found = [(each.kind, each.what) for each in setup_causes(SETUP, {**SETUP, **changed})]
    assert found == ([(kind, what)] if kind else [])


def test_a_change_that_nothing_explains_says_so(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(folder / "all.jsonl", [OPEN])
    (folder / "p.toml").write_text(HEAD + ANSWER.format(when='this.kind == "weights"') + OUT, encoding="utf-8")
    audit("all.jsonl", "--policy", "./p.toml", "-o", "all.db")
    with closing(sqlite3.connect(folder / "all.db")) as connection, connection:
        ((packed,),) = connection.execute("SELECT rows FROM batch")
        line = work.unpack(packed).replace(b'"mine/out":"pass"', b'"mine/out":"fail"').replace(b'"far"', b'"close"')
        connection.execute("UPDATE batch SET rows = ?", (work.pack(line),))
    told = data(run("impact", "all.db", "--policy", "./p.toml", "--output-format", "json"))
    assert [each["kind"] for each in causes(told, "mine/out")] == ["unexplained"]
    assert [each["kind"] for each in told["assessments"][0]["causes"]] == ["unexplained"]
    text = run("impact", "all.db", "--policy", "./p.toml").out
    assert "levels\n  mine/near: close to far: 1 release: acme/open\n    - nothing that the ledger tells" in text


# Who does it, and what it says ----------------------------------------------------------------------------------------


def test_one_process_and_two_say_the_same(folder: Path, audit: Callable[..., Run], run: Callable[..., Run]) -> None:
    manifests = [
        {**OPEN, "release": {"id": f"acme/m-{number}", "stage": ("released", "planned")[number % 3 == 0]}}
        for number in range(150)
    ]
    write_lines(folder / "all.jsonl", [*manifests[:70], "{", *manifests[70:]])
    (folder / "before.toml").write_text(HEAD + ALWAYS, encoding="utf-8")
    (folder / "after.toml").write_text(HEAD + ALWAYS + OUT, encoding="utf-8")
    audit("all.jsonl", "--policy", "./before.toml", "-o", "all.db")
    command = ("impact", "all.db", "--policy", "./after.toml", "--output-format", "json", "--jobs")
    one, two = run(*command, "1"), run(*command, "2")
    assert one.out == two.out
    told = data(one)
    assert [each["number"] for each in told["releases"]] == sorted(each["number"] for each in told["releases"])
    assert len(moves(told)) == 50


def test_a_gate_on_new_blocks_is_red_for_a_release_that_passed(change: Callable[..., Run]) -> None:
    assert change(ALWAYS, ALWAYS + OUT, "--fail-on-new-block").status == 1


def test_a_gate_on_new_blocks_is_green_for_one_that_was_blocked_before(change: Callable[..., Run]) -> None:
    done = change(OUT, OUT + rule("more", IS_OUT), "--fail-on-new-block")
    assert done.status == 0
    assert "blocked as before, by other rules: 1 release\n  mine/more: 1 release: acme/planned\n" in done.out


def test_a_rule_that_differs_and_changes_nothing_is_named(change: Callable[..., Run]) -> None:
    done = change(ALWAYS, ALWAYS + rule("also", "true"))
    assert "rules that differ, and change nothing here\n  mine/also\n    - added by mine 1.0.0\n" in done.out


def test_a_rule_that_changes_no_verdict_is_told_as_such(change: Callable[..., Run]) -> None:
    done = change(ALWAYS, ALWAYS + rule("out", IS_OUT, **WARNING))
    assert "\n  mine/out: not asked before, fail now in 1 release\n" in done.out
    assert "no verdict changes; 2 pass as before" in done.out


def test_lists_are_short_unless_all_is_asked_for(change: Callable[..., Run]) -> None:
    many = "".join(rule(f"also-{number:02}", "true") for number in range(25))
    short = change(ALWAYS, ALWAYS + many)
    assert "  and 5 more; see them with -v\n" in short.out
    assert "also-24" not in short.out
    Path("all.db").unlink()
    long = change(ALWAYS, ALWAYS + many, "-v")
    assert "also-24" in long.out
    assert "see them with -v" not in long.out


def test_every_release_is_listed_where_all_is_asked_for(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(folder / "all.jsonl", [{**PLANNED, "release": {"id": f"a/{n}", "stage": "planned"}} for n in range(9)])
    (folder / "before.toml").write_text(HEAD + ALWAYS, encoding="utf-8")
    (folder / "after.toml").write_text(HEAD + OUT, encoding="utf-8")
    audit("all.jsonl", "--policy", "./before.toml", "-o", "all.db")
    command = ("impact", "all.db", "--policy", "./after.toml", "--jobs", "1")
    assert "mine/out: 9 releases: a/0, a/1, a/2, a/3, a/4 and 4 more\n" in run(*command).out
    assert run(*command, "-v").out.count("): pass to blocked\n") == 9


def test_text_is_eighty_columns_wide_and_says_once_what_it_does_not(change: Callable[..., Run]) -> None:
    done = change(ALWAYS, ALWAYS + OUT, "-v")
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.count("does not weigh benefits against risks") + done.out.count("does\nnot weigh") == 1


def test_forms_go_to_files_and_an_old_one_does_not_outlive_a_failure(
    change: Callable[..., Run], run: Callable[..., Run], folder: Path
) -> None:
    done = change(ALWAYS, ALWAYS + OUT, "--output", "json=i.json", "--output", "markdown=i.md")
    assert done.status == 0
    assert json.loads((folder / "i.json").read_text(encoding="utf-8"))["schema"] == "audit-impact/1"
    page = (folder / "i.md").read_text(encoding="utf-8")
    assert "#### pass to blocked: 1 release\n\n- mine/out: 1 release: acme/planned\n" in page
    failed = run("impact", "all.db", "--policy", "./none.toml", "--output", "json=i.json")
    assert failed.status == 2
    assert not (folder / "i.json").exists()


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--output-format", "yaml"), "there is no form 'yaml' of a comparison"),
        (("--output-format", "json", "--output", "text=-"), "are both for stdout"),
        (("--output", "json=all.db"), "the report would replace what this run reads or writes"),
    ],
)
def test_a_form_that_cannot_be_had_is_refused_before_anything_is_reviewed(
    options: tuple[str, ...], what: str, change: Callable[..., Run]
) -> None:
    done = change(ALWAYS, ALWAYS, *options)
    assert done.status == 2
    assert what in done.err
    assert len(rows("all.db")) == 2


def test_what_names_hold_moves_no_cursor_and_opens_no_link(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    evil = folder / "evil\x1b[2J<b>@all"
    evil.mkdir()
    (evil / "release.toml").write_text(
        'schema = "release-manifest/1"\n[release]\nid = "acme/one"\nstage = "planned"\n', encoding="utf-8"
    )
    (folder / "before.toml").write_text(HEAD + ALWAYS, encoding="utf-8")
    (folder / "after.toml").write_text(HEAD + OUT, encoding="utf-8")
    assert audit(f"{evil.name}/release.toml", "--policy", "./before.toml", "-o", "all.db").status == 0
    command = ("impact", "all.db", "--policy", "./after.toml", "--jobs", "1", "-v", "--output-format")
    for name, shown in (("text", r"evil\x1b[2J"), ("json", r"evil\u001b[2J"), ("markdown", "`")):
        done = run(*command, name)
        assert "\x1b" not in done.out
        assert shown in done.out
        assert "acme/one" in done.out
    assert "<b>@all" not in run(*command, "markdown").out.replace("`(evil\\x1b[2J<b>@all/release.toml)`", "").replace(
        "`evil\\x1b[2J<b>@all/release.toml`", ""
    )


# Ledgers --------------------------------------------------------------------------------------------------------------


def test_an_audit_that_did_not_end_is_refused_unless_that_is_said(
    change: Callable[..., Run], run: Callable[..., Run], folder: Path
) -> None:
    change(ALWAYS, ALWAYS + OUT)
    with open_to_write(folder / "all.db") as ledger:
        ledger.set_meta(state="running")
    command = ("impact", "all.db", "--policy", "./after.toml", "--jobs", "1")
    refused = run(*command)
    assert refused.status == 2
    assert "its audit did not come to its end: 2 releases so far; go on with" in refused.err
    taken = run(*command, "--partial")
    assert taken.status == 0
    assert "  unfinished: the audit did not come to its end" in taken.out
    assert data(run(*command, "--partial", "--output-format", "json"))["ledger"]["complete"] is False


def told_otherwise(folder: Path, **more: Any) -> None:
    """Make a ledger say something else of its audit."""
    with open_to_write(folder / "all.db") as ledger:
        ledger.set_meta(setup={**ledger.meta["setup"], **more})


def test_a_plugin_that_the_audit_left_out_need_not_be_installed(
    change: Callable[..., Run], run: Callable[..., Run], folder: Path
) -> None:
    change(ALWAYS, ALWAYS)
    told_otherwise(folder, without_plugins=["gone"], tool="0.0.1")
    done = run("impact", "all.db", "--policy", "./after.toml", "--jobs", "1")
    assert done.status == 0
    assert "  differs besides: release-review: 0.0.1 to " in done.out
    assert "  differs besides: plugins left out: gone to none\n" in done.out


def test_bounds_of_somebody_else_bound_nothing_here(
    change: Callable[..., Run], run: Callable[..., Run], folder: Path
) -> None:
    change(ALWAYS, ALWAYS)
    limits = dataclasses.asdict(LIMITS)
    told_otherwise(folder, limits={**limits, "nodes": 1})
    done = run("impact", "all.db", "--policy", "./after.toml", "--jobs", "1")
    assert done.out.endswith("\nno verdict changes; 2 pass as before\n")
    assert "  differs besides: other limits on each manifest\n" in done.out
    told_otherwise(folder, limits={"none": 1})
    damaged = run("impact", "all.db", "--policy", "./after.toml", "--jobs", "1")
    assert damaged.status == 2
    assert "what it says of its audit is damaged" in damaged.err


def test_a_ledger_whose_rows_are_damaged_is_no_comparison(
    change: Callable[..., Run], run: Callable[..., Run], folder: Path
) -> None:
    change(ALWAYS, ALWAYS)
    with closing(sqlite3.connect(folder / "all.db")) as connection, connection:
        connection.execute("UPDATE batch SET manifests = x'00'")
    done = run("impact", "all.db", "--policy", "./after.toml", "--jobs", "1")
    assert done.status == 2
    assert "all.db: a batch of it is damaged" in done.err


# Waivers --------------------------------------------------------------------------------------------------------------

WAIVER = """\
schema = "release-waivers/1"
[[waiver]]
id = "planned-1"
rule = "mine/out"
release = "acme/planned"
reason = "accepted-risk"
justification = "It comes out next week."
owner = "release manager"
approved_by = "release board"
ticket = "GATE-1"
created = 2025-12-01
expires = 2026-02-01
"""


@pytest.fixture
def waived(folder: Path, audit: Callable[..., Run], run: Callable[..., Run]) -> Callable[..., Run]:
    """Audit with a waiver, and ask what another policy would have made of it."""
    write_lines(folder / "all.jsonl", [OPEN, PLANNED])
    (folder / "w.toml").write_text(WAIVER, encoding="utf-8")
    (folder / "before.toml").write_text(HEAD + OUT, encoding="utf-8")
    assert audit("all.jsonl", "--policy", "./before.toml", "--waivers", "w.toml", "-o", "all.db").status == 0

    def call(policy: str, *options: str) -> Run:
        (folder / "after.toml").write_text(HEAD + policy, encoding="utf-8")
        return run("impact", "all.db", "--policy", "./after.toml", "--jobs", "1", "--output-format", "json", *options)

    return call


def test_the_waivers_of_the_audit_still_lift_what_they_lifted(waived: Callable[..., Run]) -> None:
    assert data(waived(OUT))["releases"] == []


def test_a_rule_that_may_no_longer_be_waived_is_told_so(waived: Callable[..., Run]) -> None:
    told = data(waived(rule("out", IS_OUT, waivable="false")))
    assert moves(told) == {"acme/planned": ("pass", "blocked")}
    assert "mine/out" in makers(told, "acme/planned")
    assert [each["kind"] for each in causes(told, "mine/out")] == ["waivable"]
    assert causes(told, "mine/out")[0]["what"].endswith(" days to no time")


def test_other_waivers_are_told_as_what_differs(waived: Callable[..., Run], folder: Path) -> None:
    (folder / "other.toml").write_text(WAIVER.replace("acme/planned", "acme/other"), encoding="utf-8")
    told = data(waived(OUT, "--waivers", "other.toml"))
    assert moves(told) == {"acme/planned": ("pass", "blocked")}
    assert [each["kind"] for each in told["beside"]] == ["policy", "waivers"]
    assert [each["kind"] for each in causes(told, "mine/out")] == ["waivers"]


def test_waivers_that_are_others_by_now_are_not_taken_for_those_of_the_audit(
    waived: Callable[..., Run], folder: Path
) -> None:
    (folder / "w.toml").write_text(WAIVER.replace("2026-02-01", "2026-01-15"), encoding="utf-8")
    changed = waived(OUT)
    (folder / "w.toml").unlink()
    gone = waived(OUT)
    for done in (changed, gone):
        assert done.status == 2
        assert "w.toml: the waivers of the audit are not there, or are others by now; name them" in done.err


def test_the_help_says_how_to_go_on(run: Callable[..., Run], golden: Callable[[str, str], None]) -> None:
    golden("cli/help-impact.txt", run("impact", "--help").out)
