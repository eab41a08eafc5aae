"""A release has one version: that of its id, if its id names one."""

from __future__ import annotations

from typing import Any

import pytest

from release_review.coherence import faults_of

CARD = {"card": {"title": "The card"}}


def faults(name: str, version: Any) -> list[str]:
    release = {"id": name} if version is None else {"id": name, "version": version}
    data = {"schema": "release-manifest/1", "release": release, "source": CARD}
    return [f"{fault.pointer}: {fault.what}" for fault in faults_of(data)]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("acme/model@2.0", None),
        ("acme/model@2.0", "2.0"),
        ("acme/model@2.0", " V2.0 "),
        ("acme/model@v2.0", "2.0"),
        ("acme/model@v2.0", "v 2.0"),
        ("acme/model@RC1", "rc1"),
        ("acme/model@2025-01-01-final", "2025-01-01 (final"),
        ("acme/model@2.0", "unknown"),
        ("acme/model@2.0", {"value": "unknown", "note": "nobody says"}),
        ("acme/model@2.0", {"value": "2.0", "source": ["card"]}),
        ("acme/model@2.0", {"value": "3.0", "conflicts": [{"value": "2.0", "source": ["card"]}]}),
        ("acme/model", "3.0"),
    ],
)
def test_a_version_that_the_id_does_not_contradict(name: str, version: Any) -> None:
    assert faults(name, version) == []


@pytest.mark.parametrize("version", ["3.0", "2", "2.00", "20", "2.0.1", {"value": "3.0", "source": ["card"]}])
def test_a_version_other_than_that_of_the_id_is_refused(version: Any) -> None:
    """W07: a waiver for one model would be taken for one for another."""
    stated = version["value"] if isinstance(version, dict) else version
    expected = f"/release/version: release.version is '{stated}', and release.id names the version '2.0'"
    assert faults("acme/model@2.0", version) == [expected]
