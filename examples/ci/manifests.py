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
from typing import NamedTuple

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


class _Folder(NamedTuple):
    name: str  # empty, or with a slash at its end
    real: str  # where it is, without links


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
    start = _Folder("", os.path.realpath("."))
    todo, links, seen = [(start, 0)], list[tuple[_Folder, int]](), set[tuple[str, int]]()
    found: list[str] = []
    while todo or links:
        folder, at = todo.pop() if todo else links.pop()
        if (folder.real, at) in seen:
            continue
        seen.add((folder.real, at))
        part, last = parts[at], at + 1 == len(parts)
        path = folder.name + part
        if STAR not in part:
            if not last:
                todo.append((_Folder(f"{path}/", os.path.realpath(path or "/")), at + 1))
            elif os.path.lexists(path):
                found.append(path)
            continue
        files, folders, linked = _inside(folder, part, start.real)
        if last:
            found += files
        elif part == FOLDERS:
            todo.append((folder, at + 1))
        if part == FOLDERS or not last:
            after = at if part == FOLDERS else at + 1
            todo += [(each, after) for each in folders]
            links += [(each, after) for each in linked]
    return sorted(found) or [line]


def _inside(folder: _Folder, part: str, checkout: str) -> tuple[list[str], list[_Folder], list[_Folder]]:
    """Give what a part of a pattern stands for in a folder: files, folders, and links to folders, the last first."""
    files: list[str] = []
    folders: list[_Folder] = []
    linked: list[_Folder] = []
    if not Path(folder.name).is_dir():
        return files, folders, linked
    if os.path.commonpath([checkout, folder.real]) != checkout:
        what = f"{folder.name} leads out of the checkout, where no star looks: name the manifests one by one"
        raise CannotTellError(what)
    wanted = re.compile(".*".join(re.escape(piece) for piece in re.split(r"\*+", part)), re.DOTALL)
    for name in sorted((each.name for each in Path(folder.name).iterdir()), reverse=True):
        if not wanted.fullmatch(name) or (name.startswith(".") and not part.startswith(".")):
            continue
        path = Path(folder.name, name)
        if not path.is_dir():
            files.append(folder.name + name)
        elif path.is_symlink():
            linked.append(_Folder(f"{folder.name}{name}/", os.path.realpath(path)))
        else:
            folders.append(_Folder(f"{folder.name}{name}/", f"{folder.real}/{name}"))
    return files, folders, linked


def _no_option(name: str) -> str:
    """Write a name so that it is no option, and not the sign for stdin."""
    return f"./{name}" if name.startswith("-") else name


if __name__ == "__main__":
    sys.exit(main())
