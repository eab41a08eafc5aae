"""Commands that review nothing: explain, init, schema, policy, plugin, and every help text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from release_review.cli.schema import NAMES
from release_review.version import __version__

NO_VERDICT = "no verdict was reached\n"

RULE = """
[[rule.reference]]
title = "A paper with a title"
url = "https://example.org/paper"

[rule.params.days]
type = "integer"
default = 30
min = 1
max = 90
description = "How long one may wait, in days."

[rule.params.ratio]
type = "number"
default = 365
max = 1e25

[rule.params.since]
type = "date"
default = 2025-08-05

[rule.params.words]
type = "strings"
default = ["one", "two"]

[[rule.case]]
name = "it is out"
expect = "pass"

[[rule.case]]
name = "it is not out"
expect = "fail"
set = { "/release/stage" = "planned" }

[[rule]]
id = "channels-reviewed"
summary = "Each channel is reviewed before it opens."
severity = "warning"
given = "/access/*"
when = '''
    this.audience == "public"
    && this.opened == "yes"
'''
assert = 'this.gate == "contract" || this.gate == "form" || manifest.monitoring.misuse_reporting_channel == "yes"'
message = "{this.id} is not reviewed"
rationale = '''
The first paragraph of the reasons.

The second one, which is longer than a line of a terminal and therefore has to be broken somewhere in the middle.
'''
remediation = "Review it."
effective = 2026-06-01
waivable = false

[[assessment]]
id = "reach"
title = "How far it reaches"
scale = ["far", "unknown", "near"]
overall = "strongest"
over = "/access/*"
counts = 'this.opened == "yes"'
none = "near"
empty = "unknown"
default = "near"
rationale = "Reach decides who may be harmed."

[[assessment.level]]
is = "far"
when = 'this.audience == "public"'
because = "the public has it"
"""

OWN_RULE = """
[[rule]]
id = "one"
summary = "The release is out."
assert = 'manifest.release.stage == "released"'
"""


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("check",),
        ("explain",),
        ("waiver",),
        ("waiver", "new"),
        ("waiver", "list"),
        ("waiver", "check"),
        ("init",),
        ("report",),
        ("import",),
        ("schema",),
        ("policy",),
        ("policy", "list"),
        ("policy", "show"),
        ("policy", "diff"),
        ("policy", "new"),
        ("policy", "docs"),
        ("plugin",),
        ("plugin", "new"),
        ("plugin", "list"),
        ("config",),
        ("config", "show"),
    ],
    ids="-".join,
)
def test_help_fits_a_terminal(
    run: Callable[..., Any], golden: Callable[[str, str], None], command: tuple[str, ...]
) -> None:
    done = run(*command, "--help")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    assert run(*command, "-h").out == done.out
    golden(f"cli/help{''.join(f'-{word}' for word in command)}.txt", done.out)


def test_the_version_is_one_line(run: Callable[..., Any]) -> None:
    assert run("--version").out == f"release-review {__version__}\n"


# explain --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def policy(checkout: Path) -> Path:
    file = checkout / "small.toml"
    file.write_text(file.read_text(encoding="utf-8") + RULE, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["released", "channels-reviewed", "reach"])
def test_explain_tells_all_that_the_file_says(
    run: Callable[..., Any], golden: Callable[[str, str], None], policy: Path, name: str
) -> None:
    done = run("explain", "--policy", str(policy), f"small/{name}")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    assert run("explain", "--policy", str(policy), name).out == done.out
    golden(f"cli/explain-{name}.txt", done.out)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("relesed", "there is no rule or assessment 'relesed'; did you mean 'released'?"),
        ("small/relesed", "there is no rule or assessment 'small/relesed'; did you mean 'small/released'?"),
        (
            "open-release",
            (
                "there is no rule or assessment 'open-release'; it is a policy; "
                "see 'release-review policy show open-release'"
            ),
        ),
        ("zzzzzz", "there is no rule or assessment 'zzzzzz'; see 'release-review policy list'"),
    ],
)
def test_explain_knows_what_one_may_have_meant(run: Callable[..., Any], name: str, error: str) -> None:
    done = run("explain", "--policy", "small.toml", name)
    assert (done.status, done.err) == (2, f"error: {error}\n{NO_VERDICT}")


def test_explain_asks_back_where_two_policies_use_an_id(run: Callable[..., Any], checkout: Path) -> None:
    text = (checkout / "small.toml").read_text(encoding="utf-8")
    (checkout / "other.toml").write_text(text.replace('"small"', '"other"'), encoding="utf-8")
    done = run("explain", "--policy", "small.toml", "--policy", "other.toml", "released")
    assert done.status == 2
    assert done.err == (
        "error: 'released' is the id of 2; name one of them: other/released, small/released\n" + NO_VERDICT
    )


# init -----------------------------------------------------------------------------------------------------------------


def test_init_writes_a_manifest_that_can_be_checked(run: Callable[..., Any], checkout: Path) -> None:
    done = run("init")
    assert (done.status, done.out) == (0, "")
    assert done.err == "wrote release.toml; fill it in, and run 'release-review check release.toml'\n"
    assert run("check", "--policy", "small.toml", "release.toml").status in (0, 1)


def test_init_writes_to_stdout_when_asked(run: Callable[..., Any], checkout: Path) -> None:
    done = run("init", "-")
    assert (done.status, done.err) == (0, "")
    assert 'schema = "release-manifest/1"' in " ".join(done.out.split())
    assert not (checkout / "release.toml").exists()


def test_init_never_overwrites(run: Callable[..., Any], checkout: Path) -> None:
    before = (checkout / "good.toml").read_bytes()
    done = run("init", "good.toml")
    assert (done.status, done.err) == (
        2,
        f"error: good.toml: it exists already; name another place, or move it away\n{NO_VERDICT}",
    )
    assert (checkout / "good.toml").read_bytes() == before


def test_init_follows_no_link(run: Callable[..., Any], checkout: Path) -> None:
    (checkout / "link.toml").symlink_to("elsewhere.toml")
    assert run("init", "link.toml").status == 2
    assert not (checkout / "elsewhere.toml").exists()


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("sub/dir/release.toml", "there is no such folder; make the folder sub/dir first"),
        ("good.toml/release.toml", "cannot be made: not a directory; name another place"),
        ("x.yaml", "the template is TOML; name a file that ends in .toml"),
        ("release", "the template is TOML; name a file that ends in .toml"),
    ],
)
def test_init_says_why_it_cannot_write(run: Callable[..., Any], checkout: Path, path: str, error: str) -> None:
    before = sorted(checkout.iterdir())
    done = run("init", path)
    assert (done.status, done.out, done.err) == (2, "", f"error: {path}: {error}\n{NO_VERDICT}")
    assert sorted(checkout.iterdir()) == before


# schema, policy, plugin -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one(run: Callable[..., Any], name: str) -> None:
    done = run("schema", name)
    assert (done.status, done.err) == (0, "")
    jsonschema.Draft202012Validator.check_schema(json.loads(done.out))


def test_policy_show_lists_what_is_in_a_policy(
    run: Callable[..., Any], golden: Callable[[str, str], None], policy: Path
) -> None:
    done = run("policy", "show", "./small.toml")
    assert (done.status, done.err) == (0, "")
    golden("cli/policy-show.txt", done.out)


def test_policy_show_lists_what_a_policy_changes_in_others(run: Callable[..., Any], checkout: Path) -> None:
    (checkout / "ours.toml").write_text(
        'schema = "release-policy/1"\nid = "ours"\nversion = "2.0.0"\ntitle = "Ours"\nextends = ["open-properties"]\n'
        '[override."open-properties/access-described"]\nseverity = "warning"\nbecause = "it is known"\n',
        encoding="utf-8",
    )
    done = run("policy", "show", "ours.toml")
    assert (done.status, done.err) == (0, "")
    _, assessments, parts = run("policy", "show", "open-properties").out.partition("\nAssessments\n")
    held = f"{assessments}{parts}".replace("Assessments\n", "Assessments of open-properties\n")
    held = held.replace("\nRules\n", "\nRules of open-properties\n")
    held = held.replace("access-described (error)", "access-described (warning)")
    assert done.out == (
        "ours 2.0.0\n"
        "  Ours (5 assessments and 9 rules, from open-properties)\n"
        f"{held}"
        "\n"
        "What it changes in the policies it extends\n"
        "  open-properties/access-described, severity error to warning (asks for less):\n"
        "    it is known\n"
    )


@pytest.mark.parametrize(
    ("rule", "contents"),
    [("", "0 assessments, 0 rules, extends gone"), (OWN_RULE, "0 assessments, 1 rule, extends gone")],
)
def test_policy_show_says_what_is_extended_where_it_is_not_installed(
    run: Callable[..., Any], checkout: Path, rule: str, contents: str
) -> None:
    head = 'schema = "release-policy/1"\nid = "ours"\nversion = "1.0.0"\ntitle = "Ours"\nextends = ["gone"]\n'
    (checkout / "ours.toml").write_text(head + rule, encoding="utf-8")
    done = run("policy", "show", "ours.toml")
    assert (done.status, done.err) == (0, "")
    assert f"  Ours ({contents})\n" in done.out


def test_a_policy_that_only_extends_others_holds_what_they_hold(run: Callable[..., Any], checkout: Path) -> None:
    counts = "(11 assessments and 40 rules, from open-properties, marginal-risk and benefits)"
    (checkout / "ours.toml").write_text(
        'schema = "release-policy/1"\nid = "ours"\nversion = "1.0.0"\ntitle = "Ours"\nextends = ["open-release"]\n',
        encoding="utf-8",
    )
    for command in (("list",), ("show", "open-release"), ("show", "ours.toml")):
        assert counts in " ".join(run("policy", *command).out.split())
    shown = run("policy", "show", "ours.toml").out
    for name in ("open-properties", "marginal-risk", "benefits"):
        assert f"\nRules of {name}\n" in shown


def test_policy_show_knows_what_there_is(run: Callable[..., Any]) -> None:
    done = run("policy", "show", "open-relase")
    assert done.status == 2
    assert "did you mean 'open-release'?" in done.err


def test_policy_list_names_every_installed_policy(run: Callable[..., Any]) -> None:
    done = run("policy", "list")
    assert done.status == 0
    for name in ("benefits", "marginal-risk", "open-properties", "open-release"):
        assert f"{name} 1." in done.out


def test_a_plugin_that_is_not_there_cannot_be_left_out(run: Callable[..., Any]) -> None:
    done = run("plugin", "list", "--without-plugin", "nope")
    assert done.status == 2
    assert done.err.startswith("error: there is no plugin 'nope' to leave out;")
