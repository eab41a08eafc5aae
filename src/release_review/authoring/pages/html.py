"""A page in HTML: nothing to load, nothing to run, in the look of the report."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

from release_review.authoring.pages.blocks import Code, Facts, Items, Page, Paragraph, Table, way
from release_review.reporters.html.markup import digest, environment, escaped, own

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

MARK = '<meta name="generator" content="release-review policy docs">'
"""What every page has in its head."""

_SUFFIX = ".html"
_KINDS = {Paragraph: "paragraph", Code: "code", Facts: "facts", Items: "items", Table: "table"}


def written(page: Page) -> str:
    """Write a page."""
    css = _style()
    text = _template().render(
        css=own(css),
        css_digest=digest(css),
        mark=own(MARK),
        page=page,
        way=lambda target: way(page.path, target) + _SUFFIX,
    )
    return f"{text.strip()}\n"


@functools.cache
def _style() -> str:
    report = resources.files("release_review.reporters.html").joinpath("report.css").read_text(encoding="utf-8")
    return report + resources.files(__package__).joinpath("pages.css").read_text(encoding="utf-8")


@functools.cache
def _template() -> Template:
    pages = environment()
    pages.filters["rows"] = _rows
    pages.tests["kind"] = lambda block, name: _KINDS[type(block)] == name
    source = resources.files(__package__).joinpath("page.html.jinja").read_text(encoding="utf-8")
    return pages.from_string(source)


def _rows(text: str) -> Markup:
    """Set an expression as its author set it: a line feed between two lines is one."""
    from markupsafe import Markup

    return Markup("\n").join(escaped(line) for line in text.strip("\n").split("\n"))
