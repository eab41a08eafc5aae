"""The helpers for tests of policies and plugins: what they make, what they run, what they say when it is otherwise."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from release_review import testing
from release_review.admit import admit_policies
from release_review.cel import ENGINES
from release_review.errors import InputError, ManifestError, PolicyError
from release_review.hooks import Imported, PolicyFolder, SourceImporter, Unread
from release_review.load import digest_of
from release_review.model import (
    Assessment,
    Case,
    Finding,
    Level,
    Limits,
    Outcome,
    Param,
    Policy,
    Rule,
    RuleContext,
    RuleResult,
)
from release_review.testing import (
    CASE_DAY,
    SMALLEST,
    Written,
    assert_fails,
    assert_finding,
    assert_not_applicable,
    assert_passes,
    assert_unknown,
    make_document,
    make_manifest,
    run_cases,
    run_importer,
    run_rule,
)

ROOT = Path(__file__).parent.parent.parent
LICENSED = Rule(
    id="licensed",
    summary="A licence is stated.",
    assertion='manifest.weights.license == "MIT"',
    when='manifest.release.id != "example/other"',
    message="the licence is {manifest.weights.license}",
)
HUB = {"id": "hub", "kind": "weights"}

# Manifests ------------------------------------------------------------------------------------------------------------


def test_the_smallest_manifest_states_nothing() -> None:
    manifest = make_manifest()
    assert manifest.release_id == "example/small"
    assert manifest.data["release"]["stage"] == "unknown"
    assert manifest.data["weights"]["license"] is None
    assert manifest.data["access"] == []
    assert (manifest.today, manifest.as_of) == (CASE_DAY, CASE_DAY)


def test_a_change_is_made_at_its_pointer_and_a_list_grows_at_its_end() -> None:
    manifest = make_manifest({"/access/-": HUB, "/access/0/audience": "public", "/weights/license": "MIT"})
    assert manifest.data["access"][0]["audience"] == "public"
    assert manifest.data["weights"]["license"] == "MIT"


def test_what_is_removed_goes_first() -> None:
    base = {**SMALLEST, "access": [HUB, {**HUB, "id": "api"}]}
    document = make_document({"/access/0/id": "first"}, base=base, remove=["/access/0"])
    assert document.data["access"] == [{"id": "first", "kind": "weights"}]
    assert [each["id"] for each in base["access"]] == ["hub", "api"]


def test_days_and_tuples_are_written_as_a_file_has_them() -> None:
    assert make_document({"/release/date": dt.date(2026, 1, 31)}).data["release"]["date"] == "2026-01-31"
    assert make_document({"/access": (HUB,)}).data["access"] == [HUB]


def test_a_document_has_the_lines_of_its_text() -> None:
    document = make_document({"/weights/license": "MIT"})
    line = document.locate("/weights/license").line
    assert document.lines[line - 1].strip() == '"license": "MIT"'
    assert document.digest == digest_of(document.content)


def test_the_state_is_judged_on_the_day_that_is_given() -> None:
    manifest = make_manifest(today=dt.date(2026, 5, 1), as_of=dt.date(2026, 4, 1))
    assert (manifest.today, manifest.as_of) == (dt.date(2026, 5, 1), dt.date(2026, 4, 1))


@pytest.mark.parametrize(("content", "status"), [("a log", "verified"), (b"another", "mismatch"), (None, "missing")])
def test_evidence_lies_in_the_folder(tmp_path: Path, content: str | bytes | None, status: str) -> None:
    evidence = {"id": "log", "kind": "evaluation-log", "path": "logs/a.txt", "digest": digest_of(b"a log")}
    files = {} if content is None else {"logs/a.txt": content}
    manifest = make_manifest({"/evidence/-": evidence}, folder=tmp_path, files=files)
    assert manifest.data["evidence"][0]["status"] == status


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"remove": ["/weights"]}, "a change removes /weights, and the base has no such value"),
        (
            {"changes": {"/access/1/id": "a"}, "base": {**SMALLEST, "access": []}},
            "a change sets /access/1/id, which has",
        ),
        ({"changes": {"": {}}}, "a change changes the whole manifest"),
        ({"changes": {"weights": {}}}, "a JSON Pointer starts with '/', got 'weights'"),
        ({"files": {"a": "b"}}, "files need a folder"),
        ({"files": {"../a": "b"}, "folder": Path("here")}, "the file '../a' would not be in the folder"),
        ({"files": {"/a": "b"}, "folder": Path("here")}, "the file '/a' would not be in the folder"),
    ],
)
def test_a_change_that_cannot_be_made_is_no_manifest(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        make_document(**arguments)


def test_what_no_file_could_hold_is_refused_as_a_file_is() -> None:
    with pytest.raises(InputError, match="outside the range of 64 bits"):
        make_document({"/weights/parameters_total": 1 << 64})


def test_what_does_not_fit_the_schema_is_refused_as_in_a_review() -> None:
    with pytest.raises(ManifestError, match="unknown key 'licence'"):
        make_manifest({"/weights/licence": "MIT"})


# Rules ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"/weights/license": "MIT"}, Outcome.PASS),
        ({"/weights/license": "other"}, Outcome.FAIL),
        ({}, Outcome.UNKNOWN),
        ({"/release/id": "example/other"}, Outcome.NOT_APPLICABLE),
    ],
)
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_rule_in_cel_has_the_outcome_of_a_review(changes: dict[str, Any], outcome: Outcome, engine: str) -> None:
    assert run_rule(LICENSED, manifest=make_manifest(changes), engine=engine).outcome is outcome


def check_dates(context: RuleContext) -> Iterator[Finding]:
    days = f"{context.as_of} {context.today} {context.params['days']}"
    yield Finding(message=days, pointer=context.pointer)


DATED = Rule(
    id="dated",
    summary="It is dated.",
    given="/access/*",
    check=check_dates,
    params={"days": Param(type="integer", value=30, maximum=90)},
)


def test_a_rule_in_python_sees_its_item_the_days_and_the_parameters() -> None:
    result = run_rule(
        DATED,
        manifest=make_manifest({"/access/-": HUB}),
        today=dt.date(2026, 5, 2),
        as_of=dt.date(2026, 5, 1),
        params={"days": 7},
    )
    assert assert_finding(result).message == "2026-05-01 2026-05-02 7"
    assert assert_finding(result).pointer == "/access/0"


def test_the_days_are_those_of_the_manifest_unless_others_are_given() -> None:
    manifest = make_manifest({"/access/-": HUB}, today=dt.date(2026, 5, 2), as_of=dt.date(2026, 5, 1))
    assert_finding(run_rule(DATED, manifest=manifest), message="2026-05-01 2026-05-02 30")
    assert_finding(run_rule(DATED, manifest=manifest, today=dt.date(2026, 6, 1)), message="2026-06-01 2026-06-01 30")


def test_plain_data_and_documents_are_manifests_too() -> None:
    assert_unknown(run_rule(LICENSED, manifest=SMALLEST))
    assert_passes(run_rule(LICENSED, manifest=make_document({"/weights/license": "MIT"})))


def change_it(context: RuleContext) -> Iterator[Finding]:
    context.manifest["weights"]["license"] = "MIT"
    yield from ()


def point_nowhere(context: RuleContext) -> Iterator[Finding]:
    yield Finding(message="There.", pointer="/nowhere")


@pytest.mark.parametrize(
    ("check", "told"),
    [
        (change_it, "TypeError: 'mappingproxy' object does not support item assignment"),
        (point_nowhere, "ValueError: a finding points at '/nowhere', which is not in the manifest"),
    ],
)
def test_a_rule_in_python_is_held_to_what_a_review_holds_it_to(check: Callable[..., Any], told: str) -> None:
    result = run_rule(Rule(id="bad", summary="It is bad.", check=check), manifest=make_manifest())
    assert_finding(result, outcome="error", message=told)


def test_a_rule_is_found_in_its_policy_and_in_a_folder_of_ours() -> None:
    house = Policy(id="house", title="House", version="1", rules=(LICENSED, DATED))
    assert run_rule(house, "licensed", manifest=SMALLEST).id == "house/licensed"
    folder = ROOT / "policies" / "open-properties"
    for source in (folder, PolicyFolder(id="open-properties", path=folder)):
        assert_fails(run_rule(source, "access-described", manifest=SMALLEST))


def test_a_rule_reads_the_assessments_of_what_its_policy_extends() -> None:
    rule = Rule(
        id="closed",
        summary="It is closed.",
        assertion='assessments["open-properties/broader-access"].level == "does-not-apply"',
        message="it is open",
    )
    policy = Policy(id="house", title="House", version="1", extends=("open-properties",), rules=(rule,))
    channel = {**HUB, "from": "2025-01-01", "audience": "public"}
    assert_fails(
        run_rule(policy, "closed", manifest=make_manifest({"/access/-": channel, "/release/stage": "released"}))
    )


def test_a_policy_of_somebody_else_may_be_given() -> None:
    level = Level(name="known", when='this.kind == "weights"', because="it says so")
    question = Assessment(
        id="kind",
        title="Kind",
        scale=("known", "unknown"),
        over="/access/*",
        levels=(level,),
        none="unknown",
        empty="unknown",
        default="unknown",
    )
    other = Policy(id="other", title="Other", version="1", assessments=(question,))
    rule = Rule(
        id="known", summary="It is known.", assertion='assessments["other/kind"].level == "known"', message="no"
    )
    policy = Policy(id="house", title="House", version="1", extends=("other",), rules=(rule,))
    manifest = make_manifest({"/access/-": HUB})
    assert_passes(run_rule(policy, manifest=manifest, extends=[other]))


@pytest.mark.parametrize(
    ("rule", "params", "told"),
    [
        ("other", {}, "there is no rule 'other' in house, which has licensed, dated"),
        ("", {}, "there is not one rule in house, which has licensed, dated"),
        ("dated", {"day": 1}, "dated has no parameter 'day'; it has days"),
        ("licensed", {"day": 1}, "licensed has no parameter 'day'; it has none"),
        ("dated", {"days": 91}, "the parameter 'days' of dated does not fit: 91 is more than 90"),
    ],
)
def test_a_rule_or_a_parameter_that_is_not_there_is_told(rule: str, params: dict[str, Any], told: str) -> None:
    house = Policy(id="house", title="House", version="1", rules=(LICENSED, DATED))
    with pytest.raises(ValueError, match=re.escape(told)):
        run_rule(house, rule, manifest=SMALLEST, params=params)


def test_a_rule_that_cannot_be_carried_out_is_refused_as_in_a_review() -> None:
    with pytest.raises(PolicyError, match="nosuch"):
        run_rule(Rule(id="bad", summary="It is bad.", assertion="manifest.nosuch"), manifest=SMALLEST)


# Expectations ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def failed() -> RuleResult:
    return run_rule(LICENSED, manifest=make_manifest({"/weights/license": "other"}))


@pytest.fixture
def broken() -> RuleResult:
    return run_rule(Rule(id="bad", summary="It is bad.", check=point_nowhere), manifest=SMALLEST)


def told_by(check: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value)


FOUND = "  fail at /weights/license: the licence is other"


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"pointer": "/release/id"}, "expected a finding at /release/id, and got outcome fail"),
        ({"pointer": ""}, "expected a finding at the manifest as a whole, and got outcome fail"),
        ({"message": "no licence"}, "expected a finding that says 'no licence', and got outcome fail"),
        ({"outcome": "unknown"}, "expected a finding of outcome unknown, and got outcome fail"),
        ({"outcome": Outcome.ERROR}, "expected a finding of outcome error, and got outcome fail"),
    ],
)
def test_a_finding_that_is_missing_is_told_with_those_that_are_there(
    failed: RuleResult, expected: dict[str, Any], told: str
) -> None:
    assert told_by(lambda: assert_finding(failed, **expected)) == f"testing/licensed: {told}\n{FOUND}"


def test_a_finding_is_found_by_its_place_its_words_and_its_outcome(failed: RuleResult) -> None:
    finding = assert_finding(failed, pointer="/weights/license", message="licence is", outcome="fail")
    assert finding is failed.findings[0]


def test_that_a_rule_broke_is_expected_only_by_its_name(broken: RuleResult) -> None:
    assert "  error at the manifest as a whole: ValueError: a finding" in told_by(lambda: assert_finding(broken))
    assert assert_finding(broken, outcome="error").outcome is Outcome.ERROR


def test_a_rule_without_a_finding_is_told() -> None:
    passed = run_rule(LICENSED, manifest=make_manifest({"/weights/license": "MIT"}))
    told = told_by(lambda: assert_finding(passed))
    assert told == "testing/licensed: expected a finding, and got outcome pass\n  without a finding"


@pytest.mark.parametrize("outcome", ["failed", "pass"])
def test_an_outcome_that_no_finding_has_is_no_expectation(failed: RuleResult, outcome: str) -> None:
    with pytest.raises(ValueError, match=f"a finding has no outcome '{outcome}'; use one of: fail, unknown, error"):
        assert_finding(failed, outcome=outcome)


@pytest.mark.parametrize(
    ("check", "outcome"),
    [
        (assert_passes, Outcome.PASS),
        (assert_fails, Outcome.FAIL),
        (assert_unknown, Outcome.UNKNOWN),
        (assert_not_applicable, Outcome.NOT_APPLICABLE),
    ],
)
def test_each_expectation_holds_for_its_outcome_alone(check: Callable[[RuleResult], None], outcome: Outcome) -> None:
    for got in Outcome:
        result = RuleResult(id="a/b", rule=LICENSED, severity=LICENSED.severity, outcome=got)
        if got is outcome:
            check(result)
        else:
            told = f"a/b: expected outcome {outcome.value}, and got outcome {got.value}\n  without a finding"
            assert told_by(lambda result=result: check(result)) == told  # type: ignore[misc]


def test_what_a_finding_says_is_made_harmless() -> None:
    finding = Finding(message="a\x1b[2J\n::error::b")
    result = RuleResult(id="a/b", rule=LICENSED, severity=LICENSED.severity, outcome=Outcome.FAIL, findings=(finding,))
    assert told_by(lambda: assert_passes(result)).splitlines()[1:] == [
        r"  fail at the manifest as a whole: a\x1b[2J\n\x3a:error\x3a:b"
    ]


@pytest.mark.slow
def test_no_helper_needs_pytest() -> None:
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['_pytest'] = None\n"
        "import release_review.importers\n"
        "from release_review.testing import *\n"
        "check_conformance(release_review.importers); print(make_manifest().release_id)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout == "example/small\n"


# Cases and sources ----------------------------------------------------------------------------------------------------

CASES = (
    Case(name="it is stated", expect="pass", set={"/weights/license": "MIT"}),
    Case(name="it is another", expect="pass", set={"/weights/license": "other"}),
)
PROVEN = replace(LICENSED, cases=CASES)


def test_the_cases_of_a_rule_change_the_smallest_manifest() -> None:
    assert [(each.case.name, each.got, each.holds) for each in run_cases(PROVEN)] == [
        ("it is stated", "pass", True),
        ("it is another", "fail", False),
    ]


def test_only_the_cases_of_the_policy_itself_are_run() -> None:
    base = {"schema": "release-manifest/1", "release": {"id": "example/small"}}
    other = Policy(id="other", title="Other", version="1", rules=(replace(PROVEN, id="theirs"),), base=base)
    house = Policy(id="house", title="House", version="1", extends=("other",), rules=(PROVEN,), base=base)
    assert [each.id for each in run_cases(house, extends=[other])] == ["house/licensed"] * 2
    both = admit_policies([house, other])
    assert {each.id for each in run_cases(both)} == {"house/licensed", "other/theirs"}


def test_the_cases_of_a_folder_are_run() -> None:
    folder = ROOT / "policies" / "open-properties"
    for source in (folder, PolicyFolder(id="open-properties", path=folder)):
        results = list(run_cases(source))
        assert results
        assert all(each.holds for each in results)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_chosen_for_cases(engine: str) -> None:
    assert [each.holds for each in run_cases(PROVEN, engine=engine)] == [True, False]


def read_lines(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    for line in path.read_text(encoding="utf-8").splitlines():
        data = {"schema": "release-manifest/1", "release": {"id": line}}
        yield Imported(data=data, origin=path.name)


def test_a_source_is_imported_as_by_the_command_and_what_does_not_hold_is_told(tmp_path: Path) -> None:
    (tmp_path / "models.txt").write_text("acme/small\nno id\n", encoding="utf-8")
    lines = SourceImporter(name="lines", summary="An id to a line.", read=read_lines)
    made, error = run_importer(lines, tmp_path / "models.txt")
    assert isinstance(made, Written)
    assert made.document.data["release"]["id"] == made.release == "acme/small"
    assert made.text.startswith("# Made by the importer lines from models.txt.")
    assert isinstance(error, InputError)
    assert "the manifest that 'lines' made from it does not hold" in str(error)


# The documentation of the helpers -------------------------------------------------------------------------------------

RECORDS = ["CASE_DAY", "SMALLEST", "CaseResult", "Written", "document_of"]


@pytest.mark.parametrize("name", sorted(set(testing.__all__) - set(RECORDS)))
def test_every_helper_has_an_example(name: str) -> None:
    documented = getattr(testing, name).__doc__
    assert "    Example:\n" in documented
    assert re.search(rf"\b{name}\(", documented.partition("Example:")[2])


@pytest.mark.parametrize("name", ["make_document", "make_manifest", "run_cases", "run_rule"])
def test_an_example_that_asserts_something_is_true(name: str) -> None:
    code = re.search(r"```python\n(.*?)```", getattr(testing, name).__doc__, re.DOTALL)
    assert code is not None
    names = {**vars(testing), "Case": Case, "Rule": Rule, "Outcome": Outcome}
    exec(compile("\n".join(line.strip() for line in code[1].splitlines()), name, "exec"), names)  # noqa: S102 - our own
