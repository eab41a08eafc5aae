"""Logs of Inspect, read through its own interface: only their header, from memory, with no path and no network."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from release_review.escape import shorten
from release_review.model import Outcome
from release_review_evals.bounded import json_table, members_of, unpack
from release_review_evals.logs import Log, LogError, chosen_by, is_random, kept, some

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalScore

INSPECT = "Inspect"

_HEADER, _START = "header.json", "_journal/start.json"
"""Where a log in the format `.eval` has its header, and where it has what is known while the evaluation runs."""

_KNOWN_AT_START = ("version", "eval", "plan")
"""What Inspect takes from there. Whatever else stands there was not known then, and Inspect does not read it."""

_LOADS_A_PATH = frozenset({"hf"})
"""Providers that load `model_path` in place of the model they name (Inspect 0.3.285, model/_providers)."""

_SAMPLES = ("samples", "reductions")
_STAND_INS = frozenset({"mockllm", "none"})
_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_LONGEST_REASON = 120


def is_archive(content: bytes) -> bool:
    """Tell whether a file begins as a log in the format `.eval` does, which is a ZIP file."""
    return content.startswith(b"PK\x03\x04")


def is_inspect(table: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document has what a log of Inspect has."""
    return isinstance(table.get("eval"), dict) and isinstance(table.get("version"), int)


def read_archive(content: bytes) -> Log:
    """Read a log in the format `.eval`.

    Raises:
        LogError: It is no such log, is damaged, or Inspect cannot read it.
    """
    found = [each for each in members_of(content) if each.filename in (_HEADER, _START)]
    names = [each.filename for each in found]
    if not names:
        raise LogError("is a ZIP file, and no log of Inspect")
    name = _HEADER if _HEADER in names else _START
    if names.count(name) > 1:
        raise LogError(f"is a ZIP file with two files {name}")  # readers differ in which of them they take
    try:
        header = unpack(content, found[names.index(name)])
    except ImportError:
        raise _not_installed() from None
    # A header is a log in the format `.json` without its samples; read as one, its version is looked at, too.
    table = json_table(header)
    if name == _START:
        table = {key: table[key] for key in _KNOWN_AT_START if key in table} | {"status": "started"}
    return read_json(table)


def read_json(table: Mapping[str, Any]) -> Log:
    """Read a log in the format `.json`.

    Raises:
        LogError: Inspect cannot read it.
    """
    return _log(_header({key: value for key, value in table.items() if key not in _SAMPLES}))


def _log(header: EvalLog) -> Log:
    spec, stats = header.eval, header.stats
    days = [_day(each) for each in (spec.created, stats.started_at, stats.completed_at)]
    known = [each for each in days if each is not None]
    provider = spec.model.partition("/")[0].casefold()
    models = _models(header) if provider != "none" else []
    return Log(
        tool=INSPECT,
        models=kept(models),
        provided=spec.model in models,
        stand_in=provider in _STAND_INS or is_random(spec.model_args),
        first=min(known, default=None),
        last=max(known) if days[-1] is not None else None,
        faults=some(_faults(header)),
        gaps=tuple(_gaps(header)),
        part=_part(header),
        commits=tuple(_commits(spec.model_args)),
        chosen=chosen_by(spec.model_args),
    )


def _models(header: EvalLog) -> list[str]:
    """Give the names of what was evaluated; none where what was loaded in its place has no name."""
    spec, usage = header.eval, header.stats.model_usage
    path, loads = spec.model_args.get("model_path"), spec.model.partition("/")[0] in _LOADS_A_PATH
    if path and not isinstance(path, str):
        return []
    models = [spec.model] if not (path and loads) else []
    if path:
        models.append(path)
    if usage and spec.model not in usage:
        models += islice(usage, 1)  # another model answered, in a role of its own
    return models


def _header(table: Mapping[str, Any]) -> EvalLog:
    """Have Inspect read a header; whatever it prints, logs or raises ends here."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from inspect_ai.log import read_eval_log

            return read_eval_log(io.BytesIO(json.dumps(table).encode()), header_only=True, format="json")
        except Exception as error:  # noqa: BLE001  # it raises what its parsers raise, and a broken installation anything
            if isinstance(error, ImportError) and error.name in ("inspect_ai", "inspect_ai.log"):
                raise _not_installed() from None
            first = next(iter(str(error).splitlines()), "")
            reason = shorten(f"{type(error).__name__}: {first}", _LONGEST_REASON)
            raise LogError(f"cannot be read by Inspect ({reason})") from None


def _not_installed() -> LogError:
    what = "is one of Inspect, which is not installed; run pip install 'release-review-evals[inspect]'"
    return LogError(what, Outcome.UNKNOWN)


def _faults(header: EvalLog) -> Iterator[str]:
    if header.status != "success":
        why = f" ({shorten(header.error.message, _LONGEST_REASON)})" if header.error is not None else ""
        yield f"has the status {header.status!r}{why}"
    elif header.error is not None:
        yield f"has the status 'success' and an error ({shorten(header.error.message, _LONGEST_REASON)})"
    if header.invalidated:
        yield "was invalidated"
    results = header.results
    if header.status != "success" or results is None:
        return
    if results.completed_samples != results.total_samples:
        yield f"has {results.completed_samples:,} of {results.total_samples:,} samples completed"
    if results.logged_samples is not None and results.logged_samples < results.total_samples:
        yield f"has {results.logged_samples:,} of {results.total_samples:,} samples in it"
    if results.completed_samples < 1:
        yield "has no sample"
    if not results.scores:
        yield "has no score"
    # Epochs of one sample are put together to one score of it, unless its task wants to have them apart.
    least = -(-results.completed_samples // _epochs(header))
    for score in results.scores:
        yield from _faults_of(score, least, results.completed_samples)


def _faults_of(score: EvalScore, least: int, most: int) -> Iterator[str]:
    name, scored = shorten(score.name), score.scored_samples
    if score.unscored_samples:
        yield f"has {score.unscored_samples:,} samples without the score {name!r}"
    elif scored is not None and not least <= scored <= most:
        yield f"has {scored:,} samples with the score {name!r}, and {most:,} completed"
    values = [metric.value for metric in score.metrics.values()]
    if not any(map(math.isfinite, values)):
        yield f"has no number for the score {name!r}"
    elif not all(map(math.isfinite, values)):
        yield f"has a metric of the score {name!r} that is no number"


def _gaps(header: EvalLog) -> Iterator[str]:
    if header.status == "success" and header.results is None:
        yield "results"
    for score in header.results.scores if header.results is not None else ():
        if score.scored_samples is None:  # Inspect has not always counted them
            yield f"number of samples with the score {shorten(score.name)!r}"
            return


def _epochs(header: EvalLog) -> int:
    return max(header.eval.config.epochs or 1, 1)


def _part(header: EvalLog) -> str | None:
    config, dataset, results = header.eval.config, header.eval.dataset, header.results
    if dataset.samples is not None and results is not None:
        whole = dataset.samples * _epochs(header)
        if whole < 1 or results.total_samples != whole:
            return f"{results.total_samples:,} of {whole:,} samples"
    if config.limit is not None:
        return "the samples within a limit"
    if config.sample_id is not None:
        return "chosen samples"
    return None if dataset.samples is None or results is None else ""


def _day(text: str) -> dt.date | None:
    try:
        written = dt.datetime.fromisoformat(text)
        return (written if written.tzinfo else written.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).date()
    except (ValueError, OverflowError):
        return None


def _commits(arguments: Mapping[str, Any]) -> Iterator[str]:
    for name in ("revision", "model_revision"):
        value = arguments.get(name)
        if isinstance(value, str) and _COMMIT.fullmatch(value):
            yield value.lower()
