"""Text from outside never moves a cursor, begins a line, hides something or commands a runner."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.escape import json_document, plain, plain_pieces, shorten

any_text = st.text(st.characters(exclude_categories=()) | st.sampled_from("\n\r\x1b\x85\u2028\u202e\ud800:#[]a "))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe, 大きさ, مقاس", "Größe, 大きさ, مقاس"),
        ("a\tb\nc\rd", r"a\tb\nc\rd"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00\x07\x7f\x85\x9b", r"\x00\x07\x7f\x85\x9b"),
        ("one\u2028two\u2029three", r"one\u{2028}two\u{2029}three"),
        ("\u202egnp.exe", r"\u{202e}gnp.exe"),
        ("a\u200bb\u200dc\ufeffd\u2060e\u00adf", r"a\u{200b}b\u{200d}c\u{feff}d\u{2060}e\xadf"),
        ("tag\U000e0041", r"tag\u{e0041}"),
        ("\ud800", r"\u{d800}"),
        ("\ufe0f\U000e0100", r"\u{fe0f}\u{e0100}"),
        ("::error::stop", r"\x3a:error\x3a:stop"),
        ("a ##[group]b", r"a #\x23[group]b"),
        ("##vso[task.complete]", r"#\x23vso[task.complete]"),
        ("# [heading]", "# [heading]"),
        ("a: b: c", "a: b: c"),
    ],
)
def test_what_does_not_show_as_itself_becomes_a_visible_escape(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_three_combining_marks_stand_and_the_fourth_is_shown() -> None:
    assert plain("e" + "\u0301" * 3) == "e" + "\u0301" * 3
    assert plain("e" + "\u0301" * 4) == "e" + "\u0301" * 3 + r"\u{301}"


@given(any_text)
def test_escaped_text_is_one_line_of_visible_text(text: str) -> None:
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    assert shown.encode("utf-8").decode("utf-8") == shown


@given(any_text)
def test_no_part_of_escaped_text_is_a_workflow_command(text: str) -> None:
    shown = plain(text)
    assert "::" not in shown
    assert not re.search(r"##[A-Za-z]*\[", shown)


@given(any_text)
def test_escaping_twice_is_escaping_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(any_text)
def test_the_pieces_are_the_text_one_for_each_code_point(text: str) -> None:
    pieces = plain_pieces(text)
    assert len(pieces) == len(text)
    assert "".join(pieces) == plain(text)


def test_a_text_at_the_limit_is_whole_and_one_above_it_is_cut() -> None:
    assert shorten("a" * 120) == "a" * 120
    assert shorten("a" * 121) == "a" * 117 + "..."


@given(st.recursive(any_text, lambda inner: st.lists(inner) | st.dictionaries(any_text, inner)))
def test_an_escaped_json_document_is_utf8_and_says_the_same(data: object) -> None:
    written = json_document(json.dumps(data, ensure_ascii=False))
    text = written.encode("utf-8").decode("utf-8")
    surrogates = re.compile(r"[\ud800-\udfff]")

    def shown(value: object) -> object:
        if isinstance(value, dict):
            return {shown(key): shown(each) for key, each in value.items()}
        if isinstance(value, list):
            return [shown(each) for each in value]
        return surrogates.sub(lambda match: rf"\u{{{ord(match.group()):x}}}", str(value))

    assert json.loads(text) == shown(data)
    assert "\x1b" not in text
    assert "\u202e" not in text
