"""What every page in HTML is set with: texts are escaped where a template puts them, and only our own are not."""

from __future__ import annotations

import base64
import functools
import hashlib
from typing import TYPE_CHECKING, Any

from release_review import escape
from release_review.reporters.layout import cut

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def environment(*, most: int | None = None) -> Environment:
    """Give what reads templates, with the filters `address` and `prose`.

    Args:
        most: Characters after which a text is cut; None where none is. What `prose` sets is not cut.
    """
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True,
        finalize=functools.partial(_put, most=most),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {"address": escape.web_address, "prose": _prose}
    return made


def escaped(text: str) -> Markup:
    """Escape a text for the content or a quoted attribute of a page."""
    from markupsafe import Markup

    return Markup(escape.html(text))  # noqa: S704 - this is where text is escaped


def own(text: str) -> Markup:
    """Give a text of our own, such as a style sheet, which goes into a page as it is."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - our own words


def digest(text: str) -> str:
    """Give the hash by which a page's policy admits one style sheet or one script, and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _put(value: Any, *, most: int | None) -> Any:
    """Escape and cut a text wherever a template puts one; our own markup and numbers stay as they are."""
    from markupsafe import Markup

    if type(value) is Markup or not isinstance(value, str):
        return value
    return escaped(value if most is None else cut(value, most))


def _prose(text: str) -> Markup:
    """Set one line of a policy's text, in which backticks stand around code."""
    from markupsafe import Markup

    return Markup("").join(
        Markup("<code>{}</code>").format(escaped(piece)) if is_code else escaped(piece)
        for piece, is_code in escape.prose_pieces(text)
    )
