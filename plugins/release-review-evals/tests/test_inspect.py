"""Logs of Inspect, as Inspect writes them, and what each rule makes of them."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archives import HEADER, START, archive, evaluated, header, score, scored
from release_review_evals.logs import LogError
from release_review_evals.reading import _read, read_log
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
    found,
    needs_inspect,
    outcomes,
    results_of,
)

FINISHED_LOGS = ("finished.eval", "finished.json")
TRACEBACKS = {"traceback": "", "traceback_ansi": ""}


def data(name: str) -> bytes:
    return (DATA / name).read_bytes()


def as_eval(table: Mapping[str, Any]) -> bytes:
    return archive({HEADER: table})


def metrics(**values: float) -> Mapping[str, Any]:
    return {name: {"name": name, "value": value} for name, value in values.items()}


def as_json(table: Mapping[str, Any]) -> bytes:
    return json.dumps(table).encode()


@needs_inspect
@pytest.mark.parametrize("name", FINISHED_LOGS)
def test_a_finished_run_of_the_release_meets_every_rule(tmp_path: Path, name: str) -> None:
    assert found(results_of(tmp_path, data(name))) == {}


@needs_inspect
@pytest.mark.parametrize("name", FINISHED_LOGS)
def test_what_inspect_wrote_is_read_in_full(name: str) -> None:
    log = read_log(data(name))
    assert (log.tool, log.models, log.stand_in) == ("Inspect", ("table/example/hawthorn",), False)
    assert (log.first, log.last, log.faults, log.gaps, log.part) == (RAN, RAN, (), (), "")
    assert log.commits == (COMMIT,)


@needs_inspect
@pytest.mark.parametrize("write", [as_eval, as_json])
def test_the_least_that_inspect_asks_for_is_enough(tmp_path: Path, write: Any) -> None:
    assert found(results_of(tmp_path, write(header()))) == {}


# Which model ----------------------------------------------------------------------------------------------------------


@needs_inspect
def test_a_run_of_a_stand_in_is_a_finding_that_names_the_release(tmp_path: Path) -> None:
    results = results_of(tmp_path, data("mock.eval"))
    assert found(results)[MODEL] == [
        "e0: the log is of a stand-in that answers in place of a model, and not of 'example/hawthorn'"
    ]
    assert outcomes(results)[MODEL] == "fail"


@needs_inspect
def test_a_run_of_another_model_is_a_finding_that_names_both(tmp_path: Path) -> None:
    results = results_of(tmp_path, data("finished.eval"), release={**RELEASE, "id": "example/birch"})
    assert found(results)[MODEL] == ["e0: the log is of 'table/example/hawthorn', and not of 'example/birch'"]
    assert outcomes(results) == {MODEL: "fail", BEFORE: "fail", BYTES: "unknown"}


@needs_inspect
@pytest.mark.parametrize(
    ("model", "release", "outcome"),
    [
        ("vllm/example/hawthorn", "example/hawthorn", ""),
        ("hf/Example/Hawthorn", "example/hawthorn", ""),
        ("openai/gpt-4o", "openai/gpt-4o", ""),
        ("openai-api/groq/example/hawthorn", "example/hawthorn", ""),
        ("vllm/example/hawthorn", "example/hawthorn@2", ""),
        ("vllm/example/hawthorn@2", "example/hawthorn@2", ""),
        ("vllm/example/hawthorn@1", "example/hawthorn@2", "fail"),
        ("vllm/example/hawthorn-chat", "example/hawthorn", "fail"),
        ("vllm/other/example/hawthorn", "example/hawthorn", "fail"),
        ("vllm/other/hawthorn", "example/hawthorn", "fail"),
        ("ollama/hawthorn", "example/hawthorn", "unknown"),
        ("vllm/./weights", "example/hawthorn", "unknown"),
        ("none/none", "example/hawthorn", "fail"),
        ("mockllm/example/hawthorn", "example/hawthorn", "fail"),
        (" ", "example/hawthorn", "unknown"),
    ],
)
def test_the_name_of_the_release_counts_whoever_served_it(
    tmp_path: Path, model: str, release: str, outcome: str
) -> None:
    results = results_of(tmp_path, as_eval(evaluated(model=model)), release={**RELEASE, "id": release})
    assert outcomes(results).get(MODEL, "") == outcome


@needs_inspect
@pytest.mark.parametrize(
    ("usage", "message"),
    [
        ({"vllm/example/hawthorn": {}, "openai/gpt-4o": {}}, ""),
        ({"openai/gpt-4o": {}}, "'vllm/example/hawthorn' and 'openai/gpt-4o'"),
    ],
    ids=["beside the release", "in its place"],
)
def test_a_model_that_answered_in_place_of_the_one_that_is_named_is_a_finding(
    tmp_path: Path, usage: Mapping[str, Any], message: str
) -> None:
    log = as_eval(header(stats={**header()["stats"], "model_usage": usage}))
    expected = [f"e0: the log names two models, {message}, and the release is 'example/hawthorn'"] if message else []
    assert found(results_of(tmp_path, log)).get(MODEL, []) == expected


@needs_inspect
def test_a_model_from_a_folder_is_known_by_the_folder_alone(tmp_path: Path) -> None:
    log = as_eval(evaluated(model="hf/example/hawthorn", model_args={"model_path": "./weights"}))
    results = results_of(tmp_path, log)
    assert found(results)[MODEL] == ["e0: the log names a folder, './weights', and not the model in it"]
    assert outcomes(results)[MODEL] == "unknown"
    assert MODEL not in found(results_of(tmp_path, log, params={"aliases": ("example/hawthorn = ./weights",)}))


@needs_inspect
@pytest.mark.parametrize(
    ("model", "path", "outcome"),
    [
        ("openai/gpt-4o", "example/hawthorn", "fail"),
        ("vllm/example/rowan", "example/hawthorn", "fail"),
        ("vllm/example/hawthorn", "example/rowan", "fail"),
        ("hf/local", "example/hawthorn", ""),
        ("hf/example/hawthorn", "example/rowan", "fail"),
        ("hf/example/hawthorn", ["example/rowan"], "unknown"),
        ("vllm/example/hawthorn", {"a": 1}, "unknown"),
        ("hf/example/hawthorn", "", ""),
        ("hf/example/hawthorn", " ", "unknown"),
    ],
)
def test_a_path_counts_in_place_of_the_name_only_where_inspect_loads_it(
    tmp_path: Path, model: str, path: object, outcome: str
) -> None:
    log = as_eval(evaluated(model=model, model_args={"model_path": path}))
    assert outcomes(results_of(tmp_path, log)).get(MODEL, "") == outcome


@needs_inspect
def test_a_model_with_random_weights_is_a_stand_in(tmp_path: Path) -> None:
    log = as_eval(evaluated(model_args={"load_format": "dummy"}))
    assert outcomes(results_of(tmp_path, log))[MODEL] == "fail"


# Whether it is finished, and whole ------------------------------------------------------------------------------------


@needs_inspect
def test_a_run_that_broke_off_says_why(tmp_path: Path) -> None:
    results = results_of(tmp_path, data("broken-off.eval"))
    assert found(results)[FINISHED] == ["e0: the log has the status 'error' (RuntimeError('the tool gave no answer'))"]
    assert outcomes(results) == {FINISHED: "fail", COVERS: "unknown", BEFORE: "fail"}


@needs_inspect
def test_a_run_that_went_on_past_a_failed_sample_is_not_finished(tmp_path: Path) -> None:
    results = results_of(tmp_path, data("one-sample-failed.eval"))
    assert found(results)[FINISHED] == ["e0: the log has 2 of 3 samples completed"]


@needs_inspect
def test_a_run_that_still_goes_on_is_not_finished(tmp_path: Path) -> None:
    start = {key: value for key, value in header().items() if key in ("version", "eval")}
    results = results_of(tmp_path, archive({START: start}))
    assert found(results)[FINISHED] == ["e0: the log has the status 'started'"]


@needs_inspect
def test_what_is_known_at_the_start_is_no_result_though_one_stands_there(tmp_path: Path) -> None:
    results = results_of(tmp_path, archive({START: header()}))
    assert found(results)[FINISHED] == ["e0: the log has the status 'started'"]
    assert outcomes(results) == {FINISHED: "fail", COVERS: "unknown", BEFORE: "fail"}


@needs_inspect
@pytest.mark.parametrize(("scored_samples", "epochs", "whole"), [(3, 2, True), (6, 2, True), (2, 2, False)])
def test_epochs_are_put_together_to_one_score_or_stand_apart(
    tmp_path: Path, *, scored_samples: int, epochs: int, whole: bool
) -> None:
    table = score(scored_samples=scored_samples)
    table["eval"]["config"]["epochs"] = epochs
    table["results"] |= {"total_samples": 6, "completed_samples": 6}
    assert (FINISHED not in found(results_of(tmp_path, as_eval(table)))) is whole


@needs_inspect
@pytest.mark.parametrize("table", [header(results=None), score(scored_samples=None)], ids=["results", "scores"])
def test_a_log_that_does_not_say_whether_it_is_finished_does_not_show_that_it_was_by_the_release(
    tmp_path: Path, table: Mapping[str, Any]
) -> None:
    assert {FINISHED: "unknown", BEFORE: "unknown"}.items() <= outcomes(results_of(tmp_path, as_eval(table))).items()


@needs_inspect
@pytest.mark.parametrize(
    ("table", "messages"),
    [
        (header(status="cancelled"), ["has the status 'cancelled'"]),
        (header(invalidated=True), ["was invalidated"]),
        (header(results=None), ["does not say its results"]),
        (scored(scores=[]), ["has no score"]),
        (
            scored(total_samples=0, completed_samples=0, scores=score(scored_samples=0)["results"]["scores"]),
            ["has no sample"],
        ),
        (scored(total_samples=2), ["has 3 of 2 samples completed"]),
        (scored(logged_samples=2), ["has 2 of 3 samples in it"]),
        (header(error={"message": "gone", **TRACEBACKS}), ["has the status 'success' and an error (gone)"]),
        (score(scored_samples=1, unscored_samples=2), ["has 2 samples without the score 'match'"]),
        (score(scored_samples=0, unscored_samples=None), ["has 0 samples with the score 'match', and 3 completed"]),
        (score(scored_samples=4), ["has 4 samples with the score 'match', and 3 completed"]),
        (score(scored_samples=None), ["does not say its number of samples with the score 'match'"]),
        (score(metrics={}), ["has no number for the score 'match'"]),
        (score(metrics=metrics(f1=float("nan"))), ["has no number for the score 'match'"]),
        (score(metrics=metrics(f1=float("nan"), stderr=0.1)), ["has a metric of the score 'match' that is no number"]),
        (score(metrics=metrics(f1=10**400, stderr=0.1)), ["has a metric of the score 'match' that is no number"]),
    ],
)
def test_what_is_missing_to_a_finished_run_is_told(
    tmp_path: Path, table: Mapping[str, Any], messages: list[str]
) -> None:
    results = results_of(tmp_path, as_eval(table))
    assert found(results)[FINISHED] == [f"e0: the log {message}" for message in messages]


@needs_inspect
def test_a_run_with_a_limit_covers_a_part(tmp_path: Path) -> None:
    assert found(results_of(tmp_path, data("limited.eval"))) == {COVERS: ["e0: the log covers 1 of 3 samples"]}


@needs_inspect
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset": {}, "config": {"limit": 10}}, "covers the samples within a limit"),
        ({"dataset": {}, "config": {"sample_id": ["a"]}}, "covers chosen samples"),
        ({"dataset": {}, "config": {}}, "does not say how much of the task was evaluated"),
        ({"dataset": {"samples": 3}, "config": {"epochs": 2}}, "covers 3 of 6 samples"),
        ({"dataset": {"samples": 0}}, "covers 3 of 0 samples"),
        ({"dataset": {"samples": -1}}, "covers 3 of -1 samples"),
        ({"dataset": {"samples": 2}}, "covers 3 of 2 samples"),
    ],
)
def test_how_much_was_evaluated_is_told(tmp_path: Path, changes: Mapping[str, Any], message: str) -> None:
    assert found(results_of(tmp_path, as_eval(evaluated(**changes))))[COVERS] == [f"e0: the log {message}"]


@needs_inspect
def test_a_run_is_dated_in_utc() -> None:
    late = evaluated(created="2026-02-10T23:30:00-02:00")
    late["stats"] = {"completed_at": "2026-02-11T23:30:00-02:00"}
    log = read_log(as_eval(late))
    assert (str(log.first), str(log.last)) == ("2026-02-11", "2026-02-12")


@needs_inspect
def test_a_log_that_does_not_say_when_it_ended_does_not_show_that_it_was_by_the_release(tmp_path: Path) -> None:
    log = as_eval(header(stats={}))
    assert outcomes(results_of(tmp_path, log)) == {BEFORE: "unknown"}
    results = results_of(tmp_path, log, evidence={"date": "2026-02-20"})
    assert found(results)[AGREES] == [
        "e0: `date` is 2026-02-20, and the log says that it began on 2026-02-10, and not when it ended"
    ]
    assert outcomes(results) == {AGREES: "unknown", BEFORE: "unknown"}
    assert outcomes(results_of(tmp_path, log, evidence={"date": "2026-02-08"}))[AGREES] == "fail"


@needs_inspect
def test_a_run_of_years_agrees_with_no_date(tmp_path: Path) -> None:
    stats = {"started_at": "2026-02-10T09:30:00+00:00", "completed_at": "2036-02-10T09:30:00+00:00"}
    results = results_of(tmp_path, as_eval(header(stats=stats)), evidence={"date": "2030-01-01"})
    assert found(results)[AGREES] == [
        "e0: the log says that it ran until 2036-02-10, which is after today, 2026-03-01",
        "e0: the log says that it ran from 2026-02-10 to 2036-02-10, and so long a run tells no day",
    ]
    assert outcomes(results)[AGREES] == "fail"


@needs_inspect
def test_a_commit_counts_and_a_branch_does_not(tmp_path: Path) -> None:
    assert read_log(as_eval(evaluated(model_args={"revision": COMMIT.upper()}))).commits == (COMMIT,)
    results = results_of(tmp_path, as_eval(evaluated(model_args={"revision": "main"})))
    assert outcomes(results) == {BYTES: "unknown"}


@needs_inspect
@pytest.mark.parametrize("argument", ["subfolder", "gguf_file", "variant"])
def test_a_commit_does_not_tell_which_part_of_it_was_chosen(tmp_path: Path, argument: str) -> None:
    log = as_eval(evaluated(model_args={"revision": COMMIT, argument: "other"}))
    results = results_of(tmp_path, log)
    assert found(results)[BYTES] == [
        f"e0: the log is of the commit 5f1c2e9a7b3d, but chose `{argument}` of it, which the commit does not tell"
    ]
    assert outcomes(results) == {BYTES: "unknown"}


@needs_inspect
def test_a_commit_tells_nothing_of_a_folder(tmp_path: Path) -> None:
    log = as_eval(evaluated(model="hf/local", model_args={"model_path": "./weights", "revision": COMMIT}))
    results = results_of(tmp_path, log, params={"aliases": ("example/hawthorn=./weights",)})
    assert outcomes(results) == {BYTES: "unknown"}


# Without Inspect ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FINISHED_LOGS)
def test_without_inspect_its_logs_are_unknown_and_the_finding_says_what_to_install(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("inspect_ai", "inspect_ai.log", "zstandard"):
        monkeypatch.setitem(sys.modules, module, None)
    _read.cache_clear()
    results = results_of(tmp_path, data(name))
    _read.cache_clear()
    assert found(results)[READABLE] == [
        "e0: the log is one of Inspect, which is not installed; run pip install 'release-review-evals[inspect]'"
    ]
    assert outcomes(results) == dict.fromkeys((READABLE, MODEL, FINISHED, COVERS, AGREES, BEFORE, BYTES), "unknown")


def test_an_inspect_that_is_broken_is_not_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken" / "inspect_ai"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("import there_is_no_such_module")
    for module in [name for name in sys.modules if name.partition(".")[0] == "inspect_ai"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(broken.parent)
    with pytest.raises(LogError, match=r"cannot be read by Inspect .ModuleNotFoundError: No module named 'there_is"):
        read_log(as_json(header()))


# What Inspect refuses -------------------------------------------------------------------------------------------------


@needs_inspect
@pytest.mark.parametrize(
    "table",
    [
        evaluated(model=None),
        evaluated(created="not a day"),
        header(version=99),
        header(eval={}),
        header(status="splendid"),
        scored(total_samples="three"),
        header(eval=[]),
        evaluated(model="\x1b[2J"),
    ],
    ids=["no model", "no day", "a later version", "nothing", "no status", "no count", "a list", "an escape"],
)
@pytest.mark.parametrize("write", [as_eval, as_json])
def test_what_inspect_refuses_is_one_line(tmp_path: Path, write: Any, table: Mapping[str, Any]) -> None:
    results = results_of(tmp_path, write(table))
    messages = found(results)
    assert messages
    for message in (each for listed in messages.values() for each in listed):
        assert message.isprintable()
        assert len(message) < 400


@needs_inspect
def test_whatever_inspect_raises_or_prints_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import inspect_ai.log

    def loud(*_args: object, **_more: object) -> None:
        print("to stdout")  # noqa: T201
        print("to stderr", file=sys.stderr)  # noqa: T201
        raise RuntimeError("first line\nsecond line \x1b[2J")

    monkeypatch.setattr(inspect_ai.log, "read_eval_log", loud)
    _read.cache_clear()
    results = results_of(tmp_path, as_eval(header()))
    _read.cache_clear()
    assert found(results)[READABLE] == ["e0: the log cannot be read by Inspect (RuntimeError: first line)"]
    assert capfd.readouterr() == ("", "")


@needs_inspect
def test_only_the_header_reaches_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    import inspect_ai.log

    seen: list[Any] = []
    read = inspect_ai.log.read_eval_log

    def watched(file: Any, **more: Any) -> Any:
        seen.append((file, more))
        return read(file, **more)

    monkeypatch.setattr(inspect_ai.log, "read_eval_log", watched)
    read_log(data("finished.eval"))
    read_log(data("finished.json"))
    assert len(seen) == len(FINISHED_LOGS)
    for file, how in seen:
        assert how == {"header_only": True, "format": "json"}
        assert json.loads(file.getvalue()).keys().isdisjoint({"samples", "reductions"})


def test_a_log_with_two_headers_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = _twice()
    with pytest.raises(LogError, match=r"a ZIP file with two files header\.json"):
        read_log(twice)


def _twice() -> bytes:
    import io

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as written:
        written.writestr(HEADER, json.dumps(header()))
        written.writestr(HEADER, json.dumps(evaluated(model="vllm/example/rowan")))
    return whole.getvalue()
