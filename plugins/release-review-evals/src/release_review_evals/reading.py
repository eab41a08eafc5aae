"""From the evidence of a manifest to what its logs say: each is read once, and only the bytes that were hashed."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from release_review.errors import EvidenceError
from release_review.model import EvidenceFile, Outcome, RuleContext
from release_review_evals.bounded import LARGEST_LOG_BYTES, json_table
from release_review_evals.harness import is_harness, read_harness
from release_review_evals.inspect_log import is_archive, is_inspect, read_archive, read_json
from release_review_evals.logs import Log, LogError

LOG = "evaluation-log"
"""The kind of evidence that is a log."""

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A piece of evidence that has to be a log.

    Attributes:
        id: Its id in the manifest.
        pointer: Where it stands there.
        log: What it says; None where it cannot be read.
        why: Why it cannot be read, in one clause that goes on from "the log"; empty where it can.
        outcome: Fail where the evidence is at fault, unknown where it may be readable to somebody else.
    """

    id: str
    pointer: str
    log: Log | None = None
    why: str = ""
    outcome: Outcome = Outcome.FAIL


def logs_of(context: RuleContext) -> Iterator[Cited]:
    """Give the logs among the evidence, in order; what is only cited, or of another kind, is none of them."""
    for index, record in enumerate(context.manifest["evidence"]):
        if record["status"] == "cited" or record["kind"] not in (LOG, "unknown"):
            continue
        name, pointer = record["id"], f"/evidence/{index}"
        if record["kind"] != LOG:
            why = "may be one or not: its `kind` is not stated"
            yield Cited(id=name, pointer=pointer, why=why, outcome=Outcome.UNKNOWN)
            continue
        try:
            yield Cited(id=name, pointer=pointer, log=_log_of(context.evidence.get(name)))
        except LogError as error:
            yield Cited(id=name, pointer=pointer, why=error.what, outcome=error.outcome)


def _log_of(file: EvidenceFile | None) -> Log:
    if file is None:
        raise LogError("is missing: `path` names no file that has content")
    if file.status == "mismatch":
        raise LogError(f"is not the file that the manifest names: its digest is {file.digest}")
    try:
        found = _read(file)
    except EvidenceError as error:
        raise LogError(f"cannot be read: {error.what}", Outcome.UNKNOWN) from None
    if isinstance(found, LogError):
        raise LogError(found.what, found.outcome)
    return found


@functools.lru_cache(maxsize=4096)
def _read(file: EvidenceFile) -> Log | LogError:
    """Read a file once for all rules: its digest says which bytes they are, and they are read with it in hand."""
    try:
        return read_log(file.read_bytes(LARGEST_LOG_BYTES))
    except LogError as error:
        return LogError(error.what, error.outcome)  # without the frames, and the bytes, that it was raised over
    except MemoryError:
        return LogError("does not fit into the memory of this machine", Outcome.UNKNOWN)


def read_log(content: bytes) -> Log:
    """Read the bytes of a log, by what they are and not by the name of their file.

    Raises:
        LogError: They are no log that is known here, or a damaged one.
    """
    if content.startswith(_LFS_POINTER):
        raise LogError("is a Git LFS pointer; run `git lfs pull`", Outcome.UNKNOWN)
    if is_archive(content):
        return read_archive(content)
    table = json_table(content)
    if is_inspect(table):
        return read_json(table)
    if is_harness(table):
        return read_harness(table)
    raise LogError("is JSON, and neither a log of Inspect nor a result of lm-evaluation-harness")
