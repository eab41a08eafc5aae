from __future__ import annotations

import release_review_evals
from release_review.testing import check_conformance


def test_the_plugin_conforms() -> None:
    (policy,) = release_review_evals.release_review_policies()
    # Each rule reads files of evidence, which a case does not have: the tests beside this one prove them.
    check_conformance(release_review_evals, proven_by_tests=[rule.id for rule in policy.rules])
