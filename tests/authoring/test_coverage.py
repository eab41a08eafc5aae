"""What cases have seen of the conditions of rules and assessments."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from policies import rule, select, write
from release_review.admit import admit_policies
from release_review.authoring.cases import parts_of, run_cases
from release_review.authoring.coverage import PartCoverage, measure, percent
from release_review.model import Case, Finding, Policy, Rule

HEAD = """\
schema = "release-policy/1"
id = "mine"
version = "1.0.0"
title = "Mine"

[base]
schema = "release-manifest/1"
release = { id = "acme/one", stage = "released" }
access = [
  { id = "hub", kind = "weights", audience = "public", gate = "none" },
  { id = "api", kind = "api", audience = "partners", gate = "contract" },
]

"""
PUBLIC, UNGATED = 'this.audience == "public"', 'this.gate == "none"'


def case(*lines: str, expect: str = "pass", of: str = "rule") -> str:
    return "\n".join([f"[[{of}.case]]", 'name = "it"', f'expect = "{expect}"', *lines, ""])


def gaps(folder: Path, *parts: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give what the cases of a policy of one rule or assessment have never seen, by expression and condition."""
    return gaps_in(measure(select(write(folder, *parts, head=HEAD))))


def gaps_in(found: Iterable[PartCoverage]) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (expression.name, each.condition.text): each.gaps
        for part in found
        for expression in part.expressions
        for each in expression.gaps
    }


def one(folder: Path, *parts: str) -> PartCoverage:
    (found,) = measure(select(write(folder, *parts, head=HEAD)))
    return found


# Rules ----------------------------------------------------------------------------------------------------------------


BOTH = rule("both", f"{PUBLIC} || {UNGATED}", given='"/access/*"')


def test_a_condition_is_seen_for_the_items_of_all_cases(tmp_path: Path) -> None:
    # The second channel alone is not public, and what follows is asked of it alone.
    assert gaps(tmp_path, BOTH, case()) == {("assert", UNGATED): ("never true",)}
    assert gaps(tmp_path, BOTH, case(), case('set = { "/access/1/gate" = "none" }')) == {}


def test_what_was_not_asked_was_not_seen(tmp_path: Path) -> None:
    assert gaps(tmp_path, BOTH, case('remove = ["/access/1"]')) == {
        ("assert", PUBLIC): ("never false",),
        ("assert", UNGATED): ("never true", "never false"),
    }


def test_what_is_undecided_was_not_seen(tmp_path: Path) -> None:
    unsaid = case('remove = ["/access/1", "/access/0/audience", "/access/0/gate"]', expect="unknown")
    assert gaps(tmp_path, BOTH, unsaid) == {
        ("assert", PUBLIC): ("never true", "never false"),
        ("assert", UNGATED): ("never true", "never false"),
    }


def test_the_requirement_of_what_does_not_apply_is_not_asked(tmp_path: Path) -> None:
    weights = 'this.kind == "weights"'
    parts = (rule("one", UNGATED, given='"/access/*"', when=f"'{weights}'"), case())
    assert gaps(tmp_path, *parts) == {("assert", UNGATED): ("never false",)}
    found = one(tmp_path, *parts)
    assert (found.seen, found.branches, percent(found.seen, found.branches)) == (3, 4, 75)


def test_a_requirement_is_asked_where_the_rule_may_apply(tmp_path: Path) -> None:
    weights = 'this.kind == "weights"'
    unsaid = case('remove = ["/access/1"]\nset = { "/access/0/kind" = "unknown" }')
    found = gaps(tmp_path, rule("one", UNGATED, given='"/access/*"', when=f"'{weights}'"), unsaid)
    assert found == {("when", weights): ("never true", "never false"), ("assert", UNGATED): ("never false",)}


def test_what_breaks_has_seen_nothing(tmp_path: Path) -> None:
    breaks = rule("one", UNGATED, given='"/access/*"', when="'1.0 / (manifest.weights.parameters_total - 1.0) > 0.0'")
    found = one(tmp_path, breaks, case('set = { "/weights/parameters_total" = 1 }', expect="error"))
    assert (found.seen, found.branches) == (0, 4)


def test_an_expression_has_its_place(tmp_path: Path) -> None:
    found = one(tmp_path, rule("one", UNGATED, given='"/access/*"', when=f"'{PUBLIC}'"), case())
    lines = (tmp_path / "mine.toml").read_text(encoding="utf-8").splitlines()
    for expression in found.expressions:
        file, line, column = expression.where.rsplit(":", 2)
        text = expression.conditions[0].condition.text
        assert file == str(tmp_path / "mine.toml")
        assert lines[int(line) - 1][int(column) - 1 :].startswith(text)


def test_an_override_of_a_parameter_is_in_the_condition(tmp_path: Path) -> None:
    other = HEAD.replace('"mine"', '"other"').replace('title = "Mine"', 'title = "Other"\nextends = ["mine"]')
    params = "{ days = { type = 'integer', default = 30, min = 1, max = 90 } }"
    mine = write(tmp_path, rule("one", "size(manifest.access) > params.days", params=params), case(), head=HEAD)
    changed = '[override."mine/one"]\nparams = { days = 1 }\nbecause = "a test"\n'
    more = write(tmp_path, changed, rule("two", "has(manifest.release.stage)"), case(), head=other, name="other.toml")
    policies = select(mine, more)
    assert gaps_in(measure(policies, of={"mine"})) == {("assert", "size(manifest.access) > 1"): ("never false",)}
    assert gaps_in(measure(policies, of={"other"})) == {("assert", "has(manifest.release.stage)"): ("never false",)}


def test_a_case_that_cannot_be_carried_out_sees_nothing(tmp_path: Path) -> None:
    found = one(tmp_path, BOTH, case('set = { "/access/9/gate" = "none" }'))
    assert (found.seen, found.branches) == (0, 4)


def test_outcomes_that_no_case_comes_to_are_told(tmp_path: Path) -> None:
    always = rule("one", 'manifest.release.stage == "released"')
    planned = 'set = { "/release/stage" = "planned" }'
    assert one(tmp_path, always, case()).unreached == ("fail",)
    assert one(tmp_path, always, case(), case(planned, expect="fail")).unreached == ()
    assert one(tmp_path, BOTH, case()).unreached == ("pass", "not-applicable")


def test_a_rule_in_python_is_not_measured() -> None:
    def check(context: object) -> list[Finding]:
        return []

    written = Rule(id="one", summary="One holds.", check=check, cases=(Case(name="it", expect="pass"),))
    base = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
    policies = admit_policies([Policy(id="mine", title="Mine", version="1", rules=(written,), base=base)])
    (found,) = measure(policies)
    assert (found.in_python, found.branches, found.unreached) == (True, 0, ("fail",))


# Assessments ----------------------------------------------------------------------------------------------------------


REACH = f"""
[[assessment]]
id = "reach"
title = "How far it reaches"
scale = ["far", "unknown", "some", "near"]
over = "/access/*"
counts = 'this.opened == "yes"'
none = "near"
empty = "unknown"
default = "near"

[[assessment.level]]
is = "far"
when = '{PUBLIC}'
because = "the public has it"

[[assessment.level]]
is = "some"
when = '{UNGATED}'
because = "nothing keeps anybody"
"""
RULE = rule("one", "has(manifest.release.stage)")


def reach(folder: Path, *cases: str) -> PartCoverage:
    found = measure(select(write(folder, REACH, *cases, RULE, head=HEAD)))
    return next(each for each in found if each.id == "mine/reach")


def test_levels_are_asked_up_to_the_one_that_holds(tmp_path: Path) -> None:
    found = reach(tmp_path, case('remove = ["/access/1"]', expect="far", of="assessment"))
    assert gaps_in([found]) == {
        ("counts", 'this.opened == "yes"'): ("never false",),
        ("level far", PUBLIC): ("never false",),
        ("level some", UNGATED): ("never true", "never false"),
    }
    assert found.unreached == ("unknown", "some", "near")


def test_levels_of_what_does_not_count_are_not_asked(tmp_path: Path) -> None:
    later = 'set = { "/access/0/from" = 2027-01-01, "/access/1/from" = 2027-01-01 }'
    found = gaps_in([reach(tmp_path, case(later, expect="near", of="assessment"))])
    assert found["level far", PUBLIC] == ("never true", "never false")
    assert found["counts", 'this.opened == "yes"'] == ("never true",)


# The whole ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seen", "of", "share"), [(0, 0, 100), (0, 3, 0), (199, 200, 99), (200, 200, 100)])
def test_a_share_is_full_only_if_all_is_seen(seen: int, of: int, share: int) -> None:
    assert percent(seen, of) == share


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_engines_see_the_same(tmp_path: Path, engine: str) -> None:
    policies = select(write(tmp_path, BOTH, case(expect="fail"), REACH, case(expect="far", of="assessment"), head=HEAD))
    assert all(result.holds for result in run_cases(policies, engine=engine))
    assert measure(policies, engine=engine) == measure(policies)


def test_the_shipped_policies_are_measured_whole() -> None:
    from policies import REGISTRY
    from release_review import load_policies

    policies = load_policies(["open-release"], REGISTRY)
    found = measure(policies)
    assert [part.id for part in found] == [part.id for part in parts_of(policies)]
    assert all(part.branches for part in found)
