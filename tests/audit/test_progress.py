"""Whoever watches sees how far an audit has come, and whoever reads a log gets a line a minute."""

from __future__ import annotations

import pytest

from release_review.cli.progress import EVERY_SECONDS, Progress, duration


class Watch:
    """A clock that is set by hand, and what was said."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[str] = []

    def progress(self, total: int, *, is_terminal: bool) -> Progress:
        return Progress(total=total, is_terminal=is_terminal, say=self.said.append, clock=lambda: self.now)


def test_a_log_gets_a_line_a_minute_with_rate_and_time_left() -> None:
    watch = Watch()
    progress = watch.progress(100_000, is_terminal=False)
    for second in range(1, 181):
        watch.now = float(second)
        progress.count(100)
    progress.end()
    assert EVERY_SECONDS == 60
    assert watch.said == [
        "6,000 of 100,000 reviewed, 100 a second, 15 min 40 s left\n",
        "12,000 of 100,000 reviewed, 100 a second, 14 min 40 s left\n",
        "18,000 of 100,000 reviewed, 100 a second, 13 min 40 s left\n",
    ]


def test_a_terminal_has_one_line_that_changes_and_is_gone_at_the_end() -> None:
    watch = Watch()
    progress = watch.progress(10, is_terminal=True)
    for _ in range(10):
        watch.now += 0.1
        progress.count()
    progress.end()
    assert 4 <= len(watch.said) <= 6
    assert all(line.startswith("\r\x1b[K") and "\n" not in line for line in watch.said)
    assert watch.said[-1] == "\r\x1b[K"


def test_what_was_done_before_says_nothing_about_the_rate() -> None:
    watch = Watch()
    progress = watch.progress(1_000, is_terminal=False)
    progress.count(900)
    progress.begin()
    watch.now = EVERY_SECONDS
    progress.count(60)
    assert watch.said == ["960 of 1,000 reviewed, 1.0 a second, 40 s left\n"]


def test_a_total_that_was_guessed_too_small_grows() -> None:
    watch = Watch()
    progress = watch.progress(0, is_terminal=False)
    watch.now = EVERY_SECONDS
    progress.count(5)
    assert watch.said == ["5 of 5 reviewed, 0.1 a second, 0 s left\n"]


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (7805, "2 h 10 min")])
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
