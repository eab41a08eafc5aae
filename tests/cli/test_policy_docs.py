"""`policy docs`: where pages go, what is left alone, and when it says that something is not current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

PAGE = """\
# Ours

<!-- policies: begin -->
<!-- policies: end -->

Text of `<!-- rules: begin -->`.\r

<!-- rules: begin -->
old
<!-- rules: end -->
"""


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


SMALL = ["index", "small/index", "small/rules/released"]


def test_each_page_is_written_in_both_formats(run: Callable[..., Run], checkout: Path) -> None:
    done = run("policy", "docs", "./small.toml", "-o", "a/pages")
    assert (done.status, done.out, done.err) == (0, "", "wrote 6 files\n")
    assert files_in(checkout / "a" / "pages") == sorted(
        f"{name}{suffix}" for name in SMALL for suffix in (".html", ".md")
    )


@pytest.mark.parametrize(("name", "suffix"), [("markdown", ".md"), ("html", ".html")])
def test_one_format_is_enough(name: str, suffix: str, run: Callable[..., Run], checkout: Path) -> None:
    assert run("policy", "docs", "./small.toml", "-o", "pages", "--output-format", name).status == 0
    assert files_in(checkout / "pages") == [f"{page}{suffix}" for page in SMALL]


def test_without_a_name_the_pages_are_about_what_check_applies(run: Callable[..., Run], checkout: Path) -> None:
    (checkout / "release-review.toml").write_text('policy = ["./small.toml"]\n', encoding="utf-8")
    assert run("policy", "docs", "-o", "pages", "--output-format", "markdown").status == 0
    assert files_in(checkout / "pages") == [f"{page}.md" for page in SMALL]


def test_without_a_name_the_pages_are_about_the_policy_in_this_folder(
    run: Callable[..., Run], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "mine").mkdir()
    (checkout / "small.toml").rename(checkout / "mine" / "policy.toml")
    monkeypatch.chdir(checkout / "mine")
    assert run("policy", "docs", "-o", "../pages", "--output-format", "markdown").status == 0
    assert files_in(checkout / "pages") == [f"{page}.md" for page in SMALL]


def test_a_second_run_writes_nothing(run: Callable[..., Run], checkout: Path) -> None:
    run("policy", "docs", "./small.toml", "-o", "pages")
    before = {file: file.stat().st_mtime_ns for file in (checkout / "pages").rglob("*")}
    done = run("policy", "docs", "./small.toml", "-o", "pages")
    assert (done.status, done.err) == (0, "all is current, nothing was written\n")
    assert {file: file.stat().st_mtime_ns for file in (checkout / "pages").rglob("*")} == before


def test_a_page_of_a_rule_that_is_gone_goes_and_what_others_wrote_stays(
    run: Callable[..., Run], checkout: Path
) -> None:
    run("policy", "docs", "./small.toml", "-o", "pages")
    rules = checkout / "pages" / "small" / "rules"
    (rules / "mine.md").write_text("# Mine\n", encoding="utf-8")
    (rules / "mine.html").write_bytes(b"\xff")
    (checkout / "pages" / "other.md").write_text((rules / "released.md").read_text(encoding="utf-8"), encoding="utf-8")
    policy = checkout / "small.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace('"released"\nsum', '"out"\nsum'), encoding="utf-8")
    stale = run("policy", "docs", "./small.toml", "-o", "pages", "--check")
    assert stale.status == 1
    assert "pages/small/rules/released.md: about a part that is gone\n" in stale.out
    done = run("policy", "docs", "./small.toml", "-o", "pages")
    assert (done.status, done.err) == (0, "wrote 4 files, removed 2\n")
    assert files_in(rules) == ["mine.html", "mine.md", "out.html", "out.md"]
    assert (checkout / "pages" / "other.md").is_file()


def test_a_file_that_somebody_wrote_is_not_replaced(run: Callable[..., Run], checkout: Path) -> None:
    (checkout / "pages").mkdir()
    (checkout / "pages" / "index.md").write_text("# Mine\n", encoding="utf-8")
    done = run("policy", "docs", "./small.toml", "-o", "pages")
    assert (done.status, done.out) == (2, "")
    assert "pages/index.md: stands where a page would, and is not ours; move it away" in done.err
    assert files_in(checkout / "pages") == ["index.md"]


def test_no_link_is_followed_out_of_the_folder(run: Callable[..., Run], checkout: Path) -> None:
    (checkout / "pages").mkdir()
    (checkout / "elsewhere").mkdir()
    (checkout / "pages" / "small").symlink_to(checkout / "elsewhere")
    done = run("policy", "docs", "./small.toml", "-o", "pages")
    assert done.status == 2
    assert files_in(checkout / "elsewhere") == []


# Tables ---------------------------------------------------------------------------------------------------------------


def test_the_tables_of_a_page_are_renewed_and_the_rest_of_it_stays(run: Callable[..., Run], checkout: Path) -> None:
    page = checkout / "page.md"
    page.write_bytes(PAGE.encode())
    assert run("policy", "docs", "./small.toml", "--update", "page.md").status == 0
    row = "| `small` | What a test needs. | 0 | 1 |\n"
    table = f"| policy | what it is for | assessments | rules |\n|---|---|---|---|\n{row}"
    rules = (
        "### small\n\n| rule | severity | requirement |\n|---|---|---|\n| `released` | error | The release is out. |\n"
    )
    expected = PAGE.replace("<!-- policies: end", f"{table}<!-- policies: end").replace("old\n", rules)
    assert page.read_bytes().decode() == expected


def test_a_stale_table_is_status_1_and_says_what_to_run(run: Callable[..., Run], checkout: Path) -> None:
    (checkout / "a page.md").write_bytes(PAGE.encode())
    arguments = ["policy", "docs", "./small.toml", "--update", "a page.md"]
    stale = run(*arguments, "--check")
    assert (stale.status, stale.out) == (1, "a page.md: not current\n")
    assert stale.err == "to renew, run: release-review policy docs ./small.toml --update 'a page.md'\n"
    assert (checkout / "a page.md").read_bytes() == PAGE.encode()
    assert run(*arguments).status == 0
    assert run(*arguments, "--check") == type(stale)(status=0, out="", err="")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# A\n", "page.md: the page has no marks of a table"),
        ("# A\n<!-- rules: begin -->\n", "page.md:2: the marks of the table 'rules' are no pair"),
        ("<!-- rules: end -->\n<!-- rules: begin -->\n", "page.md:2: the marks of the table 'rules' are no pair"),
        (2 * "<!-- rules: begin -->\n<!-- rules: end -->\n", "the marks of the table 'rules' are no pair"),
    ],
)
def test_a_page_without_a_place_for_a_table_is_refused(
    text: str, message: str, run: Callable[..., Run], checkout: Path
) -> None:
    (checkout / "page.md").write_text(text, encoding="utf-8")
    done = run("policy", "docs", "./small.toml", "--update", "page.md")
    assert done.status == 2
    assert message in done.err
    assert (checkout / "page.md").read_text(encoding="utf-8") == text


def test_nowhere_to_write_is_an_error(run: Callable[..., Run]) -> None:
    done = run("policy", "docs", "./small.toml")
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "error: nothing is to be written; say where: -o DIR for pages, --update FILE for tables",
    )


def test_a_page_that_is_missing_is_not_current(run: Callable[..., Run], checkout: Path) -> None:
    done = run("policy", "docs", "./small.toml", "-o", "pages", "--output-format", "html", "--check")
    assert (done.status, done.out) == (1, "".join(f"pages/{page}.html: missing\n" for page in SMALL))
    assert not (checkout / "pages").exists()


def test_the_tables_of_our_own_chapter_are_current(run: Callable[..., Run]) -> None:
    page = Path(__file__).parent.parent.parent / "policies" / "README.md"
    done = run("policy", "docs", "open-release", "--update", str(page), "--check")
    assert (done.status, done.out) == (0, "")
