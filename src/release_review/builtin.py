"""The policies that come with the tool; this module is a plugin like any other.

A wheel has them beside the modules, a checkout at its top.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from release_review.errors import PluginError
from release_review.hooks import PolicyFolder, hookimpl

_HERE = Path(__file__).resolve().parent


@hookimpl
def release_review_policies() -> Iterator[PolicyFolder]:
    """Give every shipped folder that has a `policy.toml`; its name is the id."""
    for file in sorted(policies_folder().glob("*/policy.toml")):
        yield PolicyFolder(id=file.parent.name, path=file.parent)


def policies_folder(package: Path = _HERE) -> Path:
    """Give the folder of the shipped policies.

    Args:
        package: The folder of this package.

    Raises:
        PluginError: The installation has lost it.
    """
    places = [package / "policies"]
    # Above an installed package lie other people's folders.
    if package.parent.name == "src":
        places.append(package.parent.parent / "policies")
    for place in places:
        if place.is_dir():
            return place
    raise PluginError("the shipped policies are missing", where=str(places[0]), hint="install release-review again")
