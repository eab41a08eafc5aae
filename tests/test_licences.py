"""One id for each licence, however it is written, and no guess where nobody has looked."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.fields import manifest_fields
from release_review.licences import TABLE, Licence, licence_of, licences_in

ROWS = tomllib.loads(TABLE.read_text(encoding="utf-8"))["licence"]
FAMILIES = manifest_fields().fields["weights"].fields["license_family"].words


@pytest.mark.parametrize("written", ["apache-2.0", "Apache-2.0", " APACHE_2.0 ", "Apache License 2.0", "apache 2.0"])
def test_the_spellings_of_a_licence_mean_one(written: str) -> None:
    assert licence_of(written) == Licence(id="Apache-2.0", family="permissive")


@pytest.mark.parametrize(
    ("written", "id_", "family"),
    [
        ("mit", "MIT", "permissive"),
        ("gpl-3.0", "GPL-3.0", "copyleft"),
        ("cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0", "non-commercial"),
        ("cc-by-sa-4.0", "CC-BY-SA-4.0", "copyleft"),
        ("llama3.1", "LicenseRef-llama3.1", "use-restricted"),
        ("gemma", "LicenseRef-gemma", "use-restricted"),
        ("creativeml-openrail-m", "LicenseRef-creativeml-openrail-m", "use-restricted"),
        ("openmdw-1.1", "LicenseRef-OpenMDW-1.1", "permissive"),
        ("apple-amlr", "LicenseRef-apple-amlr", "non-commercial"),
        ("cc-by-nd-4.0", "CC-BY-ND-4.0", "unknown"),
        ("xAI Community License Agreement", "LicenseRef-grok2-community", "use-restricted"),
    ],
)
def test_a_licence_has_an_id_and_a_family(written: str, id_: str, family: str) -> None:
    assert licence_of(written) == Licence(id=id_, family=family)


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("yi-license", "LicenseRef-yi-license"),
        ("LicenseRef-acme", "LicenseRef-acme"),
        ("apache-2.0 with changes", "LicenseRef-apache-2.0-with-changes"),
        ("../../x\x1b[31m", "LicenseRef-x-31m"),
        ("\N{CJK UNIFIED IDEOGRAPH-8BB8}", "LicenseRef-unnamed-8d3edaa608b7"),
        ("Lizenz f\N{LATIN SMALL LETTER U WITH DIAERESIS}r alle", "LicenseRef-Lizenz-f-r-alle-8b6513d8e689"),
        ("x" * 100, f"LicenseRef-{'x' * 80}-09ecb6ebc8bc"),
    ],
)
def test_what_the_table_does_not_have_is_never_guessed(written: str, id_: str) -> None:
    assert licence_of(written) == Licence(id=id_, family="unknown", known=False)


@pytest.mark.parametrize(
    "written",
    [
        "wtfp\N{SCRIPT SMALL L}",
        "\N{FULLWIDTH LATIN CAPITAL LETTER M}IT",
        "bigcode-openrail-m\N{KELVIN SIGN}",
        "et\N{CYRILLIC SMALL LETTER A}lab-2.0",
        "gro\N{KELVIN SIGN}2-community",
        "h-re\N{LATIN SMALL LETTER LONG S}earch",
    ],
)
def test_what_only_looks_like_a_licence_is_none(written: str) -> None:
    assert not licence_of(written).known


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\N{CJK UNIFIED IDEOGRAPH-4E13}", "\N{CJK UNIFIED IDEOGRAPH-5546}"),
        ("\N{CJK UNIFIED IDEOGRAPH-4E13} v1", "\N{CJK UNIFIED IDEOGRAPH-5546} v1"),
        ("x" * 100, "x" * 99),
    ],
)
def test_two_licences_that_an_id_cannot_hold_have_two_ids(one: str, other: str) -> None:
    assert licence_of(one).id != licence_of(other).id


def test_the_licences_that_a_text_mentions_are_found_as_whole_words() -> None:
    text = "The code is MIT (mit), the weights CC BY-NC 4.0 or cc_by_nc; not LGPL-3.0x, summit or unlicensed."
    assert [each.id for each in licences_in(text)] == ["MIT", "CC-BY-NC-4.0", "LicenseRef-CC", "LicenseRef-LGPL"]


@given(text=st.text())
def test_an_id_is_always_one(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", licence_of(text).id)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_each_row_is_found_by_all_its_spellings(row: dict[str, object]) -> None:
    spellings = row.get("spellings", [])
    assert isinstance(spellings, list)
    assert {licence_of(each).id for each in (row["id"], *spellings)} == {row["id"]}
    assert row.get("family", "unknown") in FAMILIES
