"""The chapter "writing a plugin": what it shows is what works."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from release_review import testing
from release_review.authoring.plugin_scaffold import NewPlugin, plugin_files
from release_review.hooks import Imported, PolicyFolder, Unread
from release_review.model import LIMITS
from release_review.plugins.collecting import RECORDS_MAX
from release_review.plugins.contract import RECORDS
from release_review.testing import check_conformance, check_importers, make_manifest, run_rule

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

CHAPTER = (Path(__file__).parent.parent.parent / "plugins" / "README.md").read_text(encoding="utf-8")
TESTS, SMALLEST, FOLDER, INVENTORY = re.findall(r"^```python\n(.*?)^```$", CHAPTER, flags=re.MULTILINE | re.DOTALL)
MANIFEST, PROJECT = re.findall(r"^```toml\n(.*?)^```$", CHAPTER, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def installed(site: Site) -> Site:
    project = tomllib.loads(PROJECT)["project"]
    ((name, target),) = project["entry-points"]["release_review"].items()
    (site.folder / f"{target}.py").write_text(SMALLEST, encoding="utf-8")
    site.record(name, target=target, distribution=project["name"], version=project["version"])
    return site


@pytest.fixture
def written(site: Site, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import what `plugin new acme-review --kind rule` writes."""
    for path, content in plugin_files(NewPlugin(distribution="acme-review", kind="rule")).items():
        file = site.folder / "acme-review" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    monkeypatch.syspath_prepend(site.folder / "acme-review" / "src")
    monkeypatch.delitem(sys.modules, "acme_review", raising=False)
    return importlib.import_module("acme_review")


def test_the_smallest_plugin_is_one(installed: Site) -> None:
    plugin = installed.load().loaded[-1]
    assert (plugin.name, plugin.distribution, plugin.policies) == ("acme", "acme-signed", ("acme",))


def test_the_smallest_plugin_conforms(installed: Site) -> None:
    assert installed.load().loaded[-1].module == "acme_signed"
    check_conformance(importlib.import_module("acme_signed"))


def test_its_tests_pass_for_what_the_command_writes(written: ModuleType) -> None:
    names: dict[str, object] = {}
    exec(compile(TESTS, "README.md", "exec"), names)  # noqa: S102 - it is our own chapter
    assert names["acme_review"] is written
    tests = {name: value for name, value in names.items() if name.startswith("test_")}
    assert len(tests) == TESTS.count("def test_") == 3
    for test in tests.values():
        assert callable(test)
        test()


def test_a_test_that_fails_says_what_the_chapter_shows(written: ModuleType) -> None:
    manifest = make_manifest(changes_of_the_chapter())
    result = run_rule(written.POLICY, manifest=manifest, today=manifest.today.replace(year=2025, month=8, day=5))
    with pytest.raises(AssertionError) as caught:
        testing.assert_finding(result, pointer="/signoff/0")
    assert f"```text\nAssertionError: {caught.value}\n```" in CHAPTER


def changes_of_the_chapter() -> dict[str, object]:
    """Give the manifest of the chapter as changes of the smallest one."""
    return {f"/{name}": value for name, value in tomllib.loads(MANIFEST).items()}


def test_a_plugin_may_ship_a_folder(site: Site) -> None:
    site.install("house", FOLDER)
    (site.folder / "house").mkdir()
    assert site.load().policy("house") == PolicyFolder(id="house", path=site.folder / "house")


@pytest.fixture
def inventory(site: Site) -> ModuleType:
    site.install("inventory", INVENTORY)
    return importlib.import_module("inventory_plugin")


def test_the_inventory_makes_a_manifest_of_each_row(inventory: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "models.csv"
    file.write_text("model,owner\nsmall,a\n,b\nlarge-2,c\n", encoding="utf-8")
    read: Callable[..., list[Imported | Unread]] = inventory.read_inventory
    first, second, third = read(file, LIMITS)
    assert isinstance(first, Imported)
    assert isinstance(third, Imported)
    assert isinstance(second, Unread)
    assert (first.data["release"], third.data["release"]) == ({"id": "acme/small"}, {"id": "acme/large-2"})
    assert str(second.error) == f"{file}:3: the row names no model; fill in `model`"
    check_importers(inventory, sources=[file])


def test_the_helpers_that_the_chapter_names_are_there() -> None:
    section = CHAPTER.partition("\n## Test it\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| [a-z ]+ \| (.*) \|$", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    beside = {"CASE_DAY", "CaseResult", "SMALLEST", "Written", "document_of"}
    assert named == set(testing.__all__) - beside


def test_the_table_has_every_hook_and_its_records() -> None:
    rows = dict(re.findall(r"^\| `(release_review_\w+)` \| (.*?) \|", CHAPTER, flags=re.MULTILINE))
    assert rows == {hook: " or ".join(f"`{kind.__name__}`" for kind in kinds) for hook, kinds in RECORDS.items()}


def test_every_plugin_beside_the_chapter_is_in_its_list() -> None:
    folder = Path(__file__).parent.parent.parent / "plugins"
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\(\1\) \|", CHAPTER, re.MULTILINE)
    assert sorted(listed) == sorted(path.parent.name for path in folder.glob("*/pyproject.toml"))


def test_the_limit_is_the_one_in_force() -> None:
    assert f"more than {RECORDS_MAX:,} records" in CHAPTER
