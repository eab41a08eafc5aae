from __future__ import annotations

from pathlib import Path

import release_review_huggingface
from release_review.testing import check_conformance

CARDS = Path(__file__).parent / "data" / "cards"


def test_the_plugin_conforms() -> None:
    check_conformance(release_review_huggingface, sources=[CARDS / "koelectra.md", CARDS / "trainer.md"])
