"""Measure whole checks, reviews in one process and the engines: `bench.py MANIFEST`.

Everything of a kind is measured in turn, round after round, so that a slow moment of the machine slows all of it. It
asserts no time: a time belongs to a machine, the ratio to what was measured beside it nearly does not.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from release_review.admit import PolicySet
from release_review.cel import Engine, Expression, Levels, Session, Subject, open_engine
from release_review.cli.cache import CI_VARIABLES
from release_review.hooks import Importer, Style
from release_review.load import load_document, read_document
from release_review.model import Report
from release_review.pipeline import look_at, review
from release_review.plugins import Registry, load_registry
from release_review.pointer import expand
from release_review.reporters import json_report
from release_review.selection import load_policies

TODAY = dt.date(2026, 1, 1)
POLICY = "open-release"
HAS_VERDICT = (0, 1)
NO_LIMIT = 1 << 40

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"compiled": 200, "reference": 1, "cel-expr-python": 20}
"""How often each engine answers all questions in a round: so that a round of each takes about as long."""

IMPORTED = ("click", "pluggy", "jsonschema_rs")
"""What every check imports of others."""

Durations = Mapping[str, Sequence[float]]


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description="Measure whole checks, reviews in one process, and the engines.")
    parser.add_argument("manifest", type=Path, help="what the whole checks are of")
    parser.add_argument("--rounds", type=int, default=25, help="how often everything is measured (default: 25)")
    parser.add_argument("--reviews", type=int, default=40, help="reviews in one process, per round (default: 40)")
    options = parser.parse_args()
    registry = load_registry(discover=False)
    print_checks(options.manifest, rounds=options.rounds)
    print_reviews(registry, rounds=options.rounds, times=options.reviews)
    print_engines(registry, rounds=max(options.rounds // 5, 3))


def measure(
    subjects: Mapping[str, Callable[[], None]],
    *,
    rounds: int,
    clock: Callable[[], float],
    prepare: Callable[[], None] = lambda: None,
) -> Durations:
    """Call everything in turn, round after round, and give how long each call took, in seconds.

    Args:
        subjects: What is called, by name.
        rounds: How often.
        clock: Gives the time, in seconds.
        prepare: Called before each of them, while no clock runs.
    """
    for subject in subjects.values():
        prepare()
        subject()  # the first call fills caches, on disk and in memory
    durations: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            prepare()
            start = clock()
            subject()
            durations[name].append(clock() - start)
    return durations


def describe(durations: Durations, unit: str) -> Iterator[str]:
    """Give a table: median and quartiles in milliseconds, and as multiples of `unit`, round by round."""
    yield f"  {'':<34} {'median':>10} {'quartiles':>19}   {'ratio':>8} {'quartiles':>17}"
    for name, seconds in durations.items():
        low, median, high = (1000 * value for value in statistics.quantiles(seconds, n=4))
        least, ratio, most = ratios(durations, name, unit)
        times = f"{median:7.3f} ms {low:9.3f}-{high:<9.3f}"
        yield f"  {name:<34} {times}   {ratio:7.2f}x {least:8.2f}-{most:<8.2f}"


def ratios(durations: Durations, name: str, unit: str) -> tuple[float, ...]:
    """Give lower quartile, median and upper quartile of the ratio of two subjects that were measured in turn."""
    shares = [one / other for one, other in zip(durations[name], durations[unit], strict=True)]
    return tuple(statistics.quantiles(shares, n=4))


# Whole checks ---------------------------------------------------------------------------------------------------------


def print_checks(manifest: Path, *, rounds: int) -> None:
    """Measure a check as a process, with the cache of an earlier run and without, and the start of Python."""
    check = ("-P", "-m", "release_review", "check", "--isolated", "--today", str(TODAY), manifest)
    start, warm, cold = "python -c pass", "check, warm cache", "check, cold cache"
    imports = f"import {', '.join(IMPORTED)}"
    with tempfile.TemporaryDirectory() as folder:
        fresh = (Path(folder) / f"cold-{number}" for number in itertools.count())
        subjects = {
            start: lambda: run_process("-c", "pass"),
            imports: lambda: run_process("-c", imports),
            warm: lambda: run_process(*check, statuses=HAS_VERDICT, cache=Path(folder) / "warm"),
            cold: lambda: run_process(*check, statuses=HAS_VERDICT, cache=next(fresh)),
        }
        durations = measure(subjects, rounds=rounds, clock=time.perf_counter)
    print(f"One whole check of {manifest}, as a process; {rounds} rounds; ratio to an empty Python process")
    print(*describe(durations, start), sep="\n")
    least, ratio, most = ratios(durations, cold, warm)
    print(f"  cold against warm: {ratio:.2f}x ({least:.2f}-{most:.2f})\n")


def run_process(*arguments: str | Path, statuses: Sequence[int] = (0,), cache: Path | None = None) -> None:
    """Run a process to its end.

    Args:
        arguments: What Python is given.
        statuses: What it may end with.
        cache: Where programs keep what they may lose.

    Raises:
        RuntimeError: Its status is none of `statuses`, so there would be nothing to measure.
    """
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)} if cache else dict(os.environ)
    for name in (*CI_VARIABLES, "PYTHONDONTWRITEBYTECODE"):  # with them, nothing is kept for the next run
        environment.pop(name, None)
    command = [sys.executable, *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode not in statuses:
        raise RuntimeError(f"{arguments} ended with status {run.returncode}: {run.stderr}")


# Reviews in one process -----------------------------------------------------------------------------------------------


def print_reviews(registry: Registry, *, rounds: int, times: int) -> None:
    """Measure reading and reviewing, alone and with the JSON report, in the time of one process."""
    policies, importer = load_policies([POLICY], registry), registry.importer("JSON")
    numbers, base = itertools.count(), realistic_manifest(registry)
    written: list[bytes] = []

    def write() -> None:
        written[:] = [one_of_many(base, next(numbers)) for _ in range(times)]

    def read() -> None:
        for content in written:
            read_document(content, name="release.json", importer=importer)

    def review_all() -> None:
        for content in written:
            review_one(content, importer, policies)

    def report_all() -> None:
        for content in written:
            json_report.render([review_one(content, importer, policies)], Style())

    alone, reported = "review", "review and JSON report"
    subjects = {"read alone": read, alone: review_all, reported: report_all}
    measured = measure(subjects, rounds=rounds, clock=time.process_time, prepare=write)
    durations = {name: [seconds / times for seconds in each] for name, each in measured.items()}
    size = len(one_of_many(base, 0))
    print(
        f"One review in a process, policy {POLICY}; {rounds} rounds of {times} JSON manifests of {size:,} bytes each,"
    )
    print("no two of them the same; processor time; ratio to the review alone")
    print(*describe(durations, alone), sep="\n")
    for name in (alone, reported):
        most, median, least = (1 / value for value in statistics.quantiles(durations[name], n=4))
        print(f"  {name}: {median:.0f} a second on one core ({least:.0f}-{most:.0f})")
    print()


def review_one(content: bytes, importer: Importer, policies: PolicySet) -> Report:
    """Read and review a manifest in memory."""
    return review(read_document(content, name="release.json", importer=importer), policies=policies, today=TODAY)


def realistic_manifest(registry: Registry) -> dict[str, Any]:
    """Join examples to one release: three channels, six threats in all states of evidence, and what they cite."""
    joined, *others = (
        load_document(ROOT / "examples" / name / "release.toml", importers=registry.importers).data
        for name in ("llama-3.1-405b", "gpt-oss-120b", "worked-vulnerability-detection", "worked-altered-imagery")
    )
    channel = {
        "id": "api",
        "kind": {"value": "api", "source": ["hub"]},
        "audience": "public",
        "gate": "contract",
        "from": "2024-07-23",
        "operator": "third-party",
        "adaptation": "prompt-only",
        "usage_observed": {"value": "yes", "source": ["hub"], "note": "whoever runs the service sees what is asked"},
        "usage_moderated": "partly",
        "revocable": "yes",
    }
    joined["access"].append(channel)
    for other in others:
        for kind in ("threat", "evidence"):
            known = {each["id"] for each in joined[kind]}
            joined[kind] += [each for each in other[kind] if each["id"] not in known]
    whole: dict[str, Any] = joined
    return whole


def one_of_many(manifest: Mapping[str, Any], number: int) -> bytes:
    """Write a manifest with texts of its own, so that nothing is remembered from another."""
    return json.dumps(_with_number(manifest, f" ({number})")).encode()


def _with_number(value: Any, number: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_number(inner, number) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_number(inner, number) for inner in value]
    return value + number if isinstance(value, str) and " " in value else value


# The engines ----------------------------------------------------------------------------------------------------------


def print_engines(registry: Registry, *, rounds: int) -> None:
    """Measure all conditions of all shipped policies about one manifest, in every engine there is."""
    policies = load_policies(sorted(registry.policies), registry)
    content = one_of_many(realistic_manifest(registry), 0)
    document = read_document(content, name="release.json", importer=registry.importer("JSON"))
    seen = look_at(document, policies=policies, today=TODAY)
    manifest = seen.manifest
    asked = list(conditions(policies, manifest.data))
    levels = {
        each.id: {"level": each.level, "items": {key: {"level": item.level} for key, item in each.items.items()}}
        for each in seen.answers.values()
    }
    sessions: dict[str, Session] = {}
    for engine in engines():
        subject = Subject(manifest=manifest.data, as_of=manifest.as_of, today=manifest.today)
        sessions[engine.name] = engine.open(subject, iterations=NO_LIMIT)
        sessions[engine.name].know(levels)
    answers = {name: decide_all(session, asked, levels) for name, session in sessions.items()}
    for name, decided in answers.items():
        if decided != answers["compiled"]:
            raise RuntimeError(f"{name} decides otherwise, so that there is nothing to compare")

    subjects = {name: _repeated(session, asked, levels, times=TIMES[name]) for name, session in sessions.items()}
    measured = measure(subjects, rounds=rounds, clock=time.process_time)
    durations = {name: [seconds / TIMES[name] for seconds in each] for name, each in measured.items()}
    print(
        f"All {len(asked)} questions that the shipped policies ask about one manifest; {rounds} rounds; processor time;"
    )
    print("manifest converted and conditions compiled beforehand; ratio to the compiled engine")
    print(*describe(durations, "compiled"), sep="\n")


def _repeated(
    session: Session, asked: Sequence[tuple[Expression, str]], levels: Levels, *, times: int
) -> Callable[[], None]:
    def ask() -> None:
        for _ in range(times):
            decide_all(session, asked, levels)

    return ask


def conditions(policies: PolicySet, data: Mapping[str, Any]) -> Iterator[tuple[Expression, str]]:
    """Give every condition with the pointer of every item it is about."""
    for assessment in policies.assessments:
        for pointer, _ in expand(data, assessment.assessment.over):
            for level in assessment.levels:
                yield level.when, pointer
            if assessment.counts is not None:
                yield assessment.counts, pointer
    for rule in policies.rules:
        for pointer, _ in expand(data, rule.rule.given or ""):
            for condition in (rule.when, rule.requirement):
                if isinstance(condition, Expression):
                    yield condition, pointer


def decide_all(session: Session, asked: Sequence[tuple[Expression, str]], levels: Levels) -> list[Any]:
    """Decide every condition about every item: the second reading is evaluated only where the first is not true."""
    session.know(levels)  # with other levels come other decisions: none is remembered from the round before
    return [session.decide(condition, this=pointer) for condition, pointer in asked]


def engines() -> Iterator[Engine]:
    """Give our engines, and Google's where it is installed."""
    yield open_engine("compiled")
    yield open_engine("reference")
    sys.path.append(str(ROOT / "tests" / "support"))
    from oracles import HAS_CEL_EXPR, NO_CEL_EXPR, CelExpr

    if HAS_CEL_EXPR:
        yield CelExpr()
    else:
        print(f"NOT MEASURED: {NO_CEL_EXPR}\n")


if __name__ == "__main__":
    main()
