"""Importers of what is no manifest: their record, where they are found, and that the example in the docs works."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review import hooks
from release_review.errors import UsageError
from release_review.hooks import Imported, SourceImporter, Unread
from release_review.importers.registries import REGISTRIES
from release_review.model import LIMITS
from release_review.plugins import load_registry
from release_review.plugins.contract import faults_of
from release_review.sources import Written, import_source

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

BRINGS = """
from release_review.hooks import Imported, SourceImporter

def read(path, limits):
    yield Imported(data={{}}, origin=str(path))

@hookimpl
def release_review_importers():
    yield SourceImporter(name={name!r}, summary={summary!r}, read={read})
"""


def brings(*, name: str = "cards", summary: str = "Cards.", read: str = "read") -> str:
    return BRINGS.format(name=name, summary=summary, read=read)


def example() -> str:
    """Give the example of the hook's docstring, without the importer of a format, whose functions it does not have."""
    (block,) = re.findall(r"```python\n(.*?)```", hooks.release_review_importers.__doc__ or "", flags=re.DOTALL)
    lines = textwrap.dedent(" " * 8 + block.strip(" ")).splitlines(keepends=True)
    return "".join(line for line in lines if "json5" not in line)


def test_a_source_importer_is_found_by_its_name(site: Site) -> None:
    site.install("acme", brings())
    registry = site.load()
    assert registry.source_importer("cards").summary == "Cards."
    assert [importer.name for importer in registry.source_importers] == sorted(["cards", *REGISTRIES])


def test_it_is_no_format_of_manifests(site: Site) -> None:
    site.install("acme", brings())
    registry = site.load()
    assert "cards" not in [importer.name for importer in registry.importers]
    with pytest.raises(UsageError, match="there is no importer 'cards'"):
        registry.importer("cards")


def test_what_a_plugin_brings_lists_it_with_the_importers(site: Site) -> None:
    site.install("acme", brings())
    plugin = site.load().loaded[-1]
    assert (plugin.policies, plugin.importers, plugin.reporters) == ((), ("cards",), ())


def test_a_name_that_is_not_there_is_told_with_those_that_are(site: Site) -> None:
    site.install("acme", brings())
    with pytest.raises(UsageError) as caught:
        site.load().source_importer("card")
    assert str(caught.value).startswith("there is no importer 'card'; did you mean 'cards'? use one of: cards, ")


def test_the_error_names_a_plugin_to_install() -> None:
    with pytest.raises(UsageError) as caught:
        load_registry(discover=False).source_importer("huggingface")
    assert str(caught.value) == (
        f"there is no importer 'huggingface'; use one of: {', '.join(sorted(REGISTRIES))}; "
        "plugins bring others, such as release-review-huggingface"
    )


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"name": "Cards"}, "name is 'Cards', which does not match [a-z0-9][a-z0-9._-]{0,63}"),
        ({"summary": " "}, "summary is empty"),
        ({"summary": None}, "summary is None, not a str"),
        ({"read": None}, "read is None, not callable"),
    ],
)
def test_a_fault_of_the_record_is_told(record: dict[str, object], fault: str) -> None:
    sound: dict[str, object] = {"name": "cards", "summary": "Cards.", "read": print}
    assert list(faults_of(SourceImporter(**{**sound, **record}))) == [fault]  # type: ignore[arg-type]


def test_two_of_one_name_are_refused_whatever_their_case(site: Site) -> None:
    site.install("acme", brings(name="toml"))
    assert site.error() == (
        "the importer 'toml' is brought by the built-in 'release_review.importers' and by plugin 'acme' "
        "(acme-policies 1.0); leave it out with --without-plugin acme"
    )


def test_an_item_is_no_record_of_the_hook(site: Site) -> None:
    source = brings().replace(
        "yield SourceImporter(name='cards', summary='Cards.', read=read)", "yield Imported(data={}, origin='a')"
    )
    site.install("acme", source)
    assert "gives an object of type Imported from release_review_importers, and only Importer or SourceImporter" in (
        site.error()
    )


def test_the_example_of_the_hook_imports_what_it_can_and_tells_the_rest(site: Site, tmp_path: Path) -> None:
    site.install("acme", example())
    registry = site.load()
    inventory = tmp_path / "models.csv"
    inventory.write_text("model,license\nacme/one,MIT\n,MIT\nacme/two,\n", encoding="utf-8")
    importer = registry.source_importer("inventory")
    items = list(importer.read(inventory, LIMITS))
    assert [type(item) for item in items] == [Imported, Unread, Imported]
    results = [*import_source(importer, inventory, toml=registry.importer("TOML"))]
    assert [result.release if isinstance(result, Written) else str(result) for result in results] == [
        "acme/one",
        f"{inventory}:3: the row names no model; fill in `model`",
        "acme/two",
    ]


def test_the_example_of_the_hook_says_what_it_cannot_open(site: Site, tmp_path: Path) -> None:
    site.install("acme", example())
    registry = site.load()
    missing = tmp_path / "none.csv"
    (error,) = import_source(registry.source_importer("inventory"), missing, toml=registry.importer("TOML"))
    assert str(error) == f"{missing}: cannot be read: No such file or directory; check the path"
