"""A made-up forge: a repository on a server, with a protected branch, and the checkout of a pull request."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

NAME = "acme/model"
"""The repository on the server."""

_IDENTITY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "A tester"), ("EMAIL", "tester@example.org"), ("DATE", "2026-01-01T00:00:00Z"))
}


class Forge:
    """A server in a folder; `main` is its default branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = folder / "server"
        self._work = folder / "work"
        bare = self.server / f"{NAME}.git"
        bare.mkdir(parents=True)
        git(bare, "init", "--quiet", "--bare", "--initial-branch=main")
        git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
        self._work.mkdir()
        git(self._work, "init", "--quiet", "--initial-branch=main")
        git(self._work, "remote", "add", "origin", str(bare))

    @property
    def url(self) -> str:
        """The address of the server."""
        return self.server.as_uri()

    def commit(self, files: Mapping[str, str | bytes], *, branch: str = "main") -> str:
        """Add files to a branch, which begins where the last commit was made; gives the id of the commit."""
        git(self._work, "checkout", "--quiet", "-B", branch)
        for name, content in files.items():
            file = self._work / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        git(self._work, "add", "--all", "--force")
        git(self._work, "commit", "--quiet", "--allow-empty", "-m", "A change")
        git(self._work, "push", "--quiet", "--force", "origin", branch)
        return git(self._work, "rev-parse", "HEAD").strip()

    def back_to(self, branch: str) -> None:
        """Go on from a branch."""
        git(self._work, "checkout", "--quiet", branch)

    def check_out(self, branch: str) -> Path:
        """Make the workspace of a job: a shallow clone, as actions/checkout and GitLab's runner make it."""
        workspace = self.folder / "workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        git(self.folder, "clone", "--quiet", "--depth=1", f"--branch={branch}", f"{self.url}/{NAME}.git", "workspace")
        return workspace


def git(folder: Path, *arguments: str) -> str:
    """Run git without the settings of whoever runs the tests, and give what it says.

    Raises:
        AssertionError: It failed.
    """
    variables = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(folder),
        **_IDENTITY,
    }
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
