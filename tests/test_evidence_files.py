"""The files of evidence, as rules in Python see them: what is read is what was checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies import DAY
from release_review.admit import admit_policies
from release_review.authoring.cases import document_of
from release_review.errors import EvidenceError
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import Document, EvidenceFile, Finding, Policy, Report, Rule, RuleContext
from release_review.pipeline import review

TOML = next(importer for importer in release_review_importers() if ".toml" in importer.suffixes)
CONTENT = b"0 of 12 attempts succeeded\n"
LIMIT = 1 << 20


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def file_at(path: Path, *, content: bytes = CONTENT, algorithm: str = "sha256") -> EvidenceFile:
    return EvidenceFile(path=path, status="verified", digest=digest_of(content, algorithm), kind="evaluation-log")


def document(*records: str, folder: Path | None) -> Document:
    entries = "".join(
        f"[[evidence]]\nid = 'e{number}'\nkind = 'evaluation-log'\n{record}\n" for number, record in enumerate(records)
    )
    text = f'schema = "release-manifest/1"\n[release]\nid = "acme/model"\n{entries}'
    return read_document(text.encode(), name="release.toml", importer=TOML, folder=folder)


def reviewed(manifest: Document) -> tuple[Report, RuleContext]:
    """Review a manifest with one rule in Python, and give what that rule saw."""
    seen: list[RuleContext] = []

    def check(context: RuleContext) -> Iterator[Finding]:
        seen.append(context)
        return iter(())

    rule = Rule(id="a", summary="It holds.", check=check)
    policy = Policy(id="mine", title="Mine", version="1.0.0", rules=(rule,))
    report = review(manifest, policies=admit_policies([policy]), today=DAY)
    return report, seen[0]


@pytest.fixture
def report_file(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    file = tmp_path / "evidence" / "report.txt"
    file.write_bytes(CONTENT)
    return file


def test_a_rule_sees_the_files_that_are_there_and_no_others(report_file: Path, tmp_path: Path) -> None:
    path = "path = 'evidence/report.txt'"
    (tmp_path / "empty").touch()
    _, seen = reviewed(
        document(
            f"{path}\ndigest = '{digest_of(CONTENT, 'sha512')}'",
            path,
            f"{path}\ndigest = '{digest_of(b'other')}'",
            "citation = 'doi:10.1000/182'",
            "path = 'nowhere'",
            "path = 'empty'",
            "",
            folder=tmp_path,
        )
    )
    assert {name: (file.status, file.digest, file.kind) for name, file in seen.evidence.items()} == {
        "e0": ("verified", digest_of(CONTENT, "sha512"), "evaluation-log"),
        "e1": ("unverified", digest_of(CONTENT), "evaluation-log"),
        "e2": ("mismatch", digest_of(CONTENT), "evaluation-log"),
    }
    assert {file.path for file in seen.evidence.values()} == {report_file}
    assert [file.read_bytes(LIMIT) for file in seen.evidence.values()] == [CONTENT] * 3


def test_a_manifest_without_a_folder_has_no_files() -> None:
    _, seen = reviewed(document_of({"schema": "release-manifest/1", "release": {"id": "acme/model"}}))
    assert dict(seen.evidence) == {}


def test_the_files_cannot_be_changed(report_file: Path, tmp_path: Path) -> None:
    _, seen = reviewed(document("path = 'evidence/report.txt'", folder=tmp_path))
    with pytest.raises(TypeError):
        seen.evidence["e1"] = seen.evidence["e0"]  # type: ignore[index]  # that it cannot be done is the point


def test_a_context_that_was_made_before_there_were_files_still_works() -> None:
    context = RuleContext(manifest={}, this={}, pointer="", params={}, assessments={}, as_of=DAY, today=DAY)
    assert dict(context.evidence) == {}


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_what_is_read_is_what_was_checked(report_file: Path, algorithm: str) -> None:
    assert file_at(report_file, algorithm=algorithm).read_bytes(len(CONTENT)) == CONTENT


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"\n", CONTENT.replace(b"0", b"1")])
def test_a_file_that_was_changed_since_is_not_read(report_file: Path, content: bytes) -> None:
    report_file.write_bytes(content)
    with pytest.raises(EvidenceError, match="no longer the one that was checked"):
        file_at(report_file).read_bytes(LIMIT)


def test_a_file_that_was_taken_away_since_is_not_read(report_file: Path) -> None:
    report_file.unlink()
    with pytest.raises(EvidenceError, match="no longer the one that was checked"):
        file_at(report_file).read_bytes(LIMIT)


def test_a_link_to_the_same_bytes_is_not_followed(report_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(report_file)
    with pytest.raises(EvidenceError, match="no longer the one that was checked"):
        file_at(link).read_bytes(LIMIT)


def test_a_pipe_in_its_place_neither_hangs_nor_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="no longer the one that was checked"):
        file_at(tmp_path / "pipe").read_bytes(LIMIT)


def test_a_folder_in_its_place_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no longer the one that was checked"):
        file_at(tmp_path).read_bytes(LIMIT)


def test_a_file_over_the_limit_is_not_read(report_file: Path) -> None:
    with pytest.raises(EvidenceError, match="the file has 27 bytes, and the limit is 26"):
        file_at(report_file).read_bytes(26)


def test_no_descriptor_stays_open(report_file: Path) -> None:
    listing = Path("/proc/self/fd")
    if not listing.is_dir():
        pytest.skip("this system does not list open descriptors")
    before = len([*listing.iterdir()])
    for content in (CONTENT, b"other"):
        report_file.write_bytes(content)
        try:
            file_at(report_file).read_bytes(LIMIT)
        except EvidenceError:
            continue
    assert len([*listing.iterdir()]) == before
