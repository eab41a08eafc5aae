"""A forecast names the release, the day, the rule and the fact, and says of which releases nothing can be foretold."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audits import Run, write_lines

from release_review.audit import work
from release_review.audit.forecast import Window, setup_of
from release_review.audit.forecast import work as forecast_work
from release_review.audit.forecast.events import Kind
from release_review.audit.forecast.run import _batches, _Read
from release_review.audit.forecast.work import Asked, foretell_batch
from release_review.audit.items import Item
from release_review.audit.ledger import create, open_to_read
from release_review.audit.work import pack, unpack

POLICY = """\
schema = "release-policy/1"
id = "house"
version = "1.0.0"
title = "House"
[[assessment]]
id = "open"
title = "Open"
scale = ["applies", "unknown", "does-not-apply"]
over = "/access/*"
counts = 'this.opened == "yes" && this.closed == "no"'
none = "does-not-apply"
empty = "unknown"
default = "does-not-apply"
[[assessment.level]]
is = "applies"
when = 'this.kind != "app"'
because = "it is open"
[[rule]]
id = "reviewed"
summary = "No review is overdue."
severity = "error"
given = "/threat/*"
when = "this.review_by != null"
assert = "this.review_by >= today"
message = "{this.id} is overdue"
[[rule]]
id = "fresh"
summary = "Evidence is no older than so many days."
severity = "error"
given = "/evidence/*"
when = "this.date != null"
assert = "(today - this.date).getHours() <= 24 * params.days"
message = "{this.id} is old"
params = { days = { type = "integer", default = 60 } }
[[rule]]
id = "contact"
summary = "There is a way to report misuse."
severity = "error"
assert = 'manifest.monitoring.misuse_reporting_channel == "yes"'
message = "there is none"
effective = 2026-02-15
[[rule]]
id = "closed"
summary = "Nothing is open."
severity = "error"
assert = 'assessments["house/open"].level == "does-not-apply"'
message = "something is open"
"""
WAIVER = """\
[[waiver]]
id = "w-{release}"
rule = "house/closed"
release = "acme/{release}"
reason = "accepted-risk"
justification = "It is known."
owner = "release manager"
approved_by = "release board"
ticket = "T-1"
created = {created}
expires = {expires}
"""
WAIVERS = 'schema = "release-waivers/1"\n'


def release(name: str, **more: Any) -> dict[str, Any]:
    base = {"schema": "release-manifest/1", "release": {"id": f"acme/{name}"}, "access": [{"id": "a", "kind": "app"}]}
    return base | {"monitoring": {"misuse_reporting_channel": "yes"}} | more


def threat(review_by: str) -> list[dict[str, Any]]:
    return [{"id": "bio", "vector": "biosecurity", "review_by": review_by}]


RELEASES = [
    release("stays"),
    release("reviewed", threat=threat("2026-01-20")),
    release("fresh", evidence=[{"id": "card", "kind": "card", "citation": "A card", "date": "2025-12-01"}]),
    release("contact", monitoring={}),
    release("opens", access=[{"id": "hub", "kind": "weights", "from": "2026-02-01"}]),
    release("closes", access=[{"id": "host", "kind": "api", "until": "2026-01-31"}]),
    release("waived", access=[{"id": "host", "kind": "api"}]),
    release("late", threat=threat("2025-06-30"), access=[{"id": "app", "kind": "app"}]),
]


def forget() -> None:
    """Read policies and waivers anew, as each process does."""
    work._tools.cache_clear()
    forecast_work._maker.cache_clear()


@pytest.fixture
def ledger(folder: Path, audit: Callable[..., Run]) -> str:
    """Audit releases each of which comes to something else for another reason."""
    (folder / "house.toml").write_text(POLICY, encoding="utf-8")
    waivers = WAIVERS + WAIVER.format(release="waived", created="2025-12-15", expires="2026-01-15")
    (folder / "waivers.toml").write_text(waivers, encoding="utf-8")
    write_lines(folder / "all.jsonl", RELEASES)
    done = audit("all.jsonl", "--policy", "./house.toml", "--waivers", "waivers.toml", "-o", "a.db")
    assert done.out.startswith("8 releases: 6 pass, 2 blocked, 0 without a verdict\n")
    return "a.db"


@pytest.fixture
def forecast(run: Callable[..., Run], ledger: str) -> Callable[..., Run]:
    """Run `forecast` in one process."""
    return lambda *arguments: run("forecast", "--jobs", "1", ledger, *arguments)


def as_json(done: Run) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(done.out)
    return made


def test_a_date_that_a_rule_does_not_read_is_no_reason(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    # The other date would make the comparison change on the same day, were it the date of review.
    both = release("both", threat=[*threat("2026-01-20"), {"id": "b", "vector": "other", "assessed_on": "2026-01-20"}])
    write_lines(folder / "both.jsonl", [both | {"monitoring": {"next_review": "2026-01-20"}}])
    audit("both.jsonl", "--policy", "./house.toml", "-o", "both.db")
    (change,) = as_json(run("forecast", "both.db", "--jobs", "1", "--output-format", "json", "--days", "30"))["changes"]
    assert [each["what"] for each in change["because"]] == [
        "threat[bio].review_by is 2026-01-20: `this.review_by >= today` of house/reviewed holds no longer"
    ]


EXPECTED = {
    "acme/waived": ("2026-01-16", "pass", "blocked", "waiver-expires", "w-waived", "2026-01-15"),
    "acme/reviewed": ("2026-01-21", "pass", "blocked", "date-reached", "threat[bio].review_by", "2026-01-20"),
    "acme/fresh": ("2026-01-31", "pass", "blocked", "date-reached", "evidence[card].date", "2025-12-01"),
    "acme/opens": ("2026-02-01", "pass", "blocked", "channel-opens", "access[hub].from", "2026-02-01"),
    "acme/closes": ("2026-02-01", "blocked", "pass", "channel-closes", "access[host].until", "2026-01-31"),
    "acme/contact": ("2026-02-15", "pass", "blocked", "rule-effective", "house/contact", "2026-02-15"),
}


def test_each_change_has_its_day_and_the_one_fact_that_makes_it(forecast: Callable[..., Run]) -> None:
    done = forecast("--output-format", "json")
    found = as_json(done)
    assert done.status == 0
    changed = [each for each in found["changes"] if each["verdict"]["before"] != each["verdict"]["after"]]
    told = {
        each["release"]["id"]: (
            each["day"],
            each["verdict"]["before"],
            each["verdict"]["after"],
            each["because"][0]["kind"],
            each["because"][0]["name"],
            each["because"][0]["date"],
        )
        for each in changed
    }
    assert told == EXPECTED
    assert [len(each["because"]) for each in changed] == [1] * 6
    assert [each["day"] for each in changed] == sorted(each["day"] for each in changed)
    assert found["counts"] | {"reviews": 0} == {
        "releases": 8,
        "foretold": 8,
        "skipped": 0,
        "unreviewed": 0,
        "reviews": 0,
        "turn_red": 5,
        "turn_green": 1,
        "verdicts_changed": 6,
        "other_changes": 0,
    }


def test_a_rule_of_a_change_says_what_it_came_to_and_where(forecast: Callable[..., Run]) -> None:
    changes = {each["release"]["id"]: each for each in as_json(forecast("--output-format", "json"))["changes"]}
    (overdue,) = changes["acme/reviewed"]["rules"]
    assert overdue["rule"] == "house/reviewed"
    assert overdue["before"] == {"outcome": "pass", "severity": "error", "blocks": False}
    assert overdue["after"] == {"outcome": "fail", "severity": "error", "blocks": True}
    assert overdue["found"] == ["threat[bio]"]
    (effective,) = changes["acme/contact"]["rules"]
    assert effective["before"] == {"outcome": "unknown", "severity": "warning", "blocks": False}
    assert effective["after"] == {"outcome": "unknown", "severity": "error", "blocks": True}
    closed, gate = changes["acme/waived"]["rules"], {"gate/waivers-in-force", "house/closed"}
    assert {each["rule"] for each in closed} == gate
    assert {each["rule"]: (each["before"] or {}).get("outcome") for each in closed} == {
        "gate/waivers-in-force": None,
        "house/closed": "waived",
    }
    (level,) = changes["acme/opens"]["assessments"]
    assert level == {"assessment": "house/open", "before": "does-not-apply", "after": "applies"}


TEXT = """\
What changes: 25 days from 2026-01-01 to 2026-01-26
8 of 8 releases looked at: 2 turn red, 0 turn green

2026-01-16  pass to blocked: acme/waived
    all.jsonl:7 (row 7 of the ledger)
    - waiver w-waived for house/closed expired on 2026-01-15; its owner is
      release manager
    blocks from then on: house/closed (fail)
    1 other rule comes to something else; see -v

2026-01-21  pass to blocked: acme/reviewed
    all.jsonl:2 (row 2 of the ledger)
    - threat[bio].review_by is 2026-01-20: `this.review_by >= today` of
      house/reviewed holds no longer
    blocks from then on: house/reviewed (fail at threat[bio])

"""


def test_text_is_by_day_and_fits_a_screen(forecast: Callable[..., Run]) -> None:
    done = forecast("--days", "25")
    assert done.out.startswith(TEXT)
    assert "does not weigh benefits against risks" in " ".join(done.out.split())
    assert "no procedure for release decisions" in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.err == ""


def test_a_day_that_is_the_last_one_counts_and_the_next_does_not(forecast: Callable[..., Run]) -> None:
    assert "acme/reviewed" in forecast("--days", "20").out
    assert "acme/reviewed" not in forecast("--days", "19").out
    assert "acme/reviewed" in forecast("--today", "2026-01-20", "--days", "1").out
    assert "acme/reviewed" not in forecast("--today", "2026-01-21", "--days", "1").out


def test_what_changes_no_verdict_is_told_with_v(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    twice = [*threat("2025-06-30"), {"id": "cyber", "vector": "cybersecurity", "review_by": "2026-01-10"}]
    write_lines(folder / "twice.jsonl", [release("twice", threat=twice)])
    audit("twice.jsonl", "--policy", "./house.toml", "-o", "b.db")
    quiet, verbose = run("forecast", "b.db", "--jobs", "1"), run("forecast", "b.db", "--jobs", "1", "-v")
    assert "acme/twice" not in quiet.out
    assert "1 change of rules or levels leaves the verdict as it is; see -v" in quiet.out
    assert "2026-01-11  blocked as before: acme/twice" in verbose.out
    assert "house/reviewed: fail (error) as before, also at threat[cyber]" in " ".join(verbose.out.split())
    assert "threat[cyber].review_by is 2026-01-10" in verbose.out


def test_a_day_that_is_judged_and_stays_the_same_opens_no_channel(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    audit("all.jsonl", "--policy", "./house.toml", "--as-of", "2026-01-01", "-o", "fixed.db")
    done = run("forecast", "fixed.db", "--jobs", "1")
    assert "acme/opens" not in done.out
    assert "acme/reviewed" in done.out
    assert "channels are judged as of 2026-01-01 on every day, as in the audit" in done.out
    found = as_json(run("forecast", "fixed.db", "--jobs", "1", "--output-format", "json"))
    assert found["as_of"] == "2026-01-01"


def test_two_waivers_that_overlap_later_make_an_error_that_day(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    first = WAIVER.format(release="waived", created="2025-12-15", expires="2026-01-15")
    second = first.replace("w-waived", "w-next").replace("2025-12-15", "2026-01-10")
    (folder / "two.toml").write_text(WAIVERS + first + second, encoding="utf-8")
    audit("all.jsonl", "--policy", "./house.toml", "--waivers", "two.toml", "-o", "two.db")
    found = as_json(run("forecast", "two.db", "--jobs", "1", "--output-format", "json", "--days", "11"))
    (change,) = found["changes"]
    assert (change["day"], change["verdict"]) == ("2026-01-10", {"before": "pass", "after": "error"})
    assert "both hold today" in change["errors"][0]
    assert "waiver-begins" in [each["kind"] for each in change["because"]]
    assert found["counts"]["turn_red"] == 1


def test_a_release_to_which_no_rule_applies_any_more_has_no_verdict_from_that_day_on(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    head = POLICY[: POLICY.index("[[assessment]]")]
    rule = """[[rule]]\nid = "ahead"\nsummary = "It holds."\nseverity = "error"\n"""
    rule += """when = "manifest.monitoring.next_review >= today"\nassert = "size(manifest.access) > 0"\n"""
    (folder / "p.toml").write_text(head + rule, encoding="utf-8")
    write_lines(folder / "a.jsonl", [release("a", monitoring={"next_review": "2026-01-31"})])
    audit("a.jsonl", "--policy", "./p.toml", "-o", "a.db")
    asked = ("forecast", "a.db", "--jobs", "1", "--output-format", "json", "--days", "60")
    (change,) = as_json(run(*asked))["changes"]
    assert (change["day"], change["verdict"]) == ("2026-02-01", {"before": "pass", "after": "error"})
    dated, error = change["because"]
    assert (dated["name"], dated["date"]) == ("monitoring.next_review", "2026-01-31")
    assert "no rule applies to this manifest" in error["what"]
    later = run(*asked, "--today", "2026-02-01")
    assert later.status == 0
    assert as_json(later)["changes"] == []
    assert as_json(later)["counts"]["reviews"] == 62  # it is not known what it rests on: every day is looked at


def test_a_level_that_changes_alone_is_told_with_v(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    text = POLICY.replace(
        'assert = \'assessments["house/open"].level == "does-not-apply"\'', 'assert = "size(manifest.access) > 0"'
    )
    (folder / "levels.toml").write_text(text, encoding="utf-8")
    audit("all.jsonl", "--policy", "./levels.toml", "-o", "levels.db")
    done = run("forecast", "levels.db", "--jobs", "1", "-v")
    told = " ".join(done.out.split())
    assert "2026-02-01 pass as before: acme/opens" in told
    assert "channel hub opens: access[hub].from is 2026-02-01 house/open: does-not-apply to applies" in told


def test_what_may_change_on_any_day_is_named(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    text = POLICY.replace("this.review_by >= today", "today.getDayOfMonth() > size(manifest.access)")
    (folder / "odd.toml").write_text(text, encoding="utf-8")
    audit("all.jsonl", "--policy", "./odd.toml", "-o", "odd.db")
    told = " ".join(run("forecast", "odd.db", "--jobs", "1", "--days", "40").out.split())
    assert "every day was looked at, for house/reviewed may change on any" in told
    assert "house/reviewed comes to something else from this day on; a condition of it looks at the day" in told
    found = as_json(run("forecast", "odd.db", "--jobs", "1", "--days", "40", "--output-format", "json"))
    assert [each["id"] for each in found["every_day"]] == ["house/reviewed"]
    assert found["counts"]["reviews"] == 8 * 41


# What cannot be foretold ----------------------------------------------------------------------------------------------


def test_a_waiver_file_that_is_gone_says_what_to_do(folder: Path, forecast: Callable[..., Run]) -> None:
    (folder / "waivers.toml").unlink()
    forget()
    done = forecast()
    assert done.status == 2
    assert done.out == ""
    assert "error: waivers.toml: the waivers of the audit: " in done.err
    assert "put the waiver file of the audit back, or audit again" in done.err


def test_a_waiver_file_that_is_another_is_not_taken(folder: Path, forecast: Callable[..., Run]) -> None:
    (folder / "waivers.toml").write_text(WAIVERS, encoding="utf-8")
    forget()
    done = forecast()
    assert done.status == 2
    assert "error: waivers.toml: the waivers of the audit: is not what the audit was begun with" in done.err


def test_a_policy_that_is_another_is_not_taken(folder: Path, forecast: Callable[..., Run]) -> None:
    (folder / "house.toml").write_text(POLICY.replace("default = 60", "default = 90"), encoding="utf-8")
    forget()
    done = forecast()
    assert done.status == 2
    assert "the policies of a process differ from those of the audit" in done.err


def test_what_could_not_be_reviewed_is_counted(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    write_lines(folder / "bad.jsonl", [*RELEASES, "{"])
    audit("bad.jsonl", "--policy", "./house.toml", "-o", "bad.db")
    done = run("forecast", "bad.db", "--jobs", "1")
    assert done.status == 0
    assert "8 of 9 releases looked at" in done.out
    assert "1 could not be reviewed in the audit, and nothing is foretold of them" in done.out


def change_row(ledger: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the first row of a ledger."""
    with sqlite3.connect(ledger) as connection:
        (packed,) = connection.execute("SELECT rows FROM batch").fetchone()
        first, *rest = unpack(packed).decode().splitlines()
        row = json.loads(first)
        change(row)
        text = "".join(f"{line}\n" for line in (json.dumps(row), *rest))
        connection.execute("UPDATE batch SET rows = ?", (pack(text.encode()),))
    connection.close()


def test_a_release_that_comes_out_otherwise_than_the_ledger_says_is_not_foretold(
    forecast: Callable[..., Run], ledger: str
) -> None:
    change_row(ledger, lambda row: row["rules"].update({"house/closed": "fail"}))
    done = forecast()
    assert done.status == 2
    assert "7 of 8 releases looked at" in done.out
    told = " ".join(done.out.split())
    assert "Nothing is foretold of: acme/stays (all.jsonl:1): reviewed again it comes to something else" in told
    assert "house/closed comes to pass and not to fail" in told
    assert done.err.startswith("error: nothing is foretold of 1 release; the forecast says why\n")
    assert "acme/reviewed" in done.out


@pytest.mark.parametrize("setup", [{}, [], {"today": "soon"}, None])
def test_a_ledger_that_does_not_say_what_its_audit_was_told_is_damaged(
    setup: Any, forecast: Callable[..., Run], ledger: str
) -> None:
    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'setup'", (json.dumps(setup),))
    connection.close()
    done = forecast()
    assert done.status == 2
    assert done.out == ""
    assert "error: a.db: " in done.err
    assert "make the ledger again" in done.err


def test_an_audit_that_was_stopped_before_it_began_has_no_forecast(folder: Path, run: Callable[..., Run]) -> None:
    (folder / "empty.db").touch()
    assert run("forecast", "empty.db").status == 2
    create(folder / "new.db").__exit__(None, None, None)
    done = run("forecast", "new.db", "--partial")
    assert done.status == 2
    assert "new.db: does not say what the audit was told; make the ledger again" in done.err


def test_no_ledger_is_an_error(run: Callable[..., Run]) -> None:
    done = run("forecast", "none.db")
    assert done.status == 2
    assert "none.db: the ledger does not exist" in done.err


def test_an_audit_that_did_not_end_is_taken_where_somebody_says_so_and_is_marked(
    forecast: Callable[..., Run], ledger: str
) -> None:
    with sqlite3.connect(ledger) as connection:
        connection.execute("""UPDATE meta SET value = '"running"' WHERE name = 'state'""")
    connection.close()
    refused = forecast()
    assert refused.status == 2
    assert "its audit did not come to its end: 8 releases so far; go on with" in refused.err
    done = forecast("--partial")
    assert done.status == 0
    assert "UNFINISHED: the audit did not come to its end" in done.out
    assert "UNFINISHED" in forecast("--partial", "--output-format", "markdown").out
    assert as_json(forecast("--partial", "--output-format", "json"))["complete"] is False


def test_a_release_that_ends_its_process_is_not_foretold_and_no_other_is_lost(ledger: str) -> None:
    with open_to_read(Path(ledger)) as opened:
        asked = Asked(setup=setup_of(opened), window=Window(today=dt.date(2026, 1, 1), days=30))
        (batch,) = _batches(opened, _Read())
    lost = Item(name=batch.items[0].name, errors=("its review ended the process that ran it",))
    done = foretell_batch(asked, replace(batch, items=(lost, *batch.items[1:])))
    assert [(each.release, each.why) for each in done.skipped] == [("acme/stays", lost.errors)]
    assert {each.release for each in done.changes} == {"acme/reviewed", "acme/fresh", "acme/waived"}


# As a gate, and in files ----------------------------------------------------------------------------------------------


def test_fail_within_looks_at_what_turns_red_until_that_day(forecast: Callable[..., Run]) -> None:
    assert forecast("--fail-within", "14").status == 0
    assert forecast("--fail-within", "15").status == 1
    assert forecast("--days", "14", "--fail-within", "14").status == 0
    done = forecast("--days", "14", "--fail-within", "15")
    assert done.status == 2
    assert "--fail-within looks further than the forecast; add --days 15" in done.err


def test_what_turns_green_fails_nothing(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    write_lines(folder / "green.jsonl", [each for each in RELEASES if each["release"]["id"] == "acme/closes"])
    audit("green.jsonl", "--policy", "./house.toml", "-o", "green.db")
    assert run("forecast", "green.db", "--jobs", "1", "--fail-within", "90").status == 0


def test_files_get_what_stdout_would(folder: Path, forecast: Callable[..., Run]) -> None:
    done = forecast("--output", "json=f.json", "--output", "markdown=f.md", "--output", "text=f.txt")
    assert done.status == 0
    assert (folder / "f.txt").read_text(encoding="utf-8") == done.out
    for name, file in (("json", "f.json"), ("markdown", "f.md")):
        assert (folder / file).read_text(encoding="utf-8") == forecast("--output-format", name).out


@pytest.mark.parametrize("output", ["f.json", "xml=f.xml", "json=", "json=a.db", "json=none/f.json"])
def test_an_output_that_cannot_be_written_is_refused_at_once(
    output: str, folder: Path, forecast: Callable[..., Run]
) -> None:
    before = (folder / "a.db").read_bytes()
    done = forecast("--output", output)
    assert done.status == 2
    assert done.out == ""
    assert "; " in done.err
    assert (folder / "a.db").read_bytes() == before


def test_an_old_forecast_is_gone_where_no_new_one_could_be_made(folder: Path, forecast: Callable[..., Run]) -> None:
    assert forecast("--output", "json=f.json").status == 0
    (folder / "waivers.toml").unlink()
    forget()
    assert forecast("--output", "json=f.json").status == 2
    assert not (folder / "f.json").exists()


def test_markdown_has_a_row_for_each_change(forecast: Callable[..., Run]) -> None:
    lines = forecast("--output-format", "markdown").out.splitlines()
    rows = [line for line in lines if line.startswith("| 2026-")]
    assert len(rows) == 6
    assert rows[1].startswith("| 2026-01-21 | `acme/reviewed` | pass to blocked |")
    assert all(line.count(" | ") == 4 for line in rows)


HOSTILE = "acme/x`|<b>[a](http://e.example)\x1b[31m\u202e::error::"


def test_names_from_a_ledger_do_not_leave_their_place(forecast: Callable[..., Run], ledger: str) -> None:
    def change(row: dict[str, Any]) -> None:
        row["release"]["id"] = HOSTILE
        row["rules"]["<script>|\x1b[2J\n"] = "pass"

    change_row(ledger, change)
    text, marked = forecast("-v").out, forecast("-v", "--output-format", "markdown").out
    for out in (text, marked):
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "::error::" not in out
    assert "<script>" not in marked.replace("`<script>", "")
    assert as_json(forecast("--output-format", "json"))["skipped"][0]["release"]["id"] == HOSTILE


@pytest.mark.slow
@pytest.mark.no_cover
def test_processes_give_the_same_bytes(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run], ledger: str
) -> None:
    many = [{**each, "release": {"id": f"{each['release']['id']}-{at}"}} for at in range(20) for each in RELEASES]
    write_lines(folder / "many.jsonl", many)
    audit("many.jsonl", "--policy", "./house.toml", "-o", "many.db")
    one = run("forecast", "many.db", "--jobs", "1", "--output-format", "json")
    two = run("forecast", "many.db", "--jobs", "2", "--output-format", "json")
    assert one.status == two.status == 0
    assert one.out == two.out
    assert as_json(one)["counts"]["turn_red"] == 80


def test_a_forecast_needs_few_reviews(forecast: Callable[..., Run], ledger: str) -> None:
    found = as_json(forecast("--output-format", "json", "--days", "365"))
    # One for each release on the day of the audit, and some on the days on which something happens.
    assert 8 < found["counts"]["reviews"] <= 8 * 5
    with open_to_read(Path(ledger)) as opened:
        assert opened.counts.found == 8


def test_the_help_fits_a_terminal(run: Callable[..., Run], golden: Callable[[str, str], None]) -> None:
    done = run("forecast", "--help")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden("cli/help-forecast.txt", done.out)


def test_the_page_on_impact_has_every_kind_of_reason_and_every_key(forecast: Callable[..., Run]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "impact.md").read_text(encoding="utf-8")
    section = page[page.index("## What turns red, and when") :]
    named = re.findall(r"`([a-z_-]+)`", " ".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)))
    keys = {*as_json(forecast("--output-format", "json"))} - {"schema", "tool"}
    assert sorted(named) == sorted([*(kind.value for kind in Kind), *keys])
