"""An environment of its own for a test that installs something, which needs no network."""

from __future__ import annotations

import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

from shell import environment

ROOT = Path(__file__).parent.parent.parent


def own_environment(folder: Path, *, ours: Path | None = None) -> dict[str, str]:
    """Make an environment, and give the variables with which `pip`, `python` and `release-review` are those of it.

    What we depend on is that of this environment. Pip builds with what is installed here, and asks no index.

    Args:
        folder: Where it goes; made.
        ours: A wheel of release-review to install into it; the sources of this checkout if there is none.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    sources = [] if ours else [str(ROOT / "src")]
    shared = dict.fromkeys([*sources, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    (packages / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(folder)]
    settings = {"PIP_QUIET": "2", "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    variables = environment(**settings)
    if ours:
        subprocess.run([*pip, "install", ours], env=variables, check=True, timeout=120)
    else:
        _script(programs / "release-review", [str(programs / "python"), "-m", "release_review"])
    _script(programs / "pip", pip)
    return {**variables, "PATH": f"{programs}:{variables['PATH']}"}


def _script(file: Path, command: list[str]) -> None:
    file.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    file.chmod(0o755)
