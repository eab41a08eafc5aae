"""Which forms of a report somebody asks for as files, or on stdout, with `--output NAME=PATH`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from release_review.cli import outputs
from release_review.errors import UsageError
from release_review.escape import shorten

Form = TypeVar("Form")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Generic[Form]):
    """A form of a report that somebody asked for as a file."""

    form: Form
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Generic[Form]):
    """What goes to files, and what was asked for on stdout, if anything was."""

    files: tuple[Output[Form], ...]
    stdout: Form | None


def plan(requests: Sequence[str], *, find: Callable[[str], Form], inputs: Iterable[Path]) -> Planned[Form]:
    """Read `NAME=PATH`, and refuse at once whatever could not be written, or should not be.

    Args:
        requests: What the command line says; where the path is `-`, the report is for stdout.
        find: Gives the form of a name, or raises a `UsageError`.
        inputs: Files, and folders of files, that this run reads.

    Raises:
        UsageError: A request is none, or names no form or no file; or two are for stdout.
        OutputError: A file may not be replaced, or two requests name it.
    """
    files: list[Output[Form]] = []
    stdout: Form | None = None
    read = list(inputs)
    for request in requests:
        name, _, target = request.partition("=")
        if not name or not target:
            raise UsageError(f"--output '{shorten(request)}' is not NAME=PATH", hint="write --output json=report.json")
        if target == outputs.STDOUT:
            if stdout is not None:
                raise UsageError("two reports are for stdout", hint="write --output NAME=PATH for one of them")
            stdout = find(name)
            continue
        path = Path(target)
        outputs.check_target(path, [*read, *(output.path for output in files)])
        files.append(Output(form=find(name), path=path))
    return Planned(files=tuple(files), stdout=stdout)
