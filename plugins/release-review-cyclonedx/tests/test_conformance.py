from __future__ import annotations

import release_review_cyclonedx
from release_review.testing import check_conformance


def test_the_plugin_conforms() -> None:
    check_conformance(release_review_cyclonedx)
