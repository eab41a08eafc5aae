"""How one audit differs from another: which release is which, and what of it is not what it was."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from audits import Run, write_lines

from policies import HEAD, rule
from release_review.audit.compare import ledgers
from release_review.audit.compare.facts import fact_shown, kind_of
from release_review.audit.compare.keep import Kept
from release_review.audit.ledger import create, open_to_write
from release_review.cli import outputs
from release_review.errors import OutputError

OUT = rule("out", 'manifest.release.stage != "planned"')


def release(name: str, **more: Any) -> dict[str, Any]:
    about = {"id": name, "stage": more.pop("stage", "released")}
    return {"schema": "release-manifest/1", "release": about, **more}


@pytest.fixture
def ledger(folder: Path, audit: Callable[..., Run]) -> Callable[..., str]:
    """Audit some releases into a ledger."""
    (folder / "p.toml").write_text(HEAD + OUT, encoding="utf-8")

    def call(name: str, releases: Iterable[Any], *options: str) -> str:
        write_lines(folder / "all.jsonl", releases)
        chosen = options if "--policy" in options else ("--policy", "./p.toml", *options)
        audit("all.jsonl", "-o", f"{name}.db", *chosen)
        return f"{name}.db"

    return call


@pytest.fixture
def compared(ledger: Callable[..., str], run: Callable[..., Run]) -> Callable[..., Any]:
    """Audit some releases and then others, and give how the audits differ."""

    def call(before: Iterable[Any], after: Iterable[Any]) -> Any:
        done = run("audit", "--diff", ledger("a", before), ledger("b", after), "--output-format", "json")
        assert done.status == 0, done.err
        return json.loads(done.out)

    return call


def changed(told: Any, what: str = "differs") -> dict[str, Any]:
    return {each["release"] or each["manifest"]: each for each in told["releases"] if each["what"] == what}


# Which release is which -----------------------------------------------------------------------------------------------


def test_a_ledger_does_not_differ_from_itself(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    name = ledger("a", [release("acme/one"), "{", release("acme/two")])
    told = json.loads(run("audit", "--diff", name, name, "--output-format", "json").out)
    assert told["counts"]["same"] == 3
    assert told["releases"] == told["told"] == told["repeated"] == []
    assert run("audit", "--diff", name, name).out.endswith("\n0 releases differ, 3 the same, 0 added, 0 gone\n")


@pytest.mark.parametrize("held", [1, 8])
def test_a_release_is_known_by_its_id_wherever_it_stands(
    held: int, compared: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "_BATCHES_HELD", held)
    several = [release(f"acme/m-{number}") for number in range(150)]
    told = compared(several, [release("acme/new"), *reversed(several[1:])])
    assert told["counts"] | {"same": 149, "added": 1, "gone": 1, "differing": 0} == told["counts"]
    assert list(changed(told, "added")) == ["acme/new"]
    assert list(changed(told, "gone")) == ["acme/m-0"]


def test_an_id_that_is_there_twice_is_told_and_goes_by_the_name_of_its_manifest(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    for name, stage in (("one", "planned"), ("two", "released")):
        (folder / f"{name}.json").write_text(json.dumps(release("acme/same", stage=stage)), encoding="utf-8")
    (folder / "p.toml").write_text(HEAD + OUT, encoding="utf-8")
    audit("one.json", "two.json", "--policy", "./p.toml", "-o", "a.db")
    audit("two.json", "--policy", "./p.toml", "-o", "b.db")
    told = json.loads(run("audit", "--diff", "a.db", "b.db", "--output-format", "json").out)
    assert told["repeated"] == [{"release": "acme/same", "before": 2, "after": 1}]
    assert (told["counts"]["same"], told["counts"]["gone"]) == (1, 1)
    assert changed(told, "gone")["acme/same"]["manifest"] == "one.json"
    assert "described more than once\n  acme/same: 2 before, 1 now\n" in run("audit", "--diff", "a.db", "b.db").out


def test_an_id_that_is_there_twice_under_other_names_goes_by_its_order(compared: Callable[..., Any]) -> None:
    told = compared([release("a/x"), release("a/x", stage="planned")], [release("a/y"), release("a/x"), release("a/x")])
    assert told["counts"]["differing"] == 1
    assert told["counts"]["differing_verdict"] == 1
    assert told["counts"]["added"] == 1


def test_what_can_be_read_by_now_is_known_by_the_name_of_its_manifest(compared: Callable[..., Any]) -> None:
    told = compared([release("acme/one"), "{"], [release("acme/one"), release("acme/two")])
    found = changed(told)["acme/two"]
    assert found["verdict"] == {"before": "error", "after": "pass"}
    assert found["errors"]["after"] == []
    assert found["errors"]["before"][0].startswith("all.jsonl:2")
    assert found["facts"] == found["levels"] == found["rules"] == []
    assert (told["counts"]["added"], told["counts"]["gone"]) == (0, 0)


def test_what_cannot_be_read_any_more_is_known_by_the_name_of_its_manifest(compared: Callable[..., Any]) -> None:
    told = compared([release("acme/one"), release("acme/two")], [release("acme/one"), "{"])
    assert changed(told)["acme/two"]["verdict"] == {"before": "pass", "after": "error"}


def test_another_error_of_the_same_manifest_is_told(compared: Callable[..., Any]) -> None:
    told = compared(["{"], ["[]"])
    assert changed(told)["all.jsonl:1"]["errors"]["before"] != changed(told)["all.jsonl:1"]["errors"]["after"]


# What of it differs ---------------------------------------------------------------------------------------------------


def test_verdicts_and_rules_that_differ_are_told(compared: Callable[..., Any], run: Callable[..., Run]) -> None:
    told = compared([release("a/x"), release("a/y")], [release("a/x", stage="planned"), release("a/y")])
    assert list(changed(told)) == ["a/x"]
    assert changed(told)["a/x"]["verdict"] == {"before": "pass", "after": "blocked"}
    assert changed(told)["a/x"]["rules"] == [{"rule": "mine/out", "before": "pass", "after": "fail"}]
    assert told["verdicts"] == [{"before": "pass", "after": "blocked", "releases": 1}]
    text = run("audit", "--diff", "a.db", "b.db").out
    assert "verdicts\n  pass to blocked: 1 release: a/x\n" in text
    assert "rules\n  mine/out: pass before, fail now: 1 release: a/x\n" in text


def test_levels_that_differ_are_told(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    def one(kind: str) -> Any:
        return release("a/x", access=[{"id": "hub", "kind": kind, "audience": "public"}])

    first = ledger("a", [one("api")], "--policy", "open-properties")
    second = ledger("b", [one("weights")], "--policy", "open-properties")
    told = json.loads(run("audit", "--diff", first, second, "--output-format", "json").out)
    steps = {each["assessment"]: (each["before"], each["after"]) for each in changed(told)["a/x"]["levels"]}
    assert steps["open-properties/local-inference"] == ("does-not-apply", "applies")
    name = "open-properties/local-inference: does-not-apply to applies: 1 release"
    assert name in " ".join(run("audit", "--diff", first, second).out.split())


def sourced(value: str, *cited: str, **more: Any) -> Any:
    sources = {name: {"title": f"The {name}", "date": "2025-05-01"} for name in ("card", "index")}
    return release("a/x", source=sources, weights={"license": {"value": value, "source": list(cited), **more}})


def test_a_fact_that_differs_is_told_with_its_sources(compared: Callable[..., Any], run: Callable[..., Run]) -> None:
    told = compared([sourced("MIT", "card")], [sourced("Apache-2.0", "index")])
    (fact,) = changed(told)["a/x"]["facts"]
    before, after = (
        {"value": value, "sources": [{"id": name, "title": f"The {name}", "date": "2025-05-01"}]}
        for value, name in (("MIT", "card"), ("Apache-2.0", "index"))
    )
    assert fact == {"name": "weights.license", "before": before, "after": after}
    assert told["facts"] == [{"fact": "weights.license", "releases": 1}]
    text = run("audit", "--diff", "a.db", "b.db").out
    assert "weights.license: 'MIT' (card of 2025-05-01) to 'Apache-2.0'" in " ".join(text.split())


def test_a_fact_that_somebody_else_says_is_another_one(compared: Callable[..., Any]) -> None:
    told = compared([sourced("MIT", "card")], [sourced("MIT", "index")])
    assert [each["name"] for each in changed(told)["a/x"]["facts"]] == ["weights.license"]


def test_a_conflict_is_told_with_both_values(compared: Callable[..., Any], run: Callable[..., Run]) -> None:
    conflict = {"conflicts": [{"value": "MIT", "source": ["index"]}]}
    compared([sourced("Apache-2.0", "card")], [sourced("Apache-2.0", "card", **conflict)])
    shown = "to 'Apache-2.0' (card of 2025-05-01) or 'MIT' (index of 2025-05-01) (in conflict)"
    assert shown in " ".join(run("audit", "--diff", "a.db", "b.db").out.split())


def test_a_channel_that_has_moved_in_its_list_is_the_same_channel(compared: Callable[..., Any]) -> None:
    channels = [{"id": "hub", "kind": "weights"}, {"id": "api", "kind": "api"}]
    told = compared([release("a/x", access=channels)], [release("a/x", access=channels[::-1])])
    assert told["counts"]["same"] == 1


def test_a_fact_that_is_not_stated_any_more_is_told_so(compared: Callable[..., Any], run: Callable[..., Run]) -> None:
    told = compared([release("a/x", weights={"license": "MIT"})], [release("a/x")])
    assert changed(told)["a/x"]["facts"][0]["after"] is None
    assert "weights.license: 'MIT' to not stated" in run("audit", "--diff", "a.db", "b.db").out


def test_facts_that_a_row_leaves_out_are_not_said_to_be_the_same(
    compared: Callable[..., Any], run: Callable[..., Run]
) -> None:
    def many(value: str) -> Any:
        return release(
            "a/x",
            access=[{"id": f"c-{number}", "kind": "api", "operator": value} for number in range(600)],
        )

    told = compared([many("developer")], [many("third-party")])
    assert told["counts"]["facts_not_compared"] == 1
    assert "some facts of 1 release are not compared: there are too many" in run("audit", "--diff", "a.db", "b.db").out
    assert "    - and 491 more\n" in run("audit", "--diff", "a.db", "b.db").out


def test_a_fact_goes_by_its_kind_where_many_are_counted() -> None:
    assert kind_of("access[hub].kind") == kind_of("access[api].kind") == "access[].kind"
    assert fact_shown({"value": "yes"}) == "'yes'"


def test_what_the_audits_were_told_is_told_where_it_differs(
    ledger: Callable[..., str], folder: Path, run: Callable[..., Run]
) -> None:
    first = ledger("a", [release("a/x")])
    (folder / "p.toml").write_text(HEAD.replace("1.0.0", "1.1.0") + OUT + rule("more", "false"), encoding="utf-8")
    second = ledger("b", [release("a/x")], "--today", "2026-02-01", "--as-of", "2025-12-01")
    done = run("audit", "--diff", first, second, "--output-format", "json")
    told = json.loads(done.out)
    assert [each["what"] for each in told["told"]] == [
        "the day of judgement: 2026-01-01 to 2026-02-01",
        "the day judged: the day of judgement to 2025-12-01",
        "mine: 1.0.0 to 1.1.0",
    ]
    assert [each["what"] for each in told["definitions"]["rules"]["mine/more"]] == ["added by mine 1.1.0"]
    text = run("audit", "--diff", first, second).out
    assert "  mine/more: not asked before, fail now: 1 release: a/x\n    - added by mine 1.1.0\n" in text


def test_another_corpus_and_other_waivers_are_told(
    ledger: Callable[..., str], folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    first = ledger("a", [release("a/x")])
    write_lines(folder / "other.jsonl", [release("a/x")])
    (folder / "w.toml").write_text('schema = "release-waivers/1"\n', encoding="utf-8")
    audit("other.jsonl", "--policy", "./p.toml", "--waivers", "w.toml", "-o", "b.db")
    told = json.loads(run("audit", "--diff", first, "b.db", "--output-format", "json").out)
    assert [each["what"] for each in told["told"]] == ["waivers, and none before", "read: all.jsonl to other.jsonl"]
    assert told["counts"]["same"] == 1 - told["counts"]["differing"] == 1


# How it is told -------------------------------------------------------------------------------------------------------


def test_lists_are_short_unless_all_is_asked_for(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    first = ledger("a", [release(f"a/{number:02}") for number in range(30)])
    second = ledger("b", [release(f"a/{number:02}", stage="planned") for number in range(1, 31)])
    short, long = run("audit", "--diff", first, second), run("audit", "--diff", first, second, "-v")
    assert "\n- and 9 more\n" in run("audit", "--diff", first, second, "--output-format", "markdown").out
    assert "  pass to blocked: 29 releases: a/01, a/02, a/03, a/04, a/05 and 24 more\n" in short.out
    assert "  and 9 more; see them with -v\n" in short.out
    assert short.out.count("    - pass to blocked\n") == 20
    assert long.out.count("    - pass to blocked\n") == 29
    for alone in ("  a/00 (all.jsonl:1): gone, pass\n", "  a/30 (all.jsonl:30): added, blocked\n"):
        assert alone in long.out
        assert alone not in short.out
    assert max(map(len, long.out.splitlines())) <= 80


def test_an_audit_that_did_not_end_is_compared_and_marked(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    first, second = ledger("a", [release("a/x"), release("a/y")]), ledger("b", [release("a/x")])
    with open_to_write(Path(second)) as opened:
        opened.set_meta(state="running")
    done = run("audit", "--diff", first, second)
    assert done.status == 0
    assert "  b.db is unfinished: its audit did not come to its end" in done.out
    told = json.loads(run("audit", "--diff", first, second, "--output-format", "json").out)
    assert [each["complete"] for each in told["ledgers"]] == [True, False]


def test_forms_go_to_files_as_they_go_to_stdout(
    ledger: Callable[..., str], folder: Path, run: Callable[..., Run]
) -> None:
    command = ("audit", "--diff", ledger("a", [release("a/x")]), ledger("b", [release("a/x", stage="planned")]))
    run(*command, "--output", "json=d.json", "--output", "markdown=d.md", "--output", "text=d.txt")
    for name, file in (("json", "d.json"), ("markdown", "d.md"), ("text", "d.txt")):
        assert (folder / file).read_text(encoding="utf-8") == run(*command, "--output-format", name).out
    assert "#### verdicts\n\n- pass to blocked: 1 release: a/x\n" in (folder / "d.md").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_loses_no_other_and_is_an_error(
    ledger: Callable[..., str], folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = outputs.replacing

    def refuse(path: Path) -> AbstractContextManager[BinaryIO]:
        if path.name == "no.json":
            raise OutputError("the report could not be written", where=str(path))
        return whole(path)

    monkeypatch.setattr(outputs, "replacing", refuse)
    first, second = ledger("a", [release("a/x")]), ledger("b", [release("a/y")])
    done = run("audit", "--diff", first, second, "--output", "json=no.json", "--output", "json=yes.json")
    assert done.status == 2
    assert "error: no.json: the report could not be written" in done.err
    assert json.loads((folder / "yes.json").read_text(encoding="utf-8"))["counts"]["added"] == 1
    assert done.out.endswith("1 added, 1 gone\n")


def test_errors_are_told_as_they_were_and_as_they_are(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    first, second = ledger("a", ["{"]), ledger("b", [release("a/x")])
    out = run("audit", "--diff", first, second).out
    assert "  a/x (all.jsonl:1)\n    - error to pass\n    - before: all.jsonl:1" in out


def test_text_of_a_release_is_escaped_in_every_form(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    def one(value: str) -> Any:
        return release("a/x", use_policy={"url": value})

    first, second = ledger("a", [one("https://a.example")]), ledger("b", [one("https://\x1b[2Jx.example/<b>@all")])
    for name in ("text", "json", "markdown"):
        out = run("audit", "--diff", first, second, "--output-format", name).out
        assert "\x1b" not in out
        assert "use_policy.url" in out


class Full(io.BytesIO):
    """A file on a disk that is full."""

    def write(self, content: object) -> int:
        """Refuse it."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def seek(self, place: int, whence: int = 0) -> int:
        """Refuse it, as where what was kept back has to be written first."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_an_error_that_says_which_folder() -> None:
    for use in (lambda: Kept(Full()).add({}), lambda: list(Kept(Full()))):
        with pytest.raises(OutputError, match="cannot be kept: No space left") as caught:
            use()
        assert "TMPDIR" in caught.value.hint


# What cannot be compared ----------------------------------------------------------------------------------------------


def test_what_is_no_ledger_is_no_comparison(ledger: Callable[..., str], folder: Path, run: Callable[..., Run]) -> None:
    first = ledger("a", [release("a/x")])
    (folder / "b.db").write_text("no ledger", encoding="utf-8")
    done = run("audit", "--diff", first, "b.db", "--output", "json=d.json")
    assert done.status == 2
    assert "error: b.db: " in done.err
    assert not (folder / "d.json").exists()


def test_a_ledger_of_which_a_row_is_missing_is_damaged(ledger: Callable[..., str], run: Callable[..., Run]) -> None:
    first, second = ledger("a", [release("a/x")]), ledger("b", [release("a/x", stage="planned")])
    with open_to_write(Path(second)) as opened:
        opened._connection.execute("UPDATE release SET number = 65")
    done = run("audit", "--diff", first, second)
    assert done.status == 2
    assert "b.db: a row of it is damaged" in done.err


def test_an_audit_that_read_nothing_cannot_be_compared(
    ledger: Callable[..., str], folder: Path, run: Callable[..., Run]
) -> None:
    create(folder / "empty.db").__exit__(None, None, None)
    first = ledger("a", [release("a/x")])
    for command in (("audit", "--diff", first, "empty.db"), ("impact", "empty.db")):
        done = run(*command)
        assert done.status == 2
        assert "empty.db: the audit was stopped before it read anything" in done.err


@pytest.mark.parametrize("option", ["--output-format=json", "--output=json=x.json", "-v"])
def test_forms_of_a_comparison_are_refused_where_none_is_asked_for(
    option: str, ledger: Callable[..., str], run: Callable[..., Run]
) -> None:
    ledger("a", [release("a/x")])
    done = run("audit", "all.jsonl", "-o", "c.db", option)
    assert done.status == 2
    assert "the forms of a comparison are for --diff" in done.err
