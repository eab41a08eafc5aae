"""The tables on the pages of the registries are what the real data give."""

from __future__ import annotations

import count_registries
import pytest


# The others have thousands of entries: `make registries` counts them all.
@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["fmti", "osai"])
@pytest.mark.skipif(not count_registries.DATA.is_dir(), reason="set REVIEW_DATA to the folder of the real data")
def test_the_table_of_a_registry_is_what_its_data_give(name: str) -> None:
    page = count_registries.page_of(name).read_text(encoding="utf-8")
    counted = count_registries.count(name)
    assert counted.releases > 0
    assert counted.errors == []
    assert page == count_registries.inserted(page, count_registries.table_of(counted)), "run `make registries WRITE=1`"
