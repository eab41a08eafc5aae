"""Compare the engines on made-up conditions and manifests, as many as a night allows: `fuzz.py --pairs 200000`.

The same seed gives the same run, on any number of processes. It ends with status 1 if an engine or an oracle differs
in a way that `tests/cel/deviations.toml` does not explain, or if a damaged document ends in anything but a report or
an error of ours. Of each kind of difference in a batch one is printed, with the shortest condition that shows it and
the number of those like it.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from comparison import Comparison, Tally, engines, reduced, sides_taken, unsound
from conditions import Condition, chance_of, make_condition
from damage import bent, made_damaged, told
from manifests import filled_in, make_manifest
from oracles import HAS_CEL_EXPR, NO_CEL_EXPR, Oracle, RawCelpy

CONDITIONS, MANIFESTS = 150, 32
"""What one batch makes up; each condition is asked about each manifest."""

DEPTHS = (1, 2, 2, 3, 3, 4)
"""How deep conditions are nested; short ones are as many as long ones, which hide more."""

RAW_SHARE = 20
"""One condition in so many is also put to cel-python as it comes, which is slow."""

DAMAGED, BENT = 12, 2
SHOWN = 20
WINDOW = 4
"""Batches between two looks at how many pairs there are."""


@dataclass(slots=True)
class Batch:
    """What one batch came to, in plain data that goes from process to process."""

    pairs: int = 0
    refused: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    deviations: Counter[str] = field(default_factory=Counter)
    differences: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Batch) -> None:
        """Add what another batch came to."""
        self.pairs += other.pairs
        self.refused += other.refused
        self.counts += other.counts
        self.answers += other.answers
        self.compared += other.compared
        self.deviations += other.deviations
        self.differences += other.differences
        self.wrong += other.wrong


def run_batch(index: int, *, seed: str) -> Batch:
    """Make up conditions, manifests and damage, and compare."""
    chance = chance_of(f"{seed}/{index}")
    batch = Batch()
    made_up = [make_condition(chance, depth=chance.choice(DEPTHS)) for _ in range(CONDITIONS)]
    conditions = [each for each in made_up if each is not None]
    batch.refused = len(made_up) - len(conditions)
    manifests = [make_manifest(chance) for _ in range(MANIFESTS)]
    raw: list[Oracle] = [RawCelpy()]
    for oracles, asked in ((engines(raw=False), conditions), (raw, conditions[::RAW_SHARE])):
        comparison, tally = Comparison(oracles), Tally()
        for made in manifests:
            comparison.compare(asked, made, tally)
        batch.compared += tally.compared
        batch.deviations += tally.deviations
        batch.differences += len(tally.differences)
        batch.wrong += _reduced(tally, oracles)
        if oracles is not raw:
            batch.pairs, batch.answers = tally.pairs, tally.answers
    for made in manifests:
        batch.counts["manifests completed"] += 1
        found = unsound(conditions, made, filled_in(chance, made))
        batch.differences += len(found)
        batch.wrong += found
    _damage(chance, conditions, batch)
    return batch


def _reduced(tally: Tally, oracles: list[Oracle]) -> list[str]:
    """Tell the differences: one of each kind made short, with the number of those like it."""
    kinds: dict[tuple[str, ...], str] = {}
    alike: Counter[tuple[str, ...]] = Counter()
    for each in sorted(tally.differences, key=lambda each: len(each.condition.expression.text)):
        kind = (each.oracle, each.ours.given, each.theirs.given, each.theirs.said[-40:])
        alike[kind] += 1
        if kind not in kinds:
            oracle = next(oracle for oracle in oracles if oracle.name == each.oracle)
            kinds[kind] = str(reduced(each, oracle))
    more = {kind: f"\nand {count - 1:,} more like it" if count > 1 else "" for kind, count in alike.items()}
    return [text + more[kind] for kind, text in kinds.items()]


def _damage(chance: random.Random, conditions: list[Condition], batch: Batch) -> None:
    for _ in range(DAMAGED):
        document = made_damaged(chance)
        if document is None:
            batch.counts["damaged documents: unreadable"] += 1
            continue
        found = told(document)
        compiled, reference = found["compiled"], found["reference"]
        batch.counts[f"damaged documents: {'invalid' if compiled[0] == 'error' else 'reviewed'}"] += 1
        if compiled != reference:
            batch.differences += 1
            batch.wrong.append(f"engines differ on a damaged document:\n{document.data}\n{compiled}\n{reference}")
    oracles = engines(raw=False)
    for _ in range(BENT):
        made = bent(chance, make_manifest(chance))
        for condition in conditions[:40]:
            sides = sides_taken(oracles, condition, made)
            if sides is None:
                continue
            batch.counts[f"bent data: {' or '.join(sorted(sides))}"] += 1
            if len(sides - {"ERROR"}) > 1:
                batch.differences += 1
                batch.wrong.append(f"engines differ on bent data: {sides}\n{condition.expression.text}")


def main() -> int:
    """Run until so many pairs are compared, and print what they came to."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pairs", type=int, default=200_000, help="pairs of a condition and a manifest")
    arguments.add_argument("--seed", default="1", help="any text; the same one gives the same run")
    arguments.add_argument("--processes", type=int, default=2)
    given = arguments.parse_args()
    start, total, done = time.monotonic(), Batch(), 0
    with multiprocessing.Pool(given.processes) as pool:
        while total.pairs < given.pairs:
            window = range(done, done + WINDOW)
            for batch in pool.imap(functools.partial(run_batch, seed=given.seed), window):
                total.add(batch)
            done += WINDOW
            sys.stderr.write(f"{total.pairs:,} pairs after {time.monotonic() - start:.0f} s\n")
    sys.stdout.write(_report(total, given.seed, time.monotonic() - start))
    return 1 if total.wrong else 0


def _report(total: Batch, seed: str, seconds: float) -> str:
    lines = [
        f"{total.pairs:,} pairs of a condition and a manifest, seed {seed}, {seconds:.0f} s",
        "answers of the compiled engine: " + _told(total.answers),
        "compared with: " + _told(total.compared),
        "known deviations: " + (_told(total.deviations) or "none met"),
        f"conditions refused for their cost: {total.refused:,}",
        *([] if HAS_CEL_EXPR else [NO_CEL_EXPR]),
        _told(total.counts),
        *(f"\n{each}" for each in total.wrong[:SHOWN]),
        *([f"\nand {len(total.wrong) - SHOWN:,} more kinds"] if len(total.wrong) > SHOWN else []),
        f"\n{total.differences:,} differences outside the list of known deviations" + _kinds_told(total),
    ]
    return "\n".join(lines) + "\n"


def _kinds_told(total: Batch) -> str:
    count = len(total.wrong)
    return f", of {count:,} {'kind' if count == 1 else 'kinds'}, counted batch by batch" if count else ""


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
