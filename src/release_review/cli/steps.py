"""What is said to somebody who has had files written: which they are, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from release_review.cli import streams
from release_review.escape import plain


def tell_created(files: Iterable[Path], steps: Iterable[str]) -> None:
    """Say on stderr which files were written, and what somebody who has them types next."""
    for file in files:
        streams.say(f"wrote {plain(str(file))}")
    for number, step in enumerate(steps):
        streams.say(f"{'     ' if number else 'next:'} {step}")


def typed_path(path: Path) -> str:
    """Give a path as somebody types it behind a command: with a `/` in it, and quoted where a shell needs that."""
    text = str(path)
    return shlex.quote(plain(text if "/" in text else f"./{text}"))
