"""Results of lm-evaluation-harness, as the harness writes them, and what each rule makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from release_review.errors import NothingToCheckError
from release_review.situation import digest_of_situation
from release_review_evals.logs import LogError
from release_review_evals.reading import read_log
from reviewing import (
    AGREES,
    BEFORE,
    BYTES,
    COMMIT,
    COVERS,
    DATA,
    FINISHED,
    MODEL,
    RAN,
    READABLE,
    RELEASE,
    digest_of,
    found,
    outcomes,
    report_of,
    results_of,
)

FINISHED_RUN = (DATA / "results_finished.json").read_bytes()
OTHER_COMMIT = "0" * 40
TASK = "arithmetic_by_table"
DIGEST = f"sha256:{'a' * 64}"


def table(**changes: Any) -> dict[str, Any]:
    return {**json.loads(FINISHED_RUN), **changes}


def as_bytes(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data).encode()


def with_config(*without: str, **changes: Any) -> bytes:
    config = {key: value for key, value in table()["config"].items() if key not in without}
    return as_bytes(table(config={**config, **changes}))


def with_results(results: object, **changes: Any) -> bytes:
    return as_bytes(table(**{"results": results, "configs": {}, "n-samples": {}, **changes}))


def without(*keys: str) -> bytes:
    return as_bytes({key: value for key, value in table().items() if key not in keys})


def test_a_finished_run_of_the_release_meets_every_rule(tmp_path: Path) -> None:
    assert found(results_of(tmp_path, FINISHED_RUN)) == {}


def test_what_the_harness_wrote_is_read_in_full() -> None:
    log = read_log(FINISHED_RUN)
    assert (log.tool, log.models, log.stand_in) == ("lm-evaluation-harness", ("example/hawthorn",), False)
    assert (log.first, log.last, log.faults, log.gaps, log.part) == (RAN, RAN, (), (), "")
    assert log.commits == (COMMIT,)


# Which model ----------------------------------------------------------------------------------------------------------


def test_a_run_of_another_model_is_a_finding_that_names_both(tmp_path: Path) -> None:
    results = results_of(tmp_path, (DATA / "results_other.json").read_bytes())
    assert found(results)[MODEL] == ["e0: the log is of 'example/rowan', and not of 'example/hawthorn'"]
    assert outcomes(results) == {MODEL: "fail", BEFORE: "fail", BYTES: "unknown"}
    assert results[MODEL].findings[0].pointer == "/evidence/0"


def test_a_run_of_the_dummy_model_is_one_of_a_stand_in_whatever_name_it_was_given(tmp_path: Path) -> None:
    results = results_of(tmp_path, (DATA / "results_dummy.json").read_bytes())
    assert found(results)[MODEL] == [
        "e0: the log is of a stand-in that answers in place of a model, and not of 'example/hawthorn'"
    ]


def test_an_adapter_is_not_the_model_below_it(tmp_path: Path) -> None:
    arguments = "pretrained=example/hawthorn,peft=example/hawthorn-tuned"
    log = as_bytes(table(model_name="example/hawthorn-tuned") | {"config": {"model": "hf", "model_args": arguments}})
    assert found(results_of(tmp_path, log))[MODEL] == [
        "e0: the log is of 'example/hawthorn-tuned', and not of 'example/hawthorn'"
    ]


@pytest.mark.parametrize(
    "arguments", ["pretrained=example/hawthorn", {"pretrained": "example/hawthorn", "dtype": "auto"}]
)
def test_the_model_is_known_by_its_arguments_where_it_has_no_name(tmp_path: Path, arguments: object) -> None:
    written = {key: value for key, value in table().items() if key != "model_name"}
    config = {**written["config"], "model_args": arguments}
    assert MODEL not in found(results_of(tmp_path, as_bytes({**written, "config": config})))


def test_a_log_that_contradicts_itself_is_not_of_the_release(tmp_path: Path) -> None:
    log = as_bytes(table(model_name="example/rowan"))
    assert found(results_of(tmp_path, log))[MODEL] == [
        "e0: the log names two models, 'example/rowan' and 'example/hawthorn', and the release is 'example/hawthorn'"
    ]


def test_a_log_that_names_no_model_leaves_it_unknown(tmp_path: Path) -> None:
    written = {**table(), "config": {"limit": None, "model": "hf", "model_args": None}}
    del written["model_name"]
    results = results_of(tmp_path, as_bytes(written))
    assert (found(results)[MODEL], outcomes(results)[MODEL]) == (["e0: the log names no model"], "unknown")


def test_a_run_of_the_base_model_says_so(tmp_path: Path) -> None:
    release = {**RELEASE, "id": "example/hawthorn-chat", "base": [{"id": "example/hawthorn@1"}]}
    assert found(results_of(tmp_path, FINISHED_RUN, release=release))[MODEL] == [
        "e0: the log is of 'example/hawthorn', which 'example/hawthorn-chat' is made from"
    ]


def test_a_model_to_compare_with_is_allowed_beside_the_release_and_not_in_place_of_it(tmp_path: Path) -> None:
    rowan = (DATA / "results_other.json").read_bytes()
    params = {"comparisons": ("Example/Rowan",)}
    assert found(results_of(tmp_path, rowan, FINISHED_RUN, params=params)) == {}
    alone = results_of(tmp_path, rowan, params=params)
    assert found(alone)[MODEL] == ["e0: no log is of 'example/hawthorn', and the others are there to compare with"]
    assert outcomes(alone) == {MODEL: "fail", BEFORE: "fail", BYTES: "unknown"}


def test_an_alias_holds_for_its_release_alone(tmp_path: Path) -> None:
    rowan = (DATA / "results_other.json").read_bytes()
    assert MODEL not in found(results_of(tmp_path, rowan, params={"aliases": ("example/hawthorn=example/rowan",)}))
    assert MODEL in found(results_of(tmp_path, rowan, params={"aliases": ("example/birch=example/rowan",)}))


def test_an_alias_without_its_release_breaks_the_rule_and_never_passes(tmp_path: Path) -> None:
    results = results_of(tmp_path, FINISHED_RUN, params={"aliases": ("rowan",)})
    assert outcomes(results)[MODEL] == "error"
    (message,) = found(results)[MODEL]
    assert message.startswith("ValueError: the alias 'rowan' is not written as RELEASE=NAME")


@pytest.mark.parametrize(
    ("name", "arguments", "outcome"),
    [
        ("example/hawthorn", {"peft": None, "pretrained": "evil/rowan"}, "fail"),
        ("example/hawthorn", {"peft": "", "pretrained": "evil/rowan"}, "fail"),
        ("example/hawthorn", {"pretrained": "", "model": "evil/rowan"}, "fail"),
        ("example/hawthorn", {"pretrained": "example/hawthorn", "engine": "evil/rowan"}, "fail"),
        ("example/hawthorn", "peft=None,pretrained=evil/rowan", "fail"),
        ("example/hawthorn", {"pretrained": "example/hawthorn", "lora_local_path": "evil/rowan"}, "fail"),
        ("example/hawthorn", {"pretrained": "example/hawthorn", "peft": "evil/rowan"}, "fail"),
        ("example/hawthorn", '{"pretrained": "evil/rowan"}', "fail"),
        ("example/hawthorn", '{"pretrained": "evil/rowan"', "unknown"),
        ("example/hawthorn", {"pretrained": ["evil/rowan"]}, "unknown"),
        ("example/hawthorn", ["pretrained=evil/rowan"], "unknown"),
        (["example/hawthorn"], {"pretrained": "example/hawthorn"}, "unknown"),
        ("None", {"peft": None, "pretrained": "example/hawthorn"}, ""),
        ("example/rowan", {"pretrained": "example/rowan", "lora_local_path": "example/hawthorn"}, ""),
        ("example/hawthorn", {"pretrained": "example/hawthorn", "load_format": "dummy"}, "fail"),
    ],
)
def test_every_name_of_what_was_evaluated_counts(tmp_path: Path, name: object, arguments: object, outcome: str) -> None:
    config = {**table()["config"], "model_args": arguments}
    log = as_bytes(table(model_name=name, config=config))
    assert outcomes(results_of(tmp_path, log)).get(MODEL, "") == outcome


@pytest.mark.parametrize(("name", "outcome"), [("ACME/Kestrel", ""), ("acme/\u212aestrel", "fail")])
def test_a_sign_that_unicode_folds_to_a_letter_is_not_that_letter(tmp_path: Path, name: str, outcome: str) -> None:
    log = as_bytes(table(model_name=name, config={**table()["config"], "model_args": f"pretrained={name}"}))
    results = results_of(tmp_path, log, release={**RELEASE, "id": "acme/kestrel"})
    assert outcomes(results).get(MODEL, "") == outcome


# Whether it is finished, and whole ------------------------------------------------------------------------------------


def test_a_run_with_a_limit_covers_a_part(tmp_path: Path) -> None:
    results = results_of(tmp_path, (DATA / "results_limited.json").read_bytes())
    assert found(results) == {COVERS: ["e0: the log covers 1 of 3 samples"]}


def test_the_length_of_a_result_counts_where_the_counts_do_not_know_of_chosen_samples(tmp_path: Path) -> None:
    results = {"arithmetic_by_table": {"exact_match,none": 1.0, "sample_len": 2}}
    assert found(results_of(tmp_path, as_bytes(table(results=results)))) == {
        COVERS: ["e0: the log covers 2 of 3 samples"]
    }


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (without("n-samples"), "unsaid"),
        (as_bytes({**json.loads(without("n-samples")), "config": {**table()["config"], "limit": 0.5}}), "limit"),
        (as_bytes({**json.loads(without("n-samples")), "config": {"model": "hf"}}), "unsaid"),
        (as_bytes(table(**{"n-samples": {TASK: {"original": 2**64, "effective": "all"}}})), "unsaid"),
        (as_bytes(table(results={**table()["results"], "b": {"acc,none": 0.5}})), "unsaid"),
        (as_bytes(table(results={**table()["results"], "b": {"acc,none": 0.5}}, group_subtasks={"b": [TASK]})), ""),
        (as_bytes(table(results={**table()["results"], "b": {"acc": 1}}, group_subtasks={"b": ["c"]})), "unsaid"),
    ],
    ids=["no limit", "a limit", "not said", "no numbers", "a task without them", "a group", "a group of nothing"],
)
def test_without_counts_a_limit_tells_and_that_there_is_none_does_not(
    tmp_path: Path, log: bytes, expected: str
) -> None:
    said = {
        "": [],
        "limit": ["e0: the log covers the samples within a limit"],
        "unsaid": ["e0: the log does not say how much of the task was evaluated"],
    }
    assert found(results_of(tmp_path, log)).get(COVERS, []) == said[expected]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ((100, 10), (10, 100), "10 of 100 samples of the task 'a', one of 2 such tasks"),
        ((3, 3), (10, 100), "100 of 10 samples of the task 'b'"),
        ((3, 3), (0, 0), "0 of 0 samples of the task 'b'"),
        ((3, 3), (-1, -1), "-1 of -1 samples of the task 'b'"),
        ((3, 3), (5, 5), ""),
    ],
)
def test_each_task_is_counted_for_itself(
    tmp_path: Path, first: tuple[int, int], second: tuple[int, int], message: str
) -> None:
    counts = {name: {"original": whole, "effective": done} for name, (whole, done) in (("a", first), ("b", second))}
    log = with_results({"a": {"acc,none": 0.5}, "b": {"acc,none": 0.5}}, **{"n-samples": counts})
    assert found(results_of(tmp_path, log)).get(COVERS, []) == ([f"e0: the log covers {message}"] if message else [])


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ({}, "has no result"),
        ({"gsm8k": {}}, "has no number for the task 'gsm8k'"),
        ({"gsm8k": None}, "has no number for the task 'gsm8k'"),
        ({"gsm8k": {"alias": "gsm8k", "sample_len": 3}}, "has no number for the task 'gsm8k'"),
        ({"gsm8k": {"acc,none": "N/A", "acc_stderr,none": 0.1}}, "has no number for the task 'gsm8k'"),
        ({"gsm8k": {"acc,none": float("nan")}}, "has no number for the task 'gsm8k'"),
        ({"gsm8k": {"acc,none": True}}, "has no number for the task 'gsm8k'"),
        ({"a": {"acc,none": 0.5, "f1,none": float("inf")}}, "has a score for the task 'a' that is no number"),
    ],
)
def test_a_task_without_a_number_is_not_finished(tmp_path: Path, results: object, message: str) -> None:
    assert found(results_of(tmp_path, with_results(results)))[FINISHED] == [f"e0: the log {message}"]


@pytest.mark.parametrize(
    "changes",
    [
        {"configs": {**table()["configs"], "gsm8k": {}}},
        {"configs": {}, "n-samples": {**table()["n-samples"], "gsm8k": {"original": 3, "effective": 3}}},
        {"configs": None, "n-samples": {**table()["n-samples"], "gsm8k": None}},
    ],
    ids=["by its configuration", "by its count", "by its name"],
)
def test_a_task_without_any_result_is_not_finished(tmp_path: Path, changes: Mapping[str, Any]) -> None:
    log = as_bytes(table(**changes))
    assert found(results_of(tmp_path, log))[FINISHED] == ["e0: the log has no result for the task 'gsm8k'"]


def test_of_many_faults_the_first_are_told(tmp_path: Path) -> None:
    log = with_results({f"task-{number}": {} for number in range(20_000)})
    told = found(results_of(tmp_path, log))[FINISHED]
    assert told[0] == "e0: the log has no number for the task 'task-0'"
    assert told[5:] == ["e0: the log has 19,995 more faults of this kind"]


def test_a_group_that_is_not_aggregated_needs_no_number(tmp_path: Path) -> None:
    results = {"mmlu": {" ": " ", "alias": "mmlu"}, "mmlu_law": {"acc,none": 0.5, "acc_stderr,none": float("nan")}}
    assert FINISHED not in found(results_of(tmp_path, with_results(results, group_subtasks={"mmlu": ["mmlu_law"]})))
    for subtasks in ([], ["mmlu_anatomy"], [["mmlu_law"]], "mmlu_law"):
        log = with_results(results, group_subtasks={"mmlu": subtasks})
        assert FINISHED in found(results_of(tmp_path, log))


def test_a_task_without_samples_is_not_finished(tmp_path: Path) -> None:
    log = as_bytes(table(**{"n-samples": {TASK: {"original": 3, "effective": 0}}}))
    assert found(results_of(tmp_path, log))[FINISHED] == [f"e0: the log has no sample of the task '{TASK}'"]


# When -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-02-09", "2026-02-11"])
def test_a_date_within_the_margin_agrees(tmp_path: Path, day: str) -> None:
    assert AGREES not in found(results_of(tmp_path, FINISHED_RUN, evidence={"date": day}))


@pytest.mark.parametrize("day", ["2026-02-08", "2026-02-12"])
def test_a_date_beyond_the_margin_is_a_finding_that_names_both(tmp_path: Path, day: str) -> None:
    results = results_of(tmp_path, FINISHED_RUN, evidence={"date": day})
    assert found(results)[AGREES] == [f"e0: `date` is {day}, and the log says that it ran on 2026-02-10"]


def test_the_margin_can_be_set(tmp_path: Path) -> None:
    late = {"date": "2026-02-11"}
    assert AGREES in found(results_of(tmp_path, FINISHED_RUN, evidence=late, params={"days": 0}))


@pytest.mark.parametrize(
    "date", [None, "2026-02-10", float("nan"), float("inf"), -1, 0, 1e300, True, [], 2**70, 10**400]
)
def test_a_log_without_a_date_leaves_it_unknown(tmp_path: Path, date: object) -> None:
    results = results_of(tmp_path, as_bytes(table(date=date)))
    assert found(results)[AGREES] == ["e0: the log does not say when the evaluation ran"]
    assert outcomes(results) == {AGREES: "unknown", BEFORE: "unknown"}


def test_evidence_without_a_date_leaves_it_unknown(tmp_path: Path) -> None:
    results = results_of(tmp_path, FINISHED_RUN, evidence={"date": "unknown"})
    assert found(results) == {AGREES: ["e0: `date` is not stated; the log says that it ran on 2026-02-10"]}
    assert outcomes(results) == {AGREES: "unknown"}


def test_a_log_from_the_future_is_a_finding(tmp_path: Path) -> None:
    log = as_bytes(table(date=1_800_000_000.0))
    results = results_of(tmp_path, log, evidence={"date": "2027-01-15"})
    assert found(results)[AGREES] == ["e0: the log says that it ran on 2027-01-15, which is after today, 2026-03-01"]


def test_a_run_over_days_agrees_with_each_of_them(tmp_path: Path) -> None:
    log = as_bytes(table(total_evaluation_time_seconds=str(3 * 86_400)))
    assert AGREES not in found(results_of(tmp_path, log, evidence={"date": "2026-02-13"}))
    assert found(results_of(tmp_path, log, evidence={"date": "2026-02-20"}))[AGREES] == [
        "e0: `date` is 2026-02-20, and the log says that it ran from 2026-02-10 to 2026-02-13"
    ]


def test_a_run_of_years_agrees_with_no_date(tmp_path: Path) -> None:
    log = as_bytes(table(date=1_600_000_000.0, total_evaluation_time_seconds="1e8"))
    results = results_of(tmp_path, log, evidence={"date": "2022-01-01"})
    assert found(results)[AGREES] == [
        "e0: the log says that it ran from 2020-09-13 to 2023-11-14, and so long a run tells no day"
    ]
    assert outcomes(results)[AGREES] == "unknown"


def test_a_run_that_ends_in_the_future_is_a_finding(tmp_path: Path) -> None:
    log = as_bytes(table(total_evaluation_time_seconds=str(25 * 86_400)))
    results = results_of(tmp_path, log)
    assert found(results)[AGREES] == ["e0: the log says that it ran until 2026-03-07, which is after today, 2026-03-01"]


@pytest.mark.parametrize("took", [None, "", "soon", "nan", "inf", "-1", True, [], "1e400", 10**400])
def test_a_log_that_does_not_say_how_long_it_ran_does_not_show_that_it_ended_by_the_release(
    tmp_path: Path, took: object
) -> None:
    log = as_bytes(table(total_evaluation_time_seconds=took))
    assert outcomes(results_of(tmp_path, log)) == {BEFORE: "unknown"}


@pytest.mark.parametrize(
    ("date", "outcome", "span"),
    [
        ("2026-02", "unknown", "2026-02"),
        ("2026-02-01", "unknown", "2026-02"),
        ("2026", "unknown", "2026"),
        ("2026-01", "unknown", "2026"),
        ("2025", "fail", ""),
        ("2026-03", "fail", ""),
        ("2026-02-02", "fail", ""),
    ],
)
def test_a_date_that_may_be_a_month_or_a_year_with_the_run_in_it_leaves_it_unknown(
    tmp_path: Path, date: str, outcome: str, span: str
) -> None:
    results = results_of(tmp_path, FINISHED_RUN, evidence={"date": date})
    (message,) = found(results)[AGREES]
    assert outcomes(results) == {AGREES: outcome}
    assert message.endswith(
        f", or some day of {span}, and the log says that it ran on 2026-02-10; write the day"
        if span
        else ", and the log says that it ran on 2026-02-10"
    )


@pytest.mark.parametrize(("released", "outcome"), [("2026-02-10", None), ("2026-02-09", "fail")])
def test_an_evaluation_counts_if_it_ended_by_the_day_of_the_release(
    tmp_path: Path, released: str, outcome: str | None
) -> None:
    results = results_of(tmp_path, FINISHED_RUN, release={**RELEASE, "date": released})
    assert outcomes(results).get(BEFORE) == outcome


def test_one_evaluation_from_before_the_release_is_enough(tmp_path: Path) -> None:
    later = as_bytes(table(date=1_772_000_000.0))
    release = {**RELEASE, "date": "2026-02-12"}
    assert BEFORE not in found(results_of(tmp_path, later, FINISHED_RUN, release=release))
    assert found(results_of(tmp_path, later, release=release))[BEFORE] == [
        "no finished evaluation of 'example/hawthorn' ended by its release on 2026-02-12: the first ended on 2026-02-25"
    ]


def test_an_evaluation_that_broke_off_does_not_count(tmp_path: Path) -> None:
    assert BEFORE in found(results_of(tmp_path, as_bytes(table(results={}))))


def test_without_a_date_of_release_nobody_knows(tmp_path: Path) -> None:
    results = results_of(tmp_path, FINISHED_RUN, release={**RELEASE, "date": "unknown"})
    assert (found(results), outcomes(results)) == ({BEFORE: ["`release.date` is not stated"]}, {BEFORE: "unknown"})


# Which bytes ----------------------------------------------------------------------------------------------------------


NO_URI = "unknown: the log is of the commit 5f1c2e9a7b3d, and no `uri` of a file of the release names a commit"
OTHER_URI = "fail: the log is of the commit 5f1c2e9a7b3d, and the release is of 000000000000"
OTHER_FILE = "fail: `subject_digest` is not the digest of a file of the release"
PAGE = "https://huggingface.co/a/b"
AT, AT_OTHER = {"uri": f"hf://a/b@{COMMIT.upper()}"}, {"uri": f"hf://a/b@{OTHER_COMMIT}"}


@pytest.mark.parametrize(
    ("artifact", "subject", "message"),
    [
        ([], None, NO_URI),
        ([AT], None, ""),
        ([AT_OTHER], None, OTHER_URI),
        ([AT_OTHER, AT], None, ""),
        ([{"uri": f"hf://a/b@{COMMIT}/model.safetensors"}], None, ""),
        ([{"uri": f"{PAGE}/resolve/{COMMIT}/model.safetensors?download=true"}], None, ""),
        ([{"uri": f"{PAGE}/tree/{COMMIT}"}], None, ""),
        ([{"uri": f"{PAGE}/resolve/main/{COMMIT}"}], None, NO_URI),
        ([{"uri": f"{PAGE}/resolve/main/model.safetensors?x={COMMIT}"}], None, NO_URI),
        ([{"uri": f"hf://a/b@main/{COMMIT}"}], None, NO_URI),
        ([{"uri": f"hf://a/b@{COMMIT}0"}], None, NO_URI),
        ([{"uri": f"hf://datasets/a/b@{COMMIT}"}], None, NO_URI),
        ([{"uri": f"https://huggingface.co/datasets/a/resolve/{COMMIT}/x"}], None, NO_URI),
        ([{"uri": f"https://example.org/notes?x={COMMIT}"}], None, NO_URI),
        ([{"uri": f"https://example.org/a/b/resolve/{COMMIT}/x"}], None, NO_URI),
        ([{"uri": f"https://example.org/https://huggingface.co/a/b/resolve/{COMMIT}"}], None, NO_URI),
        ([{"digest": DIGEST}], DIGEST, ""),
        ([{"digest": DIGEST}], f"sha256:{'b' * 64}", OTHER_FILE),
        ([{**AT, "digest": DIGEST}], f"sha256:{'b' * 64}", OTHER_FILE),
        ([{**AT_OTHER, "digest": DIGEST}], DIGEST, OTHER_URI),
        ([{"digest": DIGEST}], f"sha512:{'b' * 128}", NO_URI),
    ],
)
def test_the_bytes_are_those_of_the_release_by_commit_or_by_digest(
    tmp_path: Path, artifact: list[dict[str, str]], subject: str | None, message: str
) -> None:
    evidence = {} if subject is None else {"subject_digest": subject}
    results = results_of(tmp_path, FINISHED_RUN, release={**RELEASE, "artifact": artifact}, evidence=evidence)
    outcome, _, words = message.partition(": ")
    assert found(results).get(BYTES, []) == ([f"e0: {words}"] if message else [])
    assert outcomes(results).get(BYTES, "") == outcome


def test_a_branch_names_no_bytes(tmp_path: Path) -> None:
    log = with_config("model_sha", model_revision="main", model_args="pretrained=example/hawthorn,revision=main")
    results = results_of(tmp_path, log)
    assert found(results)[BYTES] == [
        "e0: neither the log nor `subject_digest` says which bytes of the release were evaluated"
    ]
    assert outcomes(results) == {BYTES: "unknown"}


@pytest.mark.parametrize("adapter", ["peft", "delta"])
def test_the_commit_of_an_adapter_is_its_own_and_not_that_of_the_model_below_it(tmp_path: Path, adapter: str) -> None:
    config = {"model": "hf", "limit": None, "model_sha": OTHER_COMMIT, f"{adapter}_sha": COMMIT}
    config["model_args"] = f"pretrained=example/rowan,{adapter}=example/hawthorn"
    assert found(results_of(tmp_path, as_bytes(table(config=config)))) == {}
    del config[f"{adapter}_sha"]
    assert outcomes(results_of(tmp_path, as_bytes(table(config=config)))) == {BYTES: "unknown"}


def test_two_commits_contradict_each_other(tmp_path: Path) -> None:
    assert found(results_of(tmp_path, with_config(model_sha=OTHER_COMMIT)))[BYTES] == [
        "e0: the log names two commits of the weights, 000000000000 and 5f1c2e9a7b3d"
    ]


@pytest.mark.parametrize("argument", ["subfolder", "gguf_file"])
def test_a_commit_does_not_tell_which_part_of_it_was_chosen(tmp_path: Path, argument: str) -> None:
    log = with_config(model_args=f"pretrained=example/hawthorn,{argument}=other,revision={COMMIT}")
    assert outcomes(results_of(tmp_path, log)) == {BYTES: "unknown"}
    release = {**RELEASE, "artifact": [{**AT, "digest": DIGEST}]}
    assert found(results_of(tmp_path, log, release=release, evidence={"subject_digest": DIGEST})) == {}


# What is not there ----------------------------------------------------------------------------------------------------


def test_a_file_with_another_digest_is_not_judged(tmp_path: Path) -> None:
    results = results_of(tmp_path, FINISHED_RUN, evidence={"digest": DIGEST})
    assert found(results)[READABLE] == [
        f"e0: the log is not the file that the manifest names: its digest is {digest_of(FINISHED_RUN)}"
    ]
    assert outcomes(results) == {READABLE: "fail"} | dict.fromkeys(
        (MODEL, FINISHED, COVERS, AGREES, BEFORE, BYTES), "unknown"
    )


def test_a_file_without_a_digest_is_judged(tmp_path: Path) -> None:
    assert found(results_of(tmp_path, FINISHED_RUN, evidence={"digest": None})) == {}
    assert MODEL in found(results_of(tmp_path, (DATA / "results_other.json").read_bytes(), evidence={"digest": None}))


def test_a_missing_file_is_a_finding_in_one_line(tmp_path: Path) -> None:
    results = results_of(tmp_path, FINISHED_RUN, evidence={"path": "nowhere.json"})
    assert found(results)[READABLE] == ["e0: the log is missing: `path` names no file that has content"]
    assert set(outcomes(results).values()) == {"fail", "unknown"}
    assert len(outcomes(results)) == 7


@pytest.mark.parametrize(
    "evidence",
    [{"kind": "evaluation-report"}, {"path": None, "digest": None, "citation": "https://example.org/logs/1"}],
    ids=["another kind", "only cited"],
)
def test_what_is_no_log_or_not_here_is_not_judged(tmp_path: Path, evidence: Mapping[str, Any]) -> None:
    with pytest.raises(NothingToCheckError, match="no rule applies"):
        results_of(tmp_path, FINISHED_RUN, evidence=evidence)


@pytest.mark.parametrize("rule", [MODEL, BEFORE, BYTES])
def test_a_decision_about_a_log_ends_when_the_log_changes(tmp_path: Path, rule: str) -> None:
    log = (DATA / "results_other.json").read_bytes()

    def situation(content: bytes) -> str:
        report = report_of(tmp_path, content, evidence={"digest": None})
        (result,) = (each for each in report.results if each.rule.id == rule)
        return digest_of_situation(result, result.findings, report.manifest)

    assert situation(log) == situation(log)
    assert situation(log) != situation(log + b"\n")


@pytest.mark.parametrize("content", [b"{}", b'{"results": [], "config": {}}', b'{"results": {}, "config": null}'])
def test_json_of_another_shape_is_no_log(content: bytes) -> None:
    with pytest.raises(LogError, match="neither a log of Inspect nor a result of lm-evaluation-harness"):
        read_log(content)
