"""What to state: sets of facts are joined where all are needed, and the smallest is taken where one will do."""

from __future__ import annotations

import pytest

from release_review.cel.stating import (
    FALSE,
    NEITHER,
    TRUE,
    ToState,
    all_of,
    any_of,
    at_least,
    at_most,
    choice,
    exactly,
    same,
    smallest,
    together,
)
from release_review.model import Missing

A, B, C = (ToState(Missing((name,)), Missing((name,))) for name in "abc")
HARD = ToState(Missing(("x", "y", "z")), Missing(("x",)))
"""It takes three facts to hold, and one to fail."""
LEVEL = ToState(Missing(("l",), enough=False), Missing((), ("l",), enough=False))
"""It is the level of an assessment, which may ask for more than it hangs on now."""


def facts(*missing: Missing | None) -> tuple[tuple[str, ...] | None, ...]:
    return tuple(each.facts if each is not None else None for each in missing)


def test_a_fact_that_is_shared_counts_once() -> None:
    assert together([Missing(("a", "b")), Missing(("b", "c"))]) == Missing(("a", "b", "c"))


def test_what_can_never_be_so_can_be_no_part_of_a_set() -> None:
    assert together([Missing(("a",)), None]) is None
    assert smallest([None, Missing(("a", "b")), Missing(("c",))]) == Missing(("c",))
    assert smallest([None, None]) is None


def test_of_two_sets_as_small_the_first_is_taken() -> None:
    assert smallest([Missing(("a", "b")), Missing(("c",)), Missing(("d",))]) == Missing(("c",))


def test_a_set_that_goes_through_a_level_is_taken_where_no_other_will_do() -> None:
    assert any_of([LEVEL, HARD]).hold == HARD.hold
    assert all_of([LEVEL, HARD]).hold == Missing(("l", "x", "y", "z"), enough=False)
    assert any_of([LEVEL, A]).fail == Missing(("a",), ("l",), enough=False)
    assert at_least(1, [LEVEL, HARD]) == HARD.hold
    assert any_of([LEVEL, FALSE]).hold == LEVEL.hold


@pytest.mark.parametrize(
    ("found", "hold", "fail"),
    [
        (all_of([A, B, TRUE]), ("a", "b"), ("a",)),
        (all_of([A, FALSE]), None, ()),
        (all_of([]), (), None),
        (any_of([A, B, FALSE]), ("a",), ("a", "b")),
        (any_of([A, TRUE]), (), None),
        (any_of([]), None, ()),
        (choice(A, B, C), ("a", "b"), ("a", "b")),
        (choice(A, TRUE, TRUE), (), None),
        (choice(TRUE, B, C), ("b",), ("b",)),
        (choice(HARD, A, B), ("x", "b"), ("x", "b")),
        (same(A, TRUE), ("a",), ("a",)),
        (same(HARD, B), ("x", "b"), ("x", "b")),
        (HARD.swapped, ("x",), ("x", "y", "z")),
    ],
)
def test_each_form_has_its_sets(found: ToState, hold: tuple[str, ...] | None, fail: tuple[str, ...] | None) -> None:
    assert facts(found.hold, found.fail) == (hold, fail)


@pytest.mark.parametrize(
    ("number", "least", "most", "exact"),
    [
        (0, (), None, None),
        (1, (), ("x", "a", "b"), ("x", "a", "b")),
        (2, ("a",), ("x", "a"), ("x", "a", "b")),
        (3, ("a", "b"), ("x",), ("x", "a", "b")),
        (4, ("x", "y", "z", "a", "b"), (), ("x", "y", "z", "a", "b")),
        (5, None, (), None),
    ],
)
def test_items_are_counted_by_what_they_take(
    number: int, least: tuple[str, ...] | None, most: tuple[str, ...] | None, exact: tuple[str, ...] | None
) -> None:
    items = [HARD, TRUE, A, B]
    assert facts(at_least(number, items), at_most(number, items), exactly(number, items)) == (least, most, exact)


def test_what_surely_holds_is_never_counted_away() -> None:
    assert at_most(0, [TRUE, A]) is None
    assert at_most(1, [TRUE, A]) == A.fail


def test_what_breaks_is_counted_neither_way() -> None:
    assert exactly(1, [A, NEITHER]) is None
