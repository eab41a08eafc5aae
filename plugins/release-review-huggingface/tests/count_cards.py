"""Import every card of a folder and count which facts are filled, and which the cards deny: `make cards`."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from importing import FOLDER, SHIPPED, real_cards, result_of
from release_review.errors import InputError, ReleaseReviewError

_DENIES = "denies it"
_NAMED = re.compile(r" '.*'|: .*|, first on line .*")
"""What is of one card in an error."""


def main(arguments: list[str]) -> int:
    """Count over the files that are named, or else over the real cards, or else over those that are shipped."""
    paths = [Path(each) for each in arguments] or real_cards()
    if not paths:
        print(f"note: {FOLDER} names no folder with hf-cards/cards; these are the shipped cards", file=sys.stderr)
        paths = sorted(SHIPPED.glob("*[!S].md"))
    stated: Counter[str] = Counter()
    denied: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for path in paths:
        result = result_of(path)
        if isinstance(result, InputError):
            refused[_NAMED.sub("", result.what)] += 1
            continue
        if isinstance(result, ReleaseReviewError):
            print(f"error: {result}", file=sys.stderr)
            return 2
        manifest = tomllib.loads(result.text)
        for place, fact in _facts(manifest, ""):
            kind = _kind_of(fact)
            {"stated": stated, "denied": denied, "unknown": unknown}[kind][place] += 1
    print(f"{len(paths)} cards: {len(paths) - refused.total()} imported, {refused.total()} refused\n")
    print(f"{'field':<32} {'filled':>7} {'denied':>7} {'unclear':>8}")
    for place in sorted({*stated, *denied, *unknown}):
        print(f"{place:<32} {stated[place]:>7} {denied[place]:>7} {unknown[place]:>8}")
    print(f"{'all':<32} {stated.total():>7} {denied.total():>7} {unknown.total():>8}")
    for reason, count in sorted(refused.items()):
        print(f"refused: {count:>3} {reason}")
    return 0


def _facts(value: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every annotated value, and its place without the numbers of lists."""
    if isinstance(value, dict) and "value" in value:
        yield place, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _facts(each, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for each in value:
            yield from _facts(each, place)


def _kind_of(fact: dict[str, Any]) -> str:
    if fact["value"] != "unknown" and "conflicts" not in fact:
        return "stated"
    return "denied" if _DENIES in fact.get("note", "") else "unknown"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
