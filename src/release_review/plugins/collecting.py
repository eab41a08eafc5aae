"""From loaded modules to a registry: each hook of each plugin is asked by itself, so every record has an owner."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import pluggy

from release_review import hooks
from release_review.errors import PluginError, closest, suggest
from release_review.hooks import PROJECT, Importer, PolicyFolder, Reporter, SourceImporter
from release_review.model import PluginInfo, Policy
from release_review.plugins.contract import RECORDS, declare_params, faults_of
from release_review.plugins.loading import Source, blame, each
from release_review.plugins.registry import Plugin, Registry

RECORDS_MAX = 10_000
"""Records that one hook of one plugin may give: more come from a generator that does not end."""


def collect(sources: Iterable[Source], *, without: tuple[str, ...] = ()) -> Registry:
    """Ask the hooks of all plugins, and put what they give into one registry.

    Args:
        sources: The plugins, in any order.
        without: Names of the plugins that were left out on request.

    Raises:
        PluginError: A plugin has no hook, a misspelt one, or one that breaks or gives something else than
            it should; or two plugins bring the same thing.
    """
    ordered = sorted(sources, key=lambda source: (not source.plugin.built_in, source.plugin.name))
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hooks)
    each(lambda source: _register(manager, source), ordered)
    brought = each(lambda source: (source, _ask_all(manager, source)), ordered)
    _refuse_shared_records(brought)
    policies = sorted(_of(brought, (Policy, PolicyFolder)), key=lambda policy: policy.id)
    loaded = tuple(_with_contents(source.plugin, records) for source, records in brought)
    return Registry(
        importers=tuple(sorted(_of(brought, (Importer,)), key=lambda importer: importer.name)),
        source_importers=tuple(sorted(_of(brought, (SourceImporter,)), key=lambda importer: importer.name)),
        reporters=tuple(sorted(_of(brought, (Reporter,)), key=lambda reporter: reporter.name)),
        policies={policy.id: policy for policy in policies},
        owners={_claims(record)[0]: source.plugin.name for source, records in brought for record in records},
        plugins=tuple(PluginInfo(name=plugin.name, version=plugin.version) for plugin in loaded if not plugin.built_in),
        loaded=loaded,
        without=without,
    )


def _register(manager: pluggy.PluginManager, source: Source) -> None:
    registered = manager.get_name(source.module)
    if registered is not None:
        raise source.error(f"names the module of {registered!r}", hint="name a module of its own")
    with blame(f"{source.label} cannot be inspected", source.way_out):
        faults = [source.error(what, hint=hint) for what, hint in _faults_of_hooks(manager, source.module)]
    if faults:
        raise PluginError.join(faults)
    manager.register(source.module, name=source.plugin.name)


def _faults_of_hooks(manager: pluggy.PluginManager, module: ModuleType) -> Iterator[tuple[str, str]]:
    """Tell what is wrong with the hooks of a module, and what to do about it."""
    found = False
    for name, value in sorted(vars(module).items()):
        options = manager.parse_hookimpl_opts(module, name)
        if options is None and not (name.startswith(f"{PROJECT}_") and callable(value)):
            continue
        found = True
        if name not in RECORDS:
            near = closest(name, RECORDS)
            yield f"has {name!r}, which is no hook", f"rename it to {near}" if near else suggest(name, RECORDS)
        elif options is None:
            yield f"has {name!r} without a marker", "decorate it with @hookimpl"
        else:
            yield from _faults_of_hook(name, value, sorted(key for key, given in options.items() if given))
    if not found:
        yield "has no hook", f"write one of: {', '.join(sorted(RECORDS))}"


def _faults_of_hook(name: str, function: Any, options: Sequence[str]) -> Iterator[tuple[str, str]]:
    if options:
        yield f"gives {name} the option {options[0]}", "write @hookimpl without options"
    parameters = ", ".join(inspect.signature(function).parameters)
    if parameters:
        yield f"has {name}({parameters}), and a hook takes nothing", "remove its parameters"
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield f"has {name} as an async function", "write it as a plain function"


def _ask_all(manager: pluggy.PluginManager, source: Source) -> list[Any]:
    """Ask each hook of one plugin by itself, so that every record has an owner."""
    records = []
    for hook in RECORDS:
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            if implementation.plugin is source.module:
                records += _ask(source, hook, implementation.function)
    return records


def _ask(source: Source, hook: str, function: Callable[[], Any]) -> list[Any]:
    records = []
    with blame(f"{source.label} breaks in {hook}", source.way_out):
        given = function()
        is_iterable = isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping)
        if is_iterable:
            records = list(itertools.islice(given, RECORDS_MAX + 1))
    if not is_iterable:
        hint = "give an iterable of records"
        raise source.error(f"gives {_named(given)} from {hook}, which is no iterable of records", hint=hint)
    if len(records) > RECORDS_MAX:
        raise source.error(f"gives more than {RECORDS_MAX:,} records from {hook}")
    return [_checked(source, hook, record) for record in records]


def _checked(source: Source, hook: str, record: Any) -> Any:
    allowed = RECORDS[hook]
    if type(record) not in allowed:
        wanted = " or ".join(kind.__name__ for kind in allowed)
        raise source.error(f"gives {_named(record)} from {hook}, and only {wanted} may come from there")
    with blame(f"{source.label} gives a {type(record).__name__} that cannot be read", source.way_out):
        faults = list(faults_of(record))
    if faults:
        kind, name = type(record).__name__, getattr(record, "name", getattr(record, "id", None))
        raise PluginError.join(source.error(f"gives a {kind} {name!r} whose {fault}") for fault in faults)
    return declare_params(record) if isinstance(record, Policy) else record


def _named(value: Any) -> str:
    return "None" if value is None else f"an object of type {type(value).__name__}"


def _refuse_shared_records(brought: Iterable[tuple[Source, Iterable[Any]]]) -> None:
    owners: dict[tuple[str, str], list[Source]] = {}
    for source, records in brought:
        for record in records:
            for kind, name in _claims(record):
                owners.setdefault((kind, name.casefold()), []).append(source)
    faults = [_shared(kind, name, claiming) for (kind, name), claiming in sorted(owners.items()) if len(claiming) > 1]
    if faults:
        raise PluginError.join(faults)


def _shared(kind: str, name: str, sources: Sequence[Source]) -> PluginError:
    labels = " and by ".join(source.label for source in sources)
    ways_out = sorted({source.way_out for source in sources if not source.plugin.built_in})
    return PluginError(f"the {kind} {name!r} is brought by {labels}", hint=", or ".join(ways_out))


def _claims(record: Any) -> list[tuple[str, str]]:
    """Tell what a record has for itself alone: its name first."""
    if isinstance(record, Importer):
        return [("importer", record.name), *(("file ending", suffix) for suffix in record.suffixes)]
    if isinstance(record, SourceImporter):
        return [("importer", record.name)]
    return [("reporter", record.name)] if isinstance(record, Reporter) else [("policy", record.id)]


def _of(brought: Iterable[tuple[Source, Iterable[Any]]], kinds: tuple[type, ...]) -> list[Any]:
    return [record for _, records in brought for record in records if isinstance(record, kinds)]


def _with_contents(plugin: Plugin, records: Iterable[Any]) -> Plugin:
    names: dict[str, list[str]] = {"policy": [], "importer": [], "reporter": []}
    for record in records:
        kind, name = _claims(record)[0]
        names[kind].append(name)
    return replace(
        plugin,
        policies=tuple(sorted(names["policy"])),
        importers=tuple(sorted(names["importer"])),
        reporters=tuple(sorted(names["reporter"])),
    )
