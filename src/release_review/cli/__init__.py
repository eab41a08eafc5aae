"""The command line: arguments in, one library call, a report and an exit status out.

This module is the one door. Whatever happens inside, what leaves it is one of five statuses, and what is
said of a fault is one line for each on stderr.
"""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from release_review.errors import Terminated

PASS, BLOCKED, ERROR, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143
"""Everything this program ever returns, as the README promises."""

OBJECTS_BETWEEN_COLLECTIONS = 100_000
"""New objects after which Python looks for garbage in cycles.

A run makes many objects, keeps nearly all of them and makes hardly any cycle: at Python's own 700, looking for garbage
takes a tenth of a small check and half of the largest.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The arguments without the program's name; those of the process where None.

    Returns:
        The exit status: 0, 1, 2, 130 or 143.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        with _termination_raises():
            from release_review.cli import door

            return door.enter(argv)
    except Terminated:
        return _stopped("terminated", TERMINATED)
    except KeyboardInterrupt:
        return _stopped("interrupted", INTERRUPTED)


@contextmanager
def _termination_raises() -> Iterator[None]:
    # Who started us may have chosen to ignore the signal, and only the main thread may ask for one.
    listens = threading.current_thread() is threading.main_thread()
    if not listens or signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Terminated


def _stopped(how: str, status: int) -> int:
    from release_review.cli import streams

    streams.say(f"{how}: no verdict was reached")
    streams.let_go()
    return status
