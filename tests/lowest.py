"""Print constraints that pin every dependency to its lower bound: `lowest.py pyproject.toml`.

It runs before anything is installed, so it needs the standard library only.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path


def lowest_versions(pyproject: str) -> Iterator[str]:
    """Give `name==version` for every requirement that has a lower bound."""
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {}).values()
    for requirement in (*project["dependencies"], *(line for extra in extras for line in extra)):
        if found := re.fullmatch(r"([\w.-]+) *>=([\w.]+)", requirement):
            yield f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lowest_versions(Path(sys.argv[1]).read_text(encoding="utf-8")))
