"""`release-review policy new`: a policy to start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import PASS, settings
from release_review.cli.command import GroupedCommand, config_options, plugin_option
from release_review.cli.outputs import create, create_folder
from release_review.cli.policy.targets import refuse_in_policy
from release_review.cli.steps import tell_created, typed_path
from release_review.errors import UsageError
from release_review.escape import plain

if TYPE_CHECKING:
    from release_review.authoring.scaffold import NewPolicy
    from release_review.plugins import Registry


@click.command("new", cls=GroupedCommand, short_help="Write a policy to start from.")
@click.argument("name", metavar="ID")
@click.option("-o", "--output-dir", "folder", default=".", metavar="DIR", help="Write it into DIR. [default: .]")
@click.option("--title", default="", metavar="TEXT", help="What a report calls it. [default: the words of ID]")
@click.option("--extends", multiple=True, metavar="POLICY", help="Build on this policy. Repeatable.")
@click.option("--single-file", is_flag=True, help="Write one file, ID.toml.")
@click.option("--package", is_flag=True, help="Write a distribution that pip installs.")
@click.option("--from", "source", metavar="PATH", help="With --package: put this policy into it, and no new one.")
@config_options
@plugin_option
def new_policy(
    *,
    name: str,
    folder: str,
    title: str,
    extends: tuple[str, ...],
    single_file: bool,
    package: bool,
    source: str | None,
    config: Path | None,
    isolated: bool,
    **flags: Any,
) -> int:
    """Write a policy with one rule and its two cases, to be changed: a folder ID.

    Whatever exists is left alone.
    """
    from release_review.authoring import scaffold
    from release_review.plugins import load_registry

    if single_file and package:
        raise UsageError("--single-file and --package are both given", hint="give one of them")
    if source is not None and not package:
        raise UsageError("--from is given without --package", hint="add --package, to make a package of that policy")
    if source is not None and (title or extends):
        hint = "change the title and 'extends' in its policy.toml"
        raise UsageError("--from takes the policy as it is, and no --title or --extends", hint=hint)
    refuse_in_policy(Path(folder))
    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    new = scaffold.new_policy(name, title=title, extends=extends, installed=registry.policies)
    if single_file:
        file = Path(folder) / f"{new.id}.toml"
        create(file, scaffold.policy_file(new))
        tell_created([file], _steps(file))
        return PASS
    target = Path(folder) / (new.distribution if package else new.id)
    if package:
        files = scaffold.policy_package(new, _existing(source, new, registry) if source is not None else None)
    else:
        files = scaffold.policy_folder(new)
    create_folder(target, files)
    tell_created([target / path for path in files], _steps_of_package(target, new) if package else _steps(target))
    return PASS


def _existing(source: str, new: NewPolicy, registry: Registry) -> Mapping[str, bytes]:
    from release_review.authoring.scaffold import files_of_policy
    from release_review.load import check_exists

    check_exists(Path(source), "policy")
    found, files = files_of_policy(Path(source), importers=registry.importers)
    if found.id != new.id:
        raise UsageError(f"{plain(source)} holds the policy '{found.id}'", hint=f"write '{found.id}' for '{new.id}'")
    return files


def _steps(policy: Path) -> Iterable[str]:
    yield f"release-review policy lint {typed_path(policy)}"
    yield f"release-review policy test {typed_path(policy)}"
    yield f"release-review check --policy {typed_path(policy)} release.toml"


def _steps_of_package(package: Path, new: NewPolicy) -> Iterable[str]:
    yield f"pip install {typed_path(package)}"
    yield f"release-review check --policy {new.id} release.toml"
