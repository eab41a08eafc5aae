"""What a plugin does in a process of its own, where texts have other hashes: all of it has to be the same.

The order of a set depends on these hashes, and so does whatever is made by going through one.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from release_review.escape import shorten
from release_review.evaluate import evaluate
from release_review.testing.brought import Brought, ask, describe, records_of
from release_review.testing.importing import read_source, read_text, texts_for
from release_review.testing.judging import carried_out, load_brought, own_rules, told_of
from release_review.testing.reporting import render_samples
from release_review.testing.watching import watch, watch_calls

_SEEDS = ("1", "2")
_PATIENCE_SECONDS = 300
_MOST_TOLD = 300
"""Characters of what an exception says."""

_PROGRAM = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from release_review.testing.elsewhere import main; main()"
)


def observe(brought: Brought, *, texts: Sequence[str], sources: Sequence[Path]) -> Mapping[str, str]:
    """Give everything that a plugin does, as texts by what they are of."""
    seen = {f"the {name}": repr(list(describe(record))) for name, record in records_of(brought).items()}
    if brought.policies:
        policies = load_brought(brought)
        for admitted in own_rules(brought, policies):
            for name, assessed in carried_out(admitted, policies):
                seen[f"what the rule {admitted.id} finds for {name}"] = told_of(evaluate(assessed, [admitted])[0])
    for importer in brought.importers:
        for name, text in texts_for(texts).items():
            seen[f"what the importer {importer.name!r} reads ({name})"] = read_text(importer, text)[1]
    for source in brought.sources:
        for path in sources:
            items, fault = read_source(source, path)
            seen[f"what the importer {source.name!r} reads ({path})"] = fault or repr(
                [list(describe(each)) for each in items]
            )
    for reporter in brought.reporters:
        for name, text in render_samples(reporter).items():
            seen[f"the text of the reporter {reporter.name!r} ({name})"] = text
    return seen


def faults_elsewhere(brought: Brought, *, texts: Sequence[str] = (), sources: Sequence[Path] = ()) -> Iterator[str]:
    """Tell what a plugin does in other ways in two processes with other hashes than in this one."""
    with watch(()):
        here = observe(brought, texts=texts, sources=sources)
    asked = json.dumps(
        {"module": brought.module.__name__, "texts": list(texts), "sources": [str(path) for path in sources]}
    )
    with ThreadPoolExecutor(len(_SEEDS)) as pool:
        observed = list(pool.map(lambda seed: _observed_with(seed, asked), _SEEDS))
    for there, fault in observed:
        if fault:
            yield fault
            return
        for name in here:
            if here[name] != there.get(name):
                yield f"{name} differs in another process; is it made from a set, or from what an id or a hash is?"
                return


def _observed_with(seed: str, asked: str) -> tuple[Mapping[str, str], str]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        path = json.dumps([entry or str(Path.cwd()) for entry in sys.path])
        try:
            done = subprocess.run(  # noqa: S603 - it is this Python
                [sys.executable, "-P", "-c", _PROGRAM, path, asked, str(result)],
                env={**_environment(), "PYTHONHASHSEED": seed},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="backslashreplace",
                check=False,
                timeout=_PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return {}, f"it does not end within {_PATIENCE_SECONDS} seconds in a process of its own"
        said = (done.stdout + done.stderr).strip()
        if done.returncode or not result.exists():
            last = said.rpartition("\n")[2] or f"exit status {done.returncode}"
            return {}, f"it does not work in a process of its own: {shorten(last, _MOST_TOLD)}"
        told = json.loads(result.read_text(encoding="utf-8"))
    if told["faults"]:
        return {}, f"when it is imported, it {', and '.join(told['faults'])}"
    return told["seen"], f"it prints {shorten(repr(said))} in a process of its own" if said else ""


def _environment() -> Mapping[str, str]:
    """Give the environment of this process, without what would have coverage measured there, and warned about."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}


def main() -> None:
    """Observe the plugin that the arguments name, and write what is seen to a file."""
    asked, result = json.loads(sys.argv[2]), Path(sys.argv[3])
    faults: list[str] = []
    with watch_calls({asked["module"].partition(".")[0]}, faults):
        module = importlib.import_module(asked["module"])
    seen = observe(ask(module), texts=asked["texts"], sources=[Path(path) for path in asked["sources"]])
    result.write_text(json.dumps({"seen": seen, "faults": faults}), encoding="utf-8")
