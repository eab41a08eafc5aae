"""A plugin for release-review: the report as a CycloneDX ML-BOM with declarations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.hooks import Reporter, Style, Unreviewed, hookimpl
from release_review.model import Report
from release_review_cyclonedx.version import NAME


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give one BOM for all manifests of a run.

    Raises:
        PluginError: The BOM would not be one.
    """
    # Nothing here is needed before somebody asks for a BOM.
    from release_review_cyclonedx.bom import bom_text

    del style  # a program reads it: no colour, no width
    return bom_text(list(entries))


@hookimpl
def release_review_reporters() -> Iterator[Reporter]:
    """Give the reporter `cyclonedx`."""
    yield Reporter(
        name=NAME,
        summary="A CycloneDX 1.6 ML-BOM in which each rule result is a claim.",
        render=render,
    )
