"""Measure one whole check, and reviews in one process, beside the start of Python: `bench.py MANIFEST`.

Each round measures all three one after another, so that a slow moment of the machine slows all of them. It asserts no
time: a time belongs to a machine, the ratio to an empty Python process nearly does not.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from release_review.load import load_document
from release_review.pipeline import review
from release_review.plugins import load_registry
from release_review.selection import load_policies

TODAY = dt.date(2026, 1, 1)
POLICY = "open-release"
HAS_VERDICT = (0, 1)

START, CHECK, REVIEW = "python -c pass", "release-review check", "one review in a process"


def run_process(*arguments: str | Path, statuses: Sequence[int] = (0,)) -> None:
    """Run a process to its end.

    Raises:
        RuntimeError: Its status is none of `statuses`, so there would be nothing to measure.
    """
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if run.returncode not in statuses:
        raise RuntimeError(f"{arguments} ended with status {run.returncode}: {run.stderr}")


def make_review(manifest: Path, *, times: int) -> Callable[[], None]:
    """Give a function that reads and reviews a manifest so many times, with policies that are admitted already."""
    registry = load_registry(discover=False)
    policies = load_policies([POLICY], registry)

    def review_repeatedly() -> None:
        for _ in range(times):
            document = load_document(manifest, importers=registry.importers)
            review(document, policies=policies, today=TODAY)

    return review_repeatedly


def measure(function: Callable[[], None]) -> float:
    """Give the duration of a call, in seconds."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def describe(durations: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Give a table: median, quartiles and extremes in milliseconds, and the median as a multiple of Python's start."""
    yield f"{'':<24} {'median':>9} {'quartiles':>17} {'extremes':>17} {'ratio':>8}"
    unit = statistics.median(durations[START])
    for name, seconds in durations.items():
        low, median, high = (1000 * value for value in statistics.quantiles(seconds, n=4))
        least, most = 1000 * min(seconds), 1000 * max(seconds)
        ratio = statistics.median(seconds) / unit
        yield f"{name:<24} {median:6.2f} ms {low:8.2f}-{high:<8.2f} {least:8.2f}-{most:<8.2f} {ratio:7.3f}x"


def main() -> None:
    """Print the measurements of one manifest."""
    parser = argparse.ArgumentParser(description="Measure one whole check, and reviews in one process.")
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--rounds", type=int, default=25, help="how often everything is measured (default: 25)")
    parser.add_argument("--reviews", type=int, default=20, help="reviews in one process, per round (default: 20)")
    options = parser.parse_args()

    check = ("-P", "-m", "release_review", "check", "--isolated", "--today", str(TODAY), options.manifest)
    subjects: dict[str, Callable[[], None]] = {
        START: lambda: run_process("-c", "pass"),
        CHECK: lambda: run_process(*check, statuses=HAS_VERDICT),
        REVIEW: make_review(options.manifest, times=options.reviews),
    }
    for subject in subjects.values():
        subject()  # the first call fills caches, on disk and in memory
    durations: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(options.rounds):
        for name, subject in subjects.items():
            durations[name].append(measure(subject))
    durations[REVIEW] = [seconds / options.reviews for seconds in durations[REVIEW]]

    print(f"{options.manifest}, {options.rounds} rounds, {options.reviews} reviews in a process per round")
    print(*describe(durations), sep="\n")
    print(f"{1 / statistics.median(durations[REVIEW]):.0f} reviews per second in one process")


if __name__ == "__main__":
    main()
