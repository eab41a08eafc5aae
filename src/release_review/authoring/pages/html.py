"""A page in HTML: nothing to load, nothing to run, in the look of the report."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

from release_review import escape
from release_review.authoring.pages.blocks import Code, Facts, Items, Page, Paragraph, Table, way

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

MARK = '<meta name="generator" content="release-review policy docs">'
"""What every page has in its head."""

_SUFFIX = ".html"
_KINDS = {Paragraph: "paragraph", Code: "code", Facts: "facts", Items: "items", Table: "table"}


def written(page: Page) -> str:
    """Write a page."""
    from markupsafe import Markup

    css = _style()
    text = _template().render(
        css=Markup(css),  # noqa: S704 - our own files
        css_digest=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        mark=Markup(MARK),  # noqa: S704 - our own words
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
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, finalize=_put, lstrip_blocks=True, trim_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"address": escape.web_address, "prose": _prose, "rows": _rows}
    environment.tests["kind"] = lambda block, name: _KINDS[type(block)] == name
    source = resources.files(__package__).joinpath("page.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source)


def _put(value: Any) -> Any:
    """Escape a text wherever the template puts one; our own markup stays as it is."""
    from markupsafe import Markup

    return value if type(value) is Markup or not isinstance(value, str) else _escaped(value)


def _escaped(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(escape.html(text))  # noqa: S704 - this is where text is escaped


def _prose(text: str) -> Markup:
    """Set a sentence of a policy, in which backticks stand around code."""
    from markupsafe import Markup

    return Markup("").join(
        Markup("<code>{}</code>").format(_escaped(piece)) if is_code else _escaped(piece)
        for piece, is_code in escape.prose_pieces(text)
    )


def _rows(text: str) -> Markup:
    """Set an expression as its author set it: a line feed between two lines is one."""
    from markupsafe import Markup

    return Markup("\n").join(_escaped(line) for line in text.strip("\n").split("\n"))
