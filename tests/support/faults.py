"""Where a rule of the gate finds something."""

from __future__ import annotations

from release_review.model import GateFault, Site


def place_of(fault: GateFault) -> Site:
    """Give the place of a fault that has one."""
    assert fault.site is not None
    return fault.site
