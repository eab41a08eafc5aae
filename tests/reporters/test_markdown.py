"""The report in Markdown: what it looks like, that it fits where it goes, and that no text in it becomes anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import reports
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from release_review.escape import markdown, plain
from release_review.hooks import Style, Unreviewed
from release_review.model import Finding, Outcome, Report, Severity
from release_review.reporters.markdown import render
from release_review.reporters.verdicts import CAVEAT, unreviewed_line, verdict_line

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

COMMENT_CHARACTERS = 65_536
"""What a comment on GitHub holds."""

# What GitHub makes something of in a finished page, everywhere but in code.
BECOMES_SOMETHING = re.compile(
    r"@\w|#\d|:\w+:|\w://|\bwww\.|\$|\bGH-\d|mailto:|[\w.]@[\w]|(?<![^\W_])[0-9a-f]{7,40}(?![^\W_])|\w\.[^\W\d_]",
    re.IGNORECASE,
)

FORBIDDEN = {"blockquote_open", "code_block", "fence", "hr", "lheading_open", "ordered_list_open"}


def shown(entries: list[Report | Unreviewed]) -> str:
    return render(entries, Style())


def inline(text: str) -> list[Token]:
    """Give what a line of Markdown is made of; it has to be one paragraph."""
    tokens = READER.parse(text)
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    return tokens[1].children or [] if tokens else []


def read(text: str) -> str:
    """Give what a line of Markdown shows; it has to be words and code, and nothing that GitHub makes anything of."""
    tokens = inline(text)
    assert {token.type for token in tokens} <= {"text", "code_inline"}
    words = "".join("\0" if token.type == "code_inline" else token.content for token in tokens)
    assert not BECOMES_SOMETHING.search(words)
    return "".join(token.content for token in tokens)


# Whole outputs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("blocked", [reports.blocked()]),
        ("lifted", [reports.lifted()]),
        ("pass", [reports.passed()]),
        ("several", reports.several()),
        ("unreviewed", [reports.UNREVIEWED]),
    ],
)
def test_whole_texts(name: str, entries: list[Report | Unreviewed], golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{name}.markdown", shown(entries))


def test_the_verdict_is_the_first_line() -> None:
    assert shown([reports.broken()]).startswith(f"## {verdict_line(reports.broken())}\n")
    assert shown([reports.UNREVIEWED]).startswith(f"## {unreviewed_line(reports.UNREVIEWED)}\n")
    assert shown(reports.several()).startswith("## error (4 manifests: 1 blocked, 2 error, 1 pass)\n")


def test_the_caveat_stands_once_and_only_where_something_was_reviewed() -> None:
    assert shown(reports.several()).count(CAVEAT) == 1
    assert CAVEAT not in shown([reports.UNREVIEWED])


def test_what_blocks_comes_before_the_answers_and_warnings_after_them() -> None:
    text = shown([reports.blocked()])
    order = [text.index(words) for words in ("What blocks", "### Open properties", "<summary>Warnings", "### Waived")]
    assert order == sorted(order)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert shown(reports.several()) == shown(reports.several())


def test_backticks_of_a_policy_stand_around_code() -> None:
    message = "Set `monitoring.next_review`, or correct `weights.x|y`."
    found = Finding(message=message, pointer="/release/id")
    report = reports.blocked(results=(reports.result("steps/one", Outcome.FAIL, found),))
    assert "Set `monitoring.next_review`, or correct `weights.x`&#124;`y`." in shown([report])


def test_code_beside_code_stays_apart() -> None:
    found = Finding(message="see `a``b` and c_d`e`@me", pointer="/release/id")
    report = reports.blocked(results=(reports.result("steps/one", Outcome.FAIL, found),))
    line = next(line for line in shown([report]).splitlines() if "see" in line)
    assert read(line.strip(" -")) == "release.toml:3: see `a``b` and c_d`e`@me"


# Room -----------------------------------------------------------------------------------------------------------------


def flood(count: int) -> Report:
    """Give a report that is far too long, with all of its lists."""
    results = []
    for number in range(count):
        listed = [Finding(message=f"finding {number} " + "*_漢" * 400, pointer="/threat/0") for _ in range(20)]
        waiver = replace(reports.WAIVER, id=f"W-{number}", justification="`|" * 5_000)
        results += [
            reports.result(f"steps/fails-{number}", Outcome.FAIL, *listed),
            reports.result(f"steps/warns-{number}", Outcome.FAIL, *listed, severity=Severity.WARNING),
            reports.result(f"steps/waived-{number}", Outcome.FAIL, replace(listed[0], waiver=waiver)),
            reports.result(f"steps/known-{number}", Outcome.FAIL, replace(listed[0], known=True)),
        ]
    return reports.blocked(results=tuple(results))


@pytest.mark.parametrize(
    "entries",
    [
        [flood(40)],
        [flood(40)] * 30,
        [reports.passed()] * 3_000,
        [Unreviewed(name="x" * 9_000, errors=("y" * 9_000,) * 300)] * 300,
        reports.hostile(reports.HOSTILES["huge"]) * 50,
    ],
)
def test_every_text_fits_into_a_comment_and_says_what_is_left_out(entries: list[Report | Unreviewed]) -> None:
    text = shown(entries)
    assert len(text.encode()) < COMMENT_CHARACTERS
    assert text.count("<details>") == text.count("</details>")
    assert " more" in text
    assert "Long lists are cut here; the report in JSON has all of them." in text


def test_findings_of_one_rule_are_cut_and_counted() -> None:
    text = shown([reports.many(25)])
    assert text.count(": finding ") == 5
    assert "  - and 20 more findings of this rule\n" in text


def test_what_blocks_is_shown_even_where_there_is_no_room_for_the_rest() -> None:
    text = shown([flood(40)])
    assert "steps/fails-0" in text
    assert "## blocked (40 blocking, 40 warnings, 40 waived, 40 known, 0 passed)" in text


def test_a_short_report_is_not_said_to_be_cut() -> None:
    assert "cut here" not in shown([reports.blocked()])


# Hostile text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*reports.HOSTILES.values(), "    four blanks", "- a", "12. a", "---", "===", "a  "])
def test_a_hostile_text_shows_as_it_is(text: str) -> None:
    cut = text[:2_000]
    assert read(markdown(cut)) == plain(cut)
    assert read(markdown(cut, code=True)) == plain(cut)


PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]


def test_any_two_characters_show_as_they_are() -> None:
    for first in PRINTABLE:
        for text in (
            " ".join(f"a{first}{second}b" for second in PRINTABLE),
            *(f"{first}{second}" for second in "-. `"),
        ):
            assert read(markdown(text)) == text.replace("::", r"\x3a:").replace("##[", r"#\x23[")


def chunks(size: int) -> Iterator[str]:
    for start in range(0, 0x110000, size):
        yield "".join(map(chr, range(start, start + size)))


def test_all_code_points_show_as_they_are() -> None:
    for chunk in chunks(0x400):
        assert read(markdown(chunk)) == plain(chunk)
        assert read(markdown(chunk, code=True)) == plain(chunk)


RISKY = st.text(st.sampled_from("`|*_[]()<>!#@&;~-+=:.\\/ aw1\n$x\t{}^\"'"), max_size=40)


@given(text=RISKY)
def test_whatever_is_put_together_shows_as_it_is(text: str) -> None:
    assert read(markdown(text)) == plain(text)
    assert read(markdown(text, code=True)) == plain(text)


@given(text=RISKY)
def test_a_text_stays_in_its_cell_of_a_table(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {markdown(text)} | {markdown(text, code=True)} |"
    cells = [token for token in READER.parse(table) if token.type == "inline"][2:]
    assert len(cells) == 2
    kinds = {child.type for cell in cells for child in cell.children or []}
    assert kinds <= {"text", "code_inline"}


@given(text=RISKY)
def test_a_sentence_of_a_policy_never_becomes_anything(text: str) -> None:
    found = Finding(message=text, pointer="/release/id")
    report = reports.blocked(results=(reports.result("steps/one", Outcome.FAIL, found, remediation=text),))
    for line in shown([report]).splitlines():
        if line.startswith("  - `release.toml"):
            read(line.strip(" -"))
        if line.startswith("  - **Fix:** "):
            read(line.removeprefix("  - **Fix:** ") or "x")


@pytest.mark.parametrize("name", reports.HOSTILES)
def test_a_hostile_report_has_the_shape_of_any_other(name: str) -> None:
    text = shown(reports.hostile(reports.HOSTILES[name]))
    assert not set(text) & set("\x1b\r\x85\u2028\u202e\ud800")
    assert not [line for line in text.splitlines() if line.lstrip().startswith(("::", "##["))]
    tokens = READER.parse(text)
    assert not {token.type for token in tokens} & FORBIDDEN
    for token in tokens:
        if token.type == "html_block":
            assert re.fullmatch(r"</?details>\n|<details>\n<summary>[A-Za-z ]+: \d+</summary>\n", token.content)
        kinds = {child.type for child in token.children or []}
        known = {"text", "code_inline", "strong_open", "strong_close", "em_open", "em_close", "hardbreak", "softbreak"}
        assert kinds <= known, token.content
    titles = [tokens[number + 1].content for number, token in enumerate(tokens) if token.type == "heading_open"]
    assert titles[0] == "error (2 manifests: 2 error)"
    assert sum(title.startswith(("error (", "pass (", "blocked (")) for title in titles) == 1
