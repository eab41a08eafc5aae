"""What is the same for every release of an audit: words, dates and digests, ready for any process on any machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from release_review.admit import PolicySet
from release_review.dates import day_of
from release_review.model import DEFAULT_ENGINE, LIMITS, Limits, PluginInfo
from release_review.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is the same for every release of an audit.

    Attributes:
        policies: Ids and paths of the policies that are carried out.
        digests: Id, version and digest of each policy that takes part: a process that finds others stops.
        today: The day of judgement, in UTC.
        as_of: The day whose state of the releases is judged, in UTC; None for `today`.
        waivers: The waiver file, and its digest; None for none.
        engine: Name of the engine that evaluates expressions.
        without_plugins: Plugins that are left out.
        plugins: Third-party plugins that take part: a process that finds others stops.
        store: Folder of what earlier runs worked out, of what came with the package, and the stamp of the code that
            may use it; None to work out everything anew.
        limits: Bounds on each manifest.
    """

    policies: tuple[str, ...]
    digests: tuple[tuple[str, str, str], ...]
    today: dt.date
    as_of: dt.date | None = None
    waivers: tuple[str, str] | None = None
    engine: str = DEFAULT_ENGINE
    without_plugins: tuple[str, ...] = ()
    plugins: tuple[PluginInfo, ...] = ()
    store: tuple[Path | None, Path | None, str] | None = field(default=None, compare=False)
    limits: Limits = LIMITS


def digests_of(policies: PolicySet) -> tuple[tuple[str, str, str], ...]:
    """Give id, version and digest of each policy."""
    return tuple((each.id, each.version, each.digest) for each in policies.policies)


def as_data(setup: Setup) -> dict[str, Any]:
    """Give a setup as plain data, as a ledger keeps it."""
    return {
        "tool": __version__,
        "policies": list(setup.policies),
        "digests": [list(each) for each in setup.digests],
        "today": setup.today.isoformat(),
        "as_of": setup.as_of.isoformat() if setup.as_of else None,
        "waivers": list(setup.waivers) if setup.waivers else None,
        "engine": setup.engine,
        "without_plugins": list(setup.without_plugins),
        "plugins": [[each.name, each.version] for each in setup.plugins],
        "limits": dataclasses.asdict(setup.limits),
    }


def from_data(data: Mapping[str, Any]) -> Setup:
    """Give a setup back.

    Raises:
        KeyError: A part of it is missing.
        TypeError: A part of it is something else.
        ValueError: A day of it is none.
    """
    waivers = data["waivers"]
    return Setup(
        policies=tuple(data["policies"]),
        digests=tuple((name, version, digest) for name, version, digest in data["digests"]),
        today=day_of(data["today"]),
        as_of=day_of(data["as_of"]) if data["as_of"] else None,
        waivers=(waivers[0], waivers[1]) if waivers else None,
        engine=data["engine"],
        without_plugins=tuple(data["without_plugins"]),
        plugins=tuple(PluginInfo(name=name, version=version) for name, version in data["plugins"]),
        limits=Limits(**data["limits"]),
    )
