"""Tests that share what their module makes, such as a browser, stay in one process wherever tests are spread."""

from __future__ import annotations

import pytest
from xdist.scheduler.loadgroup import LoadGroupScheduling  # type: ignore[import-untyped]


@pytest.fixture(scope="module")
def made_once() -> object:
    return object()


def group_of(request: pytest.FixtureRequest) -> str:
    """Give the group by which xdist sends a test to a process; a test alone is a group of its own."""
    scheduler = object.__new__(LoadGroupScheduling)
    return str(scheduler._split_scope(request.node.nodeid))


def expected(request: pytest.FixtureRequest, group: str) -> str:
    """Give the group that a test is to have, which is there only with `--dist loadgroup`, as in `make test`."""
    is_spread = getattr(request.config.option, "loadgroup", False)
    return group if is_spread else str(request.node.nodeid)


def test_a_test_that_needs_what_its_module_makes_once_is_in_the_group_of_its_module(
    made_once: object, request: pytest.FixtureRequest
) -> None:
    assert group_of(request) == expected(request, "tests/test_groups.py")


@pytest.mark.parametrize("text", ["a@b", "[a]"])
def test_so_is_a_test_with_values(made_once: object, text: str, request: pytest.FixtureRequest) -> None:
    assert group_of(request) == expected(request, "tests/test_groups.py")


@pytest.mark.xdist_group("by name")
def test_a_test_is_in_the_group_that_it_names(request: pytest.FixtureRequest) -> None:
    assert group_of(request) == expected(request, "by name")


def test_any_other_test_is_in_no_group(request: pytest.FixtureRequest) -> None:
    assert group_of(request) == request.node.nodeid
    assert "@" not in request.node.nodeid
