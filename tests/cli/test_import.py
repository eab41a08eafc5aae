"""`import` and `init --from`: manifests from what is none, without a plugin that has to be installed."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from release_review.cli import outputs
from release_review.errors import InputError, OutputError
from release_review.hooks import Imported, SourceImporter, Unread
from release_review.model import Limits
from release_review.plugins import Registry, load_registry


def read_names(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    """Read a file that has the id of a release in each line; a line with a blank in it is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise InputError("does not exist", where=str(path), hint="check the path") from None
    for number, line in enumerate(lines, start=1):
        origin = f"{path}:{number}"
        if " " in line:
            yield Unread(origin=origin, error=InputError("has a blank", where=origin, hint="remove it"))
            continue
        data = {"schema": "release-manifest/1", "release": {"id": line, "stage": "released"}}
        yield Imported(data=data, origin=origin, notes=("read\x1b[31m in a test",) if "noted" in line else ())


NAMES = SourceImporter(name="names", summary="One id in each line.", read=read_names)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put source importers in the place of those that are installed."""

    def put(*importers: SourceImporter) -> None:
        registry = dataclasses.replace(load_registry(discover=False), source_importers=importers)

        def load(**_: Any) -> Registry:
            return registry

        monkeypatch.setattr("release_review.plugins.load_registry", load)

    return put


@pytest.fixture
def source(checkout: Path, install: Callable[..., None]) -> Callable[[str], str]:
    """Write a source in the checkout, where the importer `names` is installed; give its name."""
    install(NAMES)

    def write(text: str) -> str:
        (checkout / "names.txt").write_text(text, encoding="utf-8")
        return "names.txt"

    return write


def test_each_release_becomes_a_file(run: Callable[..., Any], source: Callable[[str], str], checkout: Path) -> None:
    done = run("import", "names", source("acme/one\nacme/two\n"), "-o", "out")
    assert (done.status, done.err) == (0, "")
    assert done.out == "out/acme--one.toml: acme/one, 1 fact\nout/acme--two.toml: acme/two, 1 fact\n"
    text = (checkout / "out" / "acme--two.toml").read_text(encoding="utf-8")
    assert text.startswith("# Made by the importer names from names.txt:2.\n")
    assert tomllib.loads(text)["release"] == {"id": "acme/two", "stage": "released"}


def test_what_was_imported_can_be_checked(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    run("import", "names", source("acme/one\n"), "-o", "out")
    assert run("check", "--policy", "small.toml", "out/acme--one.toml").status == 0


def test_what_cannot_be_read_keeps_nothing_else_from_being_written(
    run: Callable[..., Any], source: Callable[[str], str]
) -> None:
    done = run("import", "names", "missing.txt", source("acme/one\na b\n../etc\nacme/two\n"), "-o", "out")
    assert done.status == 2
    assert done.out == "out/acme--one.toml: acme/one, 1 fact\nout/acme--two.toml: acme/two, 1 fact\n"
    errors = done.err.splitlines()
    assert errors[:2] == [
        "error: missing.txt: does not exist; check the path",
        "error: names.txt:2: has a blank; remove it",
    ]
    assert errors[2].startswith("error: names.txt:3: the manifest that 'names' made from it does not hold: release.id")
    assert errors[3:] == ["no verdict was reached"]


def test_a_manifest_that_is_there_stays(run: Callable[..., Any], source: Callable[[str], str], checkout: Path) -> None:
    name = source("acme/one\nacme/two\n")
    (checkout / "out").mkdir()
    (checkout / "out" / "acme--one.toml").write_text("mine", encoding="utf-8")
    done = run("import", "names", name, "-o", "out")
    assert (done.status, done.out) == (2, "out/acme--two.toml: acme/two, 1 fact\n")
    assert "error: out/acme--one.toml: it exists already; replace it with --force, or move it away" in done.err
    assert (checkout / "out" / "acme--one.toml").read_text(encoding="utf-8") == "mine"


def test_force_replaces_it(run: Callable[..., Any], source: Callable[[str], str], checkout: Path) -> None:
    (checkout / "out").mkdir()
    (checkout / "out" / "acme--one.toml").write_text("mine", encoding="utf-8")
    assert run("import", "names", source("acme/one\n"), "-o", "out", "--force").status == 0
    assert "acme/one" in (checkout / "out" / "acme--one.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("links", [True, False], ids=["with hard links", "without"])
def test_what_comes_into_its_place_while_it_is_written_stays(
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    links: bool,  # noqa: FBT001 - a case of the table
) -> None:
    path = checkout / "out" / "one.toml"
    flush = os.fsync

    def meanwhile(descriptor: int) -> None:
        flush(descriptor)
        path.write_text("mine", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fsync", meanwhile)
    if not links:
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OutputError, match="it exists already"):
        outputs.create(path, "theirs")
    assert [(each.name, each.read_text(encoding="utf-8")) for each in path.parent.iterdir()] == [("one.toml", "mine")]


def test_a_manifest_is_written_where_there_are_no_hard_links(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    outputs.create(checkout / "out" / "one.toml", "theirs")
    assert [each.name for each in (checkout / "out").iterdir()] == ["one.toml"]


def test_a_folder_that_cannot_be_made_is_told_once_for_each(
    run: Callable[..., Any], source: Callable[[str], str]
) -> None:
    done = run("import", "names", source("acme/one\n"), "-o", "good.toml/out")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: good.toml/out: cannot be made: not a directory; name another place\n")


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_no_link_is_followed(
    run: Callable[..., Any], source: Callable[[str], str], checkout: Path, force: tuple[str, ...]
) -> None:
    (checkout / "out").mkdir()
    (checkout / "out" / "acme--one.toml").symlink_to(checkout / "target.toml")
    assert run("import", "names", source("acme/one\n"), "-o", "out", *force).status == 2
    assert not (checkout / "target.toml").exists()


def test_two_releases_for_one_file_are_told(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("acme/one\nAcme/One\nacme/one\n"), "-o", "out", "--force")
    assert (done.status, done.out) == (2, "out/acme--one.toml: acme/one, 1 fact\n")
    way_out = "keep one of the two, or write them to two folders"
    assert done.err == (
        f"error: names.txt:2: Acme/One would go where acme/one from names.txt:1 has been written; {way_out}\n"
        f"error: names.txt:3: acme/one would go where acme/one from names.txt:1 has been written; {way_out}\n"
        "no verdict was reached\n"
    )


def test_a_note_is_told_and_harmless(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("acme/noted\n"), "-o", "out")
    assert (done.status, done.err) == (0, "note: names.txt:1: read\\x1b[31m in a test\n")


def test_a_note_on_several_is_told_once(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("acme/noted\nacme/two\nacme/noted-3\n"), "-o", "out")
    assert (done.status, done.err) == (0, "note: names.txt:1 and 1 more: read\\x1b[31m in a test\n")


def test_one_release_may_go_to_stdout(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("acme/one\n"), "-o", "-")
    assert done.status == 0
    assert tomllib.loads(done.out)["release"]["id"] == "acme/one"


def test_two_do_not_go_to_stdout(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("acme/one\nacme/two\n"), "-o", "-")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: there is more than one manifest; write them to a folder, with import -o DIR\n")


def test_an_error_leaves_stdout_empty(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("a b\n"), "-o", "-")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: names.txt:1: has a blank; remove it\n")


def test_a_file_is_no_folder(run: Callable[..., Any], source: Callable[[str], str]) -> None:
    done = run("import", "names", source("acme/one\n"), "-o", "good.toml")
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "error: good.toml: is no folder; name a folder for the manifests",
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("name", "x", "-o", "out"),
            (
                "there is no importer 'name'; did you mean 'names'? use one of: names; "
                "plugins bring others, such as release-review-huggingface"
            ),
        ),
        (("names", "-o", "out"), "missing argument 'SOURCE...'; see 'release-review import --help'"),
        (("names", "x"), "missing option '-o' / '--output-dir'; see 'release-review import --help'"),
    ],
)
def test_what_is_wrong_with_the_command_is_told(
    run: Callable[..., Any], source: Callable[[str], str], arguments: tuple[str, ...], error: str
) -> None:
    done = run("import", *arguments)
    assert (done.status, done.out, done.err.splitlines()[0]) == (2, "", f"error: {error}")


# init --from ----------------------------------------------------------------------------------------------------------


def test_init_starts_from_what_the_one_importer_reads(
    run: Callable[..., Any], source: Callable[[str], str], checkout: Path
) -> None:
    done = run("init", "mine.toml", "--from", source("acme/one\n"))
    assert (done.status, done.out) == (0, "")
    assert done.err == "wrote mine.toml; fill it in, and run 'release-review check mine.toml'\n"
    assert tomllib.loads((checkout / "mine.toml").read_text(encoding="utf-8"))["release"]["id"] == "acme/one"


def test_init_never_overwrites_with_a_card_either(
    run: Callable[..., Any], source: Callable[[str], str], checkout: Path
) -> None:
    before = (checkout / "good.toml").read_bytes()
    assert run("init", "good.toml", "--from", source("acme/one\n")).status == 2
    assert (checkout / "good.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("importers", "error"),
    [
        ((), "nothing that is installed reads a model card; install a plugin that reads model cards, such as"),
        (
            (NAMES, dataclasses.replace(NAMES, name="other")),
            "several importers could read it: names, other; run 'release-review import NAME CARD -o -'",
        ),
    ],
)
def test_init_says_what_to_install_or_to_choose(
    run: Callable[..., Any],
    checkout: Path,
    install: Callable[..., None],
    importers: tuple[SourceImporter, ...],
    error: str,
) -> None:
    install(*importers)
    done = run("init", "mine.toml", "--from", "names.txt")
    assert done.status == 2
    assert done.err.startswith(f"error: {error}")
    assert not (checkout / "mine.toml").exists()
