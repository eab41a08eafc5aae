"""What a log of an evaluation says, whichever tool wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from release_review.model import Outcome


class LogError(Exception):
    """A file says nothing that a rule could rest on.

    Attributes:
        what: Why, in one clause that goes on from "the log".
        outcome: Fail where the file is at fault, unknown where somebody else may well read it.
    """

    def __init__(self, what: str, outcome: Outcome = Outcome.FAIL) -> None:
        super().__init__(what)
        self.what = what
        self.outcome = outcome


MOST_FAULTS = 5
"""Faults of one evaluation that are told one by one."""

LONGEST_NAME = 1_000
"""Characters of a name that are kept: no release has one of so many."""

_CHOOSING = ("subfolder", "gguf_file", "variant")
"""Arguments of `from_pretrained` in Transformers that choose among the files of one commit."""


def some(faults: Iterable[str]) -> tuple[str, ...]:
    """Give the first faults, and how many more there are."""
    listed = list(faults)
    more = len(listed) - MOST_FAULTS
    return (*listed[:MOST_FAULTS], *([f"has {more:,} more faults of this kind"] if more > 0 else []))


def kept(names: Iterable[str]) -> tuple[str, ...]:
    """Give names that say something, each once and none longer than any release has."""
    return tuple(dict.fromkeys(name.strip()[:LONGEST_NAME] for name in names if name.strip()))


def chosen_by(arguments: Mapping[str, Any]) -> str:
    """Give the argument of a model that chooses some of the files of its repository; empty where none does."""
    return next((name for name in _CHOOSING if arguments.get(name)), "")


def is_random(arguments: Mapping[str, Any]) -> bool:
    """Tell whether a model was loaded with random weights, as vLLM and SGLang do to try out their speed."""
    return arguments.get("load_format") == "dummy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One evaluation, as its log tells of it.

    Attributes:
        tool: The tool that wrote the log.
        models: The names it gives to the model that was evaluated, as it writes them; two contradict each other.
        provided: Whether a name begins with who served the model, as `vllm/` in `vllm/acme/hawthorn`.
        stand_in: Whether no model was evaluated, but something that answers in place of one.
        first: The day on which the evaluation began, in UTC; None where it does not say.
        last: The day on which it ended, in UTC, and not before `first`; None where it does not say.
        faults: Why it is not finished; empty where it is.
        gaps: What it would have to say for anybody to know whether it is finished.
        part: Which part of the task was evaluated; empty for all of it, None where it does not say.
        commits: The commits of the evaluated weights, in lower case; two contradict each other.
        chosen: The argument that chooses some of the files of a commit, as `subfolder`; empty where none does.
    """

    tool: str
    models: tuple[str, ...] = ()
    provided: bool = False
    stand_in: bool = False
    first: dt.date | None = None
    last: dt.date | None = None
    faults: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    part: str | None = None
    commits: tuple[str, ...] = ()
    chosen: str = ""
