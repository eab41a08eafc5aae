"""The identity of a finding: it outlives its line and the order of lists, and two places never share one."""

from __future__ import annotations

from typing import Any

import pytest

from release_review.fingerprint import fingerprint, keyed_steps, name_of, places_without_id

DATA: dict[str, Any] = {
    "threat": [{"id": "bio", "actors": ["a", "b"]}, {"id": "0", "layers": [{"name": "x"}]}],
    "safeguard": [{"name": "filter"}, {"name": "terms"}],
    "odd": [{"id": 7}, [{"id": "inner"}]],
}


@pytest.mark.parametrize(
    ("pointer", "steps", "name", "without"),
    [
        ("", (), "", ()),
        ("/threat", ("threat",), "threat", ()),
        ("/threat/0", ("threat", "bio"), "threat[bio]", ()),
        ("/threat/1/title", ("threat", "0", "title"), "threat[0].title", ()),
        ("/threat/0/actors/1", ("threat", "bio", "actors", "1"), "threat[bio].actors[1]", ("/threat/0/actors/1",)),
        ("/safeguard/1/name", ("safeguard", "1", "name"), "safeguard[1].name", ("/safeguard/1",)),
        ("/odd/0", ("odd", "0"), "odd[0]", ("/odd/0",)),
        ("/odd/1/0", ("odd", "1", "inner"), "odd[1][inner]", ("/odd/1",)),
        ("/threat/9", ("threat", "9"), "threat[9]", ("/threat/9",)),
        ("/threat/-", ("threat", "-"), "threat[-]", ("/threat/-",)),
        ("/threat/\u00b2", ("threat", "\u00b2"), "threat[\u00b2]", ("/threat/\u00b2",)),
        ("/threat/00", ("threat", "00"), "threat[00]", ("/threat/00",)),
        ("/threat/0/id/x", ("threat", "bio", "id", "x"), "threat[bio].id.x", ()),
        ("/a~1b/c~0d", ("a/b", "c~d"), "a/b.c~d", ()),
    ],
)
def test_places_by_the_ids_of_their_items(
    pointer: str, steps: tuple[str, ...], name: str, without: tuple[str, ...]
) -> None:
    assert keyed_steps(pointer, DATA) == steps
    assert name_of(pointer, DATA) == name
    assert places_without_id(pointer, DATA) == without


def test_a_fingerprint_follows_its_item() -> None:
    reordered = {**DATA, "threat": DATA["threat"][::-1]}
    here = fingerprint("acme/one", "acme/model", "/threat/0", DATA)
    assert here == fingerprint("acme/one", "acme/model", "/threat/1", reordered)
    others = [
        fingerprint("acme/two", "acme/model", "/threat/0", DATA),
        fingerprint("acme/one", "acme/other", "/threat/0", DATA),
        fingerprint("acme/one", "acme/model", "/threat/1", DATA),
        fingerprint("acme/one", "acme/model", "/threat", DATA),
    ]
    assert len({here, *others}) == len(others) + 1
