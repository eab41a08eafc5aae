"""Comparisons in the forms that somebody asks for: text, JSON and Markdown, to stdout and to files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from release_review.cli import door, outputs, requests, streams
from release_review.cli.command import options
from release_review.cli.requests import Planned
from release_review.errors import ReleaseReviewError, UsageError, suggest
from release_review.escape import shorten

TEXT, JSON, MARKDOWN = "text", "json", "markdown"
NAMES = (TEXT, JSON, MARKDOWN)
"""The forms of a comparison, the one that nobody has to ask for first."""

Forms = Mapping[str, Callable[[], Iterator[str]]]
"""What gives the whole text of each form, piece by piece."""

_CHUNK_CHARACTERS = 1 << 16

form_options = options(
    click.option("--output-format", metavar="NAME", help="text (default), json or markdown."),
    click.option("--output", multiple=True, metavar="NAME=PATH", help="Write a form to a file, too. Repeatable."),
    click.option("-v", "--verbose", count=True, help="Every release and every entry of each list."),
)
"""What a comparison looks like, and where it goes."""


def plan(given: Mapping[str, Any], *, inputs: Iterable[Path]) -> Planned[str]:
    """Say where a comparison goes, and refuse at once what could not be written.

    Raises:
        UsageError: There is no such form, or two are for stdout.
        OutputError: A file may not be replaced.
    """
    planned = requests.plan(given["output"], find=_known, inputs=inputs)
    asked = given["output_format"]
    if asked and planned.stdout is not None:
        raise UsageError("--output-format and --output NAME=- are both for stdout", hint="give one of them")
    return Planned(files=planned.files, stdout=planned.stdout or _known(asked or TEXT))


def deliver(planned: Planned[str], forms: Forms) -> bool:
    """Write each form that was asked for; tell whether all files are there.

    Raises:
        OutputError: Stdout did not get its text.
    """
    complete = True
    for output in planned.files:
        try:
            with outputs.replacing(output.path) as file:
                for chunk in _chunks(forms[output.form]()):
                    file.write(chunk.encode("utf-8", "backslashreplace"))
        except ReleaseReviewError as error:
            door.report_error(error)
            complete = False
    for chunk in _chunks(forms[planned.stdout or TEXT]()):
        streams.write_stdout(chunk)
    return complete


def _known(name: str) -> str:
    if name not in NAMES:
        raise UsageError(f"there is no form '{shorten(name)}' of a comparison", hint=suggest(name, NAMES))
    return name


def _chunks(pieces: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK_CHARACTERS:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
