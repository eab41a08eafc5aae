"""What all commands have in common: options in groups, dates, and where settings come from."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import keyword
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import augment_usage_errors

from release_review.cli import streams
from release_review.cli.options import COLORS
from release_review.errors import UsageError, suggest
from release_review.escape import shorten
from release_review.summary import PROGRAM
from release_review.version import __version__

WIDTH = 80
"""Columns of every help text, whatever the terminal, because the docs quote them."""

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": WIDTH, "terminal_width": WIDTH}
"""How click behaves in all commands."""

_Function = TypeVar("_Function", bound=Callable[..., Any])

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day(value: str) -> dt.date:
    """Read a day of the command line.

    Raises:
        click.BadParameter: It is none.
    """
    if _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):
            return dt.date.fromisoformat(value)
    raise click.BadParameter(f"'{shorten(value)}' is no day, such as 2026-01-31")


class _OwnHelp(click.Command):
    """A command whose help goes through our own stdout, which tells a text that arrived from one that did not."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; an error about an option names this command, which click forgets."""
        with augment_usage_errors(ctx):
            return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give the option `--help`."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


def _show_help(context: click.Context, option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - as click calls it
    del option
    if wanted and not context.resilient_parsing:
        streams.write_stdout(context.get_help() + "\n")
        context.exit()


class GroupedCommand(_OwnHelp):
    """A command whose help shows its options under headings."""

    def __init__(self, *args: Any, groups: Sequence[tuple[str, Sequence[str]]] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those of no group last."""
        grouped = {name for _, names in self.groups for name in names}
        rest = [param.name for param in self.get_params(ctx) if param.name not in grouped]
        for title, names in (*self.groups, ("Other" if self.groups else "Options", rest)):
            records = [
                record
                for param in self.get_params(ctx)
                if isinstance(param, click.Option) and param.name in names and (record := param.get_help_record(ctx))
            ]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class GroupedGroup(_OwnHelp, click.Group):
    """A group whose help shows its commands under headings, in the order in which one meets them.

    With `modules`, a package, each command under a heading is imported from the module of its name when it is run; the
    function there has the name of the command, and `suffix` behind it. A name that Python keeps to itself, such as
    `import`, has a `_` behind it in both.
    """

    command_class = GroupedCommand

    def __init__(
        self,
        *args: Any,
        groups: Sequence[tuple[str, Sequence[str]]] = (),
        modules: str = "",
        suffix: str = "",
        **attributes: Any,
    ) -> None:
        super().__init__(*args, **attributes)
        self.groups = groups
        self._modules = modules
        self._suffix = suffix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        late = [name for _, names in self.groups for name in names] if self._modules else []
        return [*late, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Give a command.

        Raises:
            UsageError: There is none of that name.
        """
        known = self.list_commands(ctx)
        if cmd_name not in known:
            raise UsageError(
                f"{ctx.command_path} has no command '{shorten(cmd_name)}'", hint=suggest(cmd_name, sorted(known))
            )
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        module = importlib.import_module(f"{self._modules}.{name}")
        command: click.Command = getattr(module, f"{name}{self._suffix}")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, those of no group last."""
        grouped = {name for _, names in self.groups for name in names}
        known = self.list_commands(ctx)
        rest = [name for name in known if name not in grouped]
        limit = formatter.width - 6 - max(len(name) for name in known)
        for title, names in (*self.groups, ("Other" if self.groups else "Commands", rest)):
            rows = [(name, self.get_command(ctx, name).get_short_help_str(limit)) for name in names]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def show_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - as above
    """Print name and version of the tool, and leave."""
    del option
    if wanted and not context.resilient_parsing:
        streams.write_stdout(f"{PROGRAM} {__version__}\n")
        context.exit()


def options(*decorators: Callable[[_Function], _Function]) -> Callable[[_Function], _Function]:
    """Put several options on a command, in the order in which they are given."""

    def decorate(function: _Function) -> _Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


show_options = options(
    click.option("--output-format", metavar="NAME", help="full (terminal), concise (elsewhere), json, ..."),
    click.option("-f", "output_format_alias", hidden=True),
    click.option("--output", multiple=True, metavar="NAME=PATH", help="Write a report to a file, too. Repeatable."),
    click.option("--color", type=click.Choice(COLORS), help="When to use colours. [default: auto]"),
    click.option("-q", "--quiet", count=True, help="Only findings and verdict."),
    click.option("-v", "--verbose", count=True, help="In `full`: also what passed, what does not apply, and why."),
)
"""What a report looks like, and where it goes."""

config_options = options(
    click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Read settings from FILE."),
    click.option("--isolated", is_flag=True, help="Read no settings from files."),
)
"""Where settings come from; every command that reads any has these."""

trusted_option = click.option(
    "--trusted", metavar="DIR", help="Take settings, policies, waivers, baseline from DIR alone."
)
"""The one folder that what decides a verdict comes from, so that what is reviewed cannot weaken it."""

plugin_option = click.option(
    "--without-plugin", multiple=True, metavar="NAME", help="Leave a plugin out; the report says so. Repeatable."
)
"""The way on when a plugin is broken."""

cache_option = click.option(
    "--no-cache", is_flag=True, help="Work out everything anew, and keep nothing for the next run."
)
"""Whether the work of earlier runs is used; it never changes what comes out."""

policy_option = click.option(
    "--policy", multiple=True, metavar="ID|PATH", help="Apply this policy. Repeatable. [default: open-release]"
)
"""Which policies a command is about."""
