"""Work that is not measured: coverage makes a loop over thousands of mutants nine times as slow.

A process that is begun meanwhile is not measured either: coverage would start in it by a variable.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STARTS_COVERAGE = "COVERAGE_PROCESS_"


@contextmanager
def untraced() -> Iterator[None]:
    """Run something without coverage; what it runs is covered by smaller tests."""
    trace = sys.gettrace()
    variables = dict(os.environ)
    sys.settrace(None)
    for name in variables:
        if name.startswith(_STARTS_COVERAGE):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in variables.items() if name.startswith(_STARTS_COVERAGE)})
        sys.settrace(trace)
