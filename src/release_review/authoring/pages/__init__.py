"""A page for each policy, rule and assessment, in Markdown and in HTML: from policies to the text of files.

```
policies ── pages_of ──▶ pages (blocks of text, links by path) ──┬── markdown ──▶ files
                                                                 └── html ──────▶ files
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from release_review.admit import PolicySet
from release_review.authoring.pages import assessments, html, markdown, policies, rules
from release_review.authoring.pages.blocks import Page

MARKDOWN, HTML = "markdown", "html"

_WRITERS: Mapping[str, tuple[str, Callable[[Page], str]]] = {
    MARKDOWN: (".md", markdown.written),
    HTML: (".html", html.written),
}

FORMATS = tuple(_WRITERS)
"""What pages are written as."""

SUFFIXES: Mapping[str, str] = {name: suffix for name, (suffix, _) in _WRITERS.items()}
"""How the name of a page ends in each format."""

MARKS: Mapping[str, str] = {".md": markdown.MARK, ".html": html.MARK}
"""What each page has in it, by the ending of its name, that tells it from a page that somebody has written."""


def pages_of(given: PolicySet) -> list[Page]:
    """Give all pages: one for the set, and one for each policy, assessment and rule in it."""
    return [
        policies.page_of_all(given),
        *(policies.page_of(policy, given) for policy in given.policies),
        *(assessments.page_of(assessment, given) for assessment in given.assessments),
        *(rules.page_of(rule, given) for rule in given.rules),
    ]


def files_of(pages: Iterable[Page], formats: Iterable[str] = FORMATS) -> dict[str, str]:
    """Write pages: the text of each file, by its path, sorted."""
    listed = list(pages)
    writers = [_WRITERS[name] for name in formats]
    return dict(sorted((page.path + suffix, write(page)) for suffix, write in writers for page in listed))
