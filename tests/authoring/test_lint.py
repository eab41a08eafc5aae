"""`policy lint`: one good policy, what makes it a wrong one, and what is said of it to the letter."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from lint_policies import FINE, GOOD, REFUSED, WARNED, WHEN, changed, second_rule

from policies import REGISTRY
from release_review.authoring.lint import KINDS, Linted, lint_policy
from release_review.authoring.lint import implied as of_pairs
from release_review.authoring.lint.lines import render_concise
from release_review.authoring.lint.patterns import is_anchored
from release_review.errors import InputError, PolicyError, UsageError
from release_review.hooks import Style
from release_review.model import Case, Policy, Rule, Severity

Golden = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(text: str, name: str = "acme.toml") -> Linted:
    Path(name).write_text(text, encoding="utf-8")
    (found,) = lint_policy(f"./{name}", REGISTRY)
    return found


def lint_made(rule: Rule) -> Linted:
    """Look at a policy made in Python that has one rule."""
    policy = Policy(id="mine", title="Mine", version="1", rules=(rule,))
    (found,) = lint_policy("mine", dataclasses.replace(REGISTRY, policies={"mine": policy}))
    return found


def ids(found: Linted) -> list[str]:
    return [each.kind.id for each in found.open]


@pytest.mark.parametrize("name", [*REFUSED, *WARNED])
def test_a_wrong_policy_is_told_to_the_letter(name: str, golden: Golden) -> None:
    found = lint(changed({**REFUSED, **WARNED}[name]))
    assert len(found.open) >= 1
    assert {each.severity for each in found.open} == {Severity.ERROR if name in REFUSED else Severity.WARNING}
    golden(f"lint/{name}.txt", render_concise([found], Style()))


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_said_of_a_policy_beside_it(name: str) -> None:
    assert ids(lint(changed(FINE[name]))) == []


def test_every_kind_of_warning_has_a_policy_that_meets_it() -> None:
    met = {each.kind.id for change in (*REFUSED.values(), *WARNED.values()) for each in lint(changed(change)).open}
    assert met == set(KINDS)


def test_a_wrong_policy_has_one_kind_of_warning_alone() -> None:
    for change in WARNED.values():
        assert len(set(ids(lint(changed(change))))) == 1


def test_a_warning_points_at_the_smallest_key_and_shows_its_line() -> None:
    (warning,) = lint(changed(WARNED["unanchored-pattern"])).open
    line = changed(WARNED["unanchored-pattern"]).splitlines()[warning.site.span.line - 1]
    assert line[warning.site.span.column - 1 : warning.site.span.end_column - 1] == '"[A-Za-z0-9.-]+$"'
    assert warning.site.excerpt is not None
    assert warning.site.excerpt.text == line


def test_all_errors_of_all_files_are_told_at_once(folder: Path) -> None:
    head, *_ = GOOD.partition("[override")
    pack = folder / "acme"
    (pack / "rules").mkdir(parents=True)
    (pack / "policy.toml").write_text(head.replace("title", "titel"), encoding="utf-8")
    for name in ("one-stated", "two-stated"):
        (pack / "rules" / f"{name}.toml").write_text(f'id = "{name}"\nsummary = 5\n', encoding="utf-8")
    (found,) = lint_policy("./acme", REGISTRY)
    assert {Path(each.site.file).name for each in found.open} == {"policy.toml", "one-stated.toml", "two-stated.toml"}
    assert {each.kind.id for each in found.open} == {"does-not-load"}


def test_what_a_rule_says_is_looked_at_even_where_another_does_not_load() -> None:
    text = changed(REFUSED["unknown-field"]).replace('title = "SPDX License List"\n', 'title = "SPDX"\nurl = "x"\n')
    text = text.replace('remediation = "Set `weights.license` to an SPDX id."\n', "")
    assert sorted(ids(lint(text))) == ["does-not-load", "no-remediation"]


# Accepted -------------------------------------------------------------------------------------------------------------


ACCEPTED = '\naccepted = [{ lint = "unanchored-pattern", because = "the handbook has it so" }]\n'
ACCEPTING = ("^[A-Za-z0-9.-]+$\")'''\n", "[A-Za-z0-9.-]+$\")'''" + ACCEPTED)


def test_what_an_author_keeps_is_counted_and_not_held_against_the_policy() -> None:
    found = lint(changed(ACCEPTING))
    assert ids(found) == []
    assert (found.accepted, found.warnings[0].accepted) == (1, "the handbook has it so")
    assert render_concise([found], Style()) == "no warnings in acme, 1 accepted\n"


def test_what_one_rule_keeps_is_held_against_another() -> None:
    before, after = ACCEPTING
    moved = changed((before, after.replace(ACCEPTED, "\n"))).replace(
        'id = "channel-dated"', 'id = "channel-dated"' + ACCEPTED
    )
    assert ids(lint(moved)) == ["unanchored-pattern", "accepted-not-needed"]


def test_an_entry_that_is_there_twice_is_needed_once() -> None:
    before, after = ACCEPTING
    entry = '{ lint = "unanchored-pattern", because = "the handbook has it so" }'
    assert ids(lint(changed((before, after.replace(entry, f"{entry}, {entry}"))))) == ["accepted-not-needed"]


@pytest.mark.parametrize("name", ["does-not-load", "accepted-not-needed"])
def test_what_must_be_mended_cannot_be_accepted(name: str) -> None:
    before, after = ACCEPTING
    found = lint(changed((before, after.replace("unanchored-pattern", name))))
    assert "accepted-not-needed" in ids(found)
    assert "cannot be accepted" in " ".join(each.what for each in found.open)


def test_a_mutant_that_is_kept_is_no_business_of_lint() -> None:
    text = GOOD.replace('id = "licence-named"', 'id = "licence-named"\naccepted = [{ mutant = "x", because = "y" }]')
    assert ids(lint(text)) == []


# Texts and cases ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("licence_named", "has other signs between its words than hyphens"),
        ("must-name-licence", "begins with 'must'"),
        ("licence-rule", "ends with 'rule'"),
        ("2-licence", "does not begin and end with a word"),
        ("licence-", "does not begin and end with a word"),
        ("licence-2", "is a single word"),
    ],
)
def test_an_id_reads_as_the_requirement(name: str, why: str) -> None:
    (warning,) = lint(GOOD.replace("licence-named", name)).open
    assert (warning.kind.id, why in warning.what) == ("id-is-no-requirement", True)


@pytest.mark.parametrize("name", ["licence-named", "node-count-stated", "checked-by-others", "rules-published"])
def test_an_id_that_reads_as_the_requirement_is_let_be(name: str) -> None:
    assert ids(lint(GOOD.replace("licence-named", name))) == []


def test_a_case_that_cannot_be_made_is_no_business_of_lint() -> None:
    text = changed(('remove = ["/access/0/from", "/release/date"]', 'remove = ["/access/9/from"]'))
    assert ids(lint(text)) == []


def test_cases_of_a_policy_in_python_are_compared_too() -> None:
    cases = tuple(Case(name=name, expect=name, as_of=dt.date(2026, 1, 1)) for name in ("pass", "fail"))
    rule = Rule(id="all-well", summary="x", check=lambda _: (), cases=cases)
    found = lint_made(rule)
    assert [each.what for each in found.open if each.kind.id == "case-repeats"] == [
        "the case 'fail' comes to the same manifest and days as 'pass'"
    ]


def test_a_pattern_of_a_parameter_is_looked_at() -> None:
    before, after = '^[A-Za-z0-9.-]+$")', "params.pattern)"
    text = GOOD.replace(f'"{before}', after).replace(
        'message = "The licence is no SPDX id."', 'message = "The licence is no SPDX id."\nparams = { pattern = "MIT" }'
    )
    assert ids(lint(text)) == ["unanchored-pattern"]
    assert ids(lint(text.replace('"MIT" }', '"^MIT$" }'))) == []


def test_a_pattern_in_python_is_told_by_the_rule() -> None:
    rule = Rule(id="licence-named", summary="x", assertion='manifest.weights.license.matches("MIT")')
    (told,) = [each for each in lint_made(rule).open if each.kind.id == "unanchored-pattern"]
    assert told.site.file == "mine/licence-named"


def test_a_value_with_which_no_policy_loads_is_none_that_is_tried() -> None:
    when = "manifest.weights.parameters_total < 0 && manifest.weights.parameters_total / params.parts > 1"
    text = changed((WHEN, f"when = '{when}'\nparams.parts = 2"))
    assert ids(lint(text)) == ["when-never-holds"]


# Which policies -------------------------------------------------------------------------------------------------------


def test_the_shipped_policies_are_clean() -> None:
    linted = lint_policy("open-release", REGISTRY)
    assert [each.policy for each in linted] == ["benefits", "marginal-risk", "open-properties"]
    assert [warning for each in linted for warning in each.warnings if not warning.accepted] == []


def test_a_policy_is_not_blamed_for_those_it_extends(folder: Path) -> None:
    text = GOOD.replace('"benefits"]', '"benefits", "open-properties"]')
    assert {each.part.partition("/")[0] for each in lint(text).warnings} <= {"acme"}


@pytest.mark.parametrize(
    ("name", "error"), [("./nowhere.toml", InputError), ("nobodys-policy", UsageError), ("./empty", PolicyError)]
)
def test_where_there_is_no_policy_there_is_nothing_to_say_of_it(
    folder: Path, name: str, error: type[Exception]
) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(error):
        lint_policy(name, REGISTRY)


def test_a_policy_made_in_python_is_looked_at_too() -> None:
    rule = Rule(id="all-well", summary="x", check=lambda _: (), params={"most": 3})
    found = lint_made(rule)
    assert {each.site.file for each in found.open} == {"mine/all-well"}
    assert set(ids(found)) == {"no-rationale", "no-remediation", "no-reference", "no-passing-case", "no-failing-case"}


# Pairs of rules -------------------------------------------------------------------------------------------------------


def linted_with(*rules: str) -> Linted:
    return lint(GOOD.replace("[base]\n", "".join(rules) + "[base]\n"))


def test_of_rules_that_ask_for_the_same_one_is_told() -> None:
    rules = [
        second_rule(severity="note", assertion=f'this.gate in ["{first}", "{second}"]').replace("opening-known", name)
        for name, first, second in (("gate-open", "none", "form"), ("gate-wide", "form", "none"))
    ]
    found = linted_with(*rules)
    assert [(each.part, each.kind.id) for each in found.open] == [("acme/gate-wide", "implied-by-another-rule")]
    assert "acme/gate-open (acme.toml:12:1)" in found.open[0].what


def test_rules_that_read_parameters_are_compared_with_none() -> None:
    rule = second_rule(severity="note", assertion="size(this.id) < params.most") + "[rule.params]\nmost = 9\n"
    other = rule.replace("opening-known", "name-short")
    assert "implied-by-another-rule" not in ids(linted_with(rule, other))


def test_a_rule_that_takes_effect_later_makes_no_other_unneeded() -> None:
    rule = second_rule(severity="note", assertion='this.gate in ["none", "form"]')
    wider = rule.replace("opening-known", "gate-open").replace('"form"]', '"form", "click-through"]')
    assert ids(linted_with(rule, wider)) == ["implied-by-another-rule"]
    later = rule.replace("message =", "effective = 2027-01-01\nmessage =")
    assert ids(linted_with(later, wider)) == []


def test_a_rule_that_may_be_waived_for_longer_implies_none_that_may_not(tmp_path: Path) -> None:
    rule = second_rule(severity="warning", assertion="has(this.gate)")
    wider = rule.replace("opening-known", "gate-open").replace("has(this.gate)", "has(this.gate) && has(this.from)")
    assert ids(linted_with(rule, wider)) == ["implied-by-another-rule"]
    assert ids(linted_with(rule.replace("message =", "waivable = false\nmessage ="), wider)) == []
    short, shorter = "waivable = { max_days = 9 }\nmessage =", "waivable = { max_days = 8 }\nmessage ="
    assert ids(linted_with(rule.replace("message =", short), wider.replace("message =", short))) != []
    assert ids(linted_with(rule.replace("message =", short), wider.replace("message =", shorter))) != []


def test_pairs_beyond_the_limit_are_told_as_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_pairs, "MOST_PAIRS", 1)
    found = linted_with(second_rule(severity="warning", assertion="has(this.from)"))
    assert found.notes == ("1 pairs of rules are not compared: more than 2,500 are about the same items",)


def test_a_policy_of_many_rules_is_compared_up_to_the_limit() -> None:
    rules = [
        second_rule(severity="note", assertion=f'this.id != "c{number}" && has(this.gate)').replace(
            "opening-known", f"name-{number}-free"
        )
        for number in range(120)
    ]
    found = linted_with(*rules)
    assert found.notes
    assert "implied-by-another-rule" not in ids(found)


# Patterns -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [
        ("^a$", True),
        (r"\Aa\z", True),
        ("(?i)^a$", True),
        ("^(a|b)$", True),
        ("^[|]$", True),
        (r"^a\|b$", True),
        (r"^a\\$", True),
        ("a", False),
        ("^a", False),
        ("a$", False),
        (r"^a\$", False),
        ("^a|b$", False),
        (r"^a\\\$", False),
        ("", False),
    ],
)
def test_a_pattern_is_anchored_where_it_fits_whole_texts_alone(pattern: str, *, anchored: bool) -> None:
    assert is_anchored(pattern) is anchored
