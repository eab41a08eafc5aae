"""Logs that were made to do harm: each is one finding, soon, in one line, and nothing else happens."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives import HEADER, archive, header
from release_review.errors import EvidenceError
from release_review.model import EvidenceFile, Outcome
from release_review_evals import bounded
from release_review_evals.bounded import LARGEST_HEADER_BYTES, members_of, unpack
from release_review_evals.logs import Log, LogError
from release_review_evals.reading import _read, read_log
from reviewing import (
    AGREES,
    BEFORE,
    COVERS,
    DATA,
    FINISHED,
    MODEL,
    READABLE,
    found,
    needs_inspect,
    outcomes,
    results_of,
)

MEBIBYTE = 1 << 20
HARNESS = json.loads((DATA / "results_finished.json").read_bytes())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


def refused(content: bytes) -> LogError:
    with pytest.raises(LogError) as caught:
        read_log(content)
    assert caught.value.what.isprintable()
    return caught.value


# ZIP files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bomb_in_the_header_is_not_unpacked(method: int) -> None:
    bomb = archive({HEADER: b" " * (LARGEST_HEADER_BYTES + 4 * MEBIBYTE)}, method=method)
    tracemalloc.start()
    error = refused(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.what == "has a header of more than 16,777,216 bytes"
    assert error.outcome is Outcome.UNKNOWN
    assert most < 3 * LARGEST_HEADER_BYTES


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_either() -> None:
    whole = archive({HEADER: b" " * (64 * MEBIBYTE)})
    (info,) = members_of(whole)
    info.file_size = 10
    tracemalloc.start()
    with pytest.raises(LogError, match="more than 16,777,216 bytes"):
        unpack(whole, info)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * LARGEST_HEADER_BYTES


@needs_inspect
def test_a_bomb_in_zstandard_is_not_unpacked() -> None:
    import zstandard

    packed = zstandard.ZstdCompressor(level=19).compress(b" " * (64 * MEBIBYTE))
    whole = archive({HEADER: packed}, method=zipfile.ZIP_STORED)
    (info,) = members_of(whole)
    info.compress_type, info.file_size = 93, 64 * MEBIBYTE
    tracemalloc.start()
    with pytest.raises(LogError, match="more than 16,777,216 bytes"):
        unpack(whole, info)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * LARGEST_HEADER_BYTES


def test_a_bomb_beside_the_header_is_never_looked_at() -> None:
    whole = archive({HEADER: b"{", "reductions.json": b" " * (64 * MEBIBYTE), "samples/1.json": b" " * MEBIBYTE})
    assert refused(whole).what.startswith("is no JSON, or was cut off")


def test_too_many_files_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_MEMBERS", 3)
    many = archive({f"samples/{number}.json": b"{}" for number in range(4)} | {HEADER: b"{}"})
    assert refused(many).what == "is a ZIP file with more than 3 files in it"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_refused(method: int) -> None:
    assert refused(archive({HEADER: b"{}"}, method=method)).what == "is a ZIP file whose header is damaged"


def test_what_was_changed_inside_is_refused() -> None:
    whole = archive({HEADER: b'{"status": "success"}'}, method=zipfile.ZIP_STORED)
    assert refused(whole.replace(b"success", b"failure")).what == "is a ZIP file whose header is damaged"


HEADED = archive({HEADER: header()})
DIRECTORY = HEADED.index(b"PK\x01\x02")
END = HEADED.index(b"PK\x05\x06")


def number_at(place: int, number: int, content: bytes = HEADED) -> bytes:
    return content[:place] + struct.pack("<I", number) + content[place + 4 :]


@pytest.mark.parametrize(
    "content",
    [
        archive({HEADER: header(status="error")}) + HEADED,
        HEADED + archive({"a": b""}),
        HEADED + b"\n",
        HEADED[:-2] + b"\x02\x00PK",
        HEADED[:DIRECTORY] + b"more" + HEADED[DIRECTORY:],
        number_at(END + 16, DIRECTORY + 7),
        number_at(END + 12, 46),
    ],
    ids=["one before", "one behind", "a line behind", "a comment", "a gap", "another place", "another size"],
)
def test_a_zip_file_that_others_read_in_another_way_is_refused(content: bytes) -> None:
    assert refused(content).what in (
        "is a ZIP file with something before or behind it",
        "is a ZIP file that is damaged or was cut off",
    )


@pytest.mark.parametrize("name", ["heaver.json", "HEADER.json"])
def test_a_header_that_has_two_names_is_refused(name: str) -> None:
    assert refused(HEADED.replace(HEADER.encode(), name.encode(), 1)).what == "is a ZIP file whose header is damaged"


def test_a_header_whose_name_goes_on_unseen_is_refused() -> None:
    content = archive({"header.json_x": header()}).replace(b"json_x", b"json\0x")
    assert refused(content).what == "is a ZIP file whose header is damaged"


def test_as_many_samples_as_need_a_greater_list_are_read() -> None:
    many = {f"samples/{number}.json": b"" for number in range(1 << 16)}
    content = archive({**many, HEADER: b"[]"}, method=zipfile.ZIP_STORED)
    assert b"PK\x06\x06" in content
    assert refused(content).what == "is JSON, and neither a log of Inspect nor a result of lm-evaluation-harness"
    end = content.index(b"PK\x06\x06")
    assert refused(number_at(end + 48, 7, content)).what.startswith("is a ZIP file ")


def test_an_encrypted_header_is_refused() -> None:
    (info,) = members_of(whole := archive({HEADER: b"{}"}))
    info.flag_bits |= 1
    with pytest.raises(LogError, match="is encrypted"):
        unpack(whole, info)


@pytest.mark.parametrize("offset", [-1, 3, 10**9])
def test_a_header_that_is_not_where_it_should_be_is_refused(offset: int) -> None:
    (info,) = members_of(whole := archive({HEADER: b"{}"}))
    info.header_offset = offset
    with pytest.raises(LogError, match="damaged"):
        unpack(whole, info)


def test_a_zip_file_of_something_else_is_no_log() -> None:
    assert refused(archive({"word/document.xml": b"<a/>"})).what == "is a ZIP file, and no log of Inspect"


@pytest.mark.parametrize("name", ["finished.eval", "finished.json", "results_finished.json"])
def test_a_log_that_was_cut_off_is_refused_wherever_it_was(name: str) -> None:
    whole = (DATA / name).read_bytes().rstrip()
    for size in (*range(1, 200), *range(200, len(whole) - 1, 97), len(whole) - 1):
        assert refused(whole[:size]).outcome is Outcome.FAIL


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_they_are_a_log_or_refused(content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"{"):
        refused(start + content)


@given(st.integers(0, 2**16), st.integers(0, 255))
def test_one_wrong_byte_in_an_archive_is_no_crash(at: int, byte: int) -> None:
    whole = bytearray(archive({HEADER: b"[]", "a": b"b"}))
    whole[at % len(whole)] = byte
    refused(bytes(whole))


# JSON -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"[" * 200_000, "is JSON that nests too deep"),
        (b'{"a":' * 200_000, "is JSON that nests too deep"),
        (b"[]", "is JSON, and neither a log of Inspect nor a result of lm-evaluation-harness"),
        (b'{"a": 1, "a": 2}', "is JSON with a key that stands twice"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "is JSON with a number of too many digits"),
        (b"\xff\xfe{}", "is neither a ZIP file nor text in UTF-8"),
        (b"results: 1", "is no JSON, or was cut off: line 1, column 1"),
        (b"%PDF-1.7", "is no JSON, or was cut off: line 1, column 1"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer; run `git lfs pull`"),
        (b"[" + b"1," * 2_000_001, "is JSON with more than 2,000,000 brackets and commas"),
    ],
    ids=[
        *("lists in lists", "tables in tables", "a list", "a key twice", "a long number", "UTF-16", "YAML", "a PDF"),
        *("a pointer of Git LFS", "too many values"),
    ],
)
def test_json_that_could_do_harm_is_refused(content: bytes, what: str) -> None:
    assert refused(content).what == what


@pytest.mark.parametrize("number", [10**400, -(10**400), 2**63, 2**64, -(2**63) - 1])
@pytest.mark.parametrize("key", ["date", "total_evaluation_time_seconds", "results", "n-samples"])
def test_a_number_beyond_all_counting_never_passes(tmp_path: Path, number: int, key: str) -> None:
    (task,) = HARNESS["results"]
    values = {
        "results": {task: {"acc,none": number}},
        "n-samples": {task: {"original": number, "effective": number}},
    }
    results = results_of(tmp_path, json.dumps({**HARNESS, key: values.get(key, number)}).encode())
    rule = {"date": AGREES, "total_evaluation_time_seconds": BEFORE, "results": FINISHED, "n-samples": COVERS}[key]
    # A score may be as great as a float: it is a number.
    finite = key == "results" and abs(number) < 10**300
    assert outcomes(results).get(rule, "") in (("",) if finite else ("unknown", "fail"))


@needs_inspect
@pytest.mark.parametrize("number", [10**400, 10**30])
def test_an_integer_that_no_counter_holds_is_read_beside_what_counts(number: int) -> None:
    assert read_log(json.dumps(header(metadata={"a": number})).encode()) == read_log(json.dumps(header()).encode())


# Files that are swapped -----------------------------------------------------------------------------------------------


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.rename(path.with_name("there"))
    path.symlink_to("there")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _other(path: Path) -> None:
    path.write_bytes((DATA / "results_finished.json").read_bytes())


def _grown(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


@pytest.mark.parametrize("swap", [_pipe, _link, _folder, _other, _grown, Path.unlink], ids=lambda swap: swap.__name__)
def test_a_log_that_is_swapped_between_its_digest_and_its_reading_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path], None]
) -> None:
    swapped = False

    def swap_and_read(file: EvidenceFile) -> Any:
        nonlocal swapped
        if not swapped:
            swap(file.path)
            swapped = True
        return _read(file)

    monkeypatch.setattr("release_review_evals.reading._read", swap_and_read)
    results = results_of(tmp_path, json.dumps({**HARNESS, "swapped": tmp_path.name}).encode())
    assert found(results)[READABLE] == ["e0: the log cannot be read: the file is no longer the one that was checked"]
    assert outcomes(results) == dict.fromkeys(results, "unknown")


@pytest.mark.parametrize("swap", [_pipe, _link, _folder], ids=["a pipe", "a link", "a folder"])
def test_evidence_that_is_no_file_is_never_opened(tmp_path: Path, swap: Callable[[Path], None]) -> None:
    swap_at = tmp_path / "there.json"
    swap_at.write_bytes(b"{}")
    swap(swap_at)
    with pytest.raises(EvidenceError, match="is a "):
        results_of(tmp_path, b"{}", evidence={"path": "there.json"})


@pytest.mark.parametrize("depth", [150, 300, 600, 900, 980, 3_000, 30_000])
def test_however_deep_a_header_nests_it_is_read_or_refused(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    text = json.dumps(header(metadata={"a": 0})).replace('{"a": 0}', f'{{"a": {nested}}}')
    for content in (text.encode(), archive({HEADER: text.encode()})):
        with contextlib.suppress(LogError):
            read_log(content)


def test_json_over_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "LARGEST_JSON_BYTES", 10)
    error = refused(b"{}         ")
    assert (error.what, error.outcome) == ("is JSON of 11 bytes, and the limit is 10", Outcome.UNKNOWN)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("release_review_evals.reading.LARGEST_LOG_BYTES", 100)
    results = results_of(tmp_path, json.dumps({**HARNESS, "here": 1}).encode())
    (message,) = found(results)[READABLE]
    assert message.endswith("bytes, and the limit is 100")
    assert set(outcomes(results).values()) == {"unknown"}


@pytest.mark.parametrize(
    "name",
    ["\x1b[2J\x07", "::error::x", "a\nb", "\u202eexe", "x" * 100_000, "\ud800", "|`<b>"],
    ids=["an escape", "a command", "two lines", "right to left", "long", "half a pair", "markup"],
)
def test_a_name_that_would_act_on_a_screen_is_shown_and_not_carried_out(tmp_path: Path, name: str) -> None:
    log = json.dumps({**HARNESS, "model_name": name, "config": {"limit": None}}).encode()
    (message,) = found(results_of(tmp_path, log))[MODEL]
    assert message.isprintable()
    assert "::" not in message
    assert len(message) < 400


@pytest.mark.parametrize("path", ["/srv/models/hawthorn", "../hawthorn", "~/example/hawthorn", "C:\\hawthorn"])
def test_a_folder_does_not_say_which_model_is_in_it(tmp_path: Path, path: str) -> None:
    log = json.dumps({**HARNESS, "model_name": path, "config": {"limit": None}}).encode()
    assert outcomes(results_of(tmp_path, log))[MODEL] == "unknown"


@given(ANYTHING, st.sampled_from(sorted(HARNESS)))
def test_whatever_stands_in_a_result_it_is_read_or_refused(value: Any, key: str) -> None:
    try:
        log = read_log(json.dumps({**HARNESS, key: value}).encode())
    except LogError:
        return
    assert isinstance(log, Log)


@given(ANYTHING, st.sampled_from(sorted(HARNESS["config"])))
def test_whatever_stands_in_its_configuration_it_is_read(value: Any, key: str) -> None:
    log = read_log(json.dumps({**HARNESS, "config": {**HARNESS["config"], key: value}}).encode())
    assert all(isinstance(name, str) for name in (*log.models, *log.commits))


@needs_inspect
@given(ANYTHING, st.sampled_from(sorted({**header(), **header()["eval"]})))
def test_whatever_stands_in_a_log_of_inspect_it_is_read_or_refused(value: Any, key: str) -> None:
    table = header()
    (table["eval"] if key in table["eval"] else table)[key] = value
    try:
        log = read_log(json.dumps(table).encode())
    except LogError:
        return
    assert all(isinstance(name, str) for name in (*log.models, *log.commits, *log.faults))


def test_the_crc_is_that_of_the_standard() -> None:
    # The bound is ours, and so is the check that Python's reader would make.
    whole = archive({HEADER: b"{}"}, method=zipfile.ZIP_STORED)
    (stated,) = struct.unpack_from("<I", whole, 14)
    assert stated == zlib.crc32(b"{}")
    assert unpack(whole, zipfile.ZipFile(io.BytesIO(whole)).infolist()[0]) == b"{}"
