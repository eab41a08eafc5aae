"""An audit as one page: a summary for everybody, and every release behind it, in one file that asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from release_review.audit.ledger import Ledger
from release_review.audit.page.details import Details
from release_review.audit.page.links import release_link
from release_review.audit.page.listing import Listing
from release_review.audit.page.records import View
from release_review.audit.page.view import view_of
from release_review.audit.summary import Counting
from release_review.escape import MESSAGE_CHARACTERS
from release_review.reporters.html.markup import digest, environment, own
from release_review.reporters.verdicts import CAVEAT
from release_review.summary import PROGRAM
from release_review.version import __version__

MOST_RELEASES = 10_000
"""Releases that the page lists and can open; the summary is of all of them, and so are the other formats."""

_FILES = ("page.html.jinja", "macros.html.jinja")


def render(ledger: Ledger, *, most: int = MOST_RELEASES) -> Iterator[str]:
    """Give the page, piece by piece.

    Args:
        ledger: What is shown; an audit that did not come to its end is marked as such.
        most: Releases that are listed, the first of the corpus; the page says how many are not.

    Raises:
        AuditError: The ledger is damaged.
    """
    counting, listing, details = Counting(ledger), Listing(ledger.meta["definitions"]), Details()
    for place, row in enumerate(ledger.rows()):
        counting.add(row)
        if place < most:
            with counting.damage():
                listing.add(row)
                details.add(row, listing)
    view = view_of(counting.summary(), listed=listing.count)
    yield from _pieces(view, listing, details)


def _pieces(view: View, listing: Listing, details: Details) -> Iterator[str]:
    from jinja2 import DictLoader

    css, script = _file("page.css"), _file("page.js")
    pages = environment(most=MESSAGE_CHARACTERS)
    pages.filters["release_link"] = release_link
    pages.loader = DictLoader({name: _file(name) for name in _FILES})
    stream = pages.get_template(_FILES[0]).stream(
        caveat=CAVEAT,
        chunks=map(own, details.chunks()),
        css=own(css),
        css_digest=digest(css),
        data=own(listing.as_json()),
        program=PROGRAM,
        script=own(script),
        script_digest=digest(script),
        version=__version__,
        view=view,
    )
    stream.enable_buffering(200)
    yield from stream
    yield "\n"


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
