"""Run commands as a reader of our pages would: in a shell, where `release-review` is the one of this environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_OURS = "RELEASE_REVIEW_"
_READ = (
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES"),
    *("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "PYTHONHASHSEED"),
)


def environment(**settings: str) -> dict[str, str]:
    """Give the variables of this process, without those that change an output, and with some settings.

    The command beside this Python comes first on the path.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS) and name not in _READ}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", os.defpath)))
    return {**kept, "PATH": path, **settings}


def shell(command: str, *, folder: Path, variables: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; what it says on either stream comes in one text, as on a terminal."""
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=variables or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
