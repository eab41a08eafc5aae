"""Which model a log is of, by the names it gives."""

from __future__ import annotations

import enum
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from release_review.escape import shorten
from release_review_evals.logs import Log

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class Is(enum.Enum):
    """What a log is of."""

    RELEASE = enum.auto()
    COMPARISON = enum.auto()
    OTHER = enum.auto()
    UNSAID = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that are known, all in lower case.

    Attributes:
        release: Id of the release, as it is written.
        own: Names of the release.
        bases: Ids of the models that it is made from.
        comparisons: Names of models that logs may be of besides, as something to compare with.
    """

    release: str
    own: frozenset[str]
    bases: frozenset[str]
    comparisons: frozenset[str]

    @classmethod
    def of(cls, release: Mapping[str, Any], params: Mapping[str, Any]) -> Known:
        """Gather the names that a manifest and an organization give.

        Raises:
            ValueError: An alias is not written as `RELEASE=NAME`.
        """
        model = release["id"].partition("@")[0]
        own = {release["id"], model, *_aliases(params["aliases"], {release["id"], model})}
        if release["version"]:
            own.add(f"{model}@{release['version']}")
        bases = {name for each in release["base"] for name in (each["id"], each["id"].partition("@")[0])}
        return cls(
            release=release["id"],
            own=_folded(own),
            bases=_folded(bases) - _folded(own),
            comparisons=_folded(params["comparisons"]) - _folded(own),
        )

    def judge(self, log: Log) -> tuple[Is, str]:
        """Tell what a log is of, and say it in one clause that goes on from "the log"; the release needs no words."""
        quoted = " and ".join(f"'{shorten(name)}'" for name in log.models)
        if log.stand_in:
            return Is.OTHER, f"is of a stand-in that answers in place of a model, and not of '{self.release}'"
        if not log.models:
            return Is.UNSAID, "names no model"
        found = [_names_in(name, provided=log.provided) for name in log.models]
        if all(self.own & names for names in found):
            return Is.RELEASE, ""
        if all(self.comparisons & names for names in found):
            return Is.COMPARISON, f"is of {quoted}, which is there to compare with"
        if len(found) > 1:
            return Is.OTHER, f"names two models, {quoted}, and the release is '{self.release}'"
        (names,) = found
        if self.bases & names:
            return Is.OTHER, f"is of {quoted}, which '{self.release}' is made from"
        if names_folder(log):
            return Is.UNSAID, f"names a folder, {quoted}, and not the model in it"
        if names & {each.rpartition("/")[2] for each in self.own}:
            return Is.UNSAID, f"names {quoted} without its developer"
        return Is.OTHER, f"is of {quoted}, and not of '{self.release}'"


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_fold, names))


def _fold(name: str) -> str:
    """Make no difference of case, in ASCII alone: the sign for kelvin is no `k`, though Unicode folds it to one."""
    return name.translate(_LOWER)


def _aliases(written: Iterable[str], releases: set[str]) -> Iterator[str]:
    for alias in written:
        release, sign, name = (part.strip() for part in alias.partition("="))
        if not (release and sign and name):
            raise ValueError(f"the alias {alias!r} is not written as RELEASE=NAME")
        if _fold(release) in _folded(releases):
            yield name


def _names_in(name: str, *, provided: bool) -> frozenset[str]:
    """Give what a name may mean: as a whole, and, in a log of Inspect, without who served the model."""
    names = [name]
    if provided:
        provider, _, rest = name.partition("/")
        names.append(rest)
        if _fold(provider) == "openai-api":  # there the service has a name of its own
            names.append(rest.partition("/")[2])
    return _folded(filter(None, names))


def names_folder(log: Log) -> bool:
    """Tell whether a log names a folder: what was in it no name tells, and no commit."""
    return any(_is_folder(name) or (log.provided and _is_folder(name.partition("/")[2])) for name in log.models)


def _is_folder(name: str) -> bool:
    return name.startswith(("/", ".", "~")) or "\\" in name
