"""Stdout and stderr: UTF-8 bytes, and never a failure that goes unnoticed."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import BinaryIO, TextIO

from release_review.errors import OutputError

_STANDARD = (0, 1, 2)


def hold_standard_descriptors() -> None:
    """Keep a file of ours from being opened as stdin, stdout or stderr where one of those is closed."""
    for descriptor in _STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number is given out, which is this one.
            os.open(os.devnull, os.O_RDWR)


def write_stdout(text: str) -> None:
    """Write to stdout.

    Raises:
        OutputError: Stdout is closed, or does not take the text.
    """
    write_stdout_bytes(text.encode("utf-8", "backslashreplace"))


def write_stdout_bytes(content: bytes) -> None:
    """Write to stdout, as it is.

    Raises:
        OutputError: Stdout is closed, or does not take it.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed", hint="leave it open, or write with --output NAME=PATH alone")
    try:
        _write(sys.stdout, content)
    except (OSError, ValueError) as error:
        raise _refused(error) from None


def say(line: str) -> None:
    """Write one line to stderr, if anybody can still hear it."""
    write_stderr(line + "\n")


def write_stderr(text: str) -> None:
    """Write to stderr, if anybody can still hear it."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            _write(sys.stderr, text.encode("utf-8", "backslashreplace"))


def settle() -> None:
    """Flush both streams, so that nothing is left for the interpreter to fail on.

    Raises:
        OutputError: What was written to stdout cannot be delivered.
    """
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.flush()
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise _refused(error) from None


def let_go() -> None:
    """Let what a stream does not take go nowhere: the interpreter flushes again at exit, and changes the status."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)


def _write(stream: TextIO, content: bytes) -> None:
    binary = getattr(stream, "buffer", None)
    if binary is None:  # a caller's own stream, of text
        stream.write(content.decode("utf-8", "backslashreplace"))
    else:
        stream.flush()
        _write_all(binary, content)
    stream.flush()


def _write_all(binary: BinaryIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        # A stream without a buffer (PYTHONUNBUFFERED) may take a part, or nothing where it would have to wait.
        taken = binary.write(left)
        if not taken:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        left = left[taken:]


def _refused(error: Exception) -> OutputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return OutputError(f"stdout does not take the text: {reason}", hint="free the device or keep the pipe open")
