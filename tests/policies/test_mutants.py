"""The mutants of the shipped policies: none survives that is not explained, and each proof is tried on manifests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from untraced import untraced

from release_review import load_policies, load_registry
from release_review.admit import AdmittedPart, AdmittedRule
from release_review.authoring.case_manifest import changed, document_of
from release_review.authoring.cases import CASE_DAY, parts_of, policies_for
from release_review.authoring.killing import find_cases
from release_review.authoring.mutants import mutants_of_part
from release_review.authoring.surviving import PartResult, come_to, try_mutants
from release_review.cli.policy.mutation import table_lines
from release_review.evaluate import Assessed
from release_review.hooks import Style
from release_review.model import Case
from release_review.pipeline import look_at

POLICIES = load_policies(["open-release"], load_registry(discover=False))
PARTS = {part.id: part for part in parts_of(POLICIES)}

pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module")
def results() -> dict[str, PartResult]:
    with untraced():
        return {result.id: result for result in try_mutants(POLICIES)}


@pytest.mark.slow
def test_no_mutant_of_a_shipped_policy_survives_without_an_explanation(results: dict[str, PartResult]) -> None:
    surviving = {result.id: [each.name for each in result.open] for result in results.values() if not result.holds}
    assert not surviving


@pytest.mark.slow
def test_the_numbers_are_the_known_ones(
    results: dict[str, PartResult], golden: Callable[[str | Path, str], None]
) -> None:
    lines = table_lines([*results.values()], [policy.id for policy in POLICIES.policies], Style())
    golden("policies/mutants.txt", "".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_mutant_has_a_name_of_its_own(part: AdmittedPart) -> None:
    names = [mutant.name for mutant in mutants_of_part(part)]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.slow
def test_no_manifest_near_a_case_tells_a_mutant_from_what_it_is_proved_to_be(results: dict[str, PartResult]) -> None:
    told_apart = [
        (result.id, killing.mutant.name)
        for result in results.values()
        for killing in find_cases(PARTS[result.id], result.equal, POLICIES, most=120)
        if killing.case is not None
    ]
    assert not told_apart


# Evidence that is a file ----------------------------------------------------------------------------------------------

STUDY = b"what the study found\n"
COUNTS = {"path": "study.txt", "digest": f"sha256:{hashlib.sha256(STUDY).hexdigest()}"}
COUNTS_NOT = ({"path": "study.txt"}, {"path": "study.txt", "digest": f"sha256:{1:064}"})


def apart(value: Any, data: dict[str, Any]) -> None:
    """Give each fact records of evidence of its own, so that one can be changed and the others left."""
    if isinstance(value, dict) and "value" in value and "evidence" in value:
        records = {record["id"]: record for record in data["evidence"]}
        copies = [
            {**records[each], "id": f"{each}-{len(records)}-{number}"} for number, each in enumerate(value["evidence"])
        ]
        data["evidence"] += copies
        value["evidence"] = [each["id"] for each in copies]
    elif isinstance(value, dict | list):
        for each in list(value.values() if isinstance(value, dict) else value):
            apart(each, data)


def situations(part: AdmittedPart, case: Case, folder: Path) -> Iterator[tuple[Assessed, str]]:
    """Give what a case looks at where one piece of evidence is a file, and what the part has to come to then.

    A file that has the digest which the manifest states is as good as a citation. One without a digest, or with
    another, is as good as nothing.
    """
    policy = next(each for each in POLICIES.policies if each.id == part.id.partition("/")[0])
    data = changed(policy.base, case)
    apart({key: value for key, value in data.items() if key != "evidence"}, data)
    for index, record in enumerate(data.get("evidence", ())):
        if "citation" not in record:
            continue
        bare = {key: value for key, value in record.items() if key != "citation"}

        def seen(changes: dict[str, str], index: int = index, bare: dict[str, Any] = bare) -> Assessed:
            records = [*data["evidence"][:index], {**bare, **changes}, *data["evidence"][index + 1 :]]
            document = replace(document_of({**data, "evidence": records}), folder=folder)
            as_of, today = case.as_of or CASE_DAY, case.today or CASE_DAY
            return look_at(document, policies=policies_for(part, POLICIES), as_of=as_of, today=today)

        yield seen(COUNTS), come_to(part, seen({"citation": record["citation"]}))[0]
        for changes in COUNTS_NOT:
            yield seen(changes), come_to(part, seen({}))[0]


@pytest.mark.slow
def test_what_no_case_can_tell_apart_files_do(results: dict[str, PartResult], tmp_path: Path) -> None:
    (tmp_path / "study.txt").write_bytes(STUDY)
    left = []
    for result in results.values():
        part = PARTS[result.id]
        cases = part.rule.cases if isinstance(part, AdmittedRule) else part.assessment.cases
        beyond = {mutant.name: mutant.part for mutant in result.beyond}
        for case in cases:
            for seen, expected in situations(part, case, tmp_path) if beyond else ():
                assert come_to(part, seen)[0] == expected, (part.id, case.name)
                beyond = {name: mutant for name, mutant in beyond.items() if come_to(mutant, seen)[0] == expected}
        left += [(result.id, name) for name in beyond]
    assert not left
