"""How what two audits were told differs: the tool, the policies, the days, all that is the same for every release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from release_review.audit.compare.causes import Cause

BESIDE = ("tool", "engine", "plugins", "waivers")
"""What may make a rule come to something else that is itself the same."""

_PLAIN = {"tool": "release-review", "engine": "the engine", "today": "the day of judgement", "as_of": "the day judged"}
"""Values that are one word each, and what they are called."""


def setup_causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Cause]:
    """Tell what differs between two setups, as `audit.setup.as_data` gives them."""
    for key, called in _PLAIN.items():
        before, after = old[key], new[key]
        if before != after:
            if key == "as_of":
                before, after = (each or "the day of judgement" for each in (before, after))
            yield Cause(kind=key, what=f"{called}: {before} to {after}", before=before, after=after)
    yield from _policies(old["digests"], new["digests"])
    yield from _plugins(old["plugins"], new["plugins"])
    if sorted(old["without_plugins"]) != sorted(new["without_plugins"]):
        before, after = (", ".join(sorted(each["without_plugins"])) or "none" for each in (old, new))
        yield Cause(kind="plugins", what=f"plugins left out: {before} to {after}", before=before, after=after)
    yield from _waivers(old["waivers"], new["waivers"])
    if old["limits"] != new["limits"]:
        yield Cause(kind="limits", what="other limits on each manifest", before=old["limits"], after=new["limits"])


def policies_named(setup: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the policies of a setup: id, version and digest of each."""
    return [{"id": each[0], "version": each[1], "digest": each[2]} for each in setup["digests"]]


def _policies(old: Any, new: Any) -> Iterator[Cause]:
    one, other = ({each[0]: (each[1], each[2]) for each in several} for several in (old, new))
    for name in sorted({*one, *other}):
        before, after = one.get(name), other.get(name)
        if before is None and after is not None:
            yield Cause(kind="policy", what=f"{name} {after[0]} is new", after=after[0])
        elif after is None and before is not None:
            yield Cause(kind="policy", what=f"{name} {before[0]} is gone", before=before[0])
        elif before is not None and after is not None and before[0] != after[0]:
            what = f"{name}: {before[0]} to {after[0]}"
            yield Cause(kind="policy", what=what, before=before[0], after=after[0])
        elif before != after and before is not None:
            yield Cause(kind="policy", what=f"{name} {before[0]}: other files", before=before[0], after=before[0])


def _plugins(old: Any, new: Any) -> Iterator[Cause]:
    one, other = ({each[0]: each[1] for each in several} for several in (old, new))
    for name in sorted({*one, *other}):
        before, after = one.get(name), other.get(name)
        if before != after:
            what = f"plugin {name}: {before or 'none'} to {after or 'none'}"
            yield Cause(kind="plugins", what=what, before=before, after=after)


def _waivers(old: Any, new: Any) -> Iterator[Cause]:
    before, after = (each[1] if each else None for each in (old, new))
    if before != after:
        how = "other waivers" if before and after else "waivers, and none before" if after else "no waivers any more"
        yield Cause(kind="waivers", what=how, before=before, after=after)
