"""From installed plugins to a registry: find them, load them, ask their hooks.

Nothing is skipped. A plugin that does not load, or gives something else than it should, could have
brought the rule that blocks a release: so it stops the run, and the error names the way to go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from release_review.errors import UsageError, suggest
from release_review.plugins.collecting import collect
from release_review.plugins.discovery import find_candidates
from release_review.plugins.loading import each, load_built_in, load_candidate, refuse_shared_names
from release_review.plugins.registry import Plugin, Registry

__all__ = ["BUILT_IN", "Plugin", "Registry", "load_registry"]

BUILT_IN = (
    "release_review.builtin",
    "release_review.importers",
    "release_review.importers.registries",
    "release_review.reporters",
)
"""The modules that are registered as plugins of our own."""


def load_registry(*, without: Sequence[str] = (), discover: bool = True, path: Sequence[str] | None = None) -> Registry:
    """Load all plugins and collect what they offer.

    Args:
        without: Names of third-party plugins to leave out; nothing of them is imported.
        discover: Whether third-party plugins take part at all.
        path: Folders in which distributions are looked for; `sys.path` if None.

    Raises:
        UsageError: `without` names a plugin that is not there.
        PluginError: A plugin does not load, or does not keep its contract.
    """
    candidates = find_candidates(path) if discover else ()
    _check_names(without, {candidate.name for candidate in candidates})
    wanted = [candidate for candidate in candidates if candidate.name not in without]
    refuse_shared_names(wanted, BUILT_IN)
    loaded = [*map(load_built_in, BUILT_IN), *each(load_candidate, wanted)]
    return collect(loaded, without=tuple(sorted(set(without))))


def _check_names(without: Iterable[str], known: Collection[str]) -> None:
    for name in without:
        if name not in known:
            hint = suggest(name, known) or "no third-party plugin is installed"
            raise UsageError(f"there is no plugin {name!r} to leave out", hint=hint)
