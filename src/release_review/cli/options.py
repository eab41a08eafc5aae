"""The options that can be set outside the command line: one table for flags, environment and files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release_review.errors import UsageError, suggest
from release_review.escape import shorten
from release_review.model import DEFAULT_ENGINE

PREFIX = "RELEASE_REVIEW_"
"""What the name of every environment variable of ours starts with."""

COLORS = ("auto", "always", "never")
"""When to use colours; `auto` asks the environment and the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that can be set, and where.

    Attributes:
        name: As in a configuration file, and as a flag without its dashes.
        default: The value where nobody sets it; None where it depends on the terminal, or where there is none.
        listed: Whether it holds several values.
        from_environment: Whether a variable may set it. One that could weaken a verdict must not be settable there,
            because a job inherits variables that nobody has read.
        choices: The words it takes; empty where it takes any.
        path: Whether a value is a path, relative to the file it stands in: `always`, `maybe` or never (empty).
        decides: Whether it can change a verdict, so that the digest of a configuration is made of it.
    """

    name: str
    default: Any = None
    listed: bool = False
    from_environment: bool = False
    choices: tuple[str, ...] = ()
    path: str = ""
    decides: bool = False

    @property
    def variable(self) -> str:
        """The environment variable of that name."""
        return PREFIX + self.name.replace("-", "_").upper()


OPTIONS = (
    Option(name="policy", default=("open-release",), listed=True, path="maybe", decides=True),
    Option(name="waivers", path="always", decides=True),
    Option(name="baseline", path="always", decides=True),
    Option(name="without-plugin", default=(), listed=True, decides=True),
    Option(name="engine", default=DEFAULT_ENGINE, from_environment=True, decides=True),
    Option(name="output-format", from_environment=True),
    Option(name="color", default="auto", from_environment=True, choices=COLORS),
)
"""Everything that can be set outside the command line, in the order of `config show`."""

FLAG_ONLY = ("trusted",)
"""What only the command line may say, and a variable of that name is refused with the way out."""


def paths_of(option: Option, value: Any) -> tuple[str, ...]:
    """Give what is a path of the value of an option: all, some or none of it."""
    from release_review.selection import is_path

    values = (value,) if isinstance(value, str) else value or ()
    return tuple(each for each in values if option.path == "always" or (option.path == "maybe" and is_path(each)))


def relative_to(option: Option, value: str, folder: Path) -> str:
    """Make a path that is relative to a folder one of this process; whatever is no path stays as it is."""
    from release_review.selection import is_path

    if not paths_of(option, value):
        return value
    path = os.path.normpath(folder / value)
    return path if is_path(path) or option.path == "always" else f".{os.sep}{path}"  # or else it reads as an id


def check_choice(option: Option, value: str, *, where: str) -> str:
    """Give the value back if the option takes it.

    Raises:
        UsageError: It does not.
    """
    if option.choices and value not in option.choices:
        hint = suggest(value, option.choices)
        raise UsageError(f"{option.name} cannot be '{shorten(value)}'", where=where, hint=hint)
    return value
