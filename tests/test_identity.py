"""Who approves a waiver: nobody their own, however they write themselves (threats W04, W08, W16)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.identity import is_same_person, looks_like


@pytest.mark.parametrize(
    "other",
    [
        "release board",
        "RELEASE BOARD",
        "  Release   Board ",
        "Release-Board",
        "release_board",
        "@release-board",
        "Rélease Bôard",
        "Re\u0301lease Board",
        "Release\u0345 Board",
        "\uff32elease Board",
        "\U0001d411elease Board",
        "Release\u200b Bo\u00adard\u2060",
        "\u202d\u2066Release Board\u2069",
        "Release\u3164 Board\uffa0\u115f",
        "Rele\u0430se B\u043eard",
        "Rele\u03b1se B\u03bf\u0430rd",
        "board, Release",
        "Release Board <board@acme.org>",
        "board@acme.org (release board)",
        "release.board@acme.org",
        "release-board+waivers@acme.org",
        "Re1ease B0ard",
        "ReIease B0ard",
        "Re|ease Board",
        "\u0280\u1d07\u029f\u1d07\u1d00\ua731\u1d07 \u0299\u1d0f\u1d00\u0280\u1d05",
        "Rele\u0251se B\u00f8ard",
        "\u13a1ele\u13aase \u13f4oard",
        "\ua4e3\ua4f0\ua4e1\ua4f0\ua4ee\ua4e2\ua4f0 \ua4d0\ua4f3\ua4ee\ua4e3\ua4d3",
        "Release Board, on behalf of the team",
        "Release Board; team <team@acme.org>",
        "Release Board (team)",
        "(Release Board)",
    ],
)
def test_a_disguise_does_not_make_another_person(other: str) -> None:
    assert is_same_person("Release Board", other)
    assert is_same_person(other, "Release Board")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane@acme.org", "JANE@Acme.ORG"),
        ("jane@acme.org", "jane+approver@acme.org"),
        ("jane@acme.org", "jane@acme.org."),
        ("jane@acme.org", "Somebody Else <jane@acme.org>"),
        ("Jane <jane@acme.org>", "Janet <mailto:x@y.org>, jane@acme.org"),
        ("j\u0430ne@acme.org", "jane@\uff41cme.org"),
        ("\u5f20\u4f1f", "\u5f20 \u4f1f"),
        ("jane@acme.org", "mailto:jane@acme.org"),
        ("jane@acme.org", "<MAILTO:jane@acme.org>"),
        ("jane@acme.org", "SIP:jane@acme.org"),
        ("jane@acme.org", "'jane@acme.org'"),
        ("jane@acme.org", "\u201cjane@acme.org\u201d"),
        ("jane@acme.org", "[jane@acme.org]"),
        ("jane@acme.org", "{jane@acme.org}"),
        ("jane@acme.org", "jane@acme.org:"),
        ("jane@acme.org", "jane@acme.org/board"),
        ("jane@acme.org", "Board/jane@acme.org"),
        ("jane@acme.org", "jane@acme.org\u2024"),
        ("Jane Roe, release manager", "Jane Roe, release board"),
        ("Jane Roe (team)", "Jane Roe, release board"),
    ],
)
def test_an_address_is_a_person(one: str, other: str) -> None:
    assert is_same_person(one, other)
    assert is_same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("release manager", "release board"),
        ("board", "release board"),
        ("jane@acme.org", "joan@acme.org"),
        ("safety@acme.org", "safety@example.org"),
        ("Jane <jane@acme.org>", "Joan <joan@acme.org>"),
        ("mailto:jane@acme.org", "mailto:joan@acme.org"),
        ("o'roe@acme.org", "roe@acme.org"),
        ("Jane Roe, release board", "Joan Roe, release board"),
        ("(team) Jane", "(team) Joan"),
        ("\u5f20\u4f1f", "\u738b\u82b3"),
    ],
)
def test_two_persons_are_two(one: str, other: str) -> None:
    assert not is_same_person(one, other)
    assert not is_same_person(other, one)


NAMES = st.text(st.characters(min_codepoint=ord("a"), max_codepoint=ord("z")), min_size=1, max_size=9)


@given(name=NAMES, form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), hidden=st.characters(categories=["Cf", "Mn"]))
def test_form_and_what_does_not_show_make_no_difference(name: str, form: str, hidden: str) -> None:
    written = unicodedata.normalize(form, f"{name[:1].upper()}{hidden}{name[1:].upper()}")  # type: ignore[arg-type]
    assert is_same_person(name, written)


def test_nothing_that_does_not_show_makes_another_person() -> None:
    hidden = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Me", "Mn")]
    assert [each for each in hidden if not is_same_person("release board", f"rel{each}ease board")] == []


@given(one=st.text(max_size=9), other=st.text(max_size=9))
def test_it_does_not_matter_who_is_named_first(one: str, other: str) -> None:
    assert is_same_person(one, other) == is_same_person(other, one)
    assert looks_like(one, other) == looks_like(other, one)


@pytest.mark.parametrize(
    "other", ["OpenAI/GPT-oss", "openai/gpt\u200b-oss", "\uff4fpenai/gpt-oss", "op\u0435nai/gpt-oss"]
)
def test_ids_that_look_alike(other: str) -> None:
    assert looks_like("openai/gpt-oss", other)


@pytest.mark.parametrize("other", ["openai/gpt-os", "openai/gptoss", "openai/gpt-oss@2"])
def test_ids_that_do_not(other: str) -> None:
    assert not looks_like("openai/gpt-oss", other)


@pytest.mark.parametrize(
    ("one", "other"), [("\xa9", "\xa9"), ("+++", "\xa7"), ("", "release board"), ("release board", "@")]
)
def test_who_has_no_name_may_be_anybody(one: str, other: str) -> None:
    """What is empty on one side must not make two persons of it."""
    assert is_same_person(one, other)
