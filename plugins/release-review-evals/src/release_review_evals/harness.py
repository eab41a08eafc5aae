"""Results of EleutherAI's lm-evaluation-harness: the `results_*.json` that it writes when a run has ended.

Source of the keys: EleutherAI/lm-evaluation-harness 0.4.13, lm_eval/evaluator.py, lm_eval/result_schema.py and
lm_eval/loggers/evaluation_tracker.py.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.escape import shorten
from release_review_evals.bounded import json_table
from release_review_evals.logs import Log, LogError, chosen_by, is_random, kept, some

HARNESS = "lm-evaluation-harness"

_ADAPTERS = ("peft", "delta", "lora_local_path", "steer_path")
"""Arguments of a model that name what changes it; the model below it is not what was evaluated then."""

_NAMED_BY = ("pretrained", "model", "path", "engine")
"""Arguments that name a model. The harness makes its name of the first that is there, an adapter before the others."""

_NOTHING = frozenset({"", "none"})
"""Values of an argument that say the same as if it were not there; as a name, the harness writes one of them out."""

_STAND_INS = frozenset({"dummy"})
_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_NO_METRIC = frozenset({"alias", "name", "sample_len", "sample_count"})


def is_harness(table: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document has what results of the harness have."""
    return isinstance(table.get("results"), dict) and isinstance(table.get("config"), dict)


def read_harness(table: Mapping[str, Any]) -> Log:
    """Read results of the harness; what is not of the expected type counts as not said."""
    config = table["config"]
    stated = _arguments(config.get("model_args"))
    arguments = stated or {}
    kinds = {each.casefold() for each in (config.get("model"), table.get("model_source")) if isinstance(each, str)}
    first, last = _days(table)
    return Log(
        tool=HARNESS,
        models=kept(_models(table.get("model_name"), arguments) if stated is not None else ()),
        stand_in=not kinds.isdisjoint(_STAND_INS) or is_random(arguments),
        first=first,
        last=last,
        faults=some(_faults(table)),
        part=_part(table),
        commits=tuple(dict.fromkeys(_commits(config, arguments))),
        chosen=chosen_by(arguments),
    )


def _arguments(written: Any) -> Mapping[str, Any] | None:
    """Give the arguments of a model that say something; None where they cannot be read.

    They are a table, or a text that is one or is written as `pretrained=a/b,revision=main`.
    """
    if isinstance(written, str) and written.lstrip().startswith("{"):
        try:
            written = json_table(written.encode())
        except (LogError, UnicodeEncodeError):
            return None
    if isinstance(written, str):
        pairs = (each.partition("=") for each in written.split(","))
        written = {name.strip(): value.strip() for name, _, value in pairs}
    if written is not None and not isinstance(written, dict):
        return None
    return {name: value for name, value in (written or {}).items() if not _is_nothing(value)}


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str) and value.strip().casefold() in _NOTHING)


def _models(stated: Any, arguments: Mapping[str, Any]) -> Sequence[str]:
    """Give the names of what was evaluated; none where one of them is no text."""
    adapters, below = ([arguments[key] for key in keys if key in arguments] for keys in (_ADAPTERS, _NAMED_BY))
    names = adapters or below
    if not (_is_nothing(stated) or (adapters and stated in below)):
        names = [stated, *names]
    return names if all(isinstance(each, str) for each in names) else ()


def _days(table: Mapping[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    start = _number(table.get("date"))
    first = _day(start) if start is not None else None
    if start is None or first is None:
        return None, None
    took = table.get("total_evaluation_time_seconds")  # the harness writes it as text
    try:
        seconds = float(took) if isinstance(took, str) else _number(took)
    except ValueError:
        seconds = None
    return first, _day(start + seconds) if seconds is not None and seconds >= 0 else None


def _day(seconds: float) -> dt.date | None:
    try:
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).date() if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _faults(table: Mapping[str, Any]) -> Iterator[str]:
    """Tell which tasks have no number; a group that is not aggregated has none of its own."""
    groups = _groups(table)
    listed = [table.get(key) for key in ("configs", "n-samples")]
    if not table["results"]:
        yield "has no result"
    for task in dict.fromkeys(name for each in listed if isinstance(each, dict) for name in each):
        if task not in table["results"]:
            yield f"has no result for the task {shorten(task)!r}"
    for task, metrics in table["results"].items():
        values = metrics if isinstance(metrics, dict) else {}
        scores = [value for name, value in values.items() if name.strip() not in _NO_METRIC and "_stderr" not in name]
        if not any(_number(each) is not None for each in scores):
            if scores != [] and all(isinstance(each, str) and not each.strip() for each in scores) and task in groups:
                continue
            yield f"has no number for the task {shorten(task)!r}"
        elif any(isinstance(each, float) and not math.isfinite(each) for each in scores):
            yield f"has a score for the task {shorten(task)!r} that is no number"
    for task, (_, effective) in _counts(table).items():
        if effective < 1:
            yield f"has no sample of the task {shorten(task)!r}"


def _groups(table: Mapping[str, Any]) -> frozenset[str]:
    """Give the tasks that only put others together; what those are has to be there, too."""
    stated, results = table.get("group_subtasks"), table["results"]
    listed = stated.items() if isinstance(stated, dict) else ()
    return frozenset(
        name
        for name, tasks in listed
        if isinstance(tasks, list) and tasks and all(isinstance(each, str) and each in results for each in tasks)
    )


def _part(table: Mapping[str, Any]) -> str | None:
    """Tell which part was evaluated; nobody knows of a task without counts, as samples are chosen without a limit."""
    counts = _counts(table)
    parts = [(task, *count) for task, count in counts.items() if count[0] < 1 or count[0] != count[1]]
    if parts:
        task, whole, done = parts[0]
        more = f", one of {len(parts):,} such tasks" if len(parts) > 1 else ""
        return f"{done:,} of {whole:,} samples" + (f" of the task {shorten(task)!r}{more}" if len(counts) > 1 else "")
    if table["config"].get("limit") is not None:
        return "the samples within a limit"
    tasks = table["results"].keys() - _groups(table)
    return "" if tasks and tasks <= counts.keys() else None


def _counts(table: Mapping[str, Any]) -> Mapping[str, tuple[int, int]]:
    """Give how many samples each task has, and how many of them were evaluated."""
    stated = table.get("n-samples")
    found = {}
    for task, count in stated.items() if isinstance(stated, dict) else ():
        original, effective = (
            (count.get(each) for each in ("original", "effective")) if isinstance(count, dict) else (None, None)
        )
        if type(original) is int and type(effective) is int:
            metrics = table["results"].get(task)
            seen = metrics.get("sample_len") if isinstance(metrics, dict) else None
            found[task] = original, min(effective, seen) if type(seen) is int else effective
    return found


def _commits(config: Mapping[str, Any], arguments: Mapping[str, Any]) -> Iterator[str]:
    """Give the commits of what was evaluated: those of an adapter where there is one."""
    adapters = [each for each in _ADAPTERS if each in arguments]
    if adapters:
        yield from filter(None, (_commit(config.get(f"{each}_sha")) for each in adapters))
        return
    yield from filter(
        None, map(_commit, (config.get("model_sha"), config.get("model_revision"), arguments.get("revision")))
    )


def _commit(value: Any) -> str:
    return value.lower() if isinstance(value, str) and _COMMIT.fullmatch(value) else ""


def _number(value: Any) -> float | None:
    return value if type(value) in (int, float) and abs(value) < math.inf else None
