"""The report as one page: nothing to load, nothing to run but its own filters, and nothing lost on paper."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any

from release_review import escape
from release_review.escape import MESSAGE_CHARACTERS
from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters.html.view import Filters, overview, releases
from release_review.reporters.layout import cut
from release_review.reporters.verdicts import CAVEAT, closing_text
from release_review.summary import PROGRAM, overall_verdict
from release_review.version import __version__

if TYPE_CHECKING:
    from markupsafe import Markup

_ADDRESS = re.compile(r"https?://(?!.*::)[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)
"""What a link may lead to: the web, in characters that no reader of an attribute takes for anything else."""

_PARAGRAPH = re.compile(r"\n\s*\n")


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the whole page; one with several manifests begins with an overview of them."""
    del style  # a browser sets it, in the width and the colours of whoever reads it
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    listed = list(entries)
    css, script = _file("report.css"), _file("report.js")
    shown = releases(listed)
    environment = Environment(
        autoescape=True, finalize=_put, lstrip_blocks=True, trim_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"address": _address, "prose": _prose, "paragraphs": _paragraphs}
    page = environment.from_string(_file("report.html.jinja")).render(
        caveat=CAVEAT,
        css=Markup(css),  # noqa: S704 - our own file
        css_digest=_digest(css),
        filters=Filters.of(shown),
        has_reports=any(isinstance(entry, Report) for entry in listed),
        overview=overview(listed),
        releases=shown,
        left_out=len(listed) - len(shown),
        program=PROGRAM,
        script=Markup(script),  # noqa: S704 - our own file
        script_digest=_digest(script),
        verdict=overall_verdict(listed).value,
        verdict_line=closing_text(listed),
        version=__version__,
    )
    return f"{page.strip()}\n"


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Give the hash by which a page's policy admits one style sheet or one script, and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _put(value: Any) -> Any:
    """Escape and cut a text wherever the template puts one; our own markup and numbers stay as they are."""
    from markupsafe import Markup

    if type(value) is Markup or not isinstance(value, str):
        return value
    return _escaped(cut(value, MESSAGE_CHARACTERS))


def _escaped(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(escape.html(text))  # noqa: S704 - this is where text is escaped


def _address(url: str) -> str:
    """Give an address that a link may have; empty where the text is none."""
    return url if _ADDRESS.fullmatch(url) else ""


def _prose(text: str) -> Markup:
    """Set one line of a policy's text, in which backticks stand around code."""
    from markupsafe import Markup

    return Markup("").join(
        Markup("<code>{}</code>").format(_escaped(piece)) if is_code else _escaped(piece)
        for piece, is_code in escape.prose_pieces(text)
    )


def _paragraphs(text: str) -> list[str]:
    """Split a policy's text where a line is left empty; within a paragraph its lines are one."""
    return [" ".join(part.split()) for part in _PARAGRAPH.split(text.strip()) if part.strip()]
