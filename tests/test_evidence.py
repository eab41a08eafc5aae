"""What becomes of evidence: a file with the right bytes, or a finding, or an error - never a surprise."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import time
from pathlib import Path

import pytest

from release_review import evidence
from release_review.errors import EvidenceError
from release_review.evidence import Resolved, check_path, resolve_evidence
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import Document, Limits
from release_review.validate import check_manifest

TOML = next(importer for importer in release_review_importers() if ".toml" in importer.suffixes)
CONTENT = b"0 of 12 attempts succeeded\n"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n"


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def manifest(*records: str, folder: Path | None) -> Document:
    entries = "".join(
        f"[[evidence]]\nid = 'e{number}'\nkind = 'card'\n{record}\n" for number, record in enumerate(records)
    )
    text = f'schema = "release-manifest/1"\n[release]\nid = "acme/model"\n{entries}'
    document = read_document(text.encode(), name="release.toml", importer=TOML, folder=folder)
    check_manifest(document)
    return document


def resolve(record: str, folder: Path | None) -> Resolved:
    (resolved,) = resolve_evidence(manifest(record, folder=folder))
    return resolved


def refused(record: str, folder: Path | None) -> str:
    before = time.monotonic()
    with pytest.raises(EvidenceError) as caught:
        resolve(record, folder)
    assert time.monotonic() - before < 10
    return str(caught.value)


def open_descriptors() -> int:
    listing = Path("/proc/self/fd")
    return len([*listing.iterdir()]) if listing.is_dir() else 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a report in it, and a secret beside it."""
    inside = tmp_path / "release"
    (inside / "evidence").mkdir(parents=True)
    (inside / "evidence" / "report.txt").write_bytes(CONTENT)
    (tmp_path / "secret.txt").write_bytes(CONTENT)
    return inside


REPORT = "path = 'evidence/report.txt'"

# Statuses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_file_with_the_right_digest_is_verified(folder: Path, algorithm: str) -> None:
    assert resolve(f"{REPORT}\ndigest = '{digest_of(CONTENT, algorithm)}'", folder) == Resolved(status="verified")


@pytest.mark.parametrize(
    "content", [CONTENT[:-1], CONTENT + b"\n", CONTENT.replace(b"\n", b"\r\n"), b"1" + CONTENT[1:]]
)
def test_a_file_with_other_bytes_is_a_mismatch(folder: Path, content: bytes) -> None:
    (folder / "evidence" / "report.txt").write_bytes(content)
    expected = Resolved(status="mismatch", detail=f"the file has the digest {digest_of(content)}")
    assert resolve(f"{REPORT}\ndigest = '{digest_of(CONTENT)}'", folder) == expected


def test_a_file_without_a_digest_is_unverified(folder: Path) -> None:
    assert resolve(REPORT, folder) == Resolved(status="unverified")


@pytest.mark.parametrize("path", ["report.txt", "evidence/other.txt", "evidence/report.txt/more", "nowhere/at/all"])
def test_a_file_that_is_not_there_is_missing(folder: Path, path: str) -> None:
    assert resolve(f"path = '{path}'", folder) == Resolved(status="missing", detail="there is no such file")


def test_an_empty_file_is_missing_even_if_its_digest_is_right(folder: Path) -> None:
    (folder / "empty").touch()
    record = f"path = 'empty'\ndigest = '{digest_of(b'')}'"
    assert resolve(record, folder) == Resolved(status="missing", detail="the file is empty")


@pytest.mark.parametrize(
    "citation", ["doi:10.1000/182", "https://openai.com/card", "Anderljung et al. 2023", "169.254.169.254"]
)
def test_a_citation_is_cited(citation: str) -> None:
    assert resolve(f"citation = '{citation}'", None) == Resolved(status="cited")


@pytest.mark.parametrize("record", ["", f"digest = '{digest_of(CONTENT)}'", "citation = 'unknown'", "citation = ''"])
def test_neither_path_nor_citation_is_missing(record: str) -> None:
    assert resolve(record, None) == Resolved(status="missing", detail="no path and no citation")


@pytest.mark.parametrize("denial", ["TODO", "https://TODO", "Not specified", "https://...", "n/a"])
def test_a_citation_that_denies_evidence_is_missing(denial: str) -> None:
    assert resolve(f"citation = '{denial}'", None).status == "missing"


def test_a_citation_about_which_sources_conflict_is_missing() -> None:
    assert resolve("citation = { value = 'a', conflicts = [{ value = 'b' }] }", None).status == "missing"


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (f"{REPORT}\ndigest = '{digest_of(b'other')}'", "mismatch"),
        ("path = 'nowhere'", "missing"),
        (REPORT, "unverified"),
    ],
)
def test_a_citation_does_not_mend_a_path(folder: Path, record: str, status: str) -> None:
    assert resolve(f"{record}\ncitation = 'doi:10.1000/182'", folder).status == status


@pytest.mark.parametrize(
    ("digest", "status"), [("", "unverified"), (digest_of(CONTENT), "mismatch"), (digest_of(LFS), "verified")]
)
def test_a_git_lfs_pointer_is_named(folder: Path, digest: str, status: str) -> None:
    (folder / "report").write_bytes(LFS)
    resolved = resolve("path = 'report'" + (f"\ndigest = '{digest}'" if digest else ""), folder)
    assert (resolved.status, resolved.detail) == (status, "the file is a Git LFS pointer; run `git lfs pull`")


def test_one_file_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, original = [], evidence._read

    def count(descriptor: int, algorithm: str, document: Document, limits: Limits) -> evidence._File:
        read.append(descriptor)
        return original(descriptor, algorithm, document, limits)

    monkeypatch.setattr(evidence, "_read", count)
    statuses = resolve_evidence(manifest(REPORT, REPORT, REPORT, folder=folder))
    assert ([resolved.status for resolved in statuses], len(read)) == (["unverified"] * 3, 1)


# Paths ------------------------------------------------------------------------------------------------------------

FORM = "write a path relative to the manifest, such as evidence/report.pdf"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("../secret.txt", "the path '../secret.txt' has a component '..'"),
        ("evidence/../../secret.txt", "the path 'evidence/../../secret.txt' has a component '..'"),
        ("evidence/..", "the path 'evidence/..' has a component '..'"),
        ("./evidence/report.txt", "the path './evidence/report.txt' has an empty component or a component '.'"),
        ("evidence//report.txt", "the path 'evidence//report.txt' has an empty component or a component '.'"),
        ("evidence/report.txt/", "the path 'evidence/report.txt/' has an empty component or a component '.'"),
        ("/etc/passwd", "the path '/etc/passwd' is not relative"),
        ("//host/share", "the path '//host/share' is not relative"),
        ("/proc/self/cwd/report.txt", "the path '/proc/self/cwd/report.txt' is not relative"),
        ("..\\secret.txt", "the path '..\\secret.txt' has a '\\'"),
        ("\\\\host\\share", "the path '\\\\host\\share' has a '\\'"),
        ("C:/report.txt", "the path 'C:/report.txt' has a ':'"),
        ("report.txt::$DATA", "the path 'report.txt\\x3a:$DATA' has a ':'"),
        ("data:text/plain,hello", "the path 'data:text/plain,hello' has a ':'"),
        ("%2e%2e/secret.txt", "the path '%2e%2e/secret.txt' has a '%'"),
        ("~/report.txt", "the path '~/report.txt' begins with '~'"),
        ("$HOME/report.txt", "the path '$HOME/report.txt' has a '$'"),
        ("a/${HOME}", "the path 'a/${HOME}' has a '$'"),
        (
            "https://acme.test/report",
            "the path 'https://acme.test/report' is an address; an address goes into `citation`",
        ),
        ("file:///etc/passwd", "the path 'file:///etc/passwd' is an address; an address goes into `citation`"),
    ],
)
def test_a_path_that_is_no_plain_relative_path_is_refused(folder: Path, path: str, fault: str) -> None:
    record = f"path = '{path}'\ndigest = '{digest_of(CONTENT)}'"
    assert refused(record, folder) == f"release.toml:7:1: {fault}; {FORM}"


@pytest.mark.parametrize("character", ["\n", "\0", "\x1b", "\x7f", "\u202e", "\u200b", "\u2028", "\ufeff", "\ud800"])
def test_a_path_with_a_character_that_does_not_show_is_refused(character: str) -> None:
    with pytest.raises(EvidenceError, match="has a character that does not show"):
        check_path(f"evidence/a{character}b")


def test_an_empty_path_is_refused() -> None:
    with pytest.raises(EvidenceError, match="has an empty component"):
        check_path("")


@pytest.mark.parametrize(
    "name", ["-rf", "*.txt", "a b ", "report.", "CON", "[x]", "re\u0301sume\u0301", "a~", "x" * 255]
)
def test_an_odd_name_is_taken_to_the_letter(folder: Path, name: str) -> None:
    (folder / name).write_bytes(CONTENT)
    assert resolve(f"path = '{name}'\ndigest = '{digest_of(CONTENT)}'", folder).status == "verified"


@pytest.mark.parametrize("twin", ["Evidence/report.txt", "evidence/REPORT.txt"])
def test_two_paths_that_differ_only_in_case_are_refused(folder: Path, twin: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        resolve_evidence(manifest(REPORT, f"path = '{twin}'", folder=folder))
    assert str(caught.value) == (
        f"release.toml:11:1: the paths '{twin}' and 'evidence/report.txt' are one path on some systems; "
        "rename one of the files"
    )


def test_two_paths_that_differ_only_in_composition_are_refused(folder: Path) -> None:
    with pytest.raises(EvidenceError, match="are one path on some systems"):
        resolve_evidence(manifest("path = '\u00e9'", "path = 'e\u0301'", folder=folder))


def test_all_paths_that_are_refused_are_told_at_once(folder: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        resolve_evidence(manifest("path = '..'", REPORT, "path = '/'", folder=folder))
    assert [error.where for error in caught.value.flat()] == ["release.toml:7:1", "release.toml:15:1"]


def test_a_path_needs_a_folder() -> None:
    assert refused(REPORT, None) == (
        "release.toml:7:1: the manifest has no folder that a path could be relative to; use a citation"
    )


# What stands at the end of a path ---------------------------------------------------------------------------------

LINK = "release.toml:7:1: 'link' is a symbolic link, and links are not followed; put the {} itself there"
SPECIAL = "release.toml:7:1: '{}' is a {}; name a regular file"


@pytest.mark.parametrize("target", ["../secret.txt", "evidence/report.txt", "nowhere", "link", "/etc/passwd"])
def test_a_link_is_refused_even_if_its_digest_is_right(folder: Path, target: str) -> None:
    (folder / "link").symlink_to(target)
    assert refused(f"path = 'link'\ndigest = '{digest_of(CONTENT)}'", folder) == LINK.format("file")


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    (folder / "link").symlink_to("evidence")
    assert refused(f"path = 'link/report.txt'\ndigest = '{digest_of(CONTENT)}'", folder) == LINK.format("folder")


def test_the_folder_of_the_manifest_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert resolve(REPORT, tmp_path / "link").status == "unverified"


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert refused("path = 'pipe'", folder) == SPECIAL.format("pipe", "named pipe")


def test_a_folder_is_refused(folder: Path) -> None:
    assert refused("path = 'evidence'", folder) == SPECIAL.format("evidence", "folder")


def test_a_socket_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind("socket")
        assert refused("path = 'socket'", folder) == SPECIAL.format("socket", "socket")


def test_a_device_is_refused() -> None:
    assert refused("path = 'null'", Path("/dev")) == SPECIAL.format("null", "device")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(folder: Path) -> None:
    (folder / "evidence" / "report.txt").chmod(0)
    assert "the file cannot be read: Permission denied" in refused(REPORT, folder)


def test_a_name_that_is_too_long_is_refused(folder: Path) -> None:
    assert "the file cannot be read: File name too long" in refused(f"path = '{'x' * 300}'", folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "the file cannot be read: No such file or directory" in refused(REPORT, tmp_path / "gone")


def test_a_sparse_file_of_64_gib_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "big").open("wb") as file:
        file.truncate(64 << 30)
    assert refused("path = 'big'", folder) == (
        "release.toml:7:1: the file has 68719476736 bytes, and the limit is 2147483648; cite a smaller file"
    )


@pytest.mark.parametrize(("limit", "fits"), [(len(CONTENT), True), (len(CONTENT) - 1, False)])
def test_the_limit_is_the_largest_size_that_is_read(folder: Path, limit: int, *, fits: bool) -> None:
    document = manifest(REPORT, folder=folder)
    if fits:
        assert resolve_evidence(document, limits=Limits(evidence_bytes=limit))[0].status == "unverified"
    else:
        with pytest.raises(EvidenceError, match="bytes, and the limit is"):
            resolve_evidence(document, limits=Limits(evidence_bytes=limit))


@pytest.mark.parametrize("change", [b"more", None])
def test_a_file_that_changes_while_it_is_read_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: bytes | None
) -> None:
    original = os.read
    report = folder / "evidence" / "report.txt"

    def read(descriptor: int, count: int) -> bytes:
        with report.open("ab") as file:
            file.write(change) if change else file.truncate(3)
        return original(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    assert "the file changes while it is read" in refused(REPORT, folder)


def test_a_file_that_is_swapped_for_a_link_between_look_and_open_is_not_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, original = folder / "evidence" / "report.txt", os.stat

    def stat(path: str, *, dir_fd: int, follow_symlinks: bool) -> os.stat_result:
        found = original(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)
        if path == "report.txt":
            report.unlink()
            report.symlink_to("../../secret.txt")
        return found

    monkeypatch.setattr(os, "stat", stat)
    assert "the file cannot be read: Too many levels of symbolic links" in refused(REPORT, folder)


@pytest.mark.parametrize("name", ["release.toml", "copy-of-it.txt"])
def test_a_manifest_is_no_evidence_for_itself(folder: Path, name: str) -> None:
    document = manifest(f"path = '{name}'", folder=folder)
    (folder / name).write_bytes(document.content)
    with pytest.raises(EvidenceError) as caught:
        resolve_evidence(document)
    assert str(caught.value) == ("release.toml:7:1: the manifest is named as its own evidence; name what it rests on")


def test_another_file_of_the_same_size_is_evidence(folder: Path) -> None:
    document = manifest("path = 'other'", folder=folder)
    (folder / "other").write_bytes(b"x" * len(document.content))
    assert resolve_evidence(document)[0].status == "unverified"


def test_no_descriptor_is_left_open(folder: Path) -> None:
    before = open_descriptors()
    for record in (REPORT, "path = 'evidence'", "path = 'nowhere'", "path = 'evidence/no'"):
        with contextlib.suppress(EvidenceError):
            resolve(record, folder)
    assert open_descriptors() == before


def test_nothing_is_ever_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    records = ("citation = 'https://acme.test/report'", "citation = 'ftp://acme.test'", REPORT)
    assert [resolved.status for resolved in resolve_evidence(manifest(*records, folder=folder))] == [
        "cited",
        "cited",
        "unverified",
    ]
