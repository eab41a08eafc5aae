"""What changed between two versions of a policy, and whether it asks for more or for less than before.

Conditions are compared by what they mean. A rule is tightened where every manifest that it held against a release
before, it still does, and more; whether that is so, `cel.satisfy` proves or cannot tell. What it cannot tell is
`changed`, which is as much as "it may ask for less".
"""

from __future__ import annotations

from release_review.authoring.diff.policies import differences
from release_review.authoring.diff.records import MAY_ASK_LESS, Difference, Step, Way

__all__ = ["MAY_ASK_LESS", "Difference", "Step", "Way", "differences"]
