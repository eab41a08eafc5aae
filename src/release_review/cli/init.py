"""`release-review init`: a manifest to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from release_review.cli import PASS, streams
from release_review.cli.command import GroupedCommand
from release_review.errors import OutputError, UsageError
from release_review.escape import plain

DEFAULT = "release.toml"
"""Where a manifest is written unless a path is given."""

SUFFIX = ".toml"
"""How the name of a template ends; another ending would say that it is in another format."""

STDOUT = "-"
"""The path that means stdout."""


@click.command(cls=GroupedCommand, short_help="Write a manifest to start from.")
@click.argument("path", default=DEFAULT, metavar="[PATH]")
def init(*, path: str) -> int:
    """Write a commented template in TOML to PATH, `release.toml` if not given.

    A file that exists is never overwritten. `-` writes to stdout.
    """
    from release_review.manifest_docs import init_template

    text = init_template()
    if path == STDOUT:
        streams.write_stdout(text)
        return PASS
    if Path(path).suffix != SUFFIX:
        raise UsageError("the template is TOML", where=path, hint=f"name a file that ends in {SUFFIX}")
    _create(Path(path), text)
    streams.say(f"wrote {plain(path)}; fill it in, and run 'release-review check {plain(path)}'")
    return PASS


def _create(path: Path, text: str) -> None:
    try:
        # Neither a file nor a link may be in its place.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(text.encode())
    except FileExistsError:
        raise OutputError("the file exists", where=str(path), hint="name another, or move it away") from None
    except FileNotFoundError:
        raise OutputError(
            "there is no such folder", where=str(path), hint=f"make the folder {path.parent} first"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot be written: {reason}", where=str(path), hint="name another place") from None
