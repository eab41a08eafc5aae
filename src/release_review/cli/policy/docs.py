"""`release-review policy docs`: pages about policies, and the tables of them in a page of somebody's own."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, PASS, settings, streams
from release_review.cli.command import GroupedCommand, cache_option, config_options, plugin_option
from release_review.cli.policy.targets import refuse_in_policy, targets
from release_review.errors import UsageError
from release_review.escape import plain

if TYPE_CHECKING:
    from release_review.cli.policy.pages import Change

_FORMATS = ("markdown", "html")


@click.command("docs", cls=GroupedCommand, short_help="Write a page for each policy and rule.")
@click.argument("names", nargs=-1, metavar="[ID|PATH]...")
@click.option("-o", "--output-dir", "folder", metavar="DIR", help="Write the pages into DIR.")
@click.option(
    "--output-format", "formats", type=click.Choice(_FORMATS), metavar="NAME", help="markdown or html. [default: both]"
)
@click.option("--update", multiple=True, metavar="FILE", help="Renew the tables between marks in FILE. Repeatable.")
@click.option("--check", is_flag=True, help="Write nothing; status 1 if anything would change.")
@config_options
@plugin_option
@cache_option
def docs_policy(
    *,
    names: tuple[str, ...],
    folder: str | None,
    formats: str | None,
    update: tuple[str, ...],
    check: bool,
    config: Path | None,
    isolated: bool,
    **flags: Any,
) -> int:
    """Write a page for each policy, rule and assessment, and renew tables of them.

    The pages are about the policies named and all that they extend; without a name,
    about the policy in this folder, or those of the configuration. A table is renewed
    between the lines `<!-- policies: begin -->` and `<!-- policies: end -->`, or with `rules` for
    `policies`. Of what is in DIR, only pages that this command has made are changed or
    removed.
    """
    from release_review.cli.cache import open_store
    from release_review.cli.policy.pages import carry_out, changes_of_pages, changes_of_tables
    from release_review.plugins import load_registry
    from release_review.selection import load_policies

    if folder is None and not update:
        raise UsageError("nothing is to be written", hint="say where: -o DIR for pages, --update FILE for tables")
    if folder is not None:
        refuse_in_policy(Path(folder))
    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    asked = targets(names, chosen["policy"].value)
    policies = load_policies(asked, registry, store=open_store(wanted=not flags["no_cache"]))
    wanted = (formats,) if formats else _FORMATS
    changes = changes_of_pages(policies, Path(folder), wanted) if folder is not None else []
    changes += changes_of_tables(policies, map(Path, update))
    if not check:
        carry_out(changes)
        _tell(changes)
        return PASS
    streams.write_stdout("".join(f"{plain(str(each.path))}: {_state(each)}\n" for each in changes))
    if not changes:
        return PASS
    streams.say(f"to renew, run: {_line(names, folder, formats, update)}")
    return BLOCKED


def _state(change: Change) -> str:
    if change.text is None:
        return "about a part that is gone"
    return "not current" if change.path.exists() else "missing"


def _tell(changes: Sequence[Change]) -> None:
    gone = sum(each.text is None for each in changes)
    removed = f", removed {gone}" if gone else ""
    streams.say(f"wrote {len(changes) - gone} files{removed}" if changes else "all is current, nothing was written")


def _line(names: Iterable[str], folder: str | None, formats: str | None, update: Iterable[str]) -> str:
    """Give the command that was given, but for `--check`."""
    words = ["release-review", "policy", "docs", *names]
    words += ["-o", folder] if folder is not None else []
    words += ["--output-format", formats] if formats else []
    words += [word for file in update for word in ("--update", file)]
    return plain(shlex.join(words))
