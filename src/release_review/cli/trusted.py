"""The trusted folder: what decides a verdict comes from it, so that what is reviewed cannot weaken its own review.

A pull request controls every byte of its checkout. So a gate reads configuration, policies, waivers and baseline from
a checkout of the base revision, and from nowhere else: whatever leads out of that folder is refused, by a path or by a
link, and so is a folder that the pull request itself brought.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from release_review.errors import UsageError
from release_review.escape import shorten

FLAG = "--trusted"
"""The flag that names the folder; nothing else can."""

ROOTS = (".git", ".hg", ".jj", ".svn")
"""What stands in the root of a checkout."""

_ADVICE = "check out the base revision into a folder of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedFolder:
    """A folder that is kept apart from what is reviewed.

    Attributes:
        folder: As the command line calls it.
        place: The same with all links resolved.
    """

    folder: Path
    place: Path

    def check_inside(self, path: Path, *, named: str, where: str = "") -> None:
        """Make sure that a path, and whatever a folder there holds, stays inside.

        Args:
            path: What is going to be read: a file or a folder, with or without links on the way.
            named: What names it: a flag, or a key of a configuration file.
            where: The place of that key; empty for a flag.

        Raises:
            UsageError: It leads out.
        """
        if not self._holds(path):
            what = f"{named} '{shorten(str(path))}' leads out of the trusted folder '{shorten(str(self.folder))}'"
            raise UsageError(what, where=where, hint="name one inside of it")
        for link in _links_in(path):
            if not self._holds(link):
                what = f"{named} '{shorten(str(path))}' holds the link '{shorten(str(link))}', which leads out of "
                what += f"the trusted folder '{shorten(str(self.folder))}'"
                raise UsageError(what, where=where, hint="put what it leads to in its place")

    def check_apart(self, name: str, *, folder: Path, path: Path | None = None) -> None:
        """Make sure that a manifest is not among what is trusted, nor what is trusted in the manifest's checkout.

        Args:
            name: How the manifest is called.
            folder: The folder that it lies in, or is said to lie in.
            path: Its file; None where it comes from stdin.

        Raises:
            UsageError: One of them holds the other.
        """
        if self._holds(folder) or (path is not None and self._holds(path)):
            raise UsageError("the trusted folder holds the manifest", where=shorten(name), hint=_ADVICE)
        if self._is_part_of_checkout(Path(os.path.realpath(folder))):
            what = f"the trusted folder '{shorten(str(self.folder))}' is part of the same checkout as the manifest"
            raise UsageError(what, where=shorten(name), hint=_ADVICE)

    def _holds(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self.place)

    def _is_part_of_checkout(self, folder: Path) -> bool:
        """Tell whether who changes the files around `folder` changes this folder too.

        Each kind of checkout is looked at by itself: git takes a `.hg` from anybody, but no `.git`.
        """
        for mark in ROOTS:
            root = next((each for each in (folder, *folder.parents) if os.path.lexists(each / mark)), None)
            if root is not None and self.place.is_relative_to(root):
                between = [each for each in (self.place, *self.place.parents) if each.is_relative_to(root)]
                if not any(os.path.lexists(each / mark) for each in between if each != root):
                    return True
        return False


def open_trusted(name: str) -> TrustedFolder:
    """Give the trusted folder of that name.

    Raises:
        UsageError: There is no such folder.
    """
    if not name:  # a variable of a workflow that nobody has set
        raise UsageError(f"{FLAG} names no folder", hint=_ADVICE)
    folder = Path(name)
    try:
        place = folder.resolve(strict=True)
        is_folder = place.is_dir()
    except FileNotFoundError:
        raise UsageError(f"the trusted folder '{shorten(name)}' does not exist", hint=_ADVICE) from None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle, up to Python 3.12
        reason = getattr(error, "strerror", None) or "its links lead nowhere"
        what = f"the trusted folder '{shorten(name)}' cannot be read: {reason[:1].lower()}{reason[1:]}"
        raise UsageError(what, hint=_ADVICE) from None
    if not is_folder:
        raise UsageError(f"the trusted folder '{shorten(name)}' is no folder", hint=_ADVICE)
    return TrustedFolder(folder=folder, place=place)


def _links_in(path: Path) -> Iterator[Path]:
    """Give the links in a folder and in all that its links lead to; whatever cannot be read, reading it tells."""
    waiting, seen = [path], set()
    while waiting:
        here = waiting.pop()
        place = os.path.realpath(here)
        if place in seen or not Path(place).is_dir():
            continue
        seen.add(place)
        entries: list[Path] = []
        with contextlib.suppress(OSError):
            entries = sorted(here.iterdir())
        yield from (entry for entry in entries if entry.is_symlink())
        waiting += entries
