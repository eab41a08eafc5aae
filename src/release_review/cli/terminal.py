"""What the terminal, if there is one, means for the form of a report; never for its verdict."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from release_review.hooks import Style

WIDTH = 80
"""Columns wherever no terminal says otherwise, so that a file or a log is the same everywhere."""

_WIDEST = 100
"""Longer lines are no longer read with ease."""


def is_terminal() -> bool:
    """Tell whether stdout is a terminal."""
    try:
        return sys.stdout is not None and sys.stdout.isatty()
    except ValueError:  # it is closed
        return False


def default_format(environment: Mapping[str, str], *, terminal: bool) -> str:
    """Give the output format that nobody had to ask for."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "full" if terminal else "concise"


def wants_color(choice: str, *, environment: Mapping[str, str], terminal: bool) -> bool:
    """Tell whether to use colours: the flag decides, then the variables that all programs share, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def style_of_stdout(choice: str, *, verbosity: int) -> Style:
    """Give the style of what goes to stdout."""
    terminal = is_terminal()
    width = min(_columns(), _WIDEST) if terminal else WIDTH
    return Style(color=wants_color(choice, environment=os.environ, terminal=terminal), width=width, verbosity=verbosity)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH
