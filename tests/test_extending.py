"""What a policy changes in those it extends: choices, overrides, and what of it asks for less."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from policies import judge
from release_review import load_policies, load_registry
from release_review.admit import PolicySet, admit_policies
from release_review.errors import PolicyError
from release_review.extending import extended_by, is_stricter, made_up_of, with_extended
from release_review.gate import UNWEAKENED
from release_review.hooks import Reporter, Style
from release_review.model import Outcome, Param, Policy, Rule, Severity
from release_review.params import as_param
from release_review.policy import load_policy
from release_review.reporters import release_review_reporters
from release_review.selection import load_offered

REGISTRY = load_registry(discover=False)
HEAD = 'schema = "release-policy/1"\nid = "{id}"\nversion = "1.0.0"\ntitle = "Mine"\nextends = [{extends}]\n'
RULE = """[[rule]]
id = "{id}"
summary = "S."
assert = '''{holds}'''
"""
CHOICE = '[choose.marginal-risk]\nrules = [{rules}]\nbecause = "{because}"\n'
"""A choice of rules of another policy."""


def write(folder: Path, *parts: str, name: str = "mine", extends: str = "marginal-risk") -> str:
    """Write a policy in one file; parts come behind its head."""
    file = folder / f"{name}.toml"
    listed = ", ".join(f'"{each}"' for each in extends.split())
    file.write_text(HEAD.format(id=name, extends=listed) + "".join(parts), encoding="utf-8")
    return str(file)


def choose(*rules: str, because: str = "we start with these") -> str:
    return CHOICE.format(rules=", ".join(f'"{rule}"' for rule in rules), because=because)


def select(*names: str) -> PolicySet:
    return load_policies(names, REGISTRY)


def rules_of(policies: PolicySet) -> set[str]:
    return {rule.id for rule in policies.rules}


def kept(policies: PolicySet, owner: str = "marginal-risk") -> set[str]:
    return {rule.rule.id for rule in policies.rules if rule.policy == owner}


def refusals(*names: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        select(*names)
    folder = str(Path(names[0]).parent)
    return [str(error).replace(f"{folder}/", "") for error in caught.value.flat()]


def test_a_policy_may_keep_some_of_the_rules_it_extends(tmp_path: Path) -> None:
    mine = select(write(tmp_path, choose("threats-declared", "review-scheduled")))
    assert kept(mine) == {"review-scheduled", "threats-declared"}
    assert kept(mine, "open-properties") == kept(select("open-properties"), "open-properties")


def test_assessments_that_kept_rules_read_come_with_them_and_the_others_go(tmp_path: Path) -> None:
    mine = select(write(tmp_path, choose("existing-risk-present")))
    assert {each.id for each in mine.assessments} == {
        "marginal-risk/existing-risk",
        "open-properties/broader-access",
        "open-properties/greater-customizability",
        "open-properties/inability-to-monitor",
        "open-properties/inability-to-rescind",
        "open-properties/local-inference",
    }


def test_an_assessment_may_be_chosen_by_itself(tmp_path: Path) -> None:
    choice = choose("threats-declared") + 'assessments = ["uncertainty"]\n'
    found = {each.id for each in select(write(tmp_path, choice)).assessments}
    assert {each for each in found if each.startswith("marginal-risk")} == {"marginal-risk/uncertainty"}


def test_a_policy_chooses_from_what_another_one_brings(tmp_path: Path) -> None:
    mine = select(write(tmp_path, choose("threats-declared"), extends="open-release"))
    assert {name for name in rules_of(mine) if name.startswith("marginal-risk/")} == {"marginal-risk/threats-declared"}
    assert kept(mine, "open-properties") == kept(select("open-properties"), "open-properties")


def test_what_one_policy_leaves_out_another_that_is_selected_brings_in(tmp_path: Path) -> None:
    """A policy that leaves rules out cannot take them from a run in which they are asked for by themselves."""
    mine = write(tmp_path, choose("threats-declared"))
    for others in (("marginal-risk",), ("open-release",)):
        both = select(mine, *others)
        assert len([name for name in rules_of(both) if name.startswith("marginal-risk/")]) == 26
        assert not both.weakened


def test_two_choices_bring_in_what_either_keeps(tmp_path: Path) -> None:
    mine = write(tmp_path, choose("threats-declared"))
    yours = write(tmp_path, choose("review-scheduled"), name="yours")
    assert kept(select(mine, yours)) == {"review-scheduled", "threats-declared"}


def test_a_choice_from_a_choice_keeps_what_both_keep(tmp_path: Path) -> None:
    inner = write(tmp_path, choose("threats-declared", "review-scheduled"), name="inner")
    outer = write(tmp_path, choose("review-scheduled", "review-not-overdue"), name="outer", extends="inner")
    assert kept(admit_policies(several(outer, inner))) == {"review-scheduled"}
    assert kept(select(outer, inner)) == {"review-scheduled", "threats-declared"}


def several(*names: str) -> list[Policy]:
    """Give policies and what they extend, none of them asked for by itself."""
    own = [load_policy(Path(name), importers=REGISTRY.importers) for name in names]
    return [*own, *(load_offered(name, REGISTRY) for name in ("marginal-risk", "open-properties"))]


def test_a_choice_is_told_as_what_it_leaves_out(tmp_path: Path) -> None:
    (fault,) = select(write(tmp_path, choose("threats-declared"))).weakened
    assert fault.rule == UNWEAKENED
    assert fault.message == (
        "mine leaves out 25 of the 26 rules of marginal-risk (assessment-dated, closed-safeguards-tested, "
        "defenses-beyond-the-model, delegated-safeguards-addressed, ease-of-defense-depth and 20 more): "
        "we start with these"
    )


def test_a_choice_of_every_rule_leaves_nothing_out(tmp_path: Path) -> None:
    every = sorted(name.partition("/")[2] for name in rules_of(select("benefits")))
    mine = write(tmp_path, choose(*every).replace("marginal-risk", "benefits"), extends="benefits")
    assert not select(mine).weakened


def test_a_choice_that_cannot_be_carried_out_is_refused(tmp_path: Path) -> None:
    (unknown,) = refusals(write(tmp_path, choose("threats-declare")))
    assert unknown.startswith("mine.toml:7:10: marginal-risk has no rule 'threats-declare'; did you mean")
    (stranger,) = refusals(write(tmp_path, choose("threats-declared"), extends="benefits"))
    assert stranger == (
        "mine.toml:6:1: mine chooses from marginal-risk and does not extend it; add 'marginal-risk' to extends"
    )
    (silent,) = refusals(write(tmp_path, choose("threats-declared", because=" ")))
    assert silent == "mine.toml:6:1: mine leaves out parts of marginal-risk without a reason; say why in because"


def test_an_override_of_what_is_left_out_names_both_places(tmp_path: Path) -> None:
    override = '[override."marginal-risk/review-scheduled"]\nseverity = "warning"\nbecause = "later"\n'
    (told,) = refusals(write(tmp_path, choose("threats-declared"), override))
    assert told == (
        "mine.toml:9:1: mine changes marginal-risk/review-scheduled and leaves it out (mine.toml:6:1); "
        "add it to the rules that are chosen, or remove the override"
    )


BASE = (
    HEAD.format(id="base", extends="")
    + RULE.format(id="few", holds="size(manifest.access) <= params.most")
    + 'params = { most = { type = "integer", default = 3, stricter = "lower" }, word = "a", '
    + 'since = { type = "date", default = 2026-01-01, stricter = "higher" } }\n'
)


def overriding(tmp_path: Path, override: str) -> PolicySet:
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    mine = write(tmp_path, f'[override."base/few"]\n{override}\n', extends="base")
    return select(mine, str(tmp_path / "base.toml"))


@pytest.mark.parametrize(
    "override",
    ["params = { most = 2 }", "params = { most = 3 }", "params = { since = 2026-01-02 }", 'severity = "error"'],
)
def test_to_ask_for_more_is_free(override: str, tmp_path: Path) -> None:
    assert not overriding(tmp_path, override).weakened


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("params = { most = 4 }", "the parameter most of base/few is changed from 3 to 4 without a reason"),
        ('params = { word = "b" }', "the parameter word of base/few is changed from 'a' to 'b' without a reason"),
        ("params = { since = 2025-12-31 }", "since of base/few is changed from 2026-01-01 to 2025-12-31 without a"),
        ('severity = "note"', "base/few is weakened from error to note without a reason; say why, as in because"),
        ('severity = "note"\nbecause = "  "', "base/few is weakened from error to note without a reason"),
    ],
)
def test_to_ask_for_less_or_for_something_else_needs_a_reason(override: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        overriding(tmp_path, override)
    assert told in str(caught.value)


@pytest.mark.parametrize("nothing", [" ", "\\u200b", "\\u2060", "\\u00ad", "\\u3164", "\\u2800", "..."])
def test_a_reason_that_nobody_can_read_is_none(nothing: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is weakened from error to note without a reason"):
        overriding(tmp_path, f'severity = "note"\nbecause = "{nothing}"')
    (told,) = refusals(write(tmp_path, choose("threats-declared", because=nothing)))
    assert "leaves out parts of marginal-risk without a reason" in told


def test_the_reason_of_one_policy_is_none_for_another(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    weakens = '[override."base/few"]\nseverity = "note"\n'
    silent = write(tmp_path, weakens, name="silent", extends="base")
    spoken = write(tmp_path, weakens + 'because = "a pilot"\n', name="spoken", extends="base")
    for names in ((silent, spoken), (spoken, silent)):
        with pytest.raises(PolicyError, match="base/few is weakened from error to note without a reason"):
            select(*names, str(tmp_path / "base.toml"))


def test_a_policy_does_not_override_what_is_its_own(tmp_path: Path) -> None:
    own = RULE.format(id="own", holds="true") + '[override."mine/own"]\nseverity = "note"\nbecause = "b"\n'
    (told,) = refusals(write(tmp_path, own, extends="benefits"))
    assert told.endswith(
        "mine changes mine/own, which is its own; change it where it is written, and leave the override out"
    )


@pytest.mark.parametrize(
    ("param", "why"),
    [
        (Param(type="boolean", value="no"), "'no' is no truth value"),
        (Param(type="number", value=float("nan")), "nan is no number"),
        (Param(type="integer", value=3.5), "3.5 is no whole number"),
        (Param(type="integer", value=99, maximum=5), "99 is more than 5"),
    ],
)
def test_a_parameter_made_in_python_fits_what_it_says_of_itself(param: Param, why: str) -> None:
    rule = Rule(id="a", summary="A.", assertion="size(manifest.access) > 0", params={"n": param})
    with pytest.raises(PolicyError, match=f"p/a: the parameter 'n' does not fit: {why}"):
        admit_policies([Policy(id="p", title="P", version="1", rules=(rule,))])


def test_a_weakening_is_told_with_its_place_and_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    override = '[override."base/few"]\nseverity = "note"\nparams = { most = 9 }\nbecause = "pilot"\n'
    write(tmp_path, override, extends="base")
    report = judge(select("./mine.toml", "./base.toml"))
    (told,) = [result for result in report.results if result.of_gate]
    assert (told.severity, told.outcome, report.verdict) == (Severity.NOTE, Outcome.FAIL, "pass")
    (finding,) = told.findings
    assert finding.message == "mine weakens base/few (error to note, most from 3 to 9): pilot"
    assert finding.site is not None
    assert (finding.site.file, finding.site.span.line) == ("mine.toml", 6)


@pytest.mark.parametrize("reporter", list(release_review_reporters()), ids=lambda reporter: reporter.name)
def test_every_format_tells_of_a_weakening(reporter: Reporter, tmp_path: Path) -> None:
    report = judge(select(write(tmp_path, choose("threats-declared", because="pilot"))))
    text = reporter.render([report], Style(width=400))
    words = " ".join(html.unescape(re.sub(r"<[^>]*>|\\", "", text)).split())
    assert "leaves out 25 of the 26 rules" in words
    assert "pilot" in text


def test_what_is_extended_is_looked_up_once_the_nearest_first() -> None:
    def policy(name: str, *extends: str) -> Policy:
        return Policy(id=name, title=name, version="1", extends=extends)

    there = {each.id: each for each in (policy("b", "d"), policy("c", "d", "a"), policy("d", "b"))}
    asked: list[tuple[str, str]] = []

    def find(name: str, extending: Policy) -> Policy | None:
        asked.append((name, extending.id))
        return there.get(name)

    first = policy("a", "c", "b", "nowhere")
    assert [each.id for each in with_extended([first], find)] == ["a", "c", "b", "d"]
    assert asked == [("c", "a"), ("b", "a"), ("nowhere", "a"), ("d", "c")]
    assert extended_by(first, there) == {"b", "c", "d"}


def test_a_policy_without_parts_is_made_up_of_those_it_extends_as_they_are_then(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    override = '[override."base/few"]\nseverity = "note"\nbecause = "pilot"\n'
    mine, base = (
        load_policy(Path(name), importers=REGISTRY.importers)
        for name in (write(tmp_path, override, extends="base"), str(tmp_path / "base.toml"))
    )
    (part,) = made_up_of(mine, {"base": base})
    assert (part.id, [rule.severity for rule in part.rules]) == ("base", [Severity.NOTE])
    assert made_up_of(base, {}) == []


def test_a_ring_of_policies_has_an_end(tmp_path: Path) -> None:
    one = write(tmp_path, RULE.format(id="a", holds="size(manifest.access) > 0"), name="one", extends="two")
    two = write(tmp_path, RULE.format(id="b", holds="size(manifest.access) > 0"), name="two", extends="one")
    assert rules_of(select(one, two)) == {"one/a", "two/b"}


@pytest.mark.parametrize(
    ("param", "value", "stricter"),
    [
        (Param(type="integer", value=3, stricter="lower"), 2, True),
        (Param(type="integer", value=3, stricter="lower"), 3, False),
        (Param(type="integer", value=3, stricter="lower"), 4, False),
        (Param(type="integer", value=3, stricter="higher"), 4, True),
        (as_param(3), 2, False),
        (as_param(3), 4, False),
    ],
)
def test_only_a_parameter_that_says_so_is_stricter(param: Param, value: int, stricter: bool) -> None:  # noqa: FBT001
    assert is_stricter(param, value) is stricter
