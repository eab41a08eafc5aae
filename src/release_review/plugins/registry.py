"""What all plugins together offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from release_review.errors import UsageError, suggest
from release_review.hooks import Importer, PolicyFolder, Reporter, SourceImporter
from release_review.model import PluginInfo, Policy

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin that is loaded, and what it brings.

    Attributes:
        name: Name of its entry point; of its module, for one of ours.
        version: Version of its distribution.
        distribution: Name of its distribution.
        module: The module that has its hooks.
        built_in: Whether it is one of ours.
        policies: Ids of the policies it brings, sorted.
        importers: Names of the importers it brings, of either kind, sorted.
        reporters: Names of the reporters it brings, sorted.
    """

    name: str
    version: str
    distribution: str
    module: str
    built_in: bool = False
    policies: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """All that plugins offer, ours included, sorted: in which order they were found never shows.

    Attributes:
        importers: Formats of manifests, sorted by name.
        reporters: Sorted by name.
        policies: By id, sorted.
        owners: Name of the plugin that brings a record, by hook and by name or id of the record.
        plugins: The third-party plugins among `loaded`, as a report names them.
        loaded: Every plugin that takes part, ours first, then by name.
        without: Names of the plugins that were left out on request, sorted.
        source_importers: Ways from what is no manifest to manifests, sorted by name; no name is that of a format.
    """

    importers: tuple[Importer, ...]
    reporters: tuple[Reporter, ...]
    policies: Mapping[str, Policy | PolicyFolder]
    owners: Mapping[tuple[str, str], str]
    plugins: tuple[PluginInfo, ...] = ()
    loaded: tuple[Plugin, ...] = ()
    without: tuple[str, ...] = ()
    source_importers: tuple[SourceImporter, ...] = ()

    def policy(self, name: str) -> Policy | PolicyFolder:
        """Give the policy with an id.

        Raises:
            UsageError: There is none.
        """
        return _pick("policy", name, self.policies)

    def importer(self, name: str) -> Importer:
        """Give the importer with a name.

        Raises:
            UsageError: There is none.
        """
        return _pick("importer", name, {importer.name: importer for importer in self.importers})

    def source_importer(self, name: str) -> SourceImporter:
        """Give the importer of what is no manifest, by its name.

        Raises:
            UsageError: There is none.
        """
        offered = {importer.name: importer for importer in self.source_importers}
        if name not in offered:
            hint = f"{suggest(name, offered)}; plugins bring others, such as release-review-huggingface"
            raise UsageError(f"there is no importer {name!r}", hint=hint)
        return offered[name]

    def reporter(self, name: str) -> Reporter:
        """Give the reporter with a name.

        Raises:
            UsageError: There is none.
        """
        return _pick("output format", name, {reporter.name: reporter for reporter in self.reporters})


def _pick(kind: str, name: str, offered: Mapping[str, _T]) -> _T:
    try:
        return offered[name]
    except KeyError:
        raise UsageError(f"there is no {kind} {name!r}", hint=suggest(name, offered)) from None
