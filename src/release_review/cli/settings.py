"""What a run is told: flags beat the environment, which beats a file, which beats the defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release_review.cli import config_file
from release_review.cli.options import OPTIONS, PREFIX, check_choice
from release_review.errors import UsageError, suggest
from release_review.escape import shorten

DEFAULT = "default"
"""The origin of a value that nobody has set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value in force and where it comes from."""

    value: Any
    origin: str


def resolve(
    flags: Mapping[str, Any],
    *,
    environment: Mapping[str, str],
    folder: Path,
    config: Path | None = None,
    isolated: bool = False,
) -> dict[str, Setting]:
    """Give every option its value and its origin.

    Args:
        flags: What the command line says, by parameter of the command; None or empty where it says nothing.
        environment: The variables of the process.
        folder: Where the search for a configuration file starts.
        config: The configuration file to read in place of the one that would be found.
        isolated: Whether to read no configuration file.

    Raises:
        UsageError: A variable, a key or a value is none of ours.
        InputError: The configuration file cannot be read.
    """
    if config and isolated:
        raise UsageError("--config and --isolated exclude each other", hint="give one of them")
    variables = _from_environment(environment)
    written = {} if isolated else config_file.read(config, folder=folder)
    settings = {}
    for option in OPTIONS:
        flag = flags.get(option.name.replace("-", "_"))
        if flag not in (None, ()):
            settings[option.name] = Setting(value=flag, origin=f"--{option.name}")
        elif option.name in variables:
            settings[option.name] = Setting(value=variables[option.name], origin=option.variable)
        elif option.name in written:
            value, origin = written[option.name]
            settings[option.name] = Setting(value=value, origin=origin)
        else:
            settings[option.name] = Setting(value=option.default, origin=DEFAULT)
    return settings


def current(flags: Mapping[str, Any], *, config: Path | None, isolated: bool) -> dict[str, Setting]:
    """Give every option its value in this process; the one place that reads environment and working folder."""
    return resolve(flags, environment=os.environ, folder=Path(), config=config, isolated=isolated)


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    by_variable = {option.variable: option for option in OPTIONS}
    known = [variable for variable, option in by_variable.items() if option.from_environment]
    values = {}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        option = by_variable.get(variable)
        if option is None:
            what = f"environment variable {shorten(variable)} is none of ours"
            raise UsageError(what, hint=f"unset it, or {suggest(variable, known)}")
        if not option.from_environment:
            what = f"environment variable {variable} could weaken a verdict, so it is not read"
            raise UsageError(what, hint=f"unset it and give --{option.name}")
        if value := environment[variable]:
            values[option.name] = check_choice(option, value, where=variable)
    return values
