"""Which plugins are installed: entry points of the group `release_review`, found without importing any.

Why not pluggy's own loader: it leaves out the second of two plugins with one name without a word,
and it loads what lies in the working directory. `python -m` puts that directory first on the path,
and there a checkout that is under review could bring a plugin of its own.
"""

from __future__ import annotations

import json
import os
import re
import site
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from release_review.errors import PluginError
from release_review.hooks import PROJECT

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint


_EGG = ".egg"
_METADATA = (".dist-info", ".egg-info", _EGG)
"""How the folders end that tell of a distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plugin that is installed, before anything of it is imported.

    Attributes:
        name: Name of its entry point.
        target: What the entry point names: a module.
        distribution: Name of the distribution that brings it.
        version: Version of that distribution.
        folder: Where that distribution is installed.
        project: Where its sources lie, if they are used in place (an editable install), else None.
    """

    name: str
    target: str
    distribution: str
    version: str
    folder: Path
    project: Path | None

    @property
    def label(self) -> str:
        """How errors call it."""
        return f"plugin {self.name!r} ({self.distribution} {self.version})"

    @property
    def way_out(self) -> str:
        """How to go on without it."""
        return f"leave it out with --without-plugin {self.name}"


def find_candidates(path: Sequence[str] | None = None) -> tuple[Candidate, ...]:
    """Find the installed plugins, sorted by name and distribution.

    Args:
        path: Folders in which distributions are looked for; `sys.path` if None.

    Raises:
        PluginError: The entry points of a distribution cannot be read.
    """
    path = list(sys.path if path is None else path)
    if not any(map(_may_bring_plugins, path)) and not _is_extended():
        return ()
    # Thirty milliseconds, for those who have a plugin.
    from importlib import metadata

    found: dict[str, list[Candidate]] = {}
    for distribution in metadata.distributions(path=path):
        try:
            candidates = list(_candidates_of(distribution))
        except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
            where = str(distribution.locate_file(""))
            what = f"the metadata of an installed distribution cannot be read: {type(error).__name__}"
            raise PluginError(what, where=where, hint="install it again") from error
        if not candidates:
            continue
        key = re.sub(r"[-_.]+", "-", candidates[0].distribution).lower()
        # As for imports, the first on the path counts; but what lies in the working directory hides nothing.
        if key not in found or lies_in_working_directory(found[key][0].folder):
            found[key] = candidates
    everything = (candidate for candidates in found.values() for candidate in candidates)
    return tuple(sorted(everything, key=lambda candidate: (candidate.name, candidate.distribution)))


def _may_bring_plugins(folder: str) -> bool:
    """Tell whether a folder of the path holds a distribution that names us, or something else than distributions do."""
    folder = os.fspath(folder)
    try:
        with os.scandir(folder or ".") as entries:
            metadata = [entry.path for entry in entries if entry.name.lower().endswith(_METADATA)]
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return folder.lower().endswith(_EGG) or any(_names_us(each) for each in metadata)


def _names_us(metadata: str) -> bool:
    try:
        return f"[{PROJECT}]".encode() in Path(metadata, "entry_points.txt").read_bytes()
    except FileNotFoundError:
        return metadata.lower().endswith(_EGG)
    except OSError:
        return not metadata.lower().endswith(".egg-info")  # a file of that name brings no entry points


def _is_extended() -> bool:
    """Tell whether this process finds distributions elsewhere than on the path."""
    return any(hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path)


def _candidates_of(distribution: Distribution) -> Iterator[Candidate]:
    # Most distributions have no plugin for us: their metadata is not parsed, and need not be sound.
    if PROJECT not in (distribution.read_text("entry_points.txt") or ""):
        return
    for point in distribution.entry_points.select(group=PROJECT):
        yield _candidate(distribution, point)


def _field(distribution: Distribution, name: str) -> str:
    """Give a field of the metadata, or nothing: asked for what is missing, some readers give None and others break."""
    return distribution.metadata[name] if name in distribution.metadata else ""  # noqa: SIM401 - it has no `get`


def _candidate(distribution: Distribution, point: EntryPoint) -> Candidate:
    return Candidate(
        name=point.name,
        target=point.value,
        distribution=_field(distribution, "Name") or "unnamed",
        version=_field(distribution, "Version") or "without a version",
        folder=Path(str(distribution.locate_file(""))),
        project=_project_of(distribution),
    )


def _project_of(distribution: Distribution) -> Path | None:
    """Give the folder of an editable install, as PEP 610 records it."""
    record = json.loads(distribution.read_text("direct_url.json") or "{}")
    if record.get("dir_info", {}).get("editable") is not True:
        return None
    # Thirty milliseconds, for those who develop a plugin.
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    return Path(url2pathname(urlsplit(record["url"]).path))


def refuse_working_directory(candidate: Candidate) -> None:
    """Refuse a plugin that comes from the working directory, where it may be part of what is under review.

    What is installed in this interpreter's own folders is welcome even if they lie in the working
    directory (`.venv`), and so are the sources of an editable install that is recorded there.

    Raises:
        PluginError: Its metadata, or the module that an import would give, lies in the working directory.
    """
    if lies_in_working_directory(candidate.folder):
        what = f"{candidate.label} lies in the working directory, where anybody's checkout may be"
        raise PluginError(what, where=str(candidate.folder), hint=f"install it, or {candidate.way_out}")
    for place in _places_of_module(candidate.target.partition(".")[0]):
        installed = candidate.project is not None and _lies_in(place, candidate.project)
        if not installed and lies_in_working_directory(place):
            what = f"the module of {candidate.label} would be imported from the working directory"
            hint = f"run python with -P, or {candidate.way_out}"
            raise PluginError(what, where=str(place), hint=hint)


def _places_of_module(name: str) -> Iterator[Path]:
    """Tell where a top-level module would be imported from, without importing it."""
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    if spec.has_location and spec.origin is not None:
        yield Path(spec.origin)
    for folder in spec.submodule_search_locations or ():
        yield Path(folder)


def lies_in_working_directory(place: Path) -> bool:
    """Tell whether a file or folder is in the working directory and in no folder that Python installs into."""
    if not _lies_in(place, _checkout()):
        return False
    import sysconfig  # ten milliseconds for its table, and most places lie elsewhere

    installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
    if site.ENABLE_USER_SITE:
        installed.add(site.getusersitepackages())
    return not any(_lies_in(place, Path(folder)) for folder in installed)


def _checkout() -> Path:
    """Give the root of the checkout that the working directory is in; the working directory where it is in none."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def _lies_in(place: Path, folder: Path) -> bool:
    return Path(os.path.realpath(place)).is_relative_to(os.path.realpath(folder))
