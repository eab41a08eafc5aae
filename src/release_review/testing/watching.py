"""What foreign code does besides its work: it prints, reads the clock, opens a connection, writes a file.

Two things are asked. Python's audit events tell of sockets, files and processes, whoever opens them. Python's profiler
tells of each call that the code under test makes itself: that it asks for the time or for a variable of the
environment. What other code does on its behalf is its own business; whether that shows is a matter of equal outputs.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from release_review.escape import shorten

_CLOCK = {each.__name__: each for each in (time.time, time.time_ns, time.localtime, time.ctime)}
_CLOCK_OF_CLASSES = {"now", "utcnow", "today"}
_ENVIRONMENT = {id(each.__code__) for each in (type(os.environ).__getitem__, type(os.environ).__iter__)}
"""Identities of code: to hash code itself takes long, and this is asked at every call."""

_BETWEEN = {"os", "_collections_abc", "collections.abc"}
"""Modules that stand between a caller and the environment: `os.getenv`, `os.environ.get`."""

_REFUSED = {
    "socket.__new__": "opens a socket",
    "socket.getaddrinfo": "looks up a host",
    "socket.gethostbyname": "looks up a host",
    "subprocess.Popen": "starts a process",
    "os.system": "starts a process",
    "os.posix_spawn": "starts a process",
    "os.fork": "starts a process",
    "os.exec": "starts a process",
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_watched = threading.local()
"""`faults` of the watch that this thread is under; without it, nothing is refused."""

_hooked: list[bool] = []


class RefusedError(RuntimeError):
    """What code gets that does what no plugin may do."""


@contextlib.contextmanager
def watch(own: Collection[str]) -> Iterator[list[str]]:
    """Watch what code does besides its work; connections, processes and writing are refused at once.

    Args:
        own: Names of the top-level packages whose calls are looked at; without any, no call is, which is faster.

    Yields:
        A list that is filled: each fault in a clause without its subject, such as `reads the clock (rows.py:12)`.
        What is printed is known at the end.
    """
    faults: list[str] = []
    said = io.StringIO()
    before = sys.dont_write_bytecode, getattr(_watched, "faults", None)
    _install()
    _watched.faults = faults
    sys.dont_write_bytecode = True  # an import would write a file
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), watch_calls(own, faults):
            yield faults
    finally:
        sys.dont_write_bytecode, _watched.faults = before
    if said.getvalue():
        faults.append(f"prints {shorten(repr(said.getvalue()))}")
    faults[:] = dict.fromkeys(faults)


@contextlib.contextmanager
def watch_calls(own: Collection[str], faults: list[str]) -> Iterator[None]:
    """Look only at what some packages call, and refuse nothing; each fault goes into a list."""
    before = sys.getprofile()
    if own:
        sys.setprofile(_profiler(own, faults))
    try:
        yield
    finally:
        sys.setprofile(before)


def _profiler(own: Collection[str], faults: list[str]) -> Callable[[FrameType, str, Any], None]:
    def look(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call":
            if (name := _clock_of(called)) and _is_own(frame, own):
                faults.append(f"reads the clock: {name} at {_place(frame)}")
        elif event == "call" and id(frame.f_code) in _ENVIRONMENT:
            caller = _caller_of(frame)
            if caller is not None and _is_own(caller, own):
                faults.append(f"reads the environment at {_place(caller)}")

    return look


def _clock_of(called: Any) -> str:
    name = called.__name__
    if _CLOCK.get(name) is called:
        return f"time.{name}"
    if name not in _CLOCK_OF_CLASSES:
        return ""
    kind = getattr(called, "__self__", None)
    return f"{kind.__name__}.{name}" if isinstance(kind, type) and issubclass(kind, dt.date) else ""


def _caller_of(frame: FrameType) -> FrameType | None:
    caller = frame.f_back
    while caller is not None and caller.f_globals.get("__name__") in _BETWEEN:
        caller = caller.f_back
    return caller


def _is_own(frame: FrameType, own: Collection[str]) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in own


def _place(frame: FrameType) -> str:
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def _install() -> None:
    """Ask for audit events. Nobody can be taken off the list of those who do, so it is done once in a process."""
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked.append(True)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    faults = getattr(_watched, "faults", None)
    if faults is None:
        return
    fault = _REFUSED.get(event)
    if event == "open" and _writes(*arguments[1:3]):
        fault = f"writes the file {shorten(repr(str(arguments[0])))}"
    if fault is not None:
        faults.append(fault)
        raise RefusedError(f"a plugin that {fault} does what none may do")


def _writes(mode: str | None, flags: int) -> bool:
    return bool(set(mode) & set("wax+")) if mode is not None else bool(flags & _WRITING)
