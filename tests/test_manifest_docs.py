"""The table of fields and the manifest to begin with: both say what the schema says."""

from __future__ import annotations

import datetime as dt
import re

from release_review.fields import manifest_fields
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.manifest_docs import field_table, init_template
from release_review.model import Manifest
from release_review.validate import validate

TOML = next(importer for importer in release_review_importers() if ".toml" in importer.suffixes)
SETTING = re.compile(r"^#(?=\S)", re.MULTILINE)


def read(text: str) -> Manifest:
    document = read_document(text.encode(), name="release.toml", importer=TOML)
    return validate(document, today=dt.date(2026, 1, 1))


def test_the_template_is_the_smallest_useful_manifest() -> None:
    settings = [line for line in init_template("acme/model").splitlines() if line and not line.startswith("#")]
    assert settings == [
        'schema = "release-manifest/1"',
        "[release]",
        'id = "acme/model"',
        "[[access]]",
        'id = "hub"',
        'kind = "weights"',
        'audience = "public"',
    ]


def test_the_template_is_valid() -> None:
    assert read(init_template()).release_id == "developer/model"


def test_the_template_with_every_setting_in_use_is_valid_but_for_a_file_that_is_not_there() -> None:
    text = SETTING.sub("", init_template("acme/model")).replace('path = "folder/file.pdf"', "")
    document = read_document(text.encode(), name="release.toml", importer=TOML)
    assert set(document.data) == set(manifest_fields().fields)
    assert set(document.data["access"][0]) == set(read(text).data["access"][0]) - {"opened", "closed", "evidence_of"}


def test_the_template_describes_every_field() -> None:
    template = init_template()
    for field in manifest_fields().fields.values():
        assert f"# {field.description}" in template


def test_the_table_has_a_row_for_every_field_and_every_derived_one() -> None:
    table = field_table()
    for row in (
        "| `release.id` | id, required | The release as",
        "| `access[].opened` | `yes`, `no`, derived | Whether",
        "| `source.<id>.title` | text, required | What",
        "| `threat[].existing_defenses.layers` | list of `technical`, `legal`, `platform`, `human`, `unknown` | Where",
        "| `weights.training_compute_flop` | number | Floating-point operations",
        "| `extensions.<id>` | free | Whatever",
    ):
        assert f"\n{row}" in table


def test_every_row_of_the_table_has_three_cells() -> None:
    assert {line.count("|") for line in field_table().splitlines()} == {4}
