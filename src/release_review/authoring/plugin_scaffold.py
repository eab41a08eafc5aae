"""A plugin to start from: a distribution that works as it is, with tests, for each kind of thing that one may bring."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from release_review.authoring.template import filled
from release_review.errors import UsageError
from release_review.escape import shorten
from release_review.plugins import Registry

KINDS: Mapping[str, str] = {
    "rule": "A policy with a rule in Python",
    "importer": "Manifests in another format",
    "reporter": "Reports in another format",
}
"""What a plugin may bring, and how its description begins."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 64
_PREFIX = "release-review-"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlugin:
    """A plugin that does not exist yet.

    Attributes:
        distribution: What `pip install` calls it.
        kind: What it brings; a key of `KINDS`.
    """

    distribution: str
    kind: str

    @property
    def id(self) -> str:
        """The name of the plugin, and of the policy, format or reporter that it brings."""
        return self.distribution.removeprefix(_PREFIX)

    @property
    def module(self) -> str:
        """The module that has its hooks."""
        return self.distribution.replace("-", "_")


def new_plugin(name: str, *, kind: str, registry: Registry) -> NewPlugin:
    """Name a plugin that does not exist yet.

    Args:
        name: What `pip install` is to call it.
        kind: What it is to bring; a key of `KINDS`.
        registry: What there is already.

    Raises:
        UsageError: The name is none, or something has it already.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        hint = f"write words of lower-case letters and digits with '-' between them, at most {_LONGEST} characters"
        raise UsageError(f"'{shorten(name)}' is no name for a plugin", hint=hint)
    new = NewPlugin(distribution=name, kind=kind)
    owner = _owner_of(new, registry)
    if owner:
        raise UsageError(f"'{name}' is taken: {owner}", hint="choose another name")
    return new


def plugin_files(new: NewPlugin) -> Mapping[str, bytes]:
    """Give the files of a plugin, by their paths in its folder."""
    values = {
        "title": new.id.replace("-", " ").capitalize(),
        "description": f"{KINDS[new.kind]}, for release-review.",
        "distribution": new.distribution,
        "id": new.id,
        "module": new.module,
    }
    files = {
        "README.md": f"plugin-{new.kind}/README.md",
        "pyproject.toml": "plugin/pyproject.toml",
        f"src/{new.module}/__init__.py": f"plugin-{new.kind}/src/init.py",
        f"tests/test_{new.module}.py": f"plugin-{new.kind}/tests/test_plugin.py",
    }
    made = {path: filled(template, values).encode() for path, template in files.items()}
    return dict(sorted({**made, f"src/{new.module}/py.typed": b""}.items()))


def _owner_of(new: NewPlugin, registry: Registry) -> str:
    """Tell what has the name of a plugin already, or one of the names that go with it."""
    for plugin in registry.loaded:
        if new.distribution in (plugin.name, plugin.distribution) or new.id in (plugin.name, plugin.distribution):
            return f"the plugin {plugin.name} of {plugin.distribution} is installed"
    brought = {
        "rule": ("policy", registry.policies),
        "importer": ("importer", _formats_of(registry)),
        "reporter": ("output format", {each.name for each in registry.reporters}),
    }
    kind, names = brought[new.kind]
    if new.id in names:
        return f"there is {'an' if kind[0] in 'aeiou' else 'a'} {kind} {new.id}"
    if keyword.iskeyword(new.module) or new.module in sys.stdlib_module_names:
        return "Python has this name itself"
    return f"a module {new.module} can be imported" if _is_there(new.module) else ""


def _formats_of(registry: Registry) -> set[str]:
    formats = {name.casefold() for each in registry.importers for name in (each.name, *each.suffixes)}
    return {each.removeprefix(".") for each in formats} | {each.name.casefold() for each in registry.source_importers}


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return True
