"""Plugins that do not load, each with the exact error; the numbers are those of the list of threats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review.errors import UsageError
from release_review.plugins import discovery, load_registry

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


WAY_OUT = "leave it out with --without-plugin acme"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'", id="G07-import"),
        pytest.param("1 / 0", "ZeroDivisionError: division by zero", id="G01"),
        pytest.param("import sys; sys.exit(0)", "SystemExit: 0", id="G05-exit"),
        pytest.param("raise GeneratorExit", "GeneratorExit", id="G16-generator-exit"),
        pytest.param("raise BaseException('one\\ntwo')", "BaseException: one", id="G16-base"),
        pytest.param("raise ValueError('\\x1b[31m' + 300 * 'x')", f"ValueError:  [31m{195 * 'x'}", id="O-escapes"),
        pytest.param(
            "class Odd(Exception):\n    def __str__(self): raise RuntimeError\nraise Odd", "Odd", id="G03-odd-exception"
        ),
        pytest.param("def (", "SyntaxError: invalid syntax (acme_plugin.py, line 5)", id="G07-syntax"),
    ],
)
def test_a_plugin_that_breaks_on_import_stops_the_run(site: Site, source: str, reason: str) -> None:
    site.install("acme", source)
    expected = f"plugin 'acme' (acme-policies 1.0) cannot be imported: {reason}; repair it, or {WAY_OUT}"
    assert site.error() == expected


def test_an_interrupt_passes_through(site: Site) -> None:
    site.install("acme", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        site.load()


def test_a_plugin_that_is_left_out_is_not_imported(site: Site) -> None:
    site.install("acme", "raise ValueError")
    registry = site.load("acme", "acme")
    assert registry.without == ("acme",)
    assert registry.plugins == ()
    assert "acme_plugin" not in sys.modules


def test_leaving_out_what_is_not_there_is_a_mistake(site: Site) -> None:
    site.install("acme", site.sound)
    with pytest.raises(UsageError) as caught:
        site.load("acmee")
    assert str(caught.value) == "there is no plugin 'acmee' to leave out; did you mean 'acme'? use one of: acme"


def test_leaving_out_a_plugin_where_none_is_installed_is_a_mistake(site: Site) -> None:
    with pytest.raises(UsageError) as caught:
        site.load("release_review.builtin")
    expected = "there is no plugin 'release_review.builtin' to leave out; no third-party plugin is installed"
    assert str(caught.value) == expected


def test_two_plugins_of_one_name_are_refused(site: Site) -> None:
    """G14: pluggy would leave one of them out without a word."""
    site.install("acme", site.sound, distribution="acme-one")
    site.record("acme", target="acme_plugin", distribution="acme-two", version="2.0")
    assert site.error() == (
        "the plugin name 'acme' is used by acme-one 1.0 and by acme-two 2.0; "
        "uninstall all but one, or leave them out with --without-plugin acme"
    )
    assert site.load("acme").plugins == ()


def test_a_plugin_cannot_take_a_name_of_ours(site: Site) -> None:
    site.record("release_review.reporters", target="evil_plugin", distribution="evil")
    ours = load_registry(discover=False).loaded[0].version
    assert site.error() == (
        f"the plugin name 'release_review.reporters' is used by release-review {ours} and by evil 1.0; "
        "uninstall all but one, or leave them out with --without-plugin release_review.reporters"
    )


@pytest.mark.parametrize(
    "name", ["Acme", "../acme", "\N{CYRILLIC SMALL LETTER A}cme", "a" * 65], ids=["case", "path", "look-alike", "long"]
)
def test_a_name_that_is_no_id_is_refused(site: Site, name: str) -> None:
    """W08."""
    site.record(name, target="acme_plugin", distribution="acme-policies")
    assert site.error() == (
        f"plugin {name!r} (acme-policies 1.0) has a name that is not made of lower-case letters, digits, '.', '_' and "
        f"'-'; rename its entry point, or leave it out with --without-plugin {name}"
    )


@pytest.mark.parametrize("target", ["acme_plugin:plugin", "acme plugin", "acme_plugin [extra]"])
def test_an_entry_point_names_a_module(site: Site, target: str) -> None:
    site.record("acme", target=target)
    assert site.error() == (
        f"plugin 'acme' (acme-policies 1.0) names {target!r}, which is no module; "
        f"name a module in its entry point, or {WAY_OUT}"
    )


def test_a_module_that_replaces_itself_is_refused(site: Site) -> None:
    site.install("acme", "import sys; sys.modules[__name__] = object()")
    expected = (
        f"plugin 'acme' (acme-policies 1.0) puts something else in the place of its module; repair it, or {WAY_OUT}"
    )
    assert site.error() == expected


@pytest.mark.parametrize("target", ["release_review.reporters", "first_plugin"])
def test_two_plugins_do_not_share_a_module(
    target: str, site: Site, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    site.install("first", site.sound)
    site.record("second", target=target)
    owner = "first" if target == "first_plugin" else target
    assert site.error() == (
        f"plugin 'second' (second-policies 1.0) names the module of {owner!r}; "
        "name a module of its own, or leave it out with --without-plugin second"
    )


def test_all_plugins_that_are_at_fault_are_told_at_once(site: Site) -> None:
    site.install("acme", "1 / 0")
    site.install("beta", "1 / 0")
    assert [line.split(" cannot")[0] for line in site.error().splitlines()] == [
        "plugin 'acme' (acme-policies 1.0)",
        "plugin 'beta' (beta-policies 1.0)",
    ]


def test_metadata_that_cannot_be_read_stops_the_run(site: Site) -> None:
    site.install("acme", site.sound, project="/nowhere")
    (site.folder / "acme_policies-1.0.dist-info" / "direct_url.json").write_text("[")
    expected = "the metadata of an installed distribution cannot be read: JSONDecodeError; install it again"
    assert site.error() == f"{site.folder}: {expected}"


def test_metadata_of_distributions_without_a_plugin_is_not_looked_at(site: Site) -> None:
    (site.folder / "other-1.0.dist-info").mkdir()
    (site.folder / "other-1.0.dist-info" / "entry_points.txt").write_text("no entry point")
    assert site.load().plugins == ()


def test_a_distribution_without_a_name_or_a_version_still_has_a_label(site: Site) -> None:
    site.install("acme", site.sound)
    (site.folder / "acme_policies-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\n")
    (plugin,) = discovery.find_candidates([str(site.folder)])
    assert plugin.label == "plugin 'acme' (unnamed without a version)"


def test_the_first_of_two_copies_of_a_distribution_counts(site: Site, tmp_path: Path) -> None:
    site.install("acme", site.sound)
    later = type(site)(tmp_path / "later")
    later.record("acme", target="acme_plugin", version="0.9")
    registry = site.load(path=[str(site.folder), str(later.folder)])
    assert [plugin.version for plugin in registry.plugins] == ["1.0"]
