"""The trusted folder: what decides a verdict comes from it, so that what is reviewed cannot weaken its own review.

A pull request controls every byte of its checkout. So a gate reads configuration, policies, waivers and baseline from
a checkout of the base revision, and from nowhere else: whatever leads out of that folder is refused, by a path or by a
link, and so is a folder that the pull request itself brought.

Who can change one file of a checkout can change every file of it, its links and its submodules included. Only what git
itself has put there and takes from nobody sets a folder in it apart: the `.git` of a clone, or of a worktree.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from release_review.errors import UsageError
from release_review.escape import shorten

FLAG = "--trusted"
"""The flag that names the folder; nothing else can."""

GIT = ".git"

ROOTS = (GIT, ".hg", ".jj", ".svn")
"""What stands in the root of a checkout."""

MOST_LINKS = 64
"""Links on the way to a file; systems follow 40 at most, and macOS 32."""

_ADVICE = "check out the base revision into a folder of its own"
_MOST_BYTES = 1 << 20
_MODULES = ".gitmodules"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedFolder:
    """A folder that is kept apart from what is reviewed.

    Attributes:
        folder: As the command line calls it.
        place: The same with all links resolved.
        links: The links on the way to it.
    """

    folder: Path
    place: Path
    links: tuple[Path, ...] = ()

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

    def check_apart(self, name: str, *, path: Path) -> None:
        """Make sure that a manifest is not among what is trusted, nor what is trusted in the manifest's checkout.

        Args:
            name: How the manifest is called.
            path: Where it is, or is said to be; it need not be there.

        Raises:
            UsageError: One of them holds the other, or a link of that checkout leads to one of them.
        """
        place = Path(os.path.realpath(path))
        named = Path(os.path.abspath(path))  # noqa: PTH100 - pathlib leaves the `..`
        folders = {place.parent, named.parent, *(link.parent for link in _links_on(path))}
        if any(_lies_in(each, self.place) for each in (place, *folders)):
            raise UsageError("the trusted folder holds the manifest", where=shorten(name), hint=_ADVICE)
        called = ("the manifest", "the folder of the manifest")
        self._check_not_brought(folders, place.parent, called=called, where=shorten(name))

    def check_working_folder(self, folder: Path) -> None:
        """Make sure of the same for the folder that a run works in: whoever names no path that leads there is in it.

        Args:
            folder: An absolute path.

        Raises:
            UsageError: One of them holds the other, or a link of that checkout leads to what is trusted.
        """
        folder = Path(os.path.realpath(folder))
        if _lies_in(folder, self.place):
            what = f"the trusted folder '{shorten(str(self.folder))}' holds the working folder"
            raise UsageError(what, hint="work in the checkout that is under review")
        self._check_not_brought({folder}, folder, called=("the working folder", "the working folder"))

    def _holds(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self.place)

    def _check_not_brought(
        self, folders: Iterable[Path], own: Path, *, called: tuple[str, str], where: str = ""
    ) -> None:
        """Make sure that who changes the files around these folders changes neither this one nor the way to it.

        Each kind of checkout is looked at by itself: git takes a `.hg` from anybody, but no `.git`. All folders above
        are looked at, because who changes a checkout changes its submodules, and with them all that is in these.
        """
        above = {each for folder in folders for each in (folder, *folder.parents)}
        roots = [(each, mark) for each in sorted(above) for mark in ROOTS if os.path.lexists(each / mark)]
        this = f"the trusted folder '{shorten(str(self.folder))}'"
        if any(_is_part(self.place, root, mark) for root, mark in roots):
            raise UsageError(f"{this} is part of the same checkout as {called[0]}", where=where, hint=_ADVICE)
        # Files may have come without their checkout, as an archive for instance. In a container one may work in `/`.
        bare = [(own, GIT)] if own != own.parent else []
        if any(_is_part(self.place, root, mark) for root, mark in bare):
            what = f"{this} lies in {called[1]} and is no checkout of its own"
            raise UsageError(what, where=where, hint=_ADVICE)
        if any(_is_part(link.parent, root, mark) for link in self.links for root, mark in roots + bare):
            what = f"a link on the way to {this} is part of the same checkout as {called[0]}"
            raise UsageError(what, where=where, hint="name the folder without it")


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
    return TrustedFolder(folder=folder, place=place, links=_links_on(folder))


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


# Ways -----------------------------------------------------------------------------------------------------------------


def _links_on(path: Path) -> tuple[Path, ...]:
    """Give the links that a system follows on the way to a path, each in its folder with all links resolved."""
    start = path if path.is_absolute() else Path(os.path.realpath(os.curdir), path)
    waiting = [*reversed(start.parts)]
    here = Path(waiting.pop())
    links: list[Path] = []
    while waiting and len(links) < MOST_LINKS:
        step = waiting.pop()
        if step == os.pardir:
            here = here.parent
            continue
        target = None
        with contextlib.suppress(OSError, ValueError):  # it is no link, or there is nothing
            target = (here / step).readlink()
        if target is None:
            here /= step
            continue
        links.append(here / step)
        parts = target.parts
        if target.is_absolute():
            here, parts = Path(parts[0]), parts[1:]
        waiting += reversed(parts)
    return tuple(links)


def _lies_in(path: Path, folder: Path) -> bool:
    return any(_is_same(each, folder) for each in (path, *path.parents))


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two names are of one folder: a system may not tell `Gate` from `gate`, and mount it twice."""
    if one == other:
        return True
    with contextlib.suppress(OSError, ValueError):
        return one.samefile(other)
    return False


# Checkouts ------------------------------------------------------------------------------------------------------------


def _is_part(place: Path, root: Path, mark: str) -> bool:
    """Tell whether who changes the checkout around `root` changes what is in `place`.

    Subversion and Mercurial check out what a file of theirs names, as git does with submodules, and leave nothing that
    tells one from a checkout of its own. So only git sets a folder apart.
    """
    for each in (place, *place.parents):
        if _is_same(each, root):
            return True
        if mark == GIT and _is_checkout_of_its_own(each):
            return False
    return False


def _is_checkout_of_its_own(folder: Path) -> bool:
    """Tell whether what is in a folder is up to nobody who changes the checkout around it."""
    mark = folder / GIT
    try:
        status = mark.lstat()
        own = stat.S_ISDIR(status.st_mode) or (stat.S_ISREG(status.st_mode) and _is_worktree(mark))
        return own and not _is_named_as_submodule(folder)
    except (OSError, ValueError):  # ValueError: it is no text, or far too long
        return False


def _is_worktree(mark: Path) -> bool:
    """Tell whether a `.git` file is that of a worktree: who made it has chosen what is in it.

    That of a submodule looks alike, and its name may be `worktrees/x`. But only a worktree is known to the repository
    that it is of, and those of a submodule's repository are as little to be trusted as the submodule is.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no text, or far too long.
    """
    text = _read(mark)
    if not text.startswith("gitdir: "):
        return False
    known = Path(os.path.realpath(mark.parent / text.removeprefix("gitdir: ")))
    back = known / _read(known / "gitdir")
    return (
        known.parent.name == "worktrees"
        and _is_same(Path(os.path.realpath(known / _read(known / "commondir"))), known.parent.parent)
        and back.name == GIT
        and _is_same(Path(os.path.realpath(back.parent)), mark.parent)
        and not any(each.name == "modules" and (each.parent / "HEAD").exists() for each in known.parents)
    )


def _is_named_as_submodule(folder: Path) -> bool:
    """Tell whether a checkout around another says that this one is a submodule.

    Old versions of git make a clone of it, and newer ones check out what the submodule is to be in whatever is there.

    Raises:
        OSError: What says so cannot be read.
        ValueError: It is no text, or far too long.
    """
    for around in folder.parents:
        if not os.path.lexists(around / _MODULES):
            continue
        # A value may be quoted in parts, and go on in the next line.
        plain = _read(around / _MODULES).replace("\r\n", "\n").replace("\\\n", "").replace("\\", "").replace('"', "")
        name = re.escape(folder.relative_to(around).as_posix())
        if re.search(rf"path\s*=\s*{name}/*\s*(?:$|[;#])", plain, re.IGNORECASE | re.MULTILINE):
            return True
    return False


def _read(path: Path) -> str:
    """Read a short text of git without its end of line.

    Raises:
        OSError: It is no file, or cannot be read.
        ValueError: It is no text, or far too long.
    """
    if not stat.S_ISREG(path.lstat().st_mode):  # a pipe would wait
        raise OSError
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError
    return content.decode().rstrip("\r\n")
