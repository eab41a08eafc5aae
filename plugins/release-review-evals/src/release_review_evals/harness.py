"""Results of EleutherAI's lm-evaluation-harness: the `results_*.json` that it writes when a run has ended.

Source of the keys: EleutherAI/lm-evaluation-harness 0.4.13, lm_eval/evaluator.py, lm_eval/result_schema.py and
lm_eval/loggers/evaluation_tracker.py.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.escape import shorten
from release_review_evals.logs import Log, kept, some

HARNESS = "lm-evaluation-harness"

_NAMED_BY = ("peft", "delta", "pretrained", "model", "path", "engine")
"""Arguments of a model that name it, in the harness's own order: an adapter comes with the model below it."""

_STAND_INS = frozenset({"dummy"})
_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_NO_METRIC = frozenset({"alias", "name", "sample_len", "sample_count"})


def is_harness(table: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document has what results of the harness have."""
    return isinstance(table.get("results"), dict) and isinstance(table.get("config"), dict)


def read_harness(table: Mapping[str, Any]) -> Log:
    """Read results of the harness; what is not of the expected type counts as not said."""
    config = table["config"]
    arguments = _arguments(config.get("model_args"))
    named = [table.get("model_name"), next((arguments[key] for key in _NAMED_BY if key in arguments), None)]
    kinds = {each.casefold() for each in (config.get("model"), table.get("model_source")) if isinstance(each, str)}
    first, last = _days(table)
    return Log(
        tool=HARNESS,
        models=kept(each for each in named if isinstance(each, str)),
        stand_in=not kinds.isdisjoint(_STAND_INS),
        first=first,
        last=last,
        faults=some(_faults(table)),
        part=_part(table),
        commits=tuple(dict.fromkeys(_commits(config, arguments))),
    )


def _arguments(written: Any) -> Mapping[str, Any]:
    """Give the arguments of a model, which are a table or a text such as `pretrained=a/b,revision=main`."""
    if isinstance(written, dict):
        return written
    if not isinstance(written, str):
        return {}
    pairs = (each.partition("=") for each in written.split(","))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def _days(table: Mapping[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    start = _number(table.get("date"))
    if start is None:
        return None, None
    try:
        took = float(table.get("total_evaluation_time_seconds") or 0)
    except (TypeError, ValueError):
        took = 0.0
    first = _day(start)
    if first is None:
        return None, None
    return first, (_day(start + took) if took > 0 else None) or first


def _day(seconds: float) -> dt.date | None:
    try:
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC).date() if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _faults(table: Mapping[str, Any]) -> Iterator[str]:
    """Tell which tasks have no number; a group that is not aggregated has none of its own."""
    groups = table.get("group_subtasks")
    groups = groups if isinstance(groups, dict) else {}
    configs = table.get("configs")
    if not table["results"]:
        yield "has no result"
    for task in configs if isinstance(configs, dict) else ():
        if task not in table["results"]:
            yield f"has no result for the task {shorten(task)!r}"
    for task, metrics in table["results"].items():
        values = metrics if isinstance(metrics, dict) else {}
        scores = [value for name, value in values.items() if name.strip() not in _NO_METRIC and "_stderr" not in name]
        if not any(_number(each) is not None for each in scores):
            if scores != [] and all(isinstance(each, str) and not each.strip() for each in scores) and groups.get(task):
                continue
            yield f"has no number for the task {shorten(task)!r}"
        elif any(isinstance(each, float) and not math.isfinite(each) for each in scores):
            yield f"has a score for the task {shorten(task)!r} that is no number"
    for task, (_, effective) in _counts(table).items():
        if effective < 1:
            yield f"has no sample of the task {shorten(task)!r}"


def _part(table: Mapping[str, Any]) -> str | None:
    counts, config = _counts(table), table["config"]
    whole, done = (sum(each) for each in zip(*counts.values(), strict=True)) if counts else (0, 0)
    if done < whole:
        return f"{done:,} of {whole:,} samples"
    if config.get("limit") is not None:
        return "the samples within a limit"
    return "" if counts or "limit" in config else None


def _counts(table: Mapping[str, Any]) -> Mapping[str, tuple[int, int]]:
    """Give how many samples each task has, and how many of them were evaluated."""
    stated = table.get("n-samples")
    found = {}
    for task, count in stated.items() if isinstance(stated, dict) else ():
        original, effective = (
            (count.get(each) for each in ("original", "effective")) if isinstance(count, dict) else (0, 0)
        )
        if type(original) is int and type(effective) is int:
            metrics = table["results"].get(task)
            seen = metrics.get("sample_len") if isinstance(metrics, dict) else None
            found[task] = original, min(effective, seen) if type(seen) is int else effective
    return found


def _commits(config: Mapping[str, Any], arguments: Mapping[str, Any]) -> Iterator[str]:
    """Give the commits of what was evaluated: those of an adapter where there is one."""
    for adapter in ("peft", "delta"):
        if adapter in arguments:
            yield from filter(None, [_commit(config.get(f"{adapter}_sha"))])
            return
    yield from filter(
        None, map(_commit, (config.get("model_sha"), config.get("model_revision"), arguments.get("revision")))
    )


def _commit(value: Any) -> str:
    return value.lower() if isinstance(value, str) and _COMMIT.fullmatch(value) else ""


def _number(value: Any) -> float | None:
    return value if type(value) in (int, float) and abs(value) < math.inf else None
