"""The chapter "writing a plugin": what it shows is what works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review.hooks import PolicyFolder
from release_review.plugins.collecting import RECORDS_MAX
from release_review.plugins.contract import RECORDS

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

CHAPTER = (Path(__file__).parent.parent.parent / "plugins" / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", CHAPTER, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def installed(site: Site) -> Site:
    project = tomllib.loads(blocks("toml")[0])["project"]
    ((name, target),) = project["entry-points"]["release_review"].items()
    (site.folder / f"{target}.py").write_text(blocks("python")[0], encoding="utf-8")
    site.record(name, target=target, distribution=project["name"], version=project["version"])
    return site


def test_the_smallest_plugin_is_one(installed: Site) -> None:
    plugin = installed.load().loaded[-1]
    assert (plugin.name, plugin.distribution, plugin.policies) == ("acme", "acme-review", ("acme",))


def test_its_test_passes(installed: Site) -> None:
    installed.load()
    names: dict[str, object] = {}
    exec(compile(blocks("python")[2], "README.md", "exec"), names)  # noqa: S102 - it is our own chapter
    test = names["test_each_case_holds"]
    assert callable(test)
    test()


def test_a_plugin_may_ship_a_folder(site: Site) -> None:
    site.install("house", blocks("python")[1].replace("from __future__", "#"))
    (site.folder / "house").mkdir()
    assert site.load().policy("house") == PolicyFolder(id="house", path=site.folder / "house")


def test_the_table_has_every_hook_and_its_records() -> None:
    rows = dict(re.findall(r"^\| `(release_review_\w+)` \| (.*?) \|", CHAPTER, flags=re.MULTILINE))
    assert rows == {hook: " or ".join(f"`{kind.__name__}`" for kind in kinds) for hook, kinds in RECORDS.items()}


def test_the_limit_is_the_one_in_force() -> None:
    assert f"more than {RECORDS_MAX:,} records" in CHAPTER
