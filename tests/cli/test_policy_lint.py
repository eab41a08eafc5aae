"""`policy lint` on the command line: its formats, its statuses, its help."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lint_policies import GOOD, REFUSED, WARNED, changed

from release_review.authoring.lint import KINDS

Golden = Callable[[str, str], None]
Command = Callable[..., Any]

SARIF = Path(__file__).parents[1] / "data" / "sarif" / "sarif-2.1.0-rtm.5.json"
LINT = ("policy", "lint", "--isolated", "--no-cache")

SEVERAL = (
    changed(WARNED["unanchored-pattern"])
    .replace('given = "/access/*"\n', 'given = "/access/*"\naccepted = [{ lint = "no-reference", because = "ours" }]\n')
    .replace('[[rule.reference]]\ntitle = "Acme release handbook, chapter 3"\n', "")
    .replace('remediation = "Set `monitoring.next_review`."\n', "")
)
"""Two warnings, and one that is accepted."""


@pytest.fixture(autouse=True)
def policies(checkout: Path) -> None:
    """Put policies into the checkout."""
    texts = {"acme": GOOD, "several": SEVERAL, "refused": changed(REFUSED["three-at-once"])}
    for name, text in texts.items():
        (checkout / f"{name}.toml").write_text(text.replace('id = "acme"', f'id = "{name}"', 1), encoding="utf-8")


@pytest.mark.parametrize("name", ["concise", "full", "github", "json", "sarif"])
def test_a_report_is_written_in_each_format(run: Command, golden: Golden, name: str) -> None:
    done = run(*LINT, "--output-format", name, "./several.toml", "./refused.toml")
    assert (done.status, done.err) == (1, "")
    golden(f"cli/policy-lint.{name}", done.out)


def test_lines_for_people_fit_a_terminal(run: Command) -> None:
    done = run(*LINT, "-f", "full", "-v", "./several.toml", "./refused.toml")
    assert max(map(len, done.out.splitlines())) <= 80
    assert "accepted: ours" in done.out
    assert KINDS["no-remediation"].why.split()[0] in done.out


@pytest.mark.parametrize("name", ["acme", "several", "refused"])
def test_sarif_is_valid(run: Command, name: str) -> None:
    log = json.loads(run(*LINT, "-f", "sarif", f"./{name}.toml").out)
    jsonschema.Draft7Validator(json.loads(SARIF.read_text(encoding="utf-8"))).validate(log)
    (only,) = log["runs"]
    assert [rule["id"] for rule in only["tool"]["driver"]["rules"]] == list(KINDS)
    for result in only["results"]:
        assert only["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_what_is_accepted_is_suppressed_in_sarif_and_marked_in_json(run: Command) -> None:
    log = json.loads(run(*LINT, "-f", "sarif", "./several.toml").out)
    suppressed = [each for each in log["runs"][0]["results"] if each["suppressions"]]
    assert [(each["ruleId"], each["level"]) for each in suppressed] == [("no-reference", "note")]
    told = json.loads(run(*LINT, "-f", "json", "./several.toml").out)
    assert told["counts"] == {"error": 0, "warning": 2, "accepted": 1}
    accepted = [each for each in told["policies"][0]["warnings"] if each["accepted"]]
    assert [(each["id"], each["accepted"]) for each in accepted] == [("no-reference", "ours")]


def test_two_results_that_say_the_same_have_fingerprints_of_their_own(run: Command, checkout: Path) -> None:
    twice = 'manifest.weights.license.matches("a") || manifest.weights.license.matches("a")'
    text = GOOD.replace('manifest.weights.license.matches("^[A-Za-z0-9.-]+$")', twice)
    (checkout / "twice.toml").write_text(text, encoding="utf-8")
    log = json.loads(run(*LINT, "-f", "sarif", "./twice.toml").out)
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in log["runs"][0]["results"]]
    assert len(set(prints)) == len(prints) == 2


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("./acme.toml",), 0),
        (("./several.toml",), 1),
        (("./several.toml", "--fail-level", "error"), 0),
        (("./refused.toml", "--fail-level", "error"), 1),
        (("./refused.toml", "--exit-zero"), 0),
        (("./acme.toml", "./several.toml"), 1),
        (("./nowhere.toml",), 2),
        (("./refused.toml", "./nowhere.toml"), 2),
        (("./nowhere.toml", "--exit-zero"), 2),
        (("nobodys-policy",), 2),
        (("./acme.toml", "--output-format", "junit"), 2),
        (("./acme.toml", "--output", "json"), 2),
    ],
)
def test_the_status_says_whether_anything_is_wrong(run: Command, arguments: tuple[str, ...], status: int) -> None:
    done = run(*LINT, *arguments)
    assert done.status == status
    assert done.err.startswith("error: ") == (status == 2)


def test_without_a_name_the_policies_of_the_settings_are_looked_at(run: Command, checkout: Path) -> None:
    (checkout / "release-review.toml").write_text('policy = ["./several.toml"]\n', encoding="utf-8")
    done = run("policy", "lint", "--no-cache")
    assert (done.status, done.out.splitlines()[-1]) == (1, "2 warnings in several, 1 accepted")


def test_without_a_name_the_policy_in_this_folder_is_looked_at(
    run: Command, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "release-review.toml").write_text('policy = ["./acme.toml"]\n', encoding="utf-8")
    (checkout / "mine" / "rules").mkdir(parents=True)
    head = 'schema = "release-policy/1"\nid = "mine"\nversion = "1.0.0"\ntitle = "Mine"\n'
    (checkout / "mine" / "policy.toml").write_text(head, encoding="utf-8")
    (checkout / "mine" / "rules" / "broken.toml").write_text("id = 1\n", encoding="utf-8")
    monkeypatch.chdir(checkout / "mine")
    done = run("policy", "lint", "--no-cache", "-f", "concise")
    assert done.status == 1
    assert done.out.startswith("rules/broken.toml:1:1: error . does-not-load: ")
    assert done.out.endswith(" errors in .\n")


def test_a_format_that_only_check_has_is_no_obstacle_in_the_settings(run: Command, checkout: Path) -> None:
    (checkout / "release-review.toml").write_text('output-format = "junit"\n', encoding="utf-8")
    assert run("policy", "lint", "--no-cache", "./acme.toml").out == "no warnings in acme\n"


def test_github_actions_gets_annotations(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(*LINT, "./several.toml").out.startswith("::warning title=no-remediation several/review-scheduled,")


def test_what_github_would_not_show_is_counted(run: Command, checkout: Path) -> None:
    text = GOOD + "".join(
        f'[[rule]]\nid = "part-{name}-stated"\nsummary = "x"\nassert = "has(manifest.release.{name})"\n'
        for name in ("date", "stage", "derived")
    )
    (checkout / "many.toml").write_text(text, encoding="utf-8")
    done = run(*LINT, "-f", "github", "./many.toml")
    assert done.out.count("::warning ") == 10
    assert "and 5 more warnings, which GitHub would not show; the format json lists all" in done.out


def test_a_policy_that_is_named_by_its_whole_path_has_it_in_sarif(run: Command, checkout: Path) -> None:
    log = json.loads(run(*LINT, "-f", "sarif", str(checkout / "several.toml")).out)
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": (checkout / "several.toml").as_posix()}


def test_two_policies_of_one_name_are_both_told(run: Command, checkout: Path) -> None:
    (checkout / "other.toml").write_text(GOOD, encoding="utf-8")
    (checkout / "worse.toml").write_text(SEVERAL, encoding="utf-8")
    assert run(*LINT, "./other.toml", "./worse.toml").out.splitlines()[-2:] == [
        "no warnings in acme",
        "2 warnings in acme, 1 accepted",
    ]


def test_a_policy_that_is_named_twice_is_told_once(run: Command) -> None:
    assert run(*LINT, "./acme.toml", "./acme.toml").out == "no warnings in acme\n"


def test_reports_go_to_files_as_well(run: Command, checkout: Path) -> None:
    done = run(*LINT, "./several.toml", "--output", "json=lint.json", "--output", "sarif=lint.sarif")
    assert done.status == 1
    assert json.loads((checkout / "lint.json").read_text(encoding="utf-8"))["schema"] == "release-lint/1"
    assert json.loads((checkout / "lint.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_no_report_replaces_a_policy_that_is_looked_at(run: Command) -> None:
    done = run(*LINT, "./acme.toml", "--output", "json=acme.toml")
    assert (done.status, "would replace what this run reads" in done.err) == (2, True)


def test_an_older_report_is_gone_where_a_run_ends_without_one(run: Command, checkout: Path) -> None:
    (checkout / "lint.json").write_text("{}", encoding="utf-8")
    assert run(*LINT, "./nowhere.toml", "--output", "json=lint.json").status == 2
    assert not (checkout / "lint.json").exists()


def test_text_of_a_policy_issues_no_command(run: Command, checkout: Path) -> None:
    text = GOOD.replace(
        'id = "licence-named"', 'id = "licence-named"\naccepted = [{ lint = "x\\n::error::y", because = "z" }]'
    )
    (checkout / "evil.toml").write_text(text, encoding="utf-8")
    for name in ("concise", "full", "github"):
        out = run(*LINT, "-f", name, "./evil.toml").out
        assert not [line for line in out.splitlines() if line.startswith("::error")]


def test_the_help_names_every_kind_and_fits_a_terminal(run: Command, golden: Golden) -> None:
    done = run("policy", "lint", "--help")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    assert all(name in done.out for name in KINDS)
    golden("cli/help-policy-lint.txt", done.out)
