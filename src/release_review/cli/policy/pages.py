"""What `policy docs` would change on disk, and the change itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from release_review.admit import PolicySet
from release_review.authoring.pages import MARKS, SUFFIXES, files_of, pages_of
from release_review.authoring.tables import tables, with_tables
from release_review.cli import outputs
from release_review.errors import OutputError
from release_review.files import read_file, reason_of
from release_review.model import LIMITS

_KIND = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to become of a file: its new text, or None where it is to go."""

    path: Path
    text: str | None


def changes_of_pages(policies: PolicySet, folder: Path, formats: Sequence[str]) -> list[Change]:
    """Give what has to change in a folder, so that it has the pages of policies; nothing where it has them.

    A page of a rule or an assessment that is gone goes too, below the folders of these policies. Only a file that this
    command has made is changed.

    Raises:
        OutputError: Something else is in the place of a page.
    """
    wanted = {folder / name: text for name, text in files_of(pages_of(policies), formats).items()}
    changed = [Change(path=path, text=text) for path, text in wanted.items() if _made(path) != text]
    gone = [Change(path=path, text=None) for path in _pages_in(folder, policies, formats) if path not in wanted]
    return [*changed, *gone]


def changes_of_tables(policies: PolicySet, files: Iterable[Path]) -> list[Change]:
    """Give the files whose tables are not those of policies.

    Raises:
        InputError: A file cannot be read, or has no place for a table.
    """
    given = tables(policies)
    return [change for file in dict.fromkeys(files) for change in _renewed(file, given)]


def carry_out(changes: Iterable[Change]) -> None:
    """Write and remove files.

    Raises:
        OutputError: One could not be written or removed; those before it are.
    """
    for change in changes:
        if change.text is None:
            with _explained(change.path):
                change.path.unlink()
            continue
        outputs.make_folders(change.path.parent)
        outputs.check_target(change.path, kind=_KIND)
        outputs.replace(change.path, change.text, kind=_KIND)


def _renewed(file: Path, given: Mapping[str, str]) -> Iterator[Change]:
    text = _text_of(read_file(file, LIMITS))
    if text is None:
        raise OutputError("is not UTF-8, and has no place for a table", where=str(file), hint="name a page in Markdown")
    renewed = with_tables(text, given, where=str(file))
    if renewed != text:
        yield Change(path=file, text=renewed)


def _pages_in(folder: Path, policies: PolicySet, formats: Sequence[str]) -> Iterator[Path]:
    """Give the pages about parts of these policies that this command has made."""
    for policy in policies.policies:
        for kind in ("assessments", "rules"):
            below = folder / policy.id / kind
            if below.is_dir() and not below.is_symlink():
                found = sorted(path for name in formats for path in below.glob(f"*{SUFFIXES[name]}"))
                yield from (path for path in found if _is_ours(path))


def _is_ours(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and _has_mark(path, _text_of(path.read_bytes()))


def _made(path: Path) -> str | None:
    """Give the text of a page that is there.

    Raises:
        OutputError: What is there was not made by this command.
    """
    if not path.exists() and not path.is_symlink():
        return None
    with _explained(path):
        text = _text_of(path.read_bytes()) if path.is_file() and not path.is_symlink() else None
    if not _has_mark(path, text):
        hint = "move it away, or name another folder"
        raise OutputError("stands where a page would, and is not ours", where=str(path), hint=hint)
    return text


def _has_mark(path: Path, text: str | None) -> bool:
    return text is not None and MARKS[path.suffix] in text


def _text_of(content: bytes) -> str | None:
    """Give a text with the line endings that it has; None for what is no text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot be written: {reason_of(error)}", where=str(path), hint="free the place") from None
