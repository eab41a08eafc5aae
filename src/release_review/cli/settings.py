"""What a run is told: flags beat the environment, which beats a file, which beats the defaults."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from release_review.cli import config_file
from release_review.cli.config_file import Written
from release_review.cli.options import FLAG_ONLY, OPTIONS, PREFIX, Option, check_choice, paths_of, relative_to
from release_review.cli.trusted import TrustedFolder, open_trusted
from release_review.errors import UsageError, suggest
from release_review.escape import shorten
from release_review.model import SettingsFile

DEFAULT = "default"
"""The origin of a value that nobody has set."""

STDIN = "-"
"""The manifest that is read from stdin."""

CONFIGURATION = "configuration"
"""What a file of settings is, in a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value in force and where it comes from."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings(Mapping[str, Setting]):
    """All that a run is told: the value of every option, by its name.

    Attributes:
        written: The configuration files that were read, and what they say.
        digest: `sha256:` and the hex digest of the settings in force that can change a verdict. Paths in it are
            relative to the trusted folder, to the configuration that was found, or else to the working folder, so
            that the same checkout gives the same digest anywhere.
        trusted_folder: The one folder that files may come from; None for any.
    """

    settings: Mapping[str, Setting] = field(repr=False)
    written: Written = field(repr=False)
    digest: str
    trusted_folder: TrustedFolder | None = None

    def __getitem__(self, name: str) -> Setting:
        """Give the setting of an option."""
        return self.settings[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names of all options, in the order of the table."""
        return iter(self.settings)

    def __len__(self) -> int:
        """Count the options."""
        return len(self.settings)

    @property
    def trusted(self) -> bool:
        """Whether all files come from a folder that is kept apart from what is reviewed."""
        return self.trusted_folder is not None

    @property
    def files(self) -> tuple[SettingsFile, ...]:
        """The configuration files that were read: the one that was named or found, and then what it extends."""
        documents = (file.document for file in self.written.files)
        return tuple(
            SettingsFile(role=CONFIGURATION, name=self.name_of(each.name), digest=each.digest) for each in documents
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the configuration files are, for whoever must not overwrite them."""
        return tuple(Path(file.document.name) for file in self.written.files)

    def name_of(self, path: str) -> str:
        """Say how a report calls a file of settings: relative to the trusted folder, wherever that has been put."""
        return _below(path, self.trusted_folder.place) if self.trusted_folder else path

    def check_manifests(self, manifests: Iterable[str], *, stdin_filename: str | None = None) -> None:
        """Make sure that no manifest, nor the checkout that one works in, can reach the folder that decides about it.

        Args:
            manifests: Their paths; `-` is the one from stdin. There may be none.
            stdin_filename: What that one is called; the folder of the name counts.

        Raises:
            UsageError: The trusted folder holds one of them or the working folder, or is a part of their checkouts; or
                Python imports from the working folder.
        """
        if self.trusted_folder is None:
            return
        try:
            working = Path.cwd()
        except OSError:
            raise UsageError("the working folder has been deleted", hint="work in a folder that is there") from None
        for name in manifests:
            called = stdin_filename if name == STDIN else name
            if called is not None:
                self.trusted_folder.check_apart(called, path=Path(called))
        self.trusted_folder.check_working_folder(working)
        # Whoever has brought a `json.py` has run it by now, but a job that lets them fails for everybody else.
        if any(os.path.realpath(entry or working) == os.path.realpath(working) for entry in sys.path):
            what = "Python imports from the working folder, where what is under review may be"
            raise UsageError(what, hint="run 'python -I -m release_review'")


def resolve(
    flags: Mapping[str, Any],
    *,
    environment: Mapping[str, str],
    folder: Path,
    config: Path | None = None,
    isolated: bool = False,
    trusted: str | None = None,
) -> Settings:
    """Give every option its value and its origin.

    Args:
        flags: What the command line says, by parameter of the command; None or empty where it says nothing.
        environment: The variables of the process.
        folder: Where the search for a configuration file starts.
        config: The configuration file to read in place of the one that would be found.
        isolated: Whether to read no configuration file.
        trusted: The one folder that configuration, policies, waivers and baseline may come from, and that paths of
            the command line are relative to; None for any.

    Raises:
        UsageError: A variable, a key or a value is none of ours, or a path leads out of the trusted folder.
        InputError: The configuration file cannot be read.
    """
    if config and isolated:
        raise UsageError("--config and --isolated exclude each other", hint="give one of them")
    apart = None if trusted is None else open_trusted(trusted)
    variables = _from_environment(environment)
    written = config_file.NOTHING if isolated else config_file.read(config, folder=folder, trusted=apart)
    settings = {option.name: _setting(option, flags, variables, written, apart) for option in OPTIONS}
    for option in OPTIONS:
        if apart is not None:
            _check_trusted(option, settings[option.name], apart)
    meanings = {
        option.name: _meaning(
            option,
            settings[option.name],
            apart.place if apart else _anchor(option, settings[option.name], written, named=config is not None),
        )
        for option in OPTIONS
        if option.decides
    }
    return Settings(settings=settings, written=written, digest=_digest(meanings), trusted_folder=apart)


def current(flags: Mapping[str, Any], *, config: Path | None, isolated: bool, trusted: str | None = None) -> Settings:
    """Give every option its value in this process; the one place that reads environment and working folder."""
    return resolve(flags, environment=os.environ, folder=Path(), config=config, isolated=isolated, trusted=trusted)


def _setting(
    option: Option,
    flags: Mapping[str, Any],
    variables: Mapping[str, str],
    written: Written,
    trusted: TrustedFolder | None,
) -> Setting:
    flag = flags.get(option.name.replace("-", "_"))
    if flag not in (None, ()):
        return Setting(value=_from_flag(option, flag, trusted), origin=_flag(option))
    if option.name in variables:
        return Setting(value=variables[option.name], origin=option.variable)
    if option.name in written.values:
        value, origin = written.values[option.name]
        return Setting(value=value, origin=origin)
    return Setting(value=option.default, origin=DEFAULT)


def _flag(option: Option) -> str:
    return f"--{option.name}"


def _from_flag(option: Option, value: Any, trusted: TrustedFolder | None) -> Any:
    if trusted is None:
        return value
    if isinstance(value, tuple):
        return tuple(relative_to(option, each, trusted.folder) for each in value)
    return relative_to(option, value, trusted.folder)


def _check_trusted(option: Option, setting: Setting, trusted: TrustedFolder) -> None:
    is_flag = setting.origin == _flag(option)
    named, where = (setting.origin, "") if is_flag else (option.name, setting.origin)
    for path in paths_of(option, setting.value):
        trusted.check_inside(Path(path), named=named, where=where)


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    by_variable = {option.variable: option for option in OPTIONS}
    known = [variable for variable, option in by_variable.items() if option.from_environment]
    refused = {option.variable: option.name for option in OPTIONS if not option.from_environment}
    refused |= {Option(name=name).variable: name for name in FLAG_ONLY}
    values = {}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        if variable in refused:
            what = f"environment variable {variable} could weaken a verdict, so it is not read"
            raise UsageError(what, hint=f"unset it and give --{refused[variable]}")
        option = by_variable.get(variable)
        if option is None:
            what = f"environment variable {shorten(variable)} is none of ours"
            raise UsageError(what, hint=f"unset it, or {suggest(variable, known)}")
        if value := environment[variable]:
            values[option.name] = check_choice(option, value, where=variable)
    return values


# The digest -----------------------------------------------------------------------------------------------------------


def _anchor(option: Option, setting: Setting, written: Written, *, named: bool) -> Path:
    """Give the folder that the paths of a setting are told relative to, because it moves with them.

    A file that was found lies in the checkout that one works in, and with it whatever a flag names. A file that was
    named may lie anywhere, so that nothing but its own paths is relative to it.
    """
    is_written = written.values.get(option.name, (None, ""))[1] == setting.origin
    return written.files[0].folder if written.files and (is_written or not named) else Path()


def _meaning(option: Option, setting: Setting, anchor: Path) -> Any:
    """Give what a setting means, wherever the checkout has been put."""
    paths = paths_of(option, setting.value)

    def meant(text: str) -> Any:
        return {"path": _below(text, anchor)} if text in paths else text

    if not isinstance(setting.value, tuple):
        return setting.value and meant(setting.value)
    # Neither the order of policies nor that of plugins changes a verdict, and saying one twice neither.
    return sorted({_canonical(meant(each)) for each in setting.value})


def _below(path: str, folder: Path) -> str:
    """Write a path relative to a folder, with links resolved; as it is where there is no way from one to the other."""
    try:
        return Path(os.path.relpath(os.path.realpath(path), os.path.realpath(folder))).as_posix()
    except (OSError, ValueError):  # the working folder is gone, or they are on different drives
        return path


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _digest(meanings: Mapping[str, Any]) -> str:
    return f"sha256:{hashlib.sha256(_canonical(meanings).encode()).hexdigest()}"
