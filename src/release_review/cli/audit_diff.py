"""`release-review audit --diff`: how one audit differs from another."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_review.cli import ERROR, PASS, forms, outputs, terminal
from release_review.errors import AuditError
from release_review.hooks import Style

if TYPE_CHECKING:
    from release_review.audit.compare.tally import Comparison
    from release_review.audit.ledger import Ledger

NAMED = 5
"""Releases that are named for each thing that happens; `-v` lists all."""

_NOTHING_GIVEN: Mapping[str, Any] = {"output": (), "output_format": None, "verbose": 0}


def diff(first: str, second: str, given: Mapping[str, Any] = _NOTHING_GIVEN) -> int:
    """Compare two ledgers, and show how the second differs from the first.

    Args:
        first: Path of the ledger before.
        second: Path of the ledger now.
        given: What the command line says of forms: `output`, `output_format`, `verbose`.

    Returns:
        0 where they were compared, whether they differ or not; 2 where a form could not be written.

    Raises:
        AuditError: One of them is no ledger, or is damaged.
    """
    from release_review.audit.compare.keep import Kept
    from release_review.audit.compare.ledgers import compare
    from release_review.audit.ledger import open_to_read

    paths = [Path(first), Path(second)]
    planned = forms.plan(given, inputs=paths)
    with tempfile.TemporaryFile() as file:
        # What an older file says must not stand where nothing could be compared.
        with (
            outputs.nothing_stale(each.path for each in planned.files),
            open_to_read(paths[0]) as one,
            open_to_read(paths[1]) as other,
        ):
            for ledger in (one, other):
                _check_begun(ledger)
            found = compare(one, other, kept=Kept(file), names=NAMED)
        return PASS if forms.deliver(planned, _forms(found, given)) else ERROR


def _check_begun(ledger: Ledger) -> None:
    if not {"setup", "corpus", "definitions"} <= ledger.meta.keys():
        hint = "begin the audit again with --resume"
        raise AuditError("the audit was stopped before it read anything", where=str(ledger.path), hint=hint)


def _forms(found: Comparison, given: Mapping[str, Any]) -> forms.Forms:
    from release_review.audit.compare.parts import as_markdown, as_text
    from release_review.audit.compare.report import as_json, told_of

    is_verbose = bool(given["verbose"])
    style = Style(width=terminal.WIDTH)
    return {
        forms.TEXT: lambda: as_text(told_of(found, is_verbose=is_verbose), style),
        forms.JSON: lambda: as_json(found),
        forms.MARKDOWN: lambda: as_markdown(told_of(found, is_verbose=is_verbose)),
    }
