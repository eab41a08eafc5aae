"""From an entry point to a module, with whatever goes wrong on the way laid at the plugin's door."""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TypeVar

from release_review.errors import PluginError
from release_review.plugins.contract import is_id
from release_review.plugins.discovery import Candidate, refuse_working_directory
from release_review.plugins.registry import Plugin
from release_review.version import __version__

_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_REASON_MAX = 200

_S = TypeVar("_S")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A plugin whose module is imported.

    Attributes:
        plugin: Who it is; what it brings is not known yet.
        module: What its entry point names.
        label: How errors call it.
        way_out: How to go on without it.
    """

    plugin: Plugin
    module: ModuleType
    label: str
    way_out: str

    def error(self, what: str, *, hint: str = "repair it") -> PluginError:
        """Make the error that this plugin does `what`, which is a clause without its subject."""
        return PluginError(f"{self.label} {what}", hint=f"{hint}, or {self.way_out}")


def refuse_shared_names(candidates: Iterable[Candidate], taken: Iterable[str]) -> None:
    """Refuse two plugins of one name, and one that has a name of ours.

    Raises:
        PluginError: With the distributions that use the name.
    """
    owners = {name: [f"release-review {__version__}"] for name in taken}
    for candidate in candidates:
        owners.setdefault(candidate.name.casefold(), []).append(f"{candidate.distribution} {candidate.version}")
    faults = [
        PluginError(
            f"the plugin name {name!r} is used by {' and by '.join(sharing)}",
            hint=f"uninstall all but one, or leave them out with --without-plugin {name}",
        )
        for name, sharing in sorted(owners.items())
        if len(sharing) > 1
    ]
    if faults:
        raise PluginError.join(faults)


def load_built_in(name: str) -> Source:
    """Load one of our own plugins, which is called like its module."""
    return Source(
        plugin=Plugin(name=name, version=__version__, distribution="release-review", module=name, built_in=True),
        module=importlib.import_module(name),
        label=f"the built-in {name!r}",
        way_out="install release-review again",
    )


def load_candidate(candidate: Candidate) -> Source:
    """Import a third-party plugin.

    Raises:
        PluginError: It may not be imported, or breaks while it is.
    """
    if not is_id(candidate.name):
        what = f"{candidate.label} has a name that is not made of lower-case letters, digits, '.', '_' and '-'"
        raise PluginError(what, hint=f"rename its entry point, or {candidate.way_out}")
    if not _MODULE.fullmatch(candidate.target):
        what = f"{candidate.label} names {candidate.target!r}, which is no module"
        raise PluginError(what, hint=f"name a module in its entry point, or {candidate.way_out}")
    refuse_working_directory(candidate)
    module = _import(candidate)
    if not isinstance(module, ModuleType):
        what = f"{candidate.label} puts something else in the place of its module"
        raise PluginError(what, hint=f"repair it, or {candidate.way_out}")
    plugin = Plugin(
        name=candidate.name,
        version=candidate.version,
        distribution=candidate.distribution,
        module=candidate.target,
    )
    return Source(plugin=plugin, module=module, label=candidate.label, way_out=candidate.way_out)


def _import(candidate: Candidate) -> object:
    with blame(f"{candidate.label} cannot be imported", candidate.way_out):
        return importlib.import_module(candidate.target)


@contextlib.contextmanager
def blame(what: str, way_out: str) -> Iterator[None]:
    """Translate whatever foreign code raises, `sys.exit(0)` included, and keep what it prints off stdout.

    Args:
        what: Which plugin does what, as a clause.
        way_out: How to go on without it.

    Raises:
        PluginError: For everything but an interruption from outside.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(f"{what}: {_describe(error)}", hint=f"repair it, or {way_out}") from error


def _describe(error: BaseException) -> str:
    text = ""
    with contextlib.suppress(Exception):
        text = str(error)
    line = "".join(character if character.isprintable() else " " for character in text.strip().partition("\n")[0])
    return f"{type(error).__name__}: {line[:_REASON_MAX]}" if line else type(error).__name__


def each(function: Callable[[_S], _T], items: Iterable[_S]) -> list[_T]:
    """Apply a function to all items before complaining about the first.

    Raises:
        PluginError: The first of the errors, with the others along.
    """
    done, faults = [], []
    for item in items:
        try:
            done.append(function(item))
        except PluginError as error:
            faults.append(error)
    if faults:
        raise PluginError.join(faults)
    return done
