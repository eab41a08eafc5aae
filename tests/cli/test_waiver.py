"""`release-review waiver`: a waiver that is written lifts what it says, and one that could not is refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

POLICY = """\
schema = "release-policy/1"
id = "steps"
version = "1.0.0"
title = "Steps"
description = "What a test needs."

[[rule]]
id = "examples"
summary = "Examples of each threat are given."
severity = "error"
given = "/threat/*"
assert = 'this.existing_risk.examples == "yes"'
message = "{this.id} has no examples"
rationale = "Without examples nobody knows how likely it is."
remediation = "Give examples."
waivable = { max_days = 30 }

[[rule]]
id = "out"
summary = "The release is out."
severity = "error"
assert = 'manifest.release.stage == "released"'
message = "it is not out"
rationale = "What is not out is not reviewed."
remediation = "Set `release.stage`."
waivable = false

[[rule]]
id = "named"
summary = "Each safeguard says how well it works."
severity = "error"
given = "/safeguard/*"
assert = 'this.efficacy == "measured"'
message = "it is not known how well it works"
rationale = "A safeguard that does nothing is none."
remediation = "Measure it."
"""
RELEASE = """\
schema = "release-manifest/1"
[release]
id = "acme/model@1"
stage = "released"
[[threat]]
id = "bio"
vector = "biosecurity"
existing_risk.examples = "no"
[[threat]]
id = "cyber"
vector = "cybersecurity"
[[safeguard]]
name = "filter"
[[safeguard]]
name = "terms"
"""
DAY = "2026-01-10"
SMALL = ("--isolated", "--policy", "steps.toml")
SAID = (
    "--reason=accepted-risk",
    "--justification=It is on its way.",
    "--owner=release manager",
    "--approved-by=release board",
    "--ticket=GATE-1",
)
NEW = ("waiver", "new", "--manifest", "release.toml", *SMALL, *SAID, "--today", DAY)
FOR_A_WEEK = (*NEW, "--days", "7")


@pytest.fixture
def repository(checkout: Path) -> Path:
    """Give a checkout whose release does not meet two rules in two places each."""
    (checkout / "steps.toml").write_text(POLICY, encoding="utf-8")
    (checkout / "release.toml").write_text(RELEASE, encoding="utf-8")
    return checkout


def check(run: Callable[..., Any], *arguments: str, today: str = DAY) -> Any:
    return run("check", *SMALL, "--today", today, *arguments, "release.toml")


STUDIES = """\
schema = "release-policy/1"
id = "studies"
version = "1.0.0"
title = "Studies"
description = "What a test needs."

[[rule]]
id = "measured"
summary = "The filter is measured."
severity = "error"
assert = 'size(manifest.safeguard) > 0 && manifest.safeguard.all(s, s.efficacy == "measured")'
message = "it is not measured"
rationale = "A safeguard that does nothing is none."
remediation = "Measure it."
waivable = { max_days = 30 }
"""
STUDIED = """\
schema = "release-manifest/1"
[release]
id = "acme/model@1"
[[evidence]]
id = "study"
kind = "evaluation-log"
path = "study.txt"
[[safeguard]]
name = "filter"
efficacy = { value = "not-measured", evidence = ["study"] }
"""


# new ------------------------------------------------------------------------------------------------------------------


def test_a_waiver_is_printed_as_a_block_of_toml(run: Callable[..., Any], repository: Path) -> None:
    done = run(*FOR_A_WEEK, "examples")
    assert (done.status, done.err) == (0, "")
    (waiver,) = tomllib.loads(done.out)["waiver"]
    facts = waiver.pop("facts")
    assert facts.startswith("sha256:")
    assert {name: str(value) for name, value in waiver.items()} == {
        "id": "examples-model-1-2026-01-10",
        "rule": "steps/examples",
        "release": "acme/model@1",
        "reason": "accepted-risk",
        "justification": "It is on its way.",
        "owner": "release manager",
        "approved_by": "release board",
        "ticket": "GATE-1",
        "created": "2026-01-10",
        "expires": "2026-01-16",
    }


def test_a_waiver_that_is_written_lifts_what_it_is_for_until_its_last_day(
    run: Callable[..., Any], repository: Path
) -> None:
    for rule in ("steps/examples", "named"):
        done = run(*FOR_A_WEEK, rule, "--file", "waivers.toml")
        assert (done.status, done.out) == (0, "")
    assert done.err == "waivers.toml: waiver named-model-1-2026-01-10 added; it holds until 2026-01-16\n"
    for today, status in (("2026-01-16", 0), ("2026-01-17", 1), (DAY, 0), ("2026-01-09", 1)):
        assert check(run, "--waivers", "waivers.toml", today=today).status == status


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ('examples = "no"', 'examples = "unknown"', 1),
        ('id = "cyber"', 'id = "other"', 1),
        ("[[safeguard]]", '[[threat]]\nid = "new"\nvector = "biosecurity"\n[[safeguard]]', 1),
        ('stage = "released"', 'stage = "released"\ndate = 2025-01-01', 0),
        ('vector = "cybersecurity"', 'vector = "cybersecurity"\ntitle = "Intrusion"', 0),
    ],
)
def test_a_waiver_lapses_when_its_facts_change(
    run: Callable[..., Any], repository: Path, old: str, new: str, status: int
) -> None:
    for rule in ("examples", "named"):
        run(*FOR_A_WEEK, rule, "--file", "waivers.toml")
    assert old in RELEASE
    (repository / "release.toml").write_text(RELEASE.replace(old, new, 1), encoding="utf-8")
    done = check(run, "--waivers", "waivers.toml")
    assert done.status == status
    assert ("gate/waivers-rest-on-the-same-facts" in done.out) == bool(status)


def test_without_facts_it_does_not(run: Callable[..., Any], repository: Path) -> None:
    for rule in ("examples", "named"):
        run(*FOR_A_WEEK, rule, "--without-facts", "--file", "waivers.toml")
    text = RELEASE.replace('examples = "no"', 'examples = "unknown"')
    (repository / "release.toml").write_text(text, encoding="utf-8")
    assert check(run, "--waivers", "waivers.toml").status == 0


@pytest.mark.parametrize(
    "arguments", [("-v",), ("--engine", "reference"), ("--no-cache",), ("--output-format", "json")]
)
def test_however_one_looks_the_facts_are_the_same(
    run: Callable[..., Any], repository: Path, arguments: tuple[str, ...]
) -> None:
    for rule in ("examples", "named"):
        run(*FOR_A_WEEK, rule, "--file", "waivers.toml")
    assert check(run, "--waivers", "waivers.toml", *arguments).status == 0
    (repository / "release.toml").write_text(RELEASE.replace('"no"', '"unknown"'), encoding="utf-8")
    assert check(run, "--waivers", "waivers.toml", *arguments).status == 1


def test_two_places_are_two_decisions(run: Callable[..., Any], repository: Path) -> None:
    run(*FOR_A_WEEK, "named", "--file", "w.toml")
    run(*FOR_A_WEEK, "examples", "--pointer", "/threat/bio", "--file", "w.toml")
    assert check(run, "--waivers", "w.toml").status == 1
    assert run(*FOR_A_WEEK, "examples", "--pointer", "/threat/cyber", "--file", "w.toml").status == 0
    assert [each["id"] for each in tomllib.loads((repository / "w.toml").read_text(encoding="utf-8"))["waiver"]] == [
        "named-model-1-2026-01-10",
        "examples-model-1-2026-01-10",
        "examples-model-1-2026-01-10-2",
    ]
    assert check(run, "--waivers", "w.toml").status == 0


def test_an_item_without_an_id_is_bound_to_what_it_says(run: Callable[..., Any], repository: Path) -> None:
    run(*FOR_A_WEEK, "examples", "--file", "w.toml")
    assert run(*FOR_A_WEEK, "named", "--pointer", "/safeguard/0", "--file", "w.toml").status == 0
    only = RELEASE.replace('[[safeguard]]\nname = "terms"\n', "")
    (repository / "release.toml").write_text(only, encoding="utf-8")
    assert check(run, "--waivers", "w.toml").status == 0
    (repository / "release.toml").write_text(only.replace('"filter"', '"terms"'), encoding="utf-8")
    assert check(run, "--waivers", "w.toml").status == 1
    done = run(*FOR_A_WEEK, "named", "--pointer", "/safeguard/0", "--without-facts")
    assert done.status == 2
    assert "names an item without an id by its place in a list" in done.err


def test_what_is_in_the_file_stays_as_it_is(run: Callable[..., Any], repository: Path) -> None:
    old = b'# Ours.\r\nschema = "release-waivers/1"   # first\r\n\r\n# The end, without a line end'
    (repository / "w.toml").write_bytes(old)
    assert run(*FOR_A_WEEK, "examples", "--file", "w.toml").status == 0
    content = (repository / "w.toml").read_bytes()
    assert content.startswith(old + b"\r\n\r\n[[waiver]]\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert not list(repository.glob(".*.tmp"))
    assert run(*FOR_A_WEEK, "named", "--file", "w.toml").status == 0
    assert (repository / "w.toml").read_bytes().startswith(content + b"\r\n[[waiver]]\r\n")


def test_a_waiver_that_begins_later_is_judged_on_its_first_day(run: Callable[..., Any], repository: Path) -> None:
    run(*FOR_A_WEEK, "examples", "--file", "w.toml")
    done = run(*NEW, "examples", "--created", "2026-01-17", "--expires", "2026-02-08", "--file", "w.toml")
    assert (done.status, done.out) == (0, "")
    run(*NEW, "--days", "40", "named", "--file", "w.toml")
    for today, status in (("2026-01-16", 0), ("2026-01-17", 0), ("2026-02-08", 0), ("2026-02-09", 1)):
        assert check(run, "--waivers", "w.toml", today=today).status == status


def test_its_longest_term_is_taken(run: Callable[..., Any], repository: Path) -> None:
    assert run(*NEW, "examples", "--days", "30").status == 0
    assert run(*NEW, "examples", "--expires", "2026-02-08").status == 0
    assert run(*NEW, "examples", "--expires", "2026-01-10").status == 0


LATEST = "2026-02-08 at the latest"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("out", "--days", "7"), "the rule steps/out may not be waived; meet it"),
        (("exmaples", "--days", "7"), "no loaded policy has the rule 'exmaples'"),
        (
            ("steps/exampels", "--days", "7"),
            "no loaded policy has the rule 'steps/exampels'; did you mean 'steps/examples'",
        ),
        (("gate/waivers-used", "--days", "7"), "'gate/waivers-used' is a rule of the gate itself"),
        (("examples",), f"a waiver has a last day; give --expires DATE, {LATEST}, or --days N"),
        (("examples", "--days", "7", "--expires", "2026-01-12"), "--expires and --days exclude each other; give --exp"),
        (
            ("examples", "--days", "31"),
            f"the waiver would hold for 31 days, and steps/examples may be waived for 30; let it expire on {LATEST}",
        ),
        (
            ("examples", "--expires", "2026-02-09"),
            "the waiver would hold for 31 days, and steps/examples may be waived",
        ),
        (("examples", "--days", "99999999999999"), "the waiver would hold for 99999999999999 days, and steps/examples"),
        (
            ("examples", "--expires", "2026-01-09"),
            "the waiver would expire before it begins on 2026-01-10; correct --exp",
        ),
        (
            ("examples", "--created", "2026-01-01", "--days", "7"),
            "waiver examples-model-1-2026-01-01 expired on 2026-01-07, and lifts nothing of steps/examples any more;",
        ),
        (
            ("examples", "--days", "7", "--owner", "Board, RELEASE"),
            "waiver examples-model-1-2026-01-10 is approved by its owner, 'Board, RELEASE'; have the waiver approved",
        ),
        (("examples", "--days", "7", "--owner", "n/a"), "waiver 'examples-model-1-2026-01-10' has no owner; say it in"),
        (("examples", "--days", "7", "--id", "Mine"), "waiver[Mine].id is 'Mine'"),
        (("examples", "--days", "7", "--pointer", "threat"), "waiver[examples-model-1-2026-01-10].pointer is 'threat'"),
        (
            ("examples", "--days", "7", "--pointer", "/threat/none"),
            "waiver examples-model-1-2026-01-10 lifts nothing: steps/examples has no finding at /threat/none",
        ),
        (
            ("examples", "--days", "7", "--pointer", "/threat/0"),
            "waiver 'examples-model-1-2026-01-10' names an item by",
        ),
        (("examples", "--days", "7", "--manifest", "no.toml"), "no.toml: "),
        (("examples", "--days", "7", "--manifest", "bad.toml"), "bad.toml:2:1: "),
        (
            ("examples", "--days", "7", "--manifest", "good.toml"),
            "steps/examples does not apply for acme/one; it needs no",
        ),
        (("examples", "--days", "7", "--file", "waivers.yaml"), "'waivers.yaml' is no TOML file; name one, such as"),
        (
            ("examples", "--days", "7", "--file", "release.toml"),
            "release.toml: the waiver file would replace what this run",
        ),
        (
            ("examples", "--days", "7", "--file", "steps.toml"),
            "steps.toml:1:1: is a policy, not a waiver file; give it",
        ),
        (("examples", "--days", "7", "--file", "no/w.toml"), "no/w.toml: the waiver file has no folder to go to"),
        (("examples", "--days", "7", "--reason", "because"), "invalid value for '--reason'"),
        (("examples", "--days", "0"), "invalid value for '--days'"),
    ],
    ids=lambda value: " ".join(value)[-90:] if isinstance(value, tuple) else "",
)
def test_what_could_lift_nothing_is_refused(
    run: Callable[..., Any], repository: Path, arguments: tuple[str, ...], error: str
) -> None:
    before = {each.name: each.read_bytes() for each in repository.iterdir() if each.is_file()}
    done = run(*NEW, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {error}")
    assert {each.name: each.read_bytes() for each in repository.iterdir() if each.is_file()} == before


def test_a_rule_that_passes_needs_no_waiver(run: Callable[..., Any], repository: Path) -> None:
    text = RELEASE.replace("[[safeguard]]\n", '[[safeguard]]\nefficacy = "measured"\n')
    (repository / "release.toml").write_text(text, encoding="utf-8")
    done = run(*FOR_A_WEEK, "named")
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "error: steps/named passes for acme/model@1; it needs no waiver",
    )


def test_a_rule_that_broke_is_not_waived(run: Callable[..., Any], repository: Path) -> None:
    broken = POLICY.replace('this.existing_risk.examples == "yes"', "size(manifest.threat) / size(this.actors) > 0")
    (repository / "steps.toml").write_text(broken, encoding="utf-8")
    done = run(*FOR_A_WEEK, "examples")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(
        "error: the rule steps/examples broke: nobody knows what would be waived; correct the ru"
    )


def test_a_name_of_two_rules_is_no_name(run: Callable[..., Any], repository: Path) -> None:
    (repository / "more.toml").write_text(POLICY.replace('"steps"', '"more"'), encoding="utf-8")
    done = run(*FOR_A_WEEK, "examples", "--policy", "more.toml")
    assert done.status == 2
    assert done.err.startswith("error: 'examples' is the id of 2; name one of them: more/examples, steps/examples")
    assert run(*FOR_A_WEEK, "more/examples", "--policy", "more.toml").status == 0


def test_a_second_waiver_for_the_same_is_refused(run: Callable[..., Any], repository: Path) -> None:
    assert run(*FOR_A_WEEK, "examples", "--id", "first", "--file", "w.toml").status == 0
    before = (repository / "w.toml").read_bytes()
    done = run(*FOR_A_WEEK, "examples", "--id", "second", "--file", "w.toml")
    assert done.err.startswith("error: w.toml:4:1: the waivers 'first' and 'second' both hold today")
    done = run(*FOR_A_WEEK, "examples", "--id", "first", "--file", "w.toml")
    assert done.err.startswith("error: another waiver is called 'first'; give this one an --id of its own")
    done = run(*FOR_A_WEEK, "named", "--id", "first", "--file", "w.toml")
    assert done.err.startswith("error: another waiver is called 'first'; give this one an --id of its own")
    for pointer in ("/threat/bio", "/threat/cyber"):
        assert (
            run(*FOR_A_WEEK, "examples", f"--pointer={pointer}", f"--id={pointer[8:]}", "--file", "w.toml").status == 0
        )
        assert before in (repository / "w.toml").read_bytes()


def test_waivers_of_the_configuration_are_looked_at_when_one_is_printed(
    run: Callable[..., Any], repository: Path
) -> None:
    assert run(*FOR_A_WEEK, "examples", "--file", "w.toml").status == 0
    (repository / "release-review.toml").write_text('waivers = "w.toml"\npolicy = ["steps.toml"]\n', encoding="utf-8")
    arguments = [each for each in FOR_A_WEEK if each not in SMALL]
    done = run(*arguments, "named")
    assert (done.status, done.err) == (0, "")
    done = run(*arguments, "examples")
    assert (done.status, "both hold today" in done.err) == (2, True)


def test_a_file_that_would_not_load_is_left_alone(run: Callable[..., Any], repository: Path) -> None:
    inline = b'schema = "release-waivers/1"\nwaiver = []\n'
    (repository / "w.toml").write_bytes(inline)
    done = run(*FOR_A_WEEK, "examples", "--file", "w.toml")
    assert done.status == 2
    assert done.err.startswith("error: w.toml: the waiver cannot be added: ")
    assert (repository / "w.toml").read_bytes() == inline


@pytest.mark.parametrize(
    "text", ['"', "\\", "'''", "a\nb", "a\r\n[[waiver]]\n", "\x1b[31m", "\u202e", "\U0001f600", "=1+1"]
)
def test_any_justification_comes_back_as_it_was_given(run: Callable[..., Any], repository: Path, text: str) -> None:
    said = f"It is on its way {text} and arrives."
    done = run(*FOR_A_WEEK, "examples", "--justification", said)
    assert done.status == 0
    (waiver,) = tomllib.loads(done.out)["waiver"]
    assert waiver["justification"] == said
    assert "\x1b" not in done.out


def test_long_names_make_an_id_that_fits(run: Callable[..., Any], repository: Path) -> None:
    name = f"acme/{'Long_Name.' * 9}x"
    (repository / "release.toml").write_text(RELEASE.replace("acme/model@1", name), encoding="utf-8")
    ids = []
    for pointer in ("/threat/bio", "/threat/cyber"):
        assert run(*FOR_A_WEEK, "examples", "--pointer", pointer, "--file", "w.toml").status == 0
        ids = [each["id"] for each in tomllib.loads((repository / "w.toml").read_text(encoding="utf-8"))["waiver"]]
    assert [len(each) for each in ids] == [64, 63] or max(map(len, ids)) <= 64
    assert ids[0].endswith("-2026-01-10")
    assert ids[1].endswith("-2026-01-10-2")


# list -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def waivers(run: Callable[..., Any], repository: Path) -> Path:
    """Give a file of three waivers: one that holds, one that has expired, and one that does not hold yet."""
    run(*FOR_A_WEEK, "examples", "--pointer", "/threat/bio", "--id", "holds", "--file", "w.toml")
    run(*NEW, "--days", "2", "named", "--id", "expired", "--file", "w.toml")
    run(*FOR_A_WEEK, "named", "--created", "2026-02-01", "--id", "later", "--file", "w.toml")
    return repository / "w.toml"


def test_waivers_are_listed_those_that_end_first_on_top(
    run: Callable[..., Any], waivers: Path, golden: Callable[[str, str], None]
) -> None:
    done = run("waiver", "list", "--waivers", "w.toml", "--today", "2026-01-16")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden("cli/waiver-list.txt", done.out)


def test_a_list_for_machines(run: Callable[..., Any], waivers: Path) -> None:
    done = run("waiver", "list", "--waivers", "w.toml", "--today", "2026-01-12", "--output-format", "json")
    listed = json.loads(done.out)
    assert [(each["id"], each["state"], each["days_left"]) for each in listed] == [
        ("expired", "expired", 0),
        ("holds", "in force", 5),
        ("later", "not yet in force", 27),
    ]
    (written,) = (
        each for each in tomllib.loads(waivers.read_text(encoding="utf-8"))["waiver"] if each["id"] == "holds"
    )
    shown = {name: value for name, value in listed[1].items() if name not in ("state", "days_left")}
    assert shown == {name: str(value) for name, value in written.items()}


def test_a_file_without_waivers_is_listed_too(run: Callable[..., Any], checkout: Path) -> None:
    (checkout / "w.toml").write_text('schema = "release-waivers/1"\n', encoding="utf-8")
    assert run("waiver", "list", "--waivers", "w.toml").out == "There are no waivers.\n"
    assert run("waiver", "list", "--waivers", "w.toml", "--output-format=json").out == "[]\n"


@pytest.mark.parametrize("command", ["list", "check"])
def test_which_file_has_to_be_said(run: Callable[..., Any], waivers: Path, command: str) -> None:
    done = run("waiver", command)
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "error: no file of waivers is named; add --waivers FILE",
    )
    (waivers.parent / "release-review.toml").write_text(
        'waivers = "w.toml"\npolicy = ["steps.toml"]\n', encoding="utf-8"
    )
    assert run("waiver", command, "--today", DAY).status == 0
    (waivers.parent / "w.toml").write_text('schema = "release-waivers/1"\n[[waiver]]\n', encoding="utf-8")
    done = run("waiver", command)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: w.toml:2:1: waiver[0] has no 'approved_by'")


# check ----------------------------------------------------------------------------------------------------------------

CHECK = ("waiver", "check", *SMALL, "--waivers", "w.toml")


def test_waivers_without_a_fault(run: Callable[..., Any], waivers: Path) -> None:
    waivers.write_text(waivers.read_text(encoding="utf-8").partition('[[waiver]]\nid = "later"')[0], encoding="utf-8")
    done = run(*CHECK, "--today", DAY)
    assert (done.status, done.out, done.err) == (0, "w.toml: 2 waivers (nothing wrong)\n", "")
    assert run(*CHECK, "--today", DAY, "release.toml").out == "w.toml: 2 waivers (nothing wrong)\n"


def test_each_fault_is_told_at_its_line(
    run: Callable[..., Any], waivers: Path, golden: Callable[[str, str], None]
) -> None:
    block = waivers.read_text(encoding="utf-8").split("[[waiver]]\n")[1]
    examples, bio = 'rule = "steps/examples"', 'pointer = "/threat/bio"\n'
    changes = (
        {examples: 'rule = "steps/exampels"'},
        {examples: 'rule = "steps/out"'},
        {bio: "", "expires = 2026-01-16": "expires = 2026-02-09"},
        {bio: "", examples: 'rule = "steps/named"', '"release manager"': '"Release-Board"'},
        {'"acme/model@1"': '"acme/model"'},
        {'"acme/model@1"': '"ACME/model@1"'},
        {bio: 'pointer = "/threat/bio/title"\n'},
        {bio: 'pointer = "/threat/cyber"\n'},
    )
    text = waivers.read_text(encoding="utf-8")
    for number, changed in enumerate(changes):
        text += "\n[[waiver]]\n" + block.replace('"holds"', f'"w{number}"')
        for old, new in changed.items():
            before, found, after = text.rpartition(old)
            assert found
            text = before + new + after
    waivers.write_text(text, encoding="utf-8")
    done = run(*CHECK, "--today", "2026-01-12", "release.toml")
    assert (done.status, done.err) == (1, "")
    golden("cli/waiver-check.txt", done.out)
    without = run(*CHECK, "--today", "2026-01-12")
    assert without.status == 1
    told = [line for line in done.out.splitlines()[:-1] if not any(word in line for word in NEEDS_A_MANIFEST)]
    assert without.out.splitlines()[:-1] == told


NEEDS_A_MANIFEST = ("waivers-used", "waivers-rest-on-the-same-facts", "waivers-name-known-releases")


@pytest.mark.parametrize(("today", "status"), [("2026-01-11", 0), ("2026-01-12", 1)])
def test_one_that_has_expired_is_a_fault_from_the_day_after(
    run: Callable[..., Any], waivers: Path, today: str, status: int
) -> None:
    done = run(*CHECK, "--today", today)
    assert done.status == status
    assert ("waiver expired expired on 2026-01-11, and lifts nothing of steps/named any" in done.out) == bool(status)


def test_warnings_alone_are_no_fault(run: Callable[..., Any], waivers: Path) -> None:
    (waivers.parent / "release.toml").write_text(RELEASE.replace('"no"', '"yes"'), encoding="utf-8")
    done = run(*CHECK, "--today", DAY, "release.toml", "release.toml")
    assert done.status == 0
    assert [line.partition(": ")[2].partition(":")[0] for line in done.out.splitlines()] == [
        "warning gate/waivers-used fail",
        "warning gate/waivers-in-force fail",
        "3 waivers (2 warnings)",
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("no.toml",), "no.toml: "),
        (("bad.toml",), "bad.toml:2:1: "),
        (("--waivers", "no.toml"), "no.toml: "),
        (("--waivers", "steps.toml"), "steps.toml:1:1: is a policy, not a waiver file"),
        (("--policy", "no.toml"), "no.toml: "),
        (("--trusted", "no"), "the trusted folder 'no' does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_read_is_an_error(
    run: Callable[..., Any], waivers: Path, arguments: tuple[str, ...], error: str
) -> None:
    done = run(*CHECK, "--today", DAY, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {error}")


@pytest.mark.parametrize("manifests", [(), ("release.toml",), ("good.toml",)], ids=str)
def test_two_for_one_place_are_an_error(run: Callable[..., Any], waivers: Path, manifests: tuple[str, ...]) -> None:
    text = waivers.read_text(encoding="utf-8")
    block = text.split("[[waiver]]\n")[1].replace('"holds"', '"twice"')
    waivers.write_text(f"{text}\n[[waiver]]\n{block}", encoding="utf-8")
    done = run(*CHECK, "--today", DAY, *manifests)
    assert (done.status, done.out) == (2, "")
    assert "the waivers 'holds' and 'twice' both hold today for 'steps/examples' at /threat/bio" in done.err


def test_waivers_of_a_trusted_folder(run: Callable[..., Any], waivers: Path) -> None:
    """W04, W13: what a pull request adds is not looked at."""
    base = waivers.parent.parent / "base"
    (base / ".git").mkdir(parents=True)
    for name in ("w.toml", "steps.toml"):
        (base / name).write_bytes((waivers.parent / name).read_bytes())
    (base / "release-review.toml").write_text('waivers = "w.toml"\npolicy = ["steps.toml"]\n', encoding="utf-8")
    waivers.write_text('schema = "release-waivers/1"\n', encoding="utf-8")
    for command in ("list", "check"):
        done = run("waiver", command, "--trusted", "../base", "--today", DAY)
        assert (done.status, done.err) == (0, "")
        assert "later" in done.out
        done = run("waiver", command, "--trusted", "../base", "--waivers", "../checkout/w.toml", "--today", DAY)
        assert (done.status, done.out) == (2, "")
    assert run("waiver", "check", "--trusted", "../base", "--today", DAY, "../base/steps.toml").status == 2


# explain --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gate/waivers-in-force", "waivers-in-force"])
def test_the_rules_of_the_gate_are_explained(
    run: Callable[..., Any], checkout: Path, golden: Callable[[str, str], None], name: str
) -> None:
    done = run("explain", name)
    assert (done.status, done.err) == (0, "")
    golden("cli/explain-gate.txt", done.out)


@pytest.mark.parametrize("name", ["gate/manifest-reviewed", "findings-left-out", "baseline-trimmed"])
def test_every_rule_that_a_report_may_name_is_explained(run: Callable[..., Any], checkout: Path, name: str) -> None:
    assert run("explain", name).status == 0


def test_a_rule_of_the_gate_is_not_about_a_manifest(run: Callable[..., Any], checkout: Path) -> None:
    done = run("explain", "gate/waivers-used", "--manifest", "good.toml")
    assert done.status == 2
    assert done.err.startswith("error: gate/waivers-used is not about what a manifest says; see 'release-review check'")


# What is approved -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("release.toml", STUDIED, 0),
        ("study.txt", "It was found to do nothing.", 1),
        ("release.toml", STUDIED.replace('"acme/model@1"', '"acme/model@1"\nartifact = [{ path = "model.bin" }]'), 1),
    ],
    ids=["nothing changes", "the file of evidence", "the model"],
)
def test_another_file_of_evidence_or_another_model_ends_a_waiver(
    run: Callable[..., Any], repository: Path, name: str, text: str, status: int
) -> None:
    (repository / "steps.toml").write_text(STUDIES, encoding="utf-8")
    (repository / "release.toml").write_text(STUDIED, encoding="utf-8")
    (repository / "study.txt").write_text("It is about to be measured.", encoding="utf-8")
    assert run(*FOR_A_WEEK, "measured", "--file", "waivers.toml").status == 0
    (repository / name).write_text(text, encoding="utf-8")
    done = check(run, "--waivers", "waivers.toml")
    assert done.status == status
    assert ("gate/waivers-rest-on-the-same-facts" in done.out) == bool(status)


def test_a_term_is_not_lengthened_by_one_more_waiver(run: Callable[..., Any], repository: Path) -> None:
    assert run(*NEW, "--days", "30", "examples", "--file", "waivers.toml").status == 0
    first = (repository / "waivers.toml").read_text(encoding="utf-8")
    entry = first[first.index("[[waiver]]") :].replace("examples-model-1-2026-01-10", "next")
    after = entry.replace("created = 2026-01-10", "created = 2026-02-09").replace("2026-02-08", "2026-03-10")
    (repository / "waivers.toml").write_text(f"{first}\n{after}", encoding="utf-8")
    now = check(run, "--waivers", "waivers.toml")
    assert now.status == 1
    assert "gate/waivers-within-term fail: waiver next goes on where waiver examples-model-1-2026-01-10" in now.out
    later = check(run, "--waivers", "waivers.toml", today="2026-02-09")
    assert "within-term" not in later.out
    assert "waived until 2026-03-10" in later.out
