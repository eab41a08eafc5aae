"""The files of a repository that gates its release, and changes to them that would let anything pass."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from shell import environment

RELEASE = "acme/model"

MANIFEST = f"""schema = "release-manifest/1"

[release]
id = "{RELEASE}"

[[access]]
id = "hub"
kind = "weights"
audience = "public"
"""

MANIFEST_THAT_PASSES = MANIFEST.replace("[[access]]", 'modalities = ["text"]\n\n[[access]]')

CONFIGURATION = 'policy = ["policies/gate.toml"]\nwaivers = "waivers.toml"\n'

WAIVERS = 'schema = "release-waivers/1"\n'

POLICY = """schema = "release-policy/1"
id = "house"
version = "1.0.0"
title = "The gate of this repository"

[[rule]]
id = "modalities-stated"
summary = "The manifest says what the model takes and gives."
severity = "error"
assert = "size(manifest.release.modalities) > 0"
message = "No modality is stated."
rationale = "It is the first thing that a reader asks."
remediation = "Set `release.modalities`."
"""

FILES = {
    "release.toml": MANIFEST,
    "release-review.toml": CONFIGURATION,
    "policies/gate.toml": POLICY,
    "waivers.toml": WAIVERS,
}
"""A repository whose release is blocked."""


def weakened() -> dict[str, dict[str, str]]:
    """Give changes after which the release would pass if the gate read them."""
    today = dt.datetime.now(dt.UTC).date()
    first, last = (today - dt.timedelta(days=1)).isoformat(), (today + dt.timedelta(days=30)).isoformat()
    waiver = f"""
[[waiver]]
id = "go-on"
rule = "house/modalities-stated"
release = "{RELEASE}"
reason = "accepted-risk"
justification = "The modalities are stated within the month."
owner = "release manager"
approved_by = "release board"
ticket = "GATE-1"
created = {first}
expires = {last}
"""
    baseline = f"""schema = "release-baseline/1"
owner = "release manager"
created = {first}
expires = {last}

[[finding]]
fingerprint = "{_fingerprint()}"
rule = "house/modalities-stated"
release = "{RELEASE}"
outcome = "fail"
severity = "error"
"""
    weak = POLICY.replace('severity = "error"', 'severity = "warning"')
    return {
        "policy": {"policies/gate.toml": weak},
        "waivers": {"waivers.toml": WAIVERS + waiver},
        "baseline": {
            "release-review.toml": CONFIGURATION + 'baseline = "baseline.toml"\n',
            "baseline.toml": baseline,
        },
        "configuration": {"release-review.toml": 'policy = ["weak.toml"]\n', "weak.toml": weak},
    }


def _fingerprint() -> str:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in FILES.items():
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "release_review", "check", "--output-format=json", "release.toml"],
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
    (result,) = json.loads(done.stdout)["results"]
    fingerprint: str = result["findings"][0]["fingerprint"]
    return fingerprint
