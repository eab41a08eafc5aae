"""An audit of many releases, once unbroken and once killed and resumed: `audit_at_scale.py --releases 100000`.

It says what was found, whether both give the same export byte for byte, how long it took and how much memory it needed,
at a tenth of the size and at the whole. Exit status 1 if anything is not as it has to be.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from corpora import write_lines

from release_review.audit.ledger import Ledger, open_to_read

KILLS = 3
DAY = "2026-01-01"
MOST_MEMORY = 1.2
"""How much more memory the whole may need than a tenth of it."""


def main() -> int:
    """Do it, and say what came out."""
    parser = argparse.ArgumentParser(description="Audit many releases, killed and unbroken.")
    parser.add_argument("--releases", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        faults = audit_at_scale(Path(name), asked.releases, jobs=asked.jobs, seed=asked.seed)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def audit_at_scale(folder: Path, releases: int, *, jobs: int, seed: int) -> list[str]:
    """Give what is not as it has to be."""
    faults: list[str] = []
    small, large = folder / "small.jsonl", folder / "large.jsonl"
    write_lines(small, releases // 10, bad=True)
    places = write_lines(large, releases, bad=True)
    _, small_peak, _, _ = run(folder, small, "small.db", jobs)
    seconds, peak, status, told = run(folder, large, "whole.db", jobs)
    with open_to_read(folder / "whole.db") as ledger:
        counts = ledger.counts
        wrong = sorted(number for number, _ in ledger.errors())
        whole, length = export_of(ledger)
    say(f"{counts.found:,} releases of {large.stat().st_size / 1e6:,.0f} MB in {seconds:,.0f} s with {jobs} processes")
    say(f"{counts.passed:,} pass, {counts.blocked:,} blocked, {counts.errors:,} errors; status {status}")
    size = (folder / "whole.db").stat().st_size / 1e6
    say(f"ledger {size:,.0f} MB; export {length / 1e6:,.0f} MB")
    say(
        f"peak memory of one process: {peak / 1e3:,.0f} MB, "
        f"{peak / small_peak:.2f} times that of a tenth of the releases"
    )
    if status != 2:
        faults.append(f"the status is {status}")
    if wrong != sorted(places) or counts.found != releases + len(places):
        faults.append(f"errors in {wrong}, and they are in {sorted(places)}; {counts.found} found")
    named = {int(each) for each in re.findall(r"^error: \S*large\.jsonl:(\d+)", told, re.MULTILINE)}
    if named != set(places):
        faults.append(f"named are {sorted(named)}")
    if peak > MOST_MEMORY * small_peak:
        faults.append("memory grows with the corpus")
    if resumed(folder, large, jobs, seed, seconds) != whole:
        faults.append("the export of a killed and resumed audit is another")
    else:
        say(f"killed {KILLS} times and resumed: the same export, byte for byte")
    return faults


def run(folder: Path, corpus: Path, ledger: str, jobs: int) -> tuple[float, int, int, str]:
    """Audit a corpus, and give seconds, the peak of memory of its processes in kB, status and stderr."""
    begun = time.monotonic()
    script = (
        "import resource, sys; from release_review.cli import main; status = main(sys.argv[1:]);"
        "used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)];"
        "print(max(used), file=sys.stderr); sys.exit(status)"
    )
    arguments = ["audit", corpus.name, "-o", ledger, "--jobs", str(jobs), "--today", DAY]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return time.monotonic() - begun, int(done.stderr.split()[-1]), done.returncode, done.stderr


def export_of(ledger: Ledger) -> tuple[str, int]:
    """Give the digest of the export of a ledger, and how many bytes it has."""
    digest, length = hashlib.sha256(), 0
    for lines in ledger.lines():
        digest.update(lines)
        length += len(lines)
    return digest.hexdigest(), length


def resumed(folder: Path, corpus: Path, jobs: int, seed: int, seconds: float) -> str:
    """Kill an audit at random points, go on with it each time, and give the digest of what it comes to."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    command = [sys.executable, "-m", "release_review", "audit", "-o", "cut.db", "--jobs", str(jobs), "--today", DAY]
    given: Sequence[str] = [corpus.name]
    for _ in range(KILLS):
        process = subprocess.Popen(
            [*command, *given], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(chance.uniform(0.05, 0.2) * seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with open_to_read(folder / "cut.db") as ledger:
            say(f"killed after {ledger.counts.found:,} releases")
        given = ["--resume"]
    subprocess.run([*command, "--resume"], cwd=folder, capture_output=True, check=False)
    with open_to_read(folder / "cut.db") as ledger:
        return export_of(ledger)[0] if ledger.is_complete else "it did not come to its end"


def say(line: str) -> None:
    """Say what came out."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
