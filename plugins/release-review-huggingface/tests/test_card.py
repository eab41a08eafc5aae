"""What is read of a card: front matter, and parts that have a form."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.errors import InputError
from release_review.model import LIMITS
from release_review_huggingface.card import Card, read_card
from release_review_huggingface.markdown import MOST_LINES

CARD = """\
---
license: mit
tags: [a]
---

# A model

Text that says something.

- **License:** mit
- **Paper [optional]:** [More Information Needed]

## Training Data

<!-- say which
data -->

[More Information Needed]

```
## Not a heading
- **License:** apache-2.0
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def card_of(folder: Path, text: str | bytes) -> Card:
    path = folder / "README.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_card(path, LIMITS)


def test_front_matter_is_data_with_lines(folder: Path) -> None:
    card = card_of(folder, CARD)
    assert card.front == {"license": "mit", "tags": ["a"]}
    assert (card.line_of("license"), card.line_of("tags")) == (2, 3)


def test_parts_with_a_form_have_label_text_and_line(folder: Path) -> None:
    assert [(said.label, said.text, said.line) for said in card_of(folder, CARD).said] == [
        ("license", "mit", 10),
        ("paper", "[More Information Needed]", 11),
        ("a model", "Text that says something.", 6),
        ("training data", "[More Information Needed]", 13),
    ]


def test_the_first_line_that_says_something_is_quoted(folder: Path) -> None:
    assert card_of(folder, CARD).prose == ("Text that says something.", 8)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "# A heading of many words that says nothing",
        "[More Information Needed]\n\nNot specified by the author.",
        "| a | table | of | words |\n",
        "![a picture of many words](x.png)",
        "<!-- a comment of many words -->",
        "```\ncode of many many words\n```",
        "{{ model_summary | default('this is a template') }}",
        "too few words",
    ],
)
def test_a_card_may_say_nothing(folder: Path, body: str) -> None:
    assert card_of(folder, f"---\nlicense: mit\n---\n{body}").prose is None


@pytest.mark.parametrize(
    "text",
    [
        "\n\n---\nlicense: mit\n---\n",
        "\ufeff---\nlicense: mit\n---\n",
        "---  \nlicense: mit\n---\t\n",
        "---\r\nlicense: mit\r\n---\r\n",
        "---\nlicense: mit\n---",
    ],
    ids=["blank lines before", "byte order mark", "blanks behind", "CRLF", "no last line ending"],
)
def test_front_matter_is_found_as_people_write_it(folder: Path, text: str) -> None:
    assert card_of(folder, text).front == {"license": "mit"}


def test_lines_are_those_of_the_card(folder: Path) -> None:
    card = card_of(folder, "\n\n---\nlicense: mit\n---\n\n## Paper\n\nnone\n")
    assert card.line_of("license") == 4
    assert [(said.label, said.line) for said in card.said] == [("paper", 7)]


def test_dashes_inside_a_value_end_nothing(folder: Path) -> None:
    card = card_of(folder, "---\nlicense: a --- b\nnote: |\n  ---\n  c\nlast: '---'\n---\n")
    assert card.front == {"license": "a --- b", "note": "---\nc\n", "last": "---"}


def test_empty_front_matter_says_nothing(folder: Path) -> None:
    card = card_of(folder, "---\n---\nA card with nothing in front.\n")
    assert (card.front, card.has_front) == ({}, True)


def test_a_card_has_the_id_that_git_gives_it(folder: Path) -> None:
    # `printf 'hello\n' | git hash-object --stdin`
    assert card_of(folder, "hello\n").blob == "ce013625030ba8dba906f756967f9e9ca394464a"


PIECES = ["---", "\n", "#", " ", "-", "*", "**", ":", "a", "<!--", "-->", "```", "license", "\t", "\r", "\x1b"]


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_text_breaks_the_reader(pieces: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("card") / "README.md"
    path.write_text("---\n" + "".join(pieces), encoding="utf-8", newline="")
    with contextlib.suppress(InputError):
        last = path.read_bytes().count(b"\n") + 1
        assert all(1 <= said.line <= last for said in read_card(path, LIMITS).said)


@pytest.mark.parametrize(
    "piece",
    [
        "#",
        "# ",
        "- **",
        "**",
        "<!--",
        "```\n",
        "- **a**:",
        "[(optional",
        "x ",
        "\n",
        "## a\n",
        "----",
        "| ",
        "<!-- -->",
    ],
)
def test_a_card_as_large_as_may_be_is_read_in_time_that_grows_with_it(folder: Path, piece: str) -> None:
    lines = MOST_LINES - 2 if "\n" in piece else LIMITS.file_bytes
    body = piece * min((LIMITS.file_bytes - 100) // len(piece), lines)
    card = card_of(folder, f"---\nlicense: mit\n---\n# {body}")
    assert card.front == {"license": "mit"}


@pytest.mark.parametrize(
    "text",
    ["`<!-- ", "<!-- --> `", "``<!-- `-->```", "`" * 9 + "<!--", "\\`", "<!-", "- " * 9 + "a\n", "> " * 18 + "a\n"],
)
def test_text_below_a_heading_is_read_in_time_that_grows_with_it(folder: Path, text: str) -> None:
    lines = MOST_LINES - 2 if "\n" in text else LIMITS.file_bytes
    card = card_of(folder, "---\nlicense: mit\n---\na" + text * min((LIMITS.file_bytes - 100) // len(text), lines))
    assert card.front == {"license": "mit"}


def test_more_lines_than_a_card_has_are_told(folder: Path) -> None:
    with pytest.raises(InputError) as error:
        card_of(folder, "a\n" * (MOST_LINES + 1))
    assert str(error.value).endswith("README.md:6001:1: the text has 6,002 lines, more than 6,000; shorten the card")


def test_lists_that_nest_too_deep_hide_nothing(folder: Path) -> None:
    with pytest.raises(InputError) as error:
        card_of(folder, f"{'- ' * 30}a\n\n- **License:** mit\n")
    assert str(error.value).endswith("README.md:1:1: lists and quotations nest deeper than 10; flatten them")


# What is shown --------------------------------------------------------------------------------------------------------

POINT = "- **License:** mit"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Use `<!--` here.\n\n", ""),
        ("Use ``a ` <!--`` here.\n\n", ""),
        ("Use \\<!-- here.\n\n", ""),
        ("A comment <!-- that stays open.\n\n", "\n\n-->"),
        ("<!-->\n", ""),
        ("<!--->\n", ""),
        ("<!-- a -->\n", ""),
        ("<!-- a --!>\n\n-->\n", ""),
        ("```pip install x``` installs it.\n\n", ""),
        ("```python\n``` is no end\n```\n\n", ""),
        ("~~~ `a`\n```\n~~~\n\n", ""),
        ("````\n```\n````\n\n", ""),
        ("```\nx\n   `````  \n\n", ""),
        ("    ```\n\n", ""),
        ("- a\n\n  ```\n  x\n\n", ""),
        ("> ```\n> x\n\n", ""),
        ("<div>\n", "\n</div>"),
        ("<details>\n\n", "\n\n</details>"),
        ("<pre>\nx\n</pre>\n", ""),
        ("<pre>\nx</pre> ", ""),
        ("<?x?>\n", ""),
        ("> ", ""),
        ("text\r", ""),
        ("text\n    ", ""),
        ("- a\n  1. b\n     ", ""),
    ],
)
def test_a_point_that_is_shown_is_read(folder: Path, before: str, after: str) -> None:
    said = card_of(folder, f"---\ntags: [a]\n---\n{before}{POINT}{after}\n").said
    assert [each.text.partition("\n")[0] for each in said if each.label == "license"] == ["mit"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("````markdown\n```\n", "\n````"),
        ("```\n~~~\n", "\n```"),
        ("```\n``` x\n", "\n```"),
        ("```\n", ""),
        ("- a\n\n      ```\n      ", "\n      ```"),
        ("text\n\n    ", ""),
        ("> ```\n> ", "\n> ```"),
        ("<!--\n", "\n-->"),
        ("<!-- a\n\n", "\n\n-->"),
        ("text <!-- a\n    ", " -->"),
        ("<pre>\n", "\n</pre>"),
    ],
)
def test_a_point_that_is_code_or_in_a_comment_states_nothing(folder: Path, before: str, after: str) -> None:
    said = card_of(folder, f"---\ntags: [a]\n---\n{before}{POINT}{after}\n").said
    assert not [each for each in said if each.label == "license"]


@pytest.mark.parametrize("opened", ["<!-- to do\n\n", "<div>\n<!--\n\n-->\n", "> <!--\n\n"])
def test_a_comment_that_stays_open_is_told(folder: Path, opened: str) -> None:
    with pytest.raises(InputError) as error:
        card_of(folder, f"---\ntags: [a]\n---\n\n{opened}{POINT}\n")
    assert str(error.value).endswith(
        "README.md:5:1: a comment is not closed in its block; write --> behind it, before an empty line"
    )


@pytest.mark.parametrize(
    ("opened", "what"),
    [
        ("<pre>\n\n", "raw HTML is not closed; "),
        ("<STYLE>\n\n", "raw HTML is not closed; "),
        ("<? >\n\n", "raw HTML that begins with <? or <! has several lines; "),
        ("<![CDATA[ >\n\n", "raw HTML that begins with <? or <! has several lines; "),
        ("<!X\n\n", "raw HTML that begins with <? or <! has several lines; "),
    ],
)
def test_raw_html_that_may_hide_what_follows_is_told(folder: Path, opened: str, what: str) -> None:
    with pytest.raises(InputError) as error:
        card_of(folder, f"---\ntags: [a]\n---\n\n{opened}{POINT}\n")
    assert f"README.md:5:1: {what}" in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "- **License:** a\n  b",
        "- __License__: a\n  b",
        "1. **License:** a\nb",
        "- **License:**\n\n  a\n  b",
        "- **License:**\n  - a\n    b",
        "## License\n\na\nb",
        "License\n=======\n\na\nb",
    ],
)
def test_what_belongs_to_a_name_is_read_with_it(folder: Path, text: str) -> None:
    said = card_of(folder, f"---\ntags: [a]\n---\n{text}\n").said
    assert [" ".join(each.text.split()) for each in said if each.label == "license" and each.text] == ["a b"]


@pytest.mark.parametrize("text", ["- **License:**\n- a", "- **License:**\n\na", "- **License:**\n- **Paper:** a"])
def test_what_does_not_belong_to_a_name_is_not(folder: Path, text: str) -> None:
    said = card_of(folder, f"---\ntags: [a]\n---\n{text}\n").said
    assert [each.text for each in said if each.label == "license"] == [""]


def test_a_denial_above_dashes_is_no_title(folder: Path) -> None:
    said = card_of(folder, "## Paper\n\n[More Information Needed]\n---\n").said
    assert [(each.label, each.text) for each in said] == [("paper", "[More Information Needed]")]
