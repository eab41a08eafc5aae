# /// script
# requires-python = ">=3.11"
# ///
"""Say which files a list of manifests stands for: the lines of stdin become names on stdout, each ended by a NUL.

A line without a star is one name as it stands, whatever is in it. In a line with one, `*` stands for any part of a
name, and `**` between slashes for any folders, none included; neither stands for a name that begins with a dot. No
other character has a meaning: a pull request adds files at will, and where `[7b]` were a set of characters, a file
`7` would take the place of the one that the line names. A line that stands for nothing is given as it stands, so that
a file that does not exist is reported and not forgotten.

Shells differ in all of this (the bash of macOS has no `**`, and that of Linux does not follow links below it), so it
is done here, by both the action and the template for GitLab. Run it with `python3 -I` in the checkout under review.
The status is 2 where the files cannot be told, with the reason on stderr.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

STAR, FOLDERS = "*", "**"


class CannotTellError(Exception):
    """The files that a line stands for cannot be told."""


def main() -> int:
    """Read the lines, and write the names.

    Returns:
        The exit status: 0, or 2 where the files cannot be told.
    """
    lines = os.fsdecode(sys.stdin.buffer.read()).split("\n")
    try:
        names = [name for line in lines if line for name in names_of(line)]
    except (CannotTellError, OSError) as error:
        # A name of a pull request may hold line feeds, and commands to the runner after them.
        sys.stderr.write(f"release-review: {str(error)!a}\n")
        return 2
    sys.stdout.buffer.write(b"".join(os.fsencode(_no_option(name)) + b"\0" for name in dict.fromkeys(names)))
    return 0


def names_of(line: str) -> list[str]:
    """Give the files below the working folder that a line stands for, in the order of their names.

    Every folder is looked into once, by its own name if the pattern has that, and by that of a link to it otherwise:
    so links in a circle come to an end, and no link hides a file.

    Raises:
        CannotTellError: A star would have to look into a folder outside of the working folder.
        OSError: A folder cannot be read.
    """
    if STAR not in line:
        return [line]
    parts = line.split("/")
    found: list[str] = []
    seen: set[tuple[str, int]] = set()
    todo, links = [("", 0)], list[tuple[str, int]]()
    while todo or links:
        folder, at = todo.pop() if todo else links.pop()
        real = os.path.realpath(folder or ".")
        if (real, at) in seen:
            continue
        seen.add((real, at))
        part, last = parts[at], at + 1 == len(parts)
        if STAR not in part:
            if not last:
                todo.append((f"{folder}{part}/", at + 1))
            elif os.path.lexists(folder + part):
                found.append(folder + part)
            continue
        many = part == FOLDERS
        if many and not last:
            todo.append((folder, at + 1))
        for name in _inside(folder, real, part):
            path = folder + name
            if not Path(path).is_dir():
                if last:
                    found.append(path)
            elif many or not last:
                (links if Path(path).is_symlink() else todo).append((f"{path}/", at if many else at + 1))
    return sorted(found) or [line]


def _inside(folder: str, real: str, part: str) -> list[str]:
    """Give the names in a folder that a part of a pattern stands for, the last first."""
    if not Path(folder).is_dir():
        return []
    here = os.path.realpath(".")
    if os.path.commonpath([here, real]) != here:
        raise CannotTellError(f"{folder} leads out of the checkout, where no star looks: name the manifests one by one")
    wanted = re.compile(".*".join(re.escape(piece) for piece in re.split(r"\*+", part)), re.DOTALL)
    hidden = part.startswith(".")
    names = (path.name for path in Path(folder).iterdir() if hidden or not path.name.startswith("."))
    return sorted((name for name in names if wanted.fullmatch(name)), reverse=True)


def _no_option(name: str) -> str:
    """Write a name so that it is no option, and not the sign for stdin."""
    return f"./{name}" if name.startswith("-") else name


if __name__ == "__main__":
    sys.exit(main())
