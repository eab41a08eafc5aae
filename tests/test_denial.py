"""Which texts say that there is nothing, and which say something."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.denial import DENIALS, denies

IN_REGISTRIES = [
    "No information provided",
    "Not specified",
    "[More Information Needed]",
    "Component not included",
    "Component Component not included",
    "Component not include.",
    "License not specified",
    "undisclosed",
    "TODO",
    "https://TODO",
    "No self assessment has been completed",
    "proprietary and not disclosed",
    "Unknown of misuse, and risks of the model",
    "unknkown",
    "unknokwn",
    "Unknown",
    "none",
    "",
]


@pytest.mark.parametrize("text", IN_REGISTRIES)
def test_what_registries_write_in_an_empty_cell_is_a_denial(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize(
    "text",
    [
        "  N/A ",
        "n.a.",
        "NOT  AVAILABLE",
        "Not\nspecified.",
        "*TBD*",
        "<unknown>",
        "TODO: link the card",
        "-",
        "\u2014",
        "???",
        "not_specified",
        "\uff34\uff22\uff24",
        "No\u200bne",
        "https://...",
        "https://todo.com/x",
        "Not yet been published",
        "Not publicly disclosed by the developer",
        "Unknown. Not specified.",
        "This information is not provided",
        "...",
    ],
)
def test_case_blanks_and_punctuation_make_no_answer(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://openai.com/index/gpt-oss-model-card/",
        "doi:10.1000/182",
        "MIT",
        "proprietary",
        "unlicensed",
        "Nature 2024",
        "gpt-oss model card",
        "no-license",
        "None of the 12 attempts succeeded",
        "Notes on a todo list app",
        "0",
        "yes",
        "Not all refusals held: 3 of 100 prompts got through",
        "LicenseRef-None-Such",
        "Todoroki et al. 2021",
        "NaN-bench",
        "https://unknown.org/report.pdf",
        "Unknown unknowns in risk assessment, chapter 3",
        "x" * 5000,
    ],
)
def test_what_says_something_is_no_denial(text: str) -> None:
    assert not denies(text)


def test_the_list_is_in_the_form_that_texts_are_compared_in() -> None:
    assert all(text == " ".join(text.casefold().split()) and text.replace(" ", "").isalnum() for text in DENIALS)


@given(text=st.sampled_from(sorted(DENIALS)), pad=st.text(" .-_*\t\n\u200b", max_size=4))
def test_a_denial_in_any_dress_is_one(text: str, pad: str) -> None:
    assert denies(pad + text.upper() + pad)


@pytest.mark.parametrize("text", ["not " * 16_000, "a " * 30_000, "." * 65_000, "no " + "a " * 75, "\u0301" * 65_000])
def test_a_long_text_is_judged_at_once(text: str) -> None:
    before = time.process_time()
    denies(text)
    assert time.process_time() - before < 1
