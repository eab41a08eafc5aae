"""From bytes to a document: what is opened, what is decoded, what is refused, and where the error is."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.errors import InputError, Terminated
from release_review.hooks import Importer
from release_review.importers import release_review_importers
from release_review.load import load_document, load_stdin, read_document
from release_review.model import TOP, Document, Limits, Place, Span

IMPORTERS = tuple(release_review_importers())
TOML, YAML, JSON = IMPORTERS
MINIMAL = 'schema = "release-manifest/1"\n'


def load(path: Path, limits: Limits = Limits()) -> Document:  # noqa: B008 - frozen
    return load_document(path, importers=IMPORTERS, limits=limits)


def lines_of(path: Path, limits: Limits = Limits()) -> list[str]:  # noqa: B008 - frozen
    """Give the errors of a file, its folder left out."""
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        load(path, limits)
    assert time.perf_counter() - start < 10
    return [str(error).removeprefix(f"{path.parent}/") for error in caught.value.flat()]


def refusal(content: bytes | str, importer: Importer = TOML, limits: Limits = Limits()) -> list[str]:  # noqa: B008
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(InputError) as caught:
        read_document(content, name="f", importer=importer, limits=limits)
    return [str(error) for error in caught.value.flat()]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "release.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_document_keeps_the_bytes_and_their_digest(manifest: Path) -> None:
    document = load(manifest)
    assert document.name == str(manifest)
    assert document.content == MINIMAL.encode()
    assert document.digest == "sha256:" + hashlib.sha256(MINIMAL.encode()).hexdigest()
    assert document.data == {"schema": "release-manifest/1"}
    assert document.folder == manifest.parent
    assert document.where("/schema") == f"{manifest}:1:1"


def test_a_document_goes_to_another_process_with_its_places(manifest: Path) -> None:
    assert pickle.loads(pickle.dumps(load(manifest))).where("/schema") == f"{manifest}:1:1"  # noqa: S301


def test_the_folder_of_the_evidence_may_be_another(manifest: Path, tmp_path: Path) -> None:
    assert load_document(manifest, importers=IMPORTERS, folder=tmp_path / "x").folder == tmp_path / "x"


@pytest.mark.parametrize(
    ("name", "content"), [("a.toml", "a = 1"), ("a.yaml", "a: 1"), ("a.yml", "a: 1"), ("b.JSON", '{"a": 1}')]
)
def test_the_ending_of_the_name_decides_the_format(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert load(tmp_path / name).data == {"a": 1}


def test_no_second_format_is_tried(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("a: 1", encoding="utf-8")
    assert lines_of(tmp_path / "a.json")[0].startswith("a.json:1:1: is not JSON: expecting value")


def test_the_longest_ending_decides(tmp_path: Path) -> None:
    special = Importer(name="special", suffixes=(".card.json",), read=lambda *_: {"x": 1}, find_places=lambda _: {})
    (tmp_path / "a.card.json").touch()
    assert load_document(tmp_path / "a.card.json", importers=[*IMPORTERS, special]).data == {"x": 1}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.txt", "a.txt: has the unknown ending '.txt', which would tell its format"),
        ("README", "README: has no ending, which would tell its format"),
    ],
)
def test_an_unknown_ending_is_refused_with_those_there_are(tmp_path: Path, name: str, line: str) -> None:
    (tmp_path / name).write_text(MINIMAL, encoding="utf-8")
    assert lines_of(tmp_path / name) == [f"{line}; use one of: .json, .toml, .yaml, .yml"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert lines_of(tmp_path / "a.toml") == ["a.toml: does not exist; check the path"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    assert lines_of(tmp_path / "a.toml") == ["a.toml: is a folder; name a file in it"]


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.toml")
    line = "a.toml: is a named pipe; name a regular file, or use `-` to read standard input"
    assert lines_of(tmp_path / "a.toml") == [line]


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.toml")
        assert lines_of(tmp_path / "a.toml") == ["a.toml: is a socket; name a regular file"]


def test_a_device_is_refused() -> None:
    line = "null: is a device; name a regular file, or use `-` to read standard input"
    assert lines_of(Path("/dev/null")) == [line]


@pytest.mark.parametrize("target", ["release.toml", "missing.toml", "a.toml", "/dev/zero", "."])
def test_a_link_is_refused_wherever_it_leads(manifest: Path, target: str) -> None:
    link = manifest.parent / "a.toml"
    link.symlink_to(target)
    line = "a.toml: is a symbolic link, and links are not followed; name the file it points to"
    assert lines_of(link) == [line]


def test_a_loop_of_links_above_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    line = "a.toml: cannot be read: too many levels of symbolic links; check the path"
    assert lines_of(tmp_path / "loop" / "a.toml") == [line]


def test_a_file_below_a_file_is_refused(manifest: Path) -> None:
    assert lines_of(manifest / "a.toml") == ["a.toml: cannot be read: not a directory; check the path"]


@pytest.mark.parametrize(("name", "reason"), [("x" * 300, "file name too long"), ("a\0b", "embedded null byte")])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    assert lines_of(tmp_path / name) == [f"{name}: cannot be read: {reason}; check the path"]


def test_a_file_without_permission_is_refused(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    assert lines_of(manifest) == ["release.toml: may not be read by this user; change its permissions"]


def test_a_device_that_fails_while_it_is_read_is_an_error(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdopen", lambda *_, **__: Broken())
    assert lines_of(manifest) == ["release.toml: cannot be read: input/output error; check the path"]


# Size -----------------------------------------------------------------------------------------------------------------


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(manifest: Path) -> None:
    size = len(MINIMAL)
    assert load(manifest, Limits(file_bytes=size)).data
    line = f"release.toml: is larger than the limit of {size - 1} bytes; shorten the file, or split it"
    assert lines_of(manifest, Limits(file_bytes=size - 1)) == [line]


def test_a_sparse_file_of_4_gib_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.toml").open("wb") as file:
        file.truncate(4 << 30)
    line = "a.toml: is larger than the limit of 1,048,576 bytes; shorten the file, or split it"
    assert lines_of(tmp_path / "a.toml") == [line]


def test_a_file_that_hides_its_size_is_not_read_beyond_the_limit() -> None:
    path = Path("/proc/self/status")
    if not path.exists():
        pytest.skip("this system has no /proc")
    assert path.stat().st_size == 0
    odd = Importer(name="odd", suffixes=("status",), read=lambda *_: {"x": 1}, find_places=lambda _: {})
    with pytest.raises(InputError) as caught:
        load_document(path, importers=[odd], limits=Limits(file_bytes=10))
    assert str(caught.value) == f"{path}: is larger than the limit of 10 bytes; shorten the file, or split it"


# Standard input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [("<stdin>", "a = 1"), ("a.toml", "a = 1"), ("a.txt", "a = 1"), ("a.yaml", "a: 1"), ("a.json", '{"a": 1}')],
)
def test_standard_input_is_toml_unless_its_name_says_otherwise(name: str, content: str) -> None:
    document = load_stdin(io.BytesIO(content.encode()), name=name, importers=IMPORTERS)
    assert (document.name, document.data, document.folder) == (name, {"a": 1}, None)


def test_endless_input_is_not_read_beyond_the_limit() -> None:
    with Path("/dev/zero").open("rb") as stream, pytest.raises(InputError) as caught:
        load_stdin(stream, importers=IMPORTERS)
    assert str(caught.value) == "<stdin>: is larger than the limit of 1,048,576 bytes; shorten the file, or split it"


def test_closed_input_is_an_error() -> None:
    stream = io.BytesIO()
    stream.close()
    with pytest.raises(InputError, match=r"^<stdin>: cannot be read: i/O operation on closed file"):
        load_stdin(stream, importers=IMPORTERS)


# Encoding -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a = 1\nb = '\xe9'\n", "f:2:6: is not UTF-8: byte 0xe9 at offset 11; save the file as UTF-8"),
        ("# ü\nb = 'é'".encode() + b"\xff", "f:2:8: is not UTF-8: byte 0xff at offset 13; save the file as UTF-8"),
        (b"\xef\xbb\xbfa\xff", "f:1:2: is not UTF-8: byte 0xff at offset 4; save the file as UTF-8"),
        ("a = 1".encode("utf-16"), "f:1:1: is not UTF-8: byte 0xff at offset 0; save the file as UTF-8"),
        (b"a = '\xc0\xaf'", "f:1:6: is not UTF-8: byte 0xc0 at offset 5; save the file as UTF-8"),
        (b"a = '\xed\xa0\x80'", "f:1:6: is not UTF-8: byte 0xed at offset 5; save the file as UTF-8"),
        (b"a = '\xf0\x9f'", "f:1:6: is not UTF-8: byte 0xf0 at offset 5; save the file as UTF-8"),
        (b"\x1f\x8b\x08", "f:1:2: is not UTF-8: byte 0x8b at offset 1; save the file as UTF-8"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa = 1", "f:1:1: starts with two byte order marks; remove them"),
    ],
)
@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.name)
def test_what_is_not_utf_8_is_refused_where_it_stands(importer: Importer, content: bytes, line: str) -> None:
    assert refusal(content, importer) == [line]


@pytest.mark.parametrize(("importer", "text"), [(TOML, "a = 1"), (YAML, "a: 1"), (JSON, '{"a": 1}')])
def test_one_byte_order_mark_is_allowed_and_shifts_nothing(importer: Importer, text: str) -> None:
    document = read_document(b"\xef\xbb\xbf" + text.encode(), name="f", importer=importer)
    plain = read_document(text.encode(), name="f", importer=importer)
    assert document.data == {"a": 1}
    assert document.places == plain.places
    assert document.digest != plain.digest


# The tree -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("importer", "content", "found"),
    [
        (TOML, "", "there is nothing in it"),
        (TOML, "# only a comment\n", "there is nothing in it"),
        (YAML, "", "there is nothing in it"),
        (YAML, " \n# only a comment\n", "there is nothing in it"),
        (YAML, "---", "there is nothing in it"),
        (YAML, "null", "there is nothing in it"),
        (YAML, "{}", "there is nothing in it"),
        (YAML, "- a: 1", "it is a list"),
        (YAML, "a", "it is a text"),
        (JSON, "null", "there is nothing in it"),
        (JSON, "{}", "there is nothing in it"),
        (JSON, "[]", "it is a list"),
        (JSON, '"a"', "it is a text"),
        (JSON, "1", "it is a number"),
        (JSON, "1.5", "it is a number"),
        (JSON, "true", "it is a boolean"),
    ],
)
def test_a_document_that_holds_no_table_is_refused(importer: Importer, content: str, found: str) -> None:
    line = f"f:1:1: holds no table: {found}; write keys and their values at the top level"
    assert refusal(content, importer) == [line]


@pytest.mark.parametrize(
    ("importer", "content"),
    [
        (TOML, "a = 1\nb = [1, {}]\n"),
        (YAML, "a: 1\nb: [1, {}]\n"),
        (JSON, '{"a": 1,\n"b": [1, {}]}'),
    ],
)
@pytest.mark.parametrize(
    ("limits", "line"),
    [
        (Limits(depth=2), "nests deeper than 2 levels; flatten the document"),
        (Limits(nodes=4), "holds more than 4 values; split the file"),
    ],
)
def test_a_tree_out_of_bounds_is_refused(importer: Importer, content: str, limits: Limits, line: str) -> None:
    assert read_document(content.encode(), name="f", importer=importer, limits=Limits(depth=3, nodes=5)).data
    (error,) = refusal(content, importer, limits)
    assert error.startswith("f:")
    assert error.endswith(f": {line}")


def test_headers_dotted_keys_and_brackets_count_together() -> None:
    header, key = ".".join("a" * 32), ".".join("b" * 31)
    assert read_document(f"[{header}]\n{key} = [1]".encode(), name="f", importer=TOML).data
    assert refusal(f"[{header}]\n{key} = [[1]]") == ["f: nests deeper than 64 levels; flatten the document"]


NUMBER = "number is not finite, or beyond 1.8e308; write a smaller number, or leave it out"
INTEGER = "integer is outside the range of 64 bits; write it as a float, such as 1e25"
NUL = "text holds the character NUL; remove it"
HALF = "text holds half of a surrogate pair; write the character itself, or both halves of its escape"


@pytest.mark.parametrize(
    ("importer", "content", "lines"),
    [
        (TOML, "a = nan\nb = [1, -inf]\nc = 1e400", [f"f:1:1: {NUMBER}", f"f:2:9: {NUMBER}", f"f:3:1: {NUMBER}"]),
        (YAML, "a: .nan\nb: [1, -.inf]\nc: 1e400", [f"f:1:1: {NUMBER}", f"f:2:8: {NUMBER}", f"f:3:1: {NUMBER}"]),
        (
            JSON,
            '{"a": NaN,\n"b": [1, -Infinity],\n"c": 1e400}',
            [f"f:1:2: {NUMBER}", f"f:2:10: {NUMBER}", f"f:3:1: {NUMBER}"],
        ),
        (TOML, "a = 9223372036854775808\nb = 0xffff_ffff_ffff_ffff", [f"f:1:1: {INTEGER}", f"f:2:1: {INTEGER}"]),
        (YAML, "a: 9223372036854775808\nb: 0o7777777777777777777777", [f"f:1:1: {INTEGER}", f"f:2:1: {INTEGER}"]),
        (JSON, '{"a": [-9223372036854775809]}', [f"f:1:8: {INTEGER}"]),
        (TOML, 'a = "x\\u0000"', [f"f:1:1: {NUL}"]),
        (YAML, 'a: "x\\0"', [f"f:1:1: {NUL}"]),
        (JSON, '{"a": "x\\u0000"}', [f"f:1:2: {NUL}"]),
        (JSON, '{"a": ["\\ud800"]}', [f"f:1:8: {HALF}"]),
        (JSON, '{"a": 1,\n "\\udc00": 1}', [f"f:2:2: {HALF}".replace("text", "key")]),
        (JSON, '{"a": {"\\u0000": 1}}', [f"f:1:8: {NUL}".replace("text", "key")]),
    ],
)
def test_a_value_that_may_not_be_is_refused_where_it_stands(importer: Importer, content: str, lines: list[str]) -> None:
    assert refusal(content, importer) == lines


@pytest.mark.parametrize("number", [-(2**63), 2**63 - 1])
@pytest.mark.parametrize(("importer", "content"), [(TOML, "a = {}"), (YAML, "a: {}"), (JSON, '{{"a": {}}}')])
def test_an_integer_may_take_64_bits(importer: Importer, content: str, number: int) -> None:
    assert read_document(content.format(number).encode(), name="f", importer=importer).data == {"a": number}


@pytest.mark.parametrize(("importer", "content"), [(TOML, "a = '{}'"), (YAML, "a: '{}'"), (JSON, '{{"a": "{}"}}')])
def test_a_text_may_be_as_long_as_the_limit_and_no_longer(importer: Importer, content: str) -> None:
    assert read_document(content.format("ü" * 65_536).encode(), name="f", importer=importer).data
    (line,) = refusal(content.format("ü" * 65_537), importer)
    assert line.endswith(": text is 65,537 characters long, and the limit is 65,536; shorten it")


def test_a_key_is_as_short_as_a_text() -> None:
    (line,) = refusal("a = 1\n[" + "k" * 11 + "]", limits=Limits(string_characters=10))
    assert line == "f:2:1: key is 11 characters long, and the limit is 10; shorten it"


def test_no_more_than_twenty_errors_are_told() -> None:
    assert len(refusal("a = [" + "nan, " * 100 + "]")) == 20


# Importers of third parties -------------------------------------------------------------------------------------------


def importer_that(reads: Any = None, places: Any = None) -> Importer:
    def give(thing: Any) -> Any:
        if isinstance(thing, BaseException):
            raise thing
        return thing

    return Importer(
        name="odd", suffixes=(".odd",), read=lambda *_: give(reads), find_places=lambda _: give(places or {})
    )


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        RecursionError(),
        OverflowError(),
        MemoryError(),
        KeyError("x"),
        UnicodeError(),
        AssertionError(),
        SystemExit(0),
        GeneratorExit(),
    ],
)
def test_a_parser_that_breaks_is_one_error_that_names_the_file(error: BaseException) -> None:
    name = type(error).__name__
    line = (
        f"f: cannot be read as odd: its reader broke with {name}; simplify the file, and report this with a copy of it"
    )
    assert refusal("x", importer_that(reads=error)) == [line]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, Terminated])
def test_an_interruption_is_no_error_of_the_file(interruption: type[BaseException]) -> None:
    with pytest.raises(interruption):
        read_document(b"x", name="f", importer=importer_that(reads=interruption()))


def test_what_a_parser_prints_stays_out_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    def read(text: str, _: Limits) -> object:
        sys.stdout.write(text + "\n")
        return {"a": 1}

    read_document(
        b"x", name="f", importer=Importer(name="odd", suffixes=(".odd",), read=read, find_places=lambda _: {})
    )
    assert capsys.readouterr() == ("", "x\n")


def test_the_file_stands_before_line_and_column_of_every_error() -> None:
    several = InputError.join([InputError("is odd", where="2:3"), InputError("is even", hint="stop")])
    assert refusal("x", importer_that(reads=several)) == ["f:2:3: is odd", "f: is even; stop"]


def test_a_search_for_places_that_breaks_is_an_error_of_the_same_kind() -> None:
    document = read_document(b"x", name="f", importer=importer_that(reads={"a": 1}, places=KeyError("x")))
    with pytest.raises(InputError, match=r"^f: cannot be read as odd: its reader broke with KeyError"):
        document.locate("/a")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            {"a": {1, 2}},
            "f:7:8: value is of type set, which is no JSON data; use text, numbers, true, false, tables and lists",
        ),
        (
            {"a": b"x"},
            "f:7:8: value is of type bytes, which is no JSON data; use text, numbers, true, false, tables and lists",
        ),
        ({1: "x"}, "f:1:1: key '1' is no text; put the key in quotes"),
        (
            {"a": (1,)},
            "f:7:8: value is of type tuple, which is no JSON data; use text, numbers, true, false, tables and lists",
        ),
    ],
)
def test_a_tree_that_is_no_json_data_is_refused(data: Any, line: str) -> None:
    span = Span(line=7, column=8, end_line=7, end_column=9)
    importer = importer_that(reads=data, places={"/a": Place(span=span, value=span)})
    assert refusal("x", importer) == [line]


def test_a_tree_that_holds_itself_is_refused() -> None:
    endless: dict[str, Any] = {"x": float("nan")}
    endless["a"] = endless
    importer = importer_that(reads=endless, places=RecursionError())
    assert refusal("x", importer) == ["f: nests deeper than 64 levels; flatten the document"]


def test_a_place_that_is_not_known_is_that_of_what_is_around_it() -> None:
    span = Span(line=7, column=8, end_line=7, end_column=9)
    places: Mapping[str, Place] = {"/a": Place(span=span, value=span)}
    document = read_document(b"x", name="f", importer=importer_that(reads={"a": [1]}, places=places))
    assert document.locate("/a/0") == span
    assert document.locate("/b") == TOP


# Anything at all ------------------------------------------------------------------------------------------------------


def mutations(content: bytes) -> st.SearchStrategy[bytes]:
    """Cut, flip and repeat bytes of a good document."""
    places = st.integers(0, len(content))
    cut = places.map(lambda end: content[:end])
    flipped = st.tuples(places, st.integers(0, 255)).map(
        lambda change: content[: change[0]] + bytes([change[1]]) + content[change[0] + 1 :]
    )
    moved = st.tuples(places, places, places).map(lambda p: content[: p[0]] + content[min(p[1:]) : max(p[1:])])
    return st.one_of(cut, flipped, moved)


GOOD = {
    "TOML": b'[a."b c"]\r\nd = [1, { e = 2025-08-05T10:00:00Z }]\n[[f]]\ng = """x\n\\u00e9"""\n[[f]]\n# h\n',
    "YAML": b'--- # x\na:\n  "b c": [1, { e: 2025-08-05 }]\nf:\n  - g: |\n      x\n    h: "\\xe9"\n  - ~\n',
    "JSON": b'{"a": {"b c": [1.5e3, {"e": null}]},\n "f": ["\\u00e9", true, -0, "\\ud83d\\ude00"]}',
}


def documents(importer: Importer) -> st.SearchStrategy[tuple[Importer, bytes]]:
    anything = st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
    marks = st.text("[]{}\"'\\=:,.-#&*!|>%~?\n\r\t ab01é", max_size=60).map(str.encode)
    return st.tuples(st.just(importer), st.one_of(anything, marks, mutations(GOOD[importer.name])))


@given(st.one_of(*(documents(importer) for importer in IMPORTERS)))
def test_whatever_the_bytes_are_there_is_a_document_or_an_error_with_a_place(case: tuple[Importer, bytes]) -> None:
    importer, content = case
    try:
        document = read_document(content, name="f", importer=importer)
    except InputError as error:
        for line in map(str, error.flat()):
            assert line.startswith("f:")
            assert "broke with" not in line
            assert "; " in line
    else:
        assert set(document.places) == set(pointers_of(document.data))


def pointers_of(value: Any, pointer: str = "") -> Iterator[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        here = f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
        yield here
        yield from pointers_of(below, here)
