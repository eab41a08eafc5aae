"""Measure audits: `bench_audits.py [--releases N]`. Everything of a kind is measured in turn."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import ROOT, describe, measure, ratios

sys.path.append(str(ROOT / "tests" / "support"))

from corpora import manifests

from release_review.audit.corpus import Named, open_corpus
from release_review.audit.executors import Executor, OneProcess, Pool
from release_review.audit.gather import Registries
from release_review.audit.items import batches
from release_review.audit.ledger import Ledger, create, open_to_write
from release_review.audit.run import run
from release_review.audit.setup import Setup, digests_of
from release_review.audit.work import make_ready
from release_review.hooks import Imported
from release_review.model import LIMITS
from release_review.plugins import Registry, load_registry
from release_review.schema import MANIFEST, published_schema
from release_review.selection import load_policies
from release_review.sources import items_of

TODAY = dt.date(2026, 1, 1)
REGISTRIES = {
    "epoch": "epoch/systems.csv",
    "fmti": "fmti",
    "model-openness-tool": "model-openness-tool",
    "models-dev": "models-dev",
    "osai": "osai",
}


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description="Measure audits.")
    parser.add_argument("--releases", type=int, default=512, help="releases of one corpus (default: 512)")
    parser.add_argument("--rounds", type=int, default=7, help="how often everything is measured (default: 7)")
    options = parser.parse_args()
    registry = load_registry(discover=False)
    policies = load_policies(["open-release"], registry)
    setup = Setup(
        policies=("open-release",), digests=digests_of(policies), today=TODAY, without_plugins=registry.without
    )
    make_ready(setup)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpora(folder, options.releases)
        print_rates(folder, registry, setup, releases=options.releases, rounds=options.rounds)
        print_processes(folder, registry, setup, rounds=options.rounds)
        print_resume(folder, registry, setup, rounds=options.rounds)
    print_imports(registry, rounds=options.rounds)


def write_corpora(folder: Path, releases: int) -> None:
    """Write the same manifests as JSON Lines, and as a folder of YAML files."""
    import yaml

    (folder / "yaml").mkdir()
    with (folder / "all.jsonl").open("w", encoding="utf-8") as file:
        for number, manifest in enumerate(manifests(releases)):
            file.write(json.dumps(manifest) + "\n")
            text = yaml.safe_dump(manifest, sort_keys=False)
            (folder / "yaml" / f"{number:06}.yaml").write_text(text, encoding="utf-8")


# One process ----------------------------------------------------------------------------------------------------------


def print_rates(folder: Path, registry: Registry, setup: Setup, *, releases: int, rounds: int) -> None:
    """Measure an audit in one process, and a plain loop that parses the same files and asks whether they are valid."""
    plain = {"JSON Lines": loop_over_lines, "YAML": loop_over_yaml}
    for name, corpus in (("JSON Lines", folder / "all.jsonl"), ("YAML", folder / "yaml")):
        loop, audit = f"parse and validate, {name}", f"audit, {name}"
        subjects: dict[str, Callable[[], None]] = {
            loop: lambda name=name, corpus=corpus: plain[name](corpus),  # type: ignore[misc]
            audit: lambda corpus=corpus: audit_once(corpus, registry, setup, OneProcess()),  # type: ignore[misc]
        }
        durations = measure(subjects, rounds=rounds, clock=time.process_time)
        size = sum(path.stat().st_size for path in (corpus.glob("*") if corpus.is_dir() else [corpus])) / releases
        print(f"{releases:,} releases of {size:,.0f} bytes as {name}, one process; {rounds} rounds; processor time")
        print(*describe(durations, loop), sep="\n")
        for subject, seconds in durations.items():
            print(f"  {subject}: {releases / sorted(seconds)[len(seconds) // 2]:,.0f} a second on one core")
        print()


def loop_over_lines(corpus: Path) -> None:
    """Parse each line with the standard library, and ask the fast engine whether it fits the schema."""
    validator = acceptor()
    with corpus.open(encoding="utf-8") as file:
        for line in file:
            if not validator(json.loads(line)):
                raise RuntimeError("a manifest does not fit, so that there is nothing to compare")


def loop_over_yaml(corpus: Path) -> None:
    """Parse each file with PyYAML's safe loader, in Python as ours is, and ask whether it fits the schema."""
    import yaml

    validator = acceptor()
    for path in sorted(corpus.iterdir()):
        # Days stay text in our manifests.
        if not validator(json.loads(json.dumps(yaml.safe_load(path.read_bytes()), default=str))):
            raise RuntimeError("a manifest does not fit, so that there is nothing to compare")


def acceptor() -> Callable[[object], bool]:
    """Give the fast engine with the schema of manifests."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(dict(published_schema(MANIFEST))).is_valid


# Processes and resuming -----------------------------------------------------------------------------------------------


def print_processes(folder: Path, registry: Registry, setup: Setup, *, rounds: int) -> None:
    """Measure one process against two, by the clock: starting them and loading policies in each is in it."""
    corpus = folder / "many.jsonl"
    corpus.write_bytes((folder / "all.jsonl").read_bytes() * 8)
    one, two = "one process", "two processes"
    subjects: dict[str, Callable[[], None]] = {
        one: lambda: audit_once(corpus, registry, setup, OneProcess()),
        two: lambda: audit_once(corpus, registry, setup, Pool(2)),
    }
    durations = measure(subjects, rounds=max(rounds // 2, 3), clock=time.perf_counter)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"Eight times as many, on {cores} cores; by the clock")
    print(*describe(durations, one), sep="\n")
    print(f"  speed-up: {1 / ratios(durations, two, one)[1]:.2f}x\n")


def print_resume(folder: Path, registry: Registry, setup: Setup, *, rounds: int) -> None:
    """Measure going on with an audit of which everything, and of which half, is done."""
    corpus = folder / "many.jsonl"
    whole, half = folder / "whole.db", folder / "half.db"
    with create(whole) as ledger:
        audit(corpus, registry, setup, OneProcess(), ledger)
    shutil.copy(whole, half)
    forget_half(half)
    names = {"unbroken": None, "resumed, half is done": half, "resumed, all is done": whole}
    subjects: dict[str, Callable[[], None]] = {
        name: lambda path=path: resume(corpus, registry, setup, path, folder)  # type: ignore[misc]
        for name, path in names.items()
    }
    durations = measure(subjects, rounds=max(rounds // 2, 3), clock=time.perf_counter)
    print("The same corpus, one process; by the clock")
    print(*describe(durations, "unbroken"), sep="\n")
    print()


def forget_half(path: Path) -> None:
    """Take the second half of the batches out of a ledger, as if it had been stopped there."""
    import sqlite3

    with sqlite3.connect(path) as database:
        (count,) = database.execute("SELECT count(*) FROM batch").fetchone()
        (kept,) = database.execute("SELECT sum(size) FROM batch WHERE number < ?", (count // 2,)).fetchone()
        database.execute("DELETE FROM batch WHERE number >= ?", (count // 2,))
        database.execute("DELETE FROM release WHERE number > ?", (kept,))
    database.close()


def resume(corpus: Path, registry: Registry, setup: Setup, begun: Path | None, folder: Path) -> None:
    """Go on with a copy of a ledger; begin one where there is none."""
    if begun is None:
        audit_once(corpus, registry, setup, OneProcess())
        return
    copy = folder / "copy.db"
    shutil.copy(begun, copy)
    with open_to_write(copy) as ledger:
        audit(corpus, registry, setup, OneProcess(), ledger)
    copy.unlink()


def audit_once(corpus: Path, registry: Registry, setup: Setup, executor: Executor) -> None:
    """Audit a corpus into a ledger of its own."""
    with tempfile.TemporaryDirectory() as name, create(Path(name) / "a.db") as ledger:
        audit(corpus, registry, setup, executor, ledger)


def audit(corpus: Path, registry: Registry, setup: Setup, executor: Executor, ledger: Ledger) -> None:
    """Audit a corpus into a ledger."""
    parts = open_corpus([Named(path=str(corpus))], importers=registry.importers)
    counts = run((item for part in parts for item in part.items()), setup=setup, ledger=ledger, executor=executor)
    if counts.errors:
        raise RuntimeError("a manifest was not reviewed, so that there is nothing to compare")


# Registries -----------------------------------------------------------------------------------------------------------


def print_imports(registry: Registry, *, rounds: int) -> None:
    """Measure how fast real registries are read, and all of them joined, where their data are."""
    data = Path(os.environ.get("REVIEW_DATA") or ROOT.parent / "shared" / "data")
    places = {name: data / place for name, place in REGISTRIES.items() if (data / place).exists()}
    if not places:
        print("NOT MEASURED: the real data are missing; name their folder with REVIEW_DATA")
        return
    counts = {name: read(registry, name, path) for name, path in places.items()}
    sources = tuple((registry.source_importer(name), path) for name, path in places.items())
    subjects: dict[str, Callable[[], None]] = {
        name: lambda name=name, path=path: discard(read(registry, name, path))  # type: ignore[misc]
        for name, path in places.items()
    }
    joined = "all of them, joined"
    subjects[joined] = lambda: discard(sum(1 for _ in batches(Registries(sources=sources, limits=LIMITS).items())))
    durations = measure(subjects, rounds=rounds, clock=time.process_time)
    print(f"Registries as they are published, read and made into manifests; {rounds} rounds; processor time")
    print(*describe(durations, joined), sep="\n")
    for name, count in counts.items():
        print(f"  {name}: {count / sorted(durations[name])[len(durations[name]) // 2]:,.0f} entries a second")


def read(registry: Registry, name: str, path: Path) -> int:
    """Read a registry, and count the manifests."""
    return sum(isinstance(item, Imported) for item in items_of(registry.source_importer(name), path, LIMITS))


def discard(count: int) -> None:
    """Do nothing with what was counted."""
    del count


if __name__ == "__main__":
    main()
