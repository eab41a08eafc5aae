"""Which reports somebody asks for as files, or on stdout, with `--output NAME=PATH`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_review.cli import outputs
from release_review.errors import UsageError
from release_review.escape import shorten
from release_review.hooks import Reporter

if TYPE_CHECKING:
    from release_review.plugins import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A report that somebody asked for as a file."""

    reporter: Reporter
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What goes to files, and what was asked for on stdout, if anything was."""

    files: tuple[Output, ...]
    stdout: Reporter | None


def plan(requests: Sequence[str], *, registry: Registry, inputs: Iterable[Path]) -> Planned:
    """Read `NAME=PATH`, and refuse at once whatever could not be written, or should not be.

    Args:
        requests: What the command line says; where the path is `-`, the report is for stdout.
        registry: Where the reporters are.
        inputs: Files, and folders of files, that this run reads.

    Raises:
        UsageError: A request is none, or names no reporter or no file; or two are for stdout.
        OutputError: A file may not be replaced, or two requests name it.
    """
    files: list[Output] = []
    stdout: Reporter | None = None
    read = list(inputs)
    for request in requests:
        name, _, target = request.partition("=")
        if not name or not target:
            raise UsageError(f"--output '{shorten(request)}' is not NAME=PATH", hint="write --output json=report.json")
        if target == outputs.STDOUT:
            if stdout is not None:
                raise UsageError("two reports are for stdout", hint="write --output NAME=PATH for one of them")
            stdout = registry.reporter(name)
            continue
        path = Path(target)
        outputs.check_target(path, [*read, *(output.path for output in files)])
        files.append(Output(reporter=registry.reporter(name), path=path))
    return Planned(files=tuple(files), stdout=stdout)
