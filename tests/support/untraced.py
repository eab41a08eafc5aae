"""Work that is not measured: coverage makes a loop over thousands of mutants nine times as slow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def untraced() -> Iterator[None]:
    """Run something without coverage; what it runs is covered by smaller tests."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)
