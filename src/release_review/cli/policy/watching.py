"""When to run again: what the files of policies look like, twice a second."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from release_review.cli import streams, terminal
from release_review.cli.door import report_error
from release_review.errors import NothingToCheckError, OutputError, ReleaseReviewError, UsageError
from release_review.escape import plain

SECONDS_BETWEEN = 0.5
"""How long to wait before the files are looked at again."""

_PARTS = ("assessments", "rules")

Looks = Mapping[str, tuple[int, int, int]]
"""When each file was changed, how long it is, and which it is, by its path."""


def watch(run: Callable[[], object], paths: Iterable[Path]) -> NoReturn:
    """Run, and run again whenever a file changes, until somebody interrupts.

    What cannot be run, because a file is being written for instance, is said and waited for.

    Args:
        run: What to do.
        paths: Folders of policies, and policies in one file.

    Raises:
        KeyboardInterrupt: The user stops it.
        UsageError: The command line asks for what is not there; no change of a file helps.
        OutputError: Nobody can read what is said any more.
    """
    watched = list(paths)
    looks = look(watched)
    while True:
        try:
            run()
        except (OutputError, UsageError) as error:
            if not isinstance(error, NothingToCheckError):
                raise
            report_error(error)
        except ReleaseReviewError as error:
            report_error(error)
        streams.say(f"watching {len(looks)} files; Ctrl-C ends")
        while (now := look(watched)) == looks:
            time.sleep(SECONDS_BETWEEN)
        changed = [name for name in sorted({*looks, *now}) if looks.get(name) != now.get(name)]
        looks = now
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        head = f"== {plain(changed[0])}{more} changed "
        streams.write_stdout(f"\n{head}{'=' * (terminal.WIDTH - len(head))}\n\n")


def look(paths: Iterable[Path]) -> Looks:
    """Look at the files of policies; one that is not there, or may not be looked at, is left out."""
    found: dict[str, tuple[int, int, int]] = {}
    for path in paths:
        for file in _files_of(path):
            with contextlib.suppress(OSError):
                status = file.stat()
                found[str(file)] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


def _files_of(path: Path) -> Iterator[Path]:
    """Give a file, or the files of a policy folder and of the two folders in it."""
    if not path.is_dir():
        yield path
        return
    for folder in (path, *(path / name for name in _PARTS)):
        with contextlib.suppress(OSError):
            yield from (Path(entry.path) for entry in sorted(os.scandir(folder), key=lambda each: each.name))
