"""A corpus is read whole and in one order: what might be a release and cannot be read is told, never left out."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audits import Run, rows, write_lines

from release_review.audit.corpus import LINES, Named, open_corpus
from release_review.audit.items import BATCH_SIZE, Item, batches
from release_review.errors import InputError, NothingToCheckError, UsageError
from release_review.model import Limits
from release_review.plugins import load_registry

IMPORTERS = load_registry(discover=False).importers
TOML = 'schema = "release-manifest/1"\n[release]\nid = "acme/{}"\n[[access]]\nid = "a"\nkind = "api"\n'


def items(*paths: str, exclude: tuple[str, ...] = (), limits: Limits | None = None) -> list[Item]:
    named = [Named(path=path) for path in paths]
    parts = open_corpus(named, importers=IMPORTERS, exclude=exclude, limits=limits or Limits())
    found = [item for part in parts for item in part.items()]
    assert found == [item for part in parts for item in part.items()], "a second reading gives something else"
    return found


def write(path: Path, name: str = "one") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TOML.format(name), encoding="utf-8")


def test_a_folder_is_read_by_path_and_to_the_ground(folder: Path) -> None:
    for name in ("b/two.toml", "a.toml", "b/deep/er/three.yaml", "B.JSON", "b.json"):
        write(folder / "all" / name)
    found = [item.name for item in items("all")]
    assert found == ["all/B.JSON", "all/a.toml", "all/b/deep/er/three.yaml", "all/b/two.toml", "all/b.json"]
    assert all(item.folder == Path(item.name).parent for item in items("all"))


def test_what_begins_with_a_dot_and_what_is_excluded_is_left_out(folder: Path) -> None:
    for name in (".git/config.toml", ".hidden.toml", "one.toml", "evidence/log.json", "deep/evidence/log.json"):
        write(folder / "all" / name)
    assert [item.name for item in items("all", exclude=("*/evidence/*",))] == ["all/one.toml"]


def test_files_of_no_format_are_counted_and_told(folder: Path, audit: Callable[..., Run]) -> None:
    write(folder / "all/one.toml")
    for name in ("README.md", "notes.md", "LICENSE"):
        (folder / "all" / name).touch()
    done = audit("all", "-o", "a.db")
    assert "note: all: 3 files of no format of manifests: .md (2), LICENSE (1)\n" in done.err
    assert len(rows("a.db")) == 1


def test_links_in_a_folder_are_told_and_not_followed(folder: Path) -> None:
    write(folder / "outside/one.toml")
    write(folder / "all/real.toml")
    (folder / "all/link.toml").symlink_to(folder / "outside/one.toml")
    (folder / "all/linked").symlink_to(folder / "outside")
    (folder / "all/dangling.toml").symlink_to(folder / "nowhere.toml")
    found = {item.name: item.errors for item in items("all")}
    assert set(found) == {"all/dangling.toml", "all/link.toml", "all/linked", "all/real.toml"}
    told = [error for errors in found.values() for error in errors]
    assert len(told) == 3
    assert all("is a symbolic link, and links are not followed" in error for error in told)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["pipe.toml", "pipe.jsonl"])
def test_a_named_pipe_is_told_and_never_waited_for(name: str, folder: Path) -> None:
    (folder / "all").mkdir()
    os.mkfifo(folder / "all" / name)
    (item,) = items("all")
    assert "named pipe" in item.errors[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may list any folder")
def test_a_folder_that_may_not_be_listed_is_told(folder: Path) -> None:
    (folder / "all/closed").mkdir(parents=True)
    (folder / "all/closed").chmod(0)
    (item,) = items("all")
    (folder / "all/closed").chmod(0o700)
    assert "cannot be listed" in item.errors[0]


def test_a_pattern_names_files_in_order_and_one_that_fits_none_is_an_error(folder: Path) -> None:
    for name in ("x/2.toml", "x/10.toml", "y/1.toml", "y/evidence/log.json"):
        write(folder / name)
    assert [item.name for item in items("?/*.toml")] == ["x/10.toml", "x/2.toml", "y/1.toml"]
    with pytest.raises(NothingToCheckError, match=r"no file fits '\*\.yaml'"):
        items("*.yaml")
    with pytest.raises(InputError, match="does not exist"):
        items("none.toml")


def test_two_stars_stand_for_any_folders_and_no_links(folder: Path) -> None:
    for name in ("x/r.toml", "x/y/r.toml", "x/y/z/r.toml", "x/.hidden/r.toml", "r.toml"):
        write(folder / name)
    (folder / "x/loop").symlink_to(".")
    (folder / "x/other").symlink_to(".")
    assert [item.name for item in items("**/r.toml")] == ["r.toml", "x/r.toml", "x/y/r.toml", "x/y/z/r.toml"]
    assert [item.name for item in items("x/**/z/*.toml")] == ["x/y/z/r.toml"]
    assert [item.name for item in items(f"{folder}/x/[xyz]/r.toml")] == [f"{folder}/x/y/r.toml"]


def test_a_folder_that_is_too_deep_for_python_is_read(folder: Path) -> None:
    (folder / "deep").mkdir()
    os.chdir(folder / "deep")
    for _ in range(1_200):
        Path("d").mkdir()
        os.chdir("d")
    Path("r.toml").write_text(TOML.format("one"), encoding="utf-8")
    os.chdir(folder)
    try:
        (item,) = items("deep")
        (fitting,) = items("deep/**/r.toml")
    finally:
        subprocess.run(["rm", "-rf", "deep"], check=True)  # noqa: S607 - whatever pytest does to clean up recurses
    assert item.name.endswith("/r.toml")
    assert fitting.name == item.name


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may list any folder")
def test_a_pattern_tells_folders_that_may_not_be_listed(folder: Path) -> None:
    write(folder / "x/open/r.toml")
    (folder / "x/closed").mkdir()
    (folder / "x/closed").chmod(0)
    found = {item.name: item.errors for item in items("x/**/r.toml")}
    (folder / "x/closed").chmod(0o700)
    assert set(found) == {"x/open/r.toml", "x/closed"}
    assert "cannot be listed" in found["x/closed"][0]


def test_a_file_whose_name_is_a_pattern_is_itself(folder: Path) -> None:
    write(folder / "[7b].toml", "seven")
    write(folder / "7.toml", "other")
    assert [item.name for item in items("[7b].toml")] == ["[7b].toml"]


def test_nothing_is_counted_twice(folder: Path) -> None:
    write(folder / "all/one.toml")
    for paths in (("all", "all/one.toml"), ("all", "./all"), ("all/one.toml", "all/one.toml"), ("all", "all/../all")):
        with pytest.raises(UsageError, match="have manifests in common"):
            items(*paths)
    assert len(items("all/one.toml", "all/*.toml")) == 1


def test_a_line_is_a_manifest_and_is_called_by_its_number(folder: Path, audit: Callable[..., Run]) -> None:
    manifest = {"schema": "release-manifest/1", "release": {"id": "a/b"}}
    text = "\ufeff" + json.dumps(manifest) + "\r\n\r\n  \n" + json.dumps(manifest) + "\n" + json.dumps(manifest)
    (folder / "a.jsonl").write_text(text, encoding="utf-8", newline="")
    assert [item.name for item in items("a.jsonl")] == ["a.jsonl:1", "a.jsonl:4", "a.jsonl:5"]
    audit("a.jsonl", "-o", "a.db")
    assert [row["release"]["id"] for row in rows("a.db")] == ["a/b"] * 3


@pytest.mark.parametrize("ending", LINES)
def test_a_line_that_is_too_long_is_one_item_and_the_next_is_read(ending: str, folder: Path) -> None:
    (folder / f"a{ending}").write_text("x" * 500 + "\n" + "y" * 100 + "\n" + "z" * 101, encoding="utf-8")
    found = items(f"a{ending}", limits=Limits(file_bytes=100))
    assert [item.name.rpartition(":")[2] for item in found] == ["1", "2", "3"]
    assert [item.content for item in found] == [None, b"y" * 100, None]
    assert "is larger than the limit of 100 bytes" in found[0].errors[0]


@pytest.mark.parametrize("behind", [b" ", b"\r\r", b"   ", b"x"])
def test_what_stands_behind_the_limit_of_a_line_is_never_lost(behind: bytes, folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(b"{}".ljust(100) + behind + b'{"second": 1}\n' + b" " * 200 + b"{}\n{}\r\n")
    found = items("a.jsonl", limits=Limits(file_bytes=100))
    assert [(item.name, item.content) for item in found] == [
        ("a.jsonl:1", None),
        ("a.jsonl:2", None),
        ("a.jsonl:3", b"{}"),
    ]


def test_parquet_is_read_row_by_row(folder: Path, audit: Callable[..., Run]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [json.dumps({"schema": "release-manifest/1", "release": {"id": f"a/{n}"}}) for n in range(70)]
    pq.write_table(pa.table({"other": list(range(71)), "manifest": [*texts, None]}), folder / "a.parquet")
    assert audit("a.parquet", "-o", "a.db").status == 2
    found = rows("a.db")
    assert [row["release"]["id"] for row in found[:-1]] == [f"a/{n}" for n in range(70)]
    assert found[-1]["errors"] == ["a.parquet:71: holds no text; write a manifest in JSON into the column"]


def test_parquet_that_cannot_be_read_is_told_and_loses_no_other(folder: Path, audit: Callable[..., Run]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "all").mkdir()
    write(folder / "all/good.toml")
    text = pa.array([json.dumps({"schema": "release-manifest/1", "release": {"id": "a/b"}})])
    pq.write_table(pa.table({"other": [1]}), folder / "all/none.parquet")
    pq.write_table(pa.Table.from_arrays([text, text], ["manifest", "manifest"]), folder / "all/two.parquet")
    (folder / "all/broken.parquet").write_bytes(b"PAR1 and nothing")
    raw = pa.Array.from_buffers(pa.string(), 1, [None, *pa.array([b"\xff\xfe"], pa.binary()).buffers()[1:]])
    pq.write_table(pa.table({"manifest": raw}), folder / "all/latin.parquet")
    os.mkfifo(folder / "all/pipe.parquet")
    done = audit("all", "-o", "a.db")
    assert done.status == 2
    for told in (
        "all/broken.parquet: cannot be read as Parquet",
        "all/latin.parquet:1",
        "all/none.parquet: has no column `manifest`",
        "all/pipe.parquet: is a named pipe",
        "all/two.parquet: has more than one column `manifest`",
    ):
        assert f"error: {told}" in done.err
    assert [row["release"]["id"] for row in rows("a.db") if "errors" not in row] == ["acme/one"]


def test_evidence_beside_a_manifest_is_looked_at(folder: Path, audit: Callable[..., Run]) -> None:
    write(folder / "all/one/release.toml")
    with (folder / "all/one/release.toml").open("a", encoding="utf-8") as file:
        file.write('[[access]]\nid = "hub"\nkind = "weights"\naudience = "public"\n')
        file.write('[[evidence]]\nid = "e"\nkind = "literature"\npath = "paper.txt"\n')
        file.write('digest = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"\n')
    (folder / "all/one/paper.txt").write_text("foo", encoding="utf-8")
    audit("all", "-o", "a.db")
    (folder / "all/one/paper.txt").write_text("bar", encoding="utf-8")
    audit("all", "-o", "b.db")
    told = [row["rules"]["marginal-risk/evidence-can-be-followed"] for row in rows("a.db") + rows("b.db")]
    assert told == ["pass", "fail"]


def test_batches_do_not_depend_on_how_a_corpus_is_read() -> None:
    made = [Item(name=str(number)) for number in range(2 * BATCH_SIZE + 1)]
    cut = list(batches(iter(made)))
    assert [len(batch.items) for batch in cut] == [BATCH_SIZE, BATCH_SIZE, 1]
    assert [batch.first for batch in cut] == [1, BATCH_SIZE + 1, 2 * BATCH_SIZE + 1]
    assert cut[0].digest != cut[1].digest
    assert list(batches([])) == []


def test_a_digest_tells_every_difference() -> None:
    base: dict[str, Any] = {
        "name": "a",
        "format": "JSON",
        "content": b"x",
        "folder": None,
        "notes": ("n",),
        "errors": (),
    }
    others: list[dict[str, Any]] = [
        {"name": "b"},
        {"format": "TOML"},
        {"content": b"y"},
        {"content": None},
        {"content": b""},
        {"folder": Path("x")},
        {"notes": ()},
        {"errors": ("e",)},
    ]
    digests = [digest_of(Item(**(base | other))) for other in ({}, *others)]
    assert len(set(digests)) == len(digests)
    apart = digest_of(Item(name="a", content=b"xy"), Item(name="a", content=b"z"))
    assert apart != digest_of(Item(name="a", content=b"x"), Item(name="a", content=b"yz"))


def digest_of(*made: Item) -> str:
    (batch,) = batches(made)
    return batch.digest


def test_a_name_with_an_equals_sign_is_a_registry_or_a_file_never_either(
    folder: Path, audit: Callable[..., Run]
) -> None:
    write_lines(folder / "osai=a.jsonl", [{"schema": "release-manifest/1", "release": {"id": "a/b"}}])
    write_lines(folder / "x=a.jsonl", [{"schema": "release-manifest/1", "release": {"id": "a/b"}}])
    assert "is a file and a registry; write './osai=a.jsonl' for the file" in audit("osai=a.jsonl", "-o", "a.db").err
    for name in ("./osai=a.jsonl", "x=a.jsonl"):
        (folder / "a.db").unlink(missing_ok=True)
        audit(name, "-o", "a.db")
        assert len(rows("a.db")) == 1
    assert "there is no importer 'osia'; did you mean 'osai'?" in audit("osia=folder", "-o", "b.db").err
    assert "'osai=' names no path" in audit("osai=", "-o", "b.db").err
    assert "stdin cannot be" in audit("-", "-o", "b.db").err
