"""The channel `hub`: a repository that lists weights is a place where people get them.

A card alone shows no channel: it may describe an API, or weights that were never published.
"""

from __future__ import annotations

import json
from typing import Any

from release_review.escape import shorten
from release_review_huggingface.facts import INFO, Fact, quoted, stated, unknown
from release_review_huggingface.info import Info

CHANNEL = "hub"
"""The id of the channel."""

ELSEWHERE = "elsewhere"
"""The id of the channels that nobody has described."""


def is_out(info: Info | None) -> bool:
    """Tell whether the info shows weights that somebody outside can get now."""
    if info is None or not info.has_weights or _misgiven(info, "disabled"):
        return False
    return info.get("private") is False and info.get("disabled") is not True


def access_table(info: Info | None) -> list[dict[str, Any]]:
    """Give the channels that an info shows."""
    if info is None or not info.has_weights:
        return []
    hub: dict[str, Any] = {
        "id": CHANNEL,
        "kind": stated("weights", INFO, "the repository lists files of weights"),
        **_audience(info),
    }
    if info.get("disabled") is True:
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
    problems = [said for name in ("private", "disabled") if (said := _misgiven(info, name))]
    problems += ["the info does not say whether the repository is private"] if private is None else []
    if gated is True or gated in ("auto", "manual"):
        gate = stated("form", INFO, f"`gated` is {quoted(str(gated).lower())}")
        how = "each request is answered by hand; if few are let in, it is vetted" if gated == "manual" else ""
        note = gate["note"] + (f": {how}" if how else "")
        public = stated("public-gated", INFO, note)
        return {"audience": unknown(INFO, "; ".join(problems)) if problems else public, "gate": gate}
    if gated is not False:
        missing = "the info does not say whether the repository is gated"
        problems.append(missing if gated is None else f"`gated` is {shorten(json.dumps(gated))}")
    if problems:
        return {"audience": unknown(INFO, "; ".join(problems)), "gate": unknown(INFO, "; ".join(problems))}
    note = "`private` and `gated` are false"
    return {"audience": stated("public", INFO, note), "gate": stated("none", INFO, note)}


def _misgiven(info: Info, name: str) -> str:
    """Say what stands where yes or no should; a text that says "false" is neither."""
    value = info.get(name)
    if value is None or isinstance(value, bool):
        return ""
    return f"`{name}` is {shorten(json.dumps(value))}, which is neither true nor false"
