"""Loading and admitting policies: every fault is told when the policy loads, with its place and a way out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from policies import HEAD, REGISTRY, judge, load, rule, select, write
from release_review import load_policies
from release_review.admit import admit_policies
from release_review.authoring.cases import changed
from release_review.errors import NothingToCheckError, PolicyError, ReleaseReviewError, UsageError
from release_review.hooks import PolicyFolder
from release_review.model import Param, Policy, Rule, Severity
from release_review.policy import load_policy

GOOD = rule("a", "true")
PARAMS = "params = { least = { type = 'number', default = 3, min = 1, max = 5 } }\n"
ASSESSMENT = """[[assessment]]
id = "reach"
title = "Reach"
scale = ["far", "unknown", "near"]
over = "/access/*"
none = "near"
empty = "unknown"
default = "near"
[[assessment.level]]
is = "far"
when = 'this.audience == "public"'
because = "the public reaches it"
"""


def refused(tmp_path: Path, *parts: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ReleaseReviewError) as caught:
        select(write(tmp_path, *parts, head=head))
    return [str(error).replace(f"{tmp_path}/", "") for error in caught.value.flat()]


def test_all_faults_of_a_policy_are_told_at_once(tmp_path: Path) -> None:
    told = refused(tmp_path, rule("a", "manifest.nosuch == 1"), rule("b", "this.x"))
    assert len(told) == 2


def test_an_error_points_into_the_text_of_an_expression(tmp_path: Path) -> None:
    text = 'true\n  && manifest.wieghts.license == "MIT"'
    assert refused(tmp_path, rule("a", text)) == [
        "mine.toml:9:15: the manifest has no field 'wieghts'; did you mean 'weights'?"
    ]


@pytest.mark.parametrize(
    ("literal", "column"),
    [
        ("'manifest.wieghts.license == \"MIT\"'", 20),
        ("\"\\u006Danifest.wieghts.license == 'MIT'\"", 25),
        ("'''\nmanifest.wieghts.license == \"MIT\"'''", 10),
        ('"""true && \\\n   manifest.wieghts.license == \'MIT\'"""', 13),
    ],
)
def test_an_error_points_into_every_kind_of_string(literal: str, column: int, tmp_path: Path) -> None:
    text = f'[[rule]]\nid = "a"\nsummary = "A."\nassert = {literal}\n'
    (told,) = refused(tmp_path, text)
    line = 8 + literal.count("\n")
    assert told == f"mine.toml:{line}:{column}: the manifest has no field 'wieghts'; did you mean 'weights'?"


def test_two_rules_with_one_id_are_refused(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, GOOD, GOOD)
    assert told == "mine.toml:11:1: the id 'a' is taken by mine.toml:6:1; give one of the two another id"


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (rule("a", "true", given='"/nosuch/*"'), "the manifest has nothing at '/nosuch/*'; name a table"),
        (rule("a", "true", given='"/access/*/kind"'), "'/access/*/kind' is a word, not a table"),
        (
            rule("a", "true", message='"{this.nosuch}"'),
            "'this.nosuch' names no value; without `given`, this is the manifest",
        ),
        (
            rule("a", "true", message='"{weights.license}"'),
            "'weights.license' names no value; write {manifest.weights.license}",
        ),
        (rule("a", "true", message='"{manifest.weights}"'), "'manifest.weights' names no value"),
        (
            rule("a", "true", message='"{oops"'),
            "'{' is no dotted path; write {manifest.release.id}, and no other braces",
        ),
        (rule("a", "true", message='"{params.nosuch}"'), "'params.nosuch' names no value"),
        (rule("a", "true") + 'params = { least = { type = "number", default = "x" } }\n', "does not fit"),
        (
            rule("a", "true") + "params = { least = { type = 'number', default = 9, max = 5 } }\n",
            "default of the parameter 'least' does not fit: 9 is more than 5;",
        ),
        (rule("a", "true") + "params = { least = { type = 'number', default = 0, min = 1 } }\n", "0 is less than 1;"),
        (rule("a", "true", effective='"2026-02-30"'), "day is out of range for month; write it as 2026-01-31"),
        (
            rule("a", "true") + "[[rule.accepted]]\nbecause = 'b'\n",
            "one warning of lint or one mutant; give it the key",
        ),
        (
            rule("a", "true") + "[[rule.accepted]]\nlint = 'l'\nmutant = 'm'\nbecause = 'b'\n",
            "what is accepted is one warning of lint or one mutant; give it the key lint or the key mutant",
        ),
        (
            rule("a", "true") + "params = { word = { type = 'string', default = 'a', stricter = 'lower' } }\n",
            "the stricter of the parameter 'word' does not fit: a string has no order; leave it out",
        ),
        (ASSESSMENT.replace('"unknown", "near"', '"near"') + GOOD, "the scale has no level 'unknown'"),
        (ASSESSMENT.replace('is = "far"', 'is = "afar"') + GOOD, "'afar' is no level of the scale; use one of: far"),
        (ASSESSMENT.replace('none = "near"', 'none = "x"') + GOOD, "'x' is no level of the scale"),
    ],
)
def test_what_cannot_be_carried_out_does_not_load(part: str, message: str, tmp_path: Path) -> None:
    (told,) = refused(tmp_path, part)
    assert message in told
    assert told.startswith("mine.toml:")


@pytest.mark.parametrize("blank", ["''", "'   '", "'\t'", "''' \n '''"])
@pytest.mark.parametrize("key", ["when", "counts", "assert", "level"])
def test_a_blank_condition_does_not_load(key: str, blank: str, tmp_path: Path) -> None:
    part = {
        "when": rule("a", "true", when=blank),
        "counts": ASSESSMENT.replace("none =", f"counts = {blank}\nnone =") + GOOD,
        "assert": GOOD.replace("'''true'''", blank),
        "level": ASSESSMENT.replace("'this.audience == \"public\"'", blank) + GOOD,
    }[key]
    (told,) = refused(tmp_path, part)
    assert " is empty; write a condition" in told
    assert told.endswith("; write a condition, or leave the key out") or key in ("assert", "level")


def test_a_blank_condition_made_in_python_does_not_load() -> None:
    blank = Rule(id="a", summary="A.", when=" ", assertion="true")
    with pytest.raises(PolicyError, match="the expression is empty; write a condition, or leave the key out"):
        admit_policies([Policy(id="mine", title="Mine", version="1.0.0", rules=(blank,))])


def test_all_parameters_that_do_not_fit_are_told(tmp_path: Path) -> None:
    params = "params = { a = { type = 'number', default = 'x' }, b = { type = 'integer', default = 1.5 } }\n"
    assert [line.partition(": ")[2].partition(";")[0] for line in refused(tmp_path, GOOD + params)] == [
        "the default of the parameter 'a' does not fit: 'x' is no number",
        "the default of the parameter 'b' does not fit: 1.5 is no whole number",
    ]


def test_a_rule_reads_the_assessments_of_what_its_policy_extends_and_no_others(tmp_path: Path) -> None:
    asked = "assessments['open-properties/broader-access'].level == 'applies'"
    assert "there is no assessment 'open-properties/broader-access'" in refused(tmp_path, rule("a", asked))[0]
    extending = HEAD + 'extends = ["marginal-risk"]\n'
    assert len(select(write(tmp_path, rule("a", asked), head=extending)).policies) == 3


def test_an_assessment_of_ones_own_is_answered(tmp_path: Path) -> None:
    file = write(
        tmp_path, rule("a", "assessments['mine/reach'].items[this.id].level == 'far'", given='"/access/*"'), ASSESSMENT
    )
    report = judge(load(file))
    (answer,) = report.assessments
    assert (answer.level, answer.decided_by) == ("far", "hub")
    assert {key: item.level for key, item in answer.items.items()} == {"hub": "far", "api": "unknown"}
    assert answer.items["api"].undecided == ("/access/1/audience",)


# Folders --------------------------------------------------------------------------------------------------------------


def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "policy.toml").write_text(HEAD)
    (tmp_path / "mine" / "rules" / "a.toml").write_text('id = "a"\nsummary = "A."\nassert = "true"\n')
    return tmp_path / "mine"


def test_a_rule_file_in_the_folder_is_in_the_policy(tmp_path: Path) -> None:
    assert [each.id for each in load(folder(tmp_path)).rules] == ["a"]


def test_the_digest_is_of_all_files_and_not_of_their_order(tmp_path: Path) -> None:
    first = load(folder(tmp_path)).digest
    (tmp_path / "mine" / "rules" / "a.toml").write_text('id = "a"\nsummary = "B."\nassert = "true"\n')
    assert load(tmp_path / "mine").digest != first


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stray.toml", "not read as part of the policy; put a rule under rules/"),
        ("rules/stray.tml", "not read as part of the policy; a file here is one of the rules and ends in .toml"),
        ("rules/b.toml", "the id 'c' is not the name of its file; rename the file to c.toml"),
    ],
)
def test_no_file_is_passed_over_in_silence(name: str, message: str, tmp_path: Path) -> None:
    (folder(tmp_path) / name).write_text('id = "c"\nsummary = "C."\nassert = "true"\n')
    with pytest.raises(PolicyError) as caught:
        load(tmp_path / "mine")
    assert message in str(caught.value)


def test_a_folder_without_a_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"no policy\.toml in it; name a policy folder, or one policy file"):
        load(tmp_path)


def test_all_unreadable_files_of_a_folder_are_told(tmp_path: Path) -> None:
    (folder(tmp_path) / "rules" / "b.toml").write_text("= 1")
    (tmp_path / "mine" / "rules" / "c.toml").write_text("= 1")
    with pytest.raises(PolicyError) as caught:
        load(tmp_path / "mine")
    assert len(caught.value.flat()) == 2


@pytest.mark.parametrize("beside", ["rules", "assessments", "base.toml"])
def test_the_head_of_a_folder_is_no_policy_by_itself(tmp_path: Path, beside: str) -> None:
    """Else a name that a shell completes would drop every rule of the folder, and pass."""
    head = write(tmp_path, GOOD, name="policy.toml")
    assert len(select(head).rules) == 1
    (tmp_path / beside).mkdir()
    with pytest.raises(PolicyError) as caught:
        select(head)
    what = f"it is the head of a policy folder, and {beside} beside it would not be read"
    assert str(caught.value) == f"{head}: {what}; name the folder: {tmp_path}"


# Selection and overrides ----------------------------------------------------------------------------------------------


def test_an_unknown_policy_is_named_with_what_there_is() -> None:
    with pytest.raises(UsageError, match=r"there is no policy 'open-relase'.*did you mean 'open-release'"):
        load_policies(["open-relase"], REGISTRY)


def test_no_policy_is_nothing_to_check() -> None:
    with pytest.raises(NothingToCheckError, match="no policy is selected"):
        load_policies([], REGISTRY)


def test_a_policy_without_rules_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(NothingToCheckError, match="no rule is in mine; select a policy with rules"):
        select(write(tmp_path))


def test_a_policy_that_extends_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, GOOD, head=HEAD + 'extends = ["nosuch"]\n')
    assert told.startswith("mine.toml:5:1: mine extends 'nosuch', and there is no such policy; ")


def test_policies_may_extend_each_other_in_a_ring(tmp_path: Path) -> None:
    one = load(write(tmp_path, GOOD, head=HEAD + 'extends = ["two"]\n'))
    two = dataclasses.replace(one, id="two", extends=("mine",))
    assert [each.id for each in admit_policies([one, two]).rules] == ["mine/a", "two/a"]


def test_two_policies_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = write(tmp_path, GOOD), write(tmp_path / "other", rule("b", "true"))
    with pytest.raises(PolicyError, match="another policy is called 'mine' as well; give this one an id of its own"):
        select(one, other)


def test_one_policy_selected_twice_is_one_policy(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    assert len(select(file, file).rules) == 1


def test_a_folder_that_holds_another_policy_than_the_plugin_says_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    registry = dataclasses.replace(REGISTRY, policies={"yours": PolicyFolder(id="yours", path=file)})
    with pytest.raises(PolicyError, match="the plugin offers 'yours', and the folder holds 'mine'"):
        load_policies(["yours"], registry)


def overriding(tmp_path: Path, override: str, target: str = "open-properties/access-described") -> Path:
    head = HEAD + 'extends = ["open-properties"]\n' + f'[override."{target}"]\n{override}\n'
    return write(tmp_path, head=head)


def test_a_policy_may_weaken_a_rule_it_extends_with_a_reason_that_shows(tmp_path: Path) -> None:
    admitted = select(overriding(tmp_path, 'severity = "note"\nbecause = "we start slowly"'))
    changed_rule = next(each for each in admitted.rules if each.id == "open-properties/access-described")
    assert changed_rule.severity is Severity.NOTE
    assert changed_rule.note == "changed by mine (error to note), because we start slowly"


def test_a_policy_may_tighten_a_rule_without_a_reason(tmp_path: Path) -> None:
    target = "open-properties/strict-gate-not-bypassed"
    admitted = select(overriding(tmp_path, 'severity = "error"', target))
    assert next(each for each in admitted.rules if each.id == target).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("override", "target", "message"),
    [
        (
            'severity = "note"',
            "open-properties/access-described",
            "is weakened from error to note without a reason; say why",
        ),
        (
            'severity = "note"',
            "marginal-risk/threats-declared",
            "mine changes marginal-risk/threats-declared and does not",
        ),
        ('severity = "note"', "open-properties/nosuch", "there is no open-properties/nosuch; open-properties has "),
        (
            'severity = "note"',
            "open-properties/access-describd",
            "there is no open-properties/access-describd; did you mean 'open-properties/access-described'?",
        ),
        (
            'severity = "note"',
            "opne-properties/access-described",
            "does not extend opne-properties; did you mean 'open-properties/access-described'?",
        ),
        ('severity = "note"', "open-properties/broader-access", "is an assessment and has no severity"),
        ("params = { least = 2 }", "open-properties/access-described", "has no parameter 'least'; it has none"),
    ],
)
def test_an_override_that_cannot_be_carried_out_is_refused(
    override: str, target: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(PolicyError) as caught:
        select(overriding(tmp_path, override, target))
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/mine.toml:")


def with_param(tmp_path: Path, value: str) -> list[Policy]:
    base = rule("a", "size(manifest.access) >= params.least") + PARAMS
    mine = load(write(tmp_path, base))
    head = (
        HEAD.replace("mine", "theirs")
        + f'extends = ["mine"]\n[override."mine/a"]\nparams = {{ {value} }}\nbecause = "we are small"\n'
    )
    return [mine, load(write(tmp_path, head=head, name="theirs.toml"))]


def test_a_parameter_may_be_set_within_its_range(tmp_path: Path) -> None:
    assert (
        judge(load(write(tmp_path, rule("a", "size(manifest.access) >= params.least") + PARAMS))).verdict == "blocked"
    )
    admitted = admit_policies(with_param(tmp_path, "least = 2"))
    assert judge(admitted).verdict == "pass"
    assert admitted.rules[0].note == "changed by theirs (least from 3 to 2), because we are small"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("least = 0", "does not fit: 0 is less than 1; stay within its type and range"),
        ("least = 'x'", "does not fit: 'x' is no number"),
        ("lest = 2", "mine/a has no parameter 'lest'; did you mean 'least'?"),
    ],
)
def test_a_parameter_out_of_range_is_refused(value: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        admit_policies(with_param(tmp_path, value))
    assert message in str(caught.value)


def test_two_policies_that_change_a_rule_in_different_ways_are_refused(tmp_path: Path) -> None:
    mine, theirs = with_param(tmp_path, "least = 2")
    other = dataclasses.replace(
        theirs, id="ours", overrides=(dataclasses.replace(theirs.overrides[0], params={"least": 4}),)
    )
    with pytest.raises(
        PolicyError, match=r"theirs and ours \(.*theirs.toml:6:1\) change mine/a in different ways; select one of"
    ):
        admit_policies([mine, theirs, other])
    same = dataclasses.replace(theirs, id="ours")
    assert len(admit_policies([mine, theirs, same]).rules) == 1


def test_a_rule_has_either_an_assertion_or_a_check() -> None:
    neither = Policy(id="mine", title="Mine", version="1.0.0", rules=(Rule(id="a", summary="A."),))
    with pytest.raises(PolicyError, match=r"mine/a has an assertion and a check, or neither"):
        admit_policies([neither])


def test_an_expression_made_in_python_is_named_by_its_rule() -> None:
    broken = Rule(id="a", summary="A.", assertion="nosuch")
    with pytest.raises(PolicyError, match="mine/a/assert: there is no name 'nosuch'"):
        admit_policies([Policy(id="mine", title="Mine", version="1.0.0", rules=(broken,))])


def test_parameters_of_every_type_are_read(tmp_path: Path) -> None:
    text = """
    [rule.params]
    number = 1.5
    integer = 2
    string = "weights"
    boolean = true
    strings = ["weights", "api"]
    day = { type = "date", default = 2025-01-01, min = "2024-01-01" }
    """
    asked = (
        "params.boolean && manifest.access.exists(c, c.kind == params.string && c.kind in params.strings)"
        " && size(params.strings) == params.integer && params.number < 2 && params.day < today"
        " && params.strings.exists(s, s == 'api')"
    )
    loaded = load(write(tmp_path, rule("a", asked) + text))
    assert judge(loaded).verdict == "pass"
    assert loaded.rules[0].params["day"] == Param(type="date", value=dt.date(2025, 1, 1), minimum=dt.date(2024, 1, 1))


def test_a_case_may_append_to_lists_and_make_tables(tmp_path: Path) -> None:
    case = '[[rule.case]]\nname = "x"\nexpect = "pass"\nremove = ["/access/0"]\n[rule.case.set]\n'
    case += '"/access/-" = { id = "b", kind = "api" }\n"/evidence/-" = { id = "e", kind = "card" }\n'
    case += '"/weights/license" = "MIT"\n'
    loaded = load(write(tmp_path, rule("a", "true"), case))
    base = {"access": [{"id": "a"}, {"id": "c"}]}
    assert changed(base, loaded.rules[0].cases[0]) == {
        "access": [{"id": "c"}, {"id": "b", "kind": "api"}],
        "evidence": [{"id": "e", "kind": "card"}],
        "weights": {"license": "MIT"},
    }
    assert base == {"access": [{"id": "a"}, {"id": "c"}]}


def test_a_policy_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseReviewError, match=r"nosuch[.]toml"):
        load_policy(tmp_path / "nosuch.toml", importers=REGISTRY.importers)
