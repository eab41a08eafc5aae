"""A repository with forty old findings adopts the gate: what is known does not block, and can only become less."""

from __future__ import annotations

import json
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
"""
HEAD = 'schema = "release-manifest/1"\n[release]\nid = "acme/old"\n'
DAY = "2026-01-10"
SMALL = ("check", "--isolated", "--policy", "steps.toml", "--today", DAY)
OWNED = ("--owner", "release manager", "--expires", "2026-06-30")
ADOPT = (*SMALL, "--write-baseline", "baseline.toml", *OWNED, "old.toml")
KNOWN = (*SMALL, "--baseline", "baseline.toml")
COUNT = 40


def manifest(*numbers: int, answer: str = "no", **answers: str) -> str:
    told = {str(number): answer for number in numbers} | {
        name.removeprefix("t"): said for name, said in answers.items()
    }
    return HEAD + "".join(
        f'[[threat]]\nid = "t{name}"\nvector = "biosecurity"\nexisting_risk.examples = "{said}"\n'
        for name, said in told.items()
    )


@pytest.fixture
def adopted(run: Callable[..., Any], checkout: Path) -> Path:
    """Give a checkout with forty old findings, all in a baseline."""
    (checkout / "steps.toml").write_text(POLICY, encoding="utf-8")
    (checkout / "old.toml").write_text(manifest(*range(COUNT)), encoding="utf-8")
    done = run(*ADOPT)
    assert done.status == 1
    assert done.err == "baseline.toml: 40 findings of 1 rule written; from now on, give it to --baseline\n"
    return checkout


def last(text: str) -> str:
    return str(text.splitlines()[-1])


def test_a_repository_with_forty_old_findings_adopts_the_gate(run: Callable[..., Any], adopted: Path) -> None:
    done = run(*KNOWN, "old.toml")
    assert (done.status, done.err) == (0, "")
    assert last(done.out) == "old.toml: pass (1 known, 0 passed)"
    assert done.out.count(" fail (known ") == COUNT


def test_what_is_new_blocks(run: Callable[..., Any], adopted: Path) -> None:
    (adopted / "old.toml").write_text(manifest(99, *range(COUNT)), encoding="utf-8")
    done = run(*KNOWN, "old.toml")
    assert done.status == 1
    (new,) = (line for line in done.out.splitlines()[:-1] if "known" not in line)
    assert new == "old.toml:4:1: error steps/examples fail: t99 has no examples"


def test_what_was_mended_is_told_and_trimming_only_shortens(run: Callable[..., Any], adopted: Path) -> None:
    baseline = adopted / "baseline.toml"
    before = baseline.read_text(encoding="utf-8")
    (adopted / "old.toml").write_text(manifest(*range(1, COUNT), 99, t0="yes"), encoding="utf-8")
    done = run(*KNOWN, "--write-baseline", "baseline.toml", "old.toml")
    assert done.status == 1
    assert "note gate/baseline-trimmed fail: the baseline lists a finding of steps/examples at threat[t0]" in done.out
    assert done.err == "baseline.toml: 39 findings of 1 rule written; from now on, give it to --baseline\n"
    after = baseline.read_text(encoding="utf-8")
    assert set(after.splitlines()) < set(before.splitlines())
    assert "t99" not in after
    assert run(*KNOWN, "old.toml").status == 1
    (adopted / "old.toml").write_text(manifest(*range(COUNT)), encoding="utf-8")
    assert run(*KNOWN, "old.toml").status == 1  # what was mended and comes back is new


def test_trimming_what_is_as_it_was_changes_no_byte(run: Callable[..., Any], adopted: Path) -> None:
    before = (adopted / "baseline.toml").read_bytes()
    assert run(*KNOWN, "--write-baseline", "baseline.toml", "old.toml").status == 0
    assert (adopted / "baseline.toml").read_bytes() == before


@pytest.mark.parametrize(("today", "status"), [("2026-06-30", 0), ("2026-07-01", 1)])
def test_after_its_last_day_everything_blocks_again(
    run: Callable[..., Any], adopted: Path, today: str, status: int
) -> None:
    done = run(*KNOWN, "--today", today, "old.toml")
    assert done.status == status
    assert ("gate/baseline-in-force" in done.out) == bool(status)
    assert ("known" in done.out) == (not status)


def test_what_has_become_graver_blocks(run: Callable[..., Any], adopted: Path) -> None:
    (adopted / "old.toml").write_text(manifest(0, answer="unknown"), encoding="utf-8")
    (adopted / "baseline.toml").unlink()
    assert run(*ADOPT).status == 1
    assert run(*KNOWN, "old.toml").status == 0
    (adopted / "old.toml").write_text(manifest(0), encoding="utf-8")
    assert run(*KNOWN, "old.toml").status == 1


def test_a_rule_that_may_not_be_waived_blocks(run: Callable[..., Any], adopted: Path) -> None:
    (adopted / "steps.toml").write_text(POLICY.replace("given =", "waivable = false\ngiven ="), encoding="utf-8")
    done = run(*KNOWN, "old.toml")
    assert (done.status, "known" in done.out) == (1, False)
    (adopted / "baseline.toml").unlink()
    assert run(*ADOPT).err.startswith("baseline.toml: 0 findings of 0 rules written")


def test_the_json_report_names_the_baseline(run: Callable[..., Any], adopted: Path) -> None:
    report = json.loads(run(*KNOWN, "--output-format", "json", "old.toml").out)
    assert (report["verdict"], report["baseline"]["owner"]) == ("pass", "release manager")
    assert report["baseline"]["expires"] == "2026-06-30"


def test_a_file_is_replaced_only_by_its_own_baseline(run: Callable[..., Any], adopted: Path) -> None:
    for name in ("old.toml", "steps.toml"):
        before = (adopted / name).read_bytes()
        done = run(*SMALL, "--write-baseline", name, *OWNED, "old.toml")
        assert done.status == 2
        assert done.err.startswith(f"error: {name}: the baseline would replace what this run reads or writes")
        assert (adopted / name).read_bytes() == before
    done = run(*SMALL, "--output", "json=a.json", "--write-baseline", "a.json", *OWNED, "old.toml")
    assert done.status == 2
    assert not (adopted / "a.json").exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("--write-baseline", "b.toml"),
            "a baseline has an owner and a day by which it is empty; add --owner NAME and --",
        ),
        (
            ("--write-baseline", "b.toml", "--owner", "me"),
            "a baseline has an owner and a day by which it is empty; add --e",
        ),
        (("--write-baseline", "b.toml", "--expires", "2026-02-01"), "a baseline has an owner and a day by which it is"),
        (("--owner", "me"), "--owner and --expires are for a baseline; add --write-baseline FILE"),
        (("--expires", "2026-02-01"), "--owner and --expires are for a baseline; add --write-baseline FILE"),
        (
            ("--write-baseline", "b.toml", "--owner", "tbd", "--expires", "2026-02-01"),
            "--owner 'tbd' names nobody; give",
        ),
        (
            ("--write-baseline", "b.toml", "--owner", "m" * 201, "--expires", "2026-02-01"),
            "the owner has a name of more",
        ),
        (
            ("--write-baseline", "b.toml", *OWNED[:2], "--expires", "2026-01-09"),
            "the baseline expires on 2026-01-09, b",
        ),
        (
            ("--write-baseline", "b.toml", *OWNED[:2], "--expires", "2027-01-11"),
            "the baseline holds for more than 366 d",
        ),
        (("--write-baseline", "no/b.toml", *OWNED), "no/b.toml: the baseline has no folder to go to; make the fol"),
        (("--baseline", "no.toml"), "no.toml: "),
        (("--baseline", "steps.toml"), "steps.toml:1:1: is a policy, not a baseline; give it with --policy"),
    ],
    ids=lambda value: " ".join(value)[-90:] if isinstance(value, tuple) else "",
)
def test_what_is_no_baseline_is_refused(
    run: Callable[..., Any], adopted: Path, arguments: tuple[str, ...], error: str
) -> None:
    done = run(*SMALL, *arguments, "old.toml")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {error}")
    assert not (adopted / "b.toml").exists()


def test_no_baseline_is_written_while_a_manifest_cannot_be_reviewed(run: Callable[..., Any], adopted: Path) -> None:
    done = run(*SMALL, "--write-baseline", "b.toml", *OWNED, "old.toml", "bad.toml")
    assert done.status == 2
    assert "error: b.toml: no baseline is written while a manifest cannot be reviewed" in done.err
    assert not (adopted / "b.toml").exists()


def test_a_baseline_takes_days_and_owner_of_the_older_one(run: Callable[..., Any], adopted: Path) -> None:
    before = (adopted / "baseline.toml").read_text(encoding="utf-8")
    done = run(*KNOWN, "--write-baseline", "baseline.toml", "--expires", "2026-07-01", "old.toml")
    assert done.status == 2
    assert done.err.startswith("error: the baseline ends on 2026-06-30, and is only ever made shorter; give an earlier")
    assert run(*KNOWN, "--write-baseline", "baseline.toml", "--expires", "2026-05-31", "old.toml").status == 0
    after = (adopted / "baseline.toml").read_text(encoding="utf-8")
    assert after == before.replace("expires = 2026-06-30", "expires = 2026-05-31")


def test_a_baseline_is_not_thrown_away_for_another(run: Callable[..., Any], adopted: Path) -> None:
    before = (adopted / "baseline.toml").read_bytes()
    done = run(*ADOPT)
    assert done.status == 2
    assert done.err.startswith("error: baseline.toml: the baseline is there already; name all manifests in one run and")
    assert (adopted / "baseline.toml").read_bytes() == before


TWO_FACTS = """\
schema = "release-policy/1"
id = "facts"
version = "1.0.0"
title = "Facts"
description = "What a test needs."

[[rule]]
id = "both-stated"
summary = "Licence and hardware fit."
severity = "error"
assert = 'manifest.weights.license == "Apache-2.0" && manifest.weights.minimum_hardware == "none"'
message = "they do not fit"
rationale = "Somebody asked."
remediation = "State both."
"""


def test_a_finding_about_the_whole_manifest_stays_known_when_its_first_fact_is_stated(
    run: Callable[..., Any], checkout: Path
) -> None:
    """It is shown at the first fact that it misses, which is not what it is."""
    (checkout / "facts.toml").write_text(TWO_FACTS, encoding="utf-8")
    day = ("--policy", "facts.toml", "--today", "2026-01-01")
    terms = ("--owner", "release manager", "--expires", "2026-06-30")
    assert run("check", *day, "--write-baseline", "b.toml", *terms, "good.toml").status == 1
    assert run("check", *day, "--baseline", "b.toml", "good.toml").status == 0
    good = checkout / "good.toml"
    good.write_text(good.read_text(encoding="utf-8") + '[weights]\nlicense = "Apache-2.0"\n', encoding="utf-8")
    done = run("check", *day, "--baseline", "b.toml", "good.toml")
    assert (done.status, done.out.splitlines()[-1]) == (0, "good.toml: pass (1 known, 0 passed)")
    good.write_text(good.read_text(encoding="utf-8").replace("Apache-2.0", "MIT"), encoding="utf-8")
    assert run("check", *day, "--baseline", "b.toml", "good.toml").status == 1  # an unknown that became a fail
