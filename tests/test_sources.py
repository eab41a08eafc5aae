"""From what an importer gives to a manifest: nothing is taken on trust, and one bad entry loses no other."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.errors import InputError, ReleaseReviewError
from release_review.hooks import Imported, SourceImporter, Unread
from release_review.model import LIMITS, Limits
from release_review.plugins import load_registry
from release_review.sources import Written, file_name, import_source

TOML = load_registry(discover=False).importer("TOML")
PATH = Path("cards/one.md")
SOUND = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
PARTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,12}", fullmatch=True)
NOT_HELD = "cards/one.md: the manifest that 'cards' made from it does not hold: "
TO_ITS_AUTHOR = "; report this to whoever wrote the importer, with the source"


def importing(read: Callable[[Path, Limits], Any]) -> list[Written | ReleaseReviewError]:
    importer = SourceImporter(name="cards", summary="Cards.", read=read)
    return list(import_source(importer, PATH, toml=TOML))


def giving(*items: Any) -> list[Written | ReleaseReviewError]:
    return importing(lambda path, limits: iter(items))


def one(data: Any, **more: Any) -> Imported:
    return Imported(data=data, origin=str(PATH), **more)


def lines(results: list[Written | ReleaseReviewError]) -> list[str]:
    return [result.release if isinstance(result, Written) else str(result) for result in results]


def test_a_manifest_is_written_with_where_it_comes_from() -> None:
    (written,) = giving(one(SOUND, notes=("look at \x1b[31mthis",)))
    assert isinstance(written, Written)
    assert written.text == (
        "# Made by the importer cards from cards/one.md.\n"
        "# What the source does not state is absent here, and absent means unknown. Whoever reviews the release\n"
        "# corrects what is wrong, and adds what the source cannot know.\n"
        "# Note: look at \\x1b[31mthis\n"
        "\n"
        'schema = "release-manifest/1"\n'
        "\n"
        "[release]\n"
        'id = "acme/one"\n'
    )
    assert written.notes == ("look at \x1b[31mthis",)


def test_a_fact_counts_if_it_is_known() -> None:
    conflict = {"value": "MIT", "source": ["card"], "conflicts": [{"value": "ISC", "source": ["card"]}]}
    data = {
        **SOUND,
        "source": {"card": {"title": "Card", "url": "https://example.com"}},
        "release": {
            "id": "acme/one",
            "stage": {"value": "unknown", "note": "denied"},
            "date": "2025-01-01",
            "modalities": [{"value": "text", "source": ["card"]}, "code"],
            "base": [{"id": "acme/two", "relation": "merge"}],
        },
        "weights": {"license": conflict, "minimum_hardware": "TBD", "parameters_total": 7},
        "access": [{"id": "hub", "kind": "weights", "revocable": False}],
        "extensions": {"acme": {"seen": 7}},
    }
    (written,) = giving(one(data))
    assert isinstance(written, Written)
    assert written.facts == 7  # date, text, code, merge, parameters_total, kind, revocable


def test_an_entry_that_cannot_be_read_loses_no_other() -> None:
    broken = Unread(origin="cards/one.md:3", error=InputError("names no model", where="cards/one.md:3", hint="fill it"))
    vague = Unread(origin="cards/one.md:4", error=InputError("names no model"))
    second = {**SOUND, "release": {"id": "acme/two"}}
    assert lines(giving(one(SOUND), broken, vague, one(second))) == [
        "acme/one",
        "cards/one.md:3: names no model; fill it",
        "cards/one.md:4: names no model",
        "acme/two",
    ]


def test_what_comes_before_a_break_is_kept() -> None:
    def read(path: Path, limits: Limits) -> Iterator[Imported]:
        yield one(SOUND)
        raise RuntimeError("secret")

    what = "the importer 'cards' broke with RuntimeError"
    way_out = "report this to whoever wrote it, with a copy of the source"
    assert lines(importing(read)) == ["acme/one", f"cards/one.md: {what}; {way_out}"]


@pytest.mark.parametrize("fault", [SystemExit(0), RecursionError(), MemoryError(), GeneratorExit()])
def test_an_importer_does_not_end_the_run(fault: BaseException) -> None:
    def read(path: Path, limits: Limits) -> Iterator[Imported]:
        raise fault

    (error,) = importing(read)
    assert f"broke with {type(fault).__name__}" in str(error)


def test_an_interruption_ends_the_run() -> None:
    def read(path: Path, limits: Limits) -> Iterator[Imported]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(read)


def test_an_error_of_the_source_is_told_as_it_is() -> None:
    def read(path: Path, limits: Limits) -> Iterator[Imported]:
        raise InputError("is torn", where=f"{path}:2:1", hint="mend it")

    assert lines(importing(read)) == ["cards/one.md:2:1: is torn; mend it"]


def test_an_importer_that_gives_nothing_is_told() -> None:
    assert lines(giving()) == ["cards/one.md: holds no release; name a file that describes one"]


def test_what_an_importer_prints_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    def read(path: Path, limits: Limits) -> Iterator[Imported]:
        sys.stdout.write("noise")
        yield one(SOUND)

    importing(read)
    assert capsys.readouterr() == ("", "noise")


def test_a_source_is_read_one_entry_at_a_time() -> None:
    asked = []

    def read(path: Path, limits: Limits) -> Iterator[Imported]:
        for number in range(1_000_000):
            asked.append(number)
            yield one({**SOUND, "release": {"id": f"acme/{number}"}})

    importer = SourceImporter(name="cards", summary="Cards.", read=read)
    next(import_source(importer, PATH, toml=TOML))
    assert asked == [0]


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"schema": "release-manifest/1"}, "the importer 'cards' gives an object of type dict"),
        (None, "the importer 'cards' gives an object of type NoneType"),
        (Imported(data=[], origin="a"), "the importer 'cards' gives an Imported whose data is a list, not a mapping"),  # type: ignore[arg-type]
        (Imported(data={}, origin=PATH), "gives an Imported whose origin is a PosixPath, not a str"),  # type: ignore[arg-type]
        (Unread(origin="a", error="torn"), "gives an Unread whose error is a str, not an InputError"),  # type: ignore[arg-type]
    ],
)
def test_an_item_that_is_no_record_is_told(item: object, error: str) -> None:
    (found,) = giving(item)
    assert str(found).startswith("cards/one.md: ")
    assert error in str(found)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({}, "holds no table: there is nothing in it"),
        ({"release": {"id": "acme/one"}}, "the file does not say which schema it is written for"),
        ({"schema": "release-manifest/1"}, "the file has no 'release'"),
        ({**SOUND, "release": {"id": "../etc/passwd"}}, "release.id is '../etc/passwd'"),
        ({**SOUND, "relase": {}}, "unknown key"),
        ({**SOUND, "weights": {"license": None}}, "/weights/license is null, which TOML does not have"),
        ({**SOUND, "weights": {"license": b"MIT"}}, "value is of type bytes, which is no JSON data"),
        ({**SOUND, "weights": {"parameters_total": float("nan")}}, "number is not finite, or beyond 1.8e308"),
        ({**SOUND, "weights": {"license": "a\0"}}, "text holds the character NUL"),
        ({**SOUND, "weights": {"license": "a\ud800"}}, "text holds half of a surrogate pair"),
        ({**SOUND, "weights": {"license": ("MIT",)}}, "value is of type tuple"),
        ({**SOUND, "weights": {"license": {"value": "MIT", "source": ["card"]}}}, "cites the source 'card'"),
        ({**SOUND, "release": {"id": "a/b", "date": "2025-02-30"}}, "the calendar has no such day"),
    ],
)
def test_a_manifest_that_does_not_hold_is_told(data: object, fault: str) -> None:
    (error,) = giving(one(data))
    assert isinstance(error, ReleaseReviewError)
    assert str(error).startswith(NOT_HELD)
    assert fault in str(error)
    assert str(error).endswith(TO_ITS_AUTHOR)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (
            {**SOUND, "release": {"id": "acme/one", "base": [{"id": f"a/{n}"} for n in range(5_001)]}},
            "`base` has 5,001",
        ),
        ({**SOUND, "extensions": {"acme": {"n": [1] * 100_001}}}, "holds more than 100,000 values"),
        ({**SOUND, "extensions": {"acme": {"n": "x" * 70_000}}}, "text is 70,000 characters long"),
        ({**SOUND, "extensions": {"acme": {"n": ["x" * 60_000] * 18}}}, "is larger than the limit of 1,048,576 bytes"),
    ],
)
def test_a_source_that_says_too_much_is_no_fault_of_the_importer(data: object, fault: str) -> None:
    (error,) = giving(one(data))
    assert isinstance(error, ReleaseReviewError)
    assert fault in error.what
    assert error.hint == "the source says more than a manifest may hold; shorten it, or write the manifest by hand"


def test_what_is_too_much_and_wrong_as_well_is_told_to_its_author() -> None:
    data = {**SOUND, "relase": {}, "extensions": {"acme": {"n": ["x" * 60_000] * 18}}}
    assert lines(giving(one(data)))[0].endswith(TO_ITS_AUTHOR)


def test_a_manifest_that_nests_too_deep_is_told() -> None:
    data: dict[str, Any] = {}
    for _ in range(5_000):
        data = {"a": data}
    assert lines(giving(one({**SOUND, "extensions": {"acme": data}}))) == [
        f"{NOT_HELD}nests deeper than {LIMITS.depth} levels{TO_ITS_AUTHOR}"
    ]


def test_what_is_read_back_must_be_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    other = 'schema = "release-manifest/1"\n[release]\nid = "acme/other"\n'
    monkeypatch.setattr("release_review.sources.toml_text", lambda data, comment: other)
    assert lines(giving(one(SOUND))) == [f"{NOT_HELD}what is written and what is read back differ{TO_ITS_AUTHOR}"]


def test_the_document_is_the_text_as_it_is_read_back() -> None:
    (written,) = giving(one(SOUND))
    assert isinstance(written, Written)
    assert (written.document.text, written.document.data) == (written.text, SOUND)


@pytest.mark.parametrize(
    ("release", "name"),
    [
        ("openai/gpt-oss-120b", "openai--gpt-oss-120b.toml"),
        ("acme/one@1.0", "acme--one@1.0.toml"),
        ("a--b/c", "a--b--c.%s.toml"),
        ("a/b--c", "a--b--c.%s.toml"),
    ],
)
def test_a_file_is_named_after_its_release(release: str, name: str) -> None:
    digest = hashlib.sha256(release.encode()).hexdigest()[:12]
    assert file_name(release) == (name % digest if "%" in name else name)


@given(one=st.tuples(PARTS, PARTS), other=st.tuples(PARTS, PARTS))
def test_two_releases_have_two_files(one: tuple[str, str], other: tuple[str, str]) -> None:
    names = {file_name("/".join(one)), file_name("/".join(other))}
    assert len(names) == len({one, other})


@given(release=st.tuples(PARTS, PARTS))
def test_the_name_of_a_file_is_no_path(release: tuple[str, str]) -> None:
    name = file_name("/".join(release))
    assert Path(name).name == name
    assert not name.startswith(".")
