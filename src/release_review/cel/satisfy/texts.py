"""Tests of texts whose value is known."""

from __future__ import annotations

import functools


def passes(test: str, text: str, argument: str) -> bool:
    """Tell whether a text passes a test of CEL."""
    match test:
        case "contains":
            return argument in text
        case "startsWith":
            return text.startswith(argument)
        case "endsWith":
            return text.endswith(argument)
        case "matches":
            return _matches(text, argument)
    raise TypeError(f"no test of a text: {test}")


@functools.lru_cache(maxsize=1024)
def _matches(text: str, pattern: str) -> bool:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options=options).search(text) is not None
