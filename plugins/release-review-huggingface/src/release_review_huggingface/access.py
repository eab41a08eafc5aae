"""The channel `hub`: a repository that lists weights is a place where people get them.

A card alone shows no channel: it may describe an API, or weights that were never published.
"""

from __future__ import annotations

from typing import Any

from release_review_huggingface.facts import INFO, Fact, quoted, stated, unknown
from release_review_huggingface.info import Info

CHANNEL = "hub"
"""The id of the channel."""

ELSEWHERE = "elsewhere"
"""The id of the channels that nobody has described."""


def is_out(info: Info | None) -> bool:
    """Tell whether the info shows weights that somebody outside can get now."""
    return info is not None and info.has_weights and info.get("private") is False and not info.get("disabled")


def access_table(info: Info | None) -> list[dict[str, Any]]:
    """Give the channels that an info shows."""
    if info is None or not info.has_weights:
        return []
    hub: dict[str, Any] = {
        "id": CHANNEL,
        "kind": stated("weights", INFO, "the repository lists files of weights"),
        **_audience(info),
    }
    if info.get("disabled"):
        hub["until"] = unknown(INFO, "the Hub has disabled the repository; the day is not stated")
    if info.get("private") is not True:
        return [hub]
    # Without it, a private repository would say that nobody outside has the model.
    note = "a private repository says nothing of other channels; describe them, or remove this entry"
    return [hub, {"id": ELSEWHERE, "kind": unknown(INFO, note)}]


def _audience(info: Info) -> dict[str, Fact]:
    private, gated = info.get("private"), info.get("gated")
    if private is True:
        return {"audience": stated("internal", INFO, "the repository is private")}
    if gated is False and private is False:
        note = "`private` and `gated` are false"
        return {"audience": stated("public", INFO, note), "gate": stated("none", INFO, note)}
    if gated is True or gated in ("auto", "manual"):
        gate = stated("form", INFO, f"`gated` is {quoted(str(gated).lower())}")
        if private is not False:
            return {"audience": unknown(INFO, "the info does not say whether the repository is private"), "gate": gate}
        how = "each request is answered by hand; if few are let in, it is vetted" if gated == "manual" else ""
        note = f"`gated` is {quoted(str(gated).lower())}" + (f": {how}" if how else "")
        return {"audience": stated("public-gated", INFO, note), "gate": gate}
    missing = [name for name, value in (("private", private), ("gated", gated)) if value is None]
    said = f"the info does not say {' and '.join(missing)}" if missing else f"`gated` is {quoted(str(gated))}"
    return {"audience": unknown(INFO, said), "gate": unknown(INFO, said)}
