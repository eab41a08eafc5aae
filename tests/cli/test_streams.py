"""Stdout without a buffer, as PYTHONUNBUFFERED makes it: one write need not take all of a text."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from release_review.cli import streams
from release_review.errors import OutputError


class Raw(io.RawIOBase):
    """A stream that takes few bytes at once, and nothing more once it is full."""

    def __init__(self, *, room: int) -> None:
        super().__init__()
        self.taken = b""
        self.room = room

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int | None:
        part = bytes(data[: min(3, self.room - len(self.taken))])
        self.taken += part
        return len(part) or None


def stdout_of(raw: Raw) -> io.TextIOWrapper:
    """Give a text stream without a buffer, as the interpreter makes it."""
    return io.TextIOWrapper(raw, write_through=True)  # type: ignore[arg-type]


def test_a_text_arrives_in_as_many_parts_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Raw(room=10)
    monkeypatch.setattr(sys, "stdout", stdout_of(raw))
    streams.write_stdout("0123456789")
    assert raw.taken == b"0123456789"


def test_a_text_of_which_a_part_is_not_taken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Raw(room=10)
    monkeypatch.setattr(sys, "stdout", stdout_of(raw))
    with pytest.raises(OutputError, match="stdout does not take the text: Resource temporarily unavailable"):
        streams.write_stdout("0123456789a")
    assert raw.taken == b"0123456789"
