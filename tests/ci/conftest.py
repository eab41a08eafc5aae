"""What the tests of the CI kit share: a forge, and an environment in which our command is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from forge import Forge, git

ROOT = Path(__file__).parent.parent.parent

# What an installation is made of.
SHIPPED = (
    *(".pre-commit-hooks.yaml", "LICENSE", "README.md", "action.yml", "constraints.txt", "hatch_build.py"),
    *("examples/ci", "pyproject.toml", "policies", "src"),
)

# In place of `python3 -m venv`: an environment in which pip only says what it was given, and all else is that of the
# tests. A real installation takes some twenty seconds; the tests of the action and of the hook have one each.
SHIM = """#!/bin/sh
case "$*" in *"-m venv "*) ;; *) exec {python} "$@" ;; esac
for folder; do :; done
mkdir -p "$folder/bin"
printf '%s\\n' "$@" > "$folder/venv-was-given"
cat > "$folder/bin/python" <<'END'
#!/bin/sh
case "$*" in
  *" pip "*)
    printf '%s\\n' "$@" "$PIP_CONSTRAINT" "$PIP_BUILD_CONSTRAINT" > "${{0%/bin/python}}/pip-was-given"
    exit 0
    ;;
esac
exec {python} "$@"
END
chmod +x "$folder/bin/python"
"""


@pytest.fixture(scope="session", autouse=True)
def needs_git() -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path)


@pytest.fixture(scope="session")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with our sources and the dependencies of this one, so that most tests need no package index."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    shared = dict.fromkeys((str(ROOT / "src"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def shims(tmp_path_factory: pytest.TempPathFactory, venv: Path) -> Path:
    """A folder for the path, with a `python3` whose environments need not be filled."""
    folder = tmp_path_factory.mktemp("shims")
    (folder / "python3").write_text(SHIM.format(python=venv / "bin" / "python"), encoding="utf-8")
    (folder / "python3").chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with our working tree as its one commit, as our users would clone it."""
    folder = tmp_path_factory.mktemp("tool") / "release-review"
    folder.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "The tool")
    return folder
