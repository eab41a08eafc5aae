"""What a module brings as a plugin, by the contract of an installed one, and whether it brings the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import ModuleType
from typing import Any

from release_review.errors import PluginError
from release_review.hooks import Importer, PolicyFolder, Reporter, SourceImporter
from release_review.model import Origin, Policy
from release_review.plugins import BUILT_IN, Plugin, Registry
from release_review.plugins.collecting import collect
from release_review.plugins.loading import Source, load_built_in
from release_review.testing.watching import watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a module brings.

    Attributes:
        module: The module that has the hooks.
        packages: Names of the top-level packages that its code is in.
        policies: Its policies, sorted by id.
        importers: Its formats of manifests, sorted by name.
        sources: Its importers of what is no manifest, sorted by name.
        reporters: Its reporters, sorted by name.
        registry: What it brings together with what comes with release-review.
    """

    module: ModuleType
    packages: frozenset[str]
    policies: tuple[Policy | PolicyFolder, ...]
    importers: tuple[Importer, ...]
    sources: tuple[SourceImporter, ...]
    reporters: tuple[Reporter, ...]
    registry: Registry


def ask(module: ModuleType) -> Brought:
    """Ask the hooks of a module, as they are asked in a run.

    Raises:
        AssertionError: It does not keep the contract of a plugin, or does something else while it is asked.
    """
    with watch({module.__name__.partition(".")[0]}) as faults:
        registry = _collected(module)
    if faults:
        raise AssertionError(f"{module.__name__}: when its hooks are asked, it {', and '.join(faults)}")
    own = {claim for claim, owner in registry.owners.items() if owner == module.__name__}
    policies = tuple(each for each in registry.policies.values() if ("policy", each.id) in own)
    importers = tuple(each for each in registry.importers if ("importer", each.name) in own)
    sources = tuple(each for each in registry.source_importers if ("importer", each.name) in own)
    reporters = tuple(each for each in registry.reporters if ("reporter", each.name) in own)
    calls: list[Callable[..., Any] | None] = [
        rule.check for each in policies if isinstance(each, Policy) for rule in each.rules
    ]
    calls += [each.read for each in importers]
    calls += [each.find_places for each in importers]
    calls += [each.read for each in sources]
    calls += [each.render for each in reporters]
    homes = [module.__name__, *(_home_of(call) for call in calls if call is not None)]
    return Brought(
        module=module,
        packages=frozenset(home.partition(".")[0] for home in homes),
        policies=policies,
        importers=importers,
        sources=sources,
        reporters=reporters,
        registry=registry,
    )


def records_of(brought: Brought) -> Mapping[str, Any]:
    """Give all records of a plugin by a name for each."""
    return {
        **{f"policy {each.id!r}": each for each in brought.policies},
        **{f"importer {each.name!r}": each for each in brought.importers},
        **{f"importer {each.name!r}": each for each in brought.sources},
        **{f"reporter {each.name!r}": each for each in brought.reporters},
    }


def faults_when_asked_again(brought: Brought) -> Iterator[str]:
    """Tell which records differ when the hooks are asked a second time."""
    first, second = records_of(brought), records_of(ask(brought.module))
    for name in sorted(first.keys() ^ second.keys()):
        yield f"{name} is brought at one time, and not at another"
    for name in sorted(first.keys() & second.keys()):
        before, after = dict(describe(first[name])), dict(describe(second[name]))
        for at in sorted(before.keys() | after.keys()):
            if before.get(at) != after.get(at):
                yield f"{name} is another when its hook is asked again: {at or 'it'} differs"
                break


def describe(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Give everything that is in a value, by its path in it; equal values have equal descriptions, in any process."""
    if is_dataclass(value) and not isinstance(value, type):
        # Where a policy is written does not make it another one, and holds the whole file.
        parts: list[tuple[str, Any]] = [
            (f"{at}.{field.name}" if at else field.name, getattr(value, field.name))
            for field in fields(value)
            if not isinstance(getattr(value, field.name), Origin)
        ]
    elif isinstance(value, Mapping):
        parts = [(f"{at}[{key!r}]", inner) for key, inner in value.items()]
        yield at, f"table of {list(value)}"
    elif isinstance(value, list | tuple):
        parts = [(f"{at}[{index}]", inner) for index, inner in enumerate(value)]
        yield at, f"{type(value).__name__} of {len(value)}"
    elif callable(value):
        yield at, f"{_home_of(value)}.{getattr(value, '__qualname__', type(value).__qualname__)}"
        return
    else:
        yield at, repr(value)
        return
    for path, inner in parts:
        yield from describe(inner, path)


def _home_of(call: Callable[..., Any]) -> str:
    return str(getattr(call, "__module__", None) or type(call).__module__)


def _collected(module: ModuleType) -> Registry:
    sources = [load_built_in(name) for name in BUILT_IN]
    if module.__name__ not in BUILT_IN:
        plugin = Plugin(name=module.__name__, version="", distribution=module.__name__, module=module.__name__)
        label = f"plugin {module.__name__!r}"
        sources.append(Source(plugin=plugin, module=module, label=label, way_out="run the conformance checks again"))
    try:
        return collect(sources)
    except PluginError as error:
        told = "\n".join(f"  {each.what}" for each in error.flat())
        raise AssertionError(f"{module.__name__} does not keep the contract of a plugin:\n{told}") from None
