"""What earlier runs worked out: an entry that is not whole, not ours or not of this code is no entry."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review import load_policies, load_registry
from release_review import store as store_module
from release_review.admit import AdmittedRule
from release_review.cel import Expression
from release_review.store import Store, key_of

KEY = key_of(["sha256:abc"])
VALUE = {"a": [1, 2.5, "drei", None, True]}


def kept(folder: Path, **arguments: Any) -> tuple[Store, Path]:
    store = Store(folder, **arguments)
    store.keep("trees", KEY, VALUE)
    (entry,) = folder.glob("*.entry")
    return store, entry


def found(store: Store, key: str = KEY) -> list[Any]:
    return list(store.find("trees", key))


def test_what_is_kept_is_found_by_its_kind_and_key(tmp_path: Path) -> None:
    store, _ = kept(tmp_path / "new" / "folder")
    assert found(store) == [VALUE]
    assert found(store, key_of(["sha256:abd"])) == []
    assert list(store.find("documents", KEY)) == []


def test_the_entries_of_the_package_come_first_and_need_not_be_ours(tmp_path: Path) -> None:
    shipped = tmp_path / "package"
    Store(shipped).keep("trees", KEY, {"shipped": True})
    for entry in shipped.iterdir():
        entry.chmod(0o666)
    store, _ = kept(tmp_path / "own")
    assert found(Store(tmp_path / "own", shipped=shipped)) == [{"shipped": True}, VALUE]
    assert found(store) == [VALUE]


def test_entries_of_other_code_are_not_found(tmp_path: Path) -> None:
    kept(tmp_path / "own", stamp="one state of the code")
    assert found(Store(tmp_path / "own", stamp="another")) == []


def flip(entry: Path) -> None:
    content = bytearray(entry.read_bytes())
    content[-3] ^= 1
    entry.write_bytes(content)


def cut(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-1])


def empty(entry: Path) -> None:
    entry.write_bytes(b"")


def of_another_format(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes().replace(b"store/1", b"store/2"))


def writable_by_others(entry: Path) -> None:
    entry.chmod(0o622)


def in_a_folder_writable_by_others(entry: Path) -> None:
    entry.parent.chmod(0o777)


def a_link(entry: Path) -> None:
    entry.rename(entry.parent / "elsewhere")
    entry.symlink_to(entry.parent / "elsewhere")


def a_folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def a_pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


@pytest.mark.parametrize(
    "spoil",
    [
        flip,
        cut,
        empty,
        of_another_format,
        writable_by_others,
        in_a_folder_writable_by_others,
        a_link,
        a_folder,
        a_pipe,
        Path.unlink,
    ],
)
def test_an_entry_that_is_not_whole_or_not_ours_is_no_entry(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    store, entry = kept(tmp_path / "own")
    spoil(entry)
    assert found(store) == []


def test_an_entry_of_another_user_is_no_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = kept(tmp_path / "own")
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(tmp_path).st_uid + 1)  # noqa: PTH116 - the user of the folder
    assert found(store) == []


def test_an_entry_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, entry = kept(tmp_path / "own")
    monkeypatch.setattr(store_module, "LARGEST_ENTRY", entry.stat().st_size - 1)
    assert found(store) == []


def test_what_is_whole_and_no_json_is_no_entry(tmp_path: Path) -> None:
    store, entry = kept(tmp_path / "own")
    body = b"[" * 100_000
    entry.write_bytes(store_module._head(body) + body)
    assert found(store) == []


def test_a_damaged_entry_is_written_again(tmp_path: Path) -> None:
    store, entry = kept(tmp_path / "own")
    flip(entry)
    store.keep("trees", KEY, VALUE)
    assert found(store) == [VALUE]


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = Store(tmp_path / "file" / "below")
    store.keep("trees", KEY, VALUE)
    assert found(store) == []


def test_a_folder_of_others_is_not_written(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    folder.chmod(0o777)
    Store(folder).keep("trees", KEY, VALUE)
    assert list(folder.iterdir()) == []


def test_a_write_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    store, entry = kept(tmp_path / "own")
    with pytest.raises(TypeError):
        store_module.write_entry(entry, {"not": object()})
    assert sorted(path.name for path in entry.parent.iterdir()) == ["CACHEDIR.TAG", entry.name]
    assert found(store) == [VALUE]


def test_the_oldest_entries_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MOST_ENTRIES", 2)
    store = Store(tmp_path / "own")
    for number in range(4):
        store.keep("trees", key_of([str(number)]), number)
        (entry,) = (path for path in (tmp_path / "own").glob("*.entry") if key_of([str(number)])[:32] in path.name)
        os.utime(entry, (number, number))
    assert [found(store, key_of([str(number)])) for number in range(4)] == [[], [], [2], [3]]


def test_no_folder_keeps_nothing(tmp_path: Path) -> None:
    store = Store()
    store.keep("trees", KEY, VALUE)
    assert found(store) == []
    assert list(tmp_path.iterdir()) == []


def test_nobodys_folder_changes_what_came_with_the_package(tmp_path: Path) -> None:
    registry = load_registry(discover=False)
    honest = load_policies(["benefits"], registry, store=Store(tmp_path / "package"))
    forged = Store(tmp_path / "own")
    for entry in (tmp_path / "package").glob("trees-*"):
        body = json.loads(entry.read_bytes().partition(b"\n")[2])
        key = entry.stem.removeprefix("trees-")
        forged.keep("trees", key, {name: ["truth", True] for name in body})
        assert list(forged.find("trees", key)) != [body]
    both = load_policies(["benefits"], registry, store=Store(tmp_path / "own", shipped=tmp_path / "package"))
    assert [meaning(rule) for rule in both.rules] == [meaning(rule) for rule in honest.rules]


def meaning(rule: AdmittedRule) -> object:
    assert isinstance(rule.requirement, Expression)
    return rule.requirement.formula
