"""The registries of packages, which some tests install from as our users do."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_OF_PIP = ("PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY", "ALL_PROXY")


def package_index() -> dict[str, str]:
    """Skip the test where no package can be fetched; give the variables with which pip fetches one here."""
    if not _answers():
        pytest.skip("no package index answers")
    told = {name: value for name, value in os.environ.items() if name.upper().startswith(_OF_PIP)}
    # Pip's configuration and its cache are in the home; what is run once need not be compiled first.
    return told | {"HOME": str(Path.home()), "PIP_NO_COMPILE": "1"}


@functools.cache
def _answers() -> bool:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries=0", "--timeout=20")
    with tempfile.TemporaryDirectory() as folder:
        command = [*pip, "download", "--quiet", "--no-deps", f"--dest={folder}", "iniconfig"]
        return subprocess.run(command, check=False, capture_output=True, timeout=120).returncode == 0


def npm(package: str, folder: Path) -> Path:
    """Install a package for Node.js, without running its scripts; skip the test where that is impossible."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node.js is not installed")
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--fetch-retries=0", f"--prefix={folder}")
    command = ["npm", "install", *options, package]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, encoding="utf-8", timeout=120)
    if done.returncode:
        pytest.skip("no registry for Node.js answers")
    return folder
