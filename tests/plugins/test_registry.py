"""What all plugins together offer, ours included."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review import hooks
from release_review.builtin import policies_folder
from release_review.errors import PluginError, UsageError
from release_review.hooks import PolicyFolder, hookimpl
from release_review.model import Param, Policy
from release_review.params import as_param
from release_review.plugins import BUILT_IN, load_registry
from release_review.plugins.collecting import collect
from release_review.plugins.contract import RECORDS
from release_review.plugins.loading import load_built_in

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


ROOT = Path(__file__).parent.parent.parent


def test_ours_come_through_the_same_hooks_as_all_others() -> None:
    registry = load_registry(discover=False)
    assert [plugin.name for plugin in registry.loaded] == list(BUILT_IN)
    assert set(registry.owners.values()) == set(BUILT_IN)
    assert registry.plugins == ()


def test_the_shipped_policies_are_the_folders_of_the_repository() -> None:
    registry = load_registry(discover=False)
    folders = sorted(path.parent for path in (ROOT / "policies").glob("*/policy.toml"))
    assert list(registry.policies) == [folder.name for folder in folders]
    assert [policy.path for policy in registry.policies.values() if isinstance(policy, PolicyFolder)] == folders


def test_the_policies_of_a_wheel_lie_beside_the_modules(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "release_review"
    (package / "policies").mkdir(parents=True)
    assert policies_folder(package) == package / "policies"


def test_an_installed_package_does_not_look_for_policies_above_itself(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "release_review"
    (tmp_path / "policies").mkdir()
    expected = f"{package / 'policies'}: the shipped policies are missing; install release-review again"
    with pytest.raises(PluginError) as caught:
        policies_folder(package)
    assert str(caught.value) == expected


def test_every_hook_has_a_specification_and_its_records() -> None:
    specified = {name for name in vars(hooks) if name.startswith("release_review_")}
    assert specified == set(RECORDS)


def test_each_call_has_a_registry_of_its_own() -> None:
    assert load_registry(discover=False) == load_registry(discover=False)
    assert load_registry(discover=False) is not load_registry(discover=False)


def test_a_plugin_brings_its_policy_under_its_name(site: Site) -> None:
    site.install("acme", site.sound)
    registry = site.load()
    assert registry.policy("acme").id == "acme"
    assert registry.owners["policy", "acme"] == "acme"
    assert [(plugin.name, plugin.version) for plugin in registry.plugins] == [("acme", "1.0")]


def test_the_registry_tells_what_each_plugin_brings(site: Site) -> None:
    source = """
def nothing(*arguments): return ""
@hookimpl
def release_review_importers():
    return [Importer(name="json5", suffixes=(".json5",), read=nothing, find_places=nothing)]
@hookimpl
def release_review_reporters():
    return {Reporter(name="rows", summary="One row per rule.", render=nothing)}
"""
    site.install("acme", site.sound + source)
    plugin = site.load().loaded[-1]
    assert (plugin.distribution, plugin.version, plugin.built_in) == ("acme-policies", "1.0", False)
    assert (plugin.policies, plugin.importers, plugin.reporters) == (("acme",), ("json5",), ("rows",))


def test_a_plugin_may_bring_a_folder(site: Site, tmp_path: Path) -> None:
    site.install("acme", f"from pathlib import Path\nFOLDER = Path({str(tmp_path)!r})\n{site.sound}")
    site.install(
        "other", "from pathlib import Path\n" + FOLDER.format(f"Path({str(tmp_path)!r})"), module="other_plugin"
    )
    assert site.load().policy("house") == PolicyFolder(id="house", path=tmp_path)


FOLDER = """
@hookimpl
def release_review_policies():
    yield PolicyFolder(id="house", path={})
"""


def test_plain_values_of_params_are_declared_on_loading(site: Site) -> None:
    rule = 'Rule(id="one", summary="One.", check=print, params={"factor": 3.0, "words": ["a"], "own": OWN})'
    source = f"""
OWN = Param(type="number", value=1.0, minimum=0.0, maximum=2.0)
@hookimpl
def release_review_policies():
    yield Policy(id="acme", title="Acme", version="1", rules=({rule},))
"""
    site.install("acme", source)
    policy = site.load().policy("acme")
    assert isinstance(policy, Policy)
    assert policy.rules[0].params == {
        "factor": Param(type="number", value=3.0),
        "words": Param(type="strings", value=("a",)),
        "own": Param(type="number", value=1.0, minimum=0.0, maximum=2.0),
    }


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "boolean"),
        (3, "integer"),
        (3.0, "number"),
        ("x", "string"),
        (dt.date(2026, 1, 1), "date"),
        (("a", "b"), "strings"),
        ((), "strings"),
    ],
)
def test_the_type_of_a_plain_param_is_that_of_its_value(value: object, kind: str) -> None:
    assert as_param(value) == Param(type=kind, value=value)


@pytest.mark.parametrize(
    "value", [None, {}, float("nan"), float("inf"), 1 << 63, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), ("a", 1), b"x"]
)
def test_a_param_of_no_known_type_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is of none of the types boolean, integer, number, string, date, strings"):
        as_param(value)


def test_what_a_plugin_prints_does_not_reach_stdout(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """G06."""
    site.install("acme", "print('loading')" + site.sound.replace("yield", "print('asked')\n    yield"))
    site.load()
    assert capsys.readouterr() == ("", "loading\nasked\n")


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (
            "policy",
            "open-relase",
            "there is no policy 'open-relase'; did you mean 'open-release'? use one of: benefits, ",
        ),
        ("reporter", "jsn", "there is no output format 'jsn'; did you mean 'json'? use one of: concise, "),
        ("importer", "TOM", "there is no importer 'TOM'; did you mean 'TOML'? use one of: JSON, TOML, YAML"),
        ("policy", "***", "there is no policy '***'; use one of: benefits, "),
    ],
)
def test_an_unknown_name_is_told_with_what_there_is(kind: str, name: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        getattr(load_registry(discover=False), kind)(name)
    assert str(caught.value).startswith(expected)


def test_a_known_name_gives_its_record() -> None:
    registry = load_registry(discover=False)
    assert registry.reporter("json").name == "json"
    assert registry.importer("TOML").suffixes == (".toml",)


@given(order=st.permutations(["acme", "beta", "gamma", "delta"]))
def test_the_order_in_which_plugins_are_found_never_shows(order: list[str]) -> None:
    """K20."""
    sources = {name: _source(name) for name in order}
    expected = collect([sources[name] for name in sorted(sources)])
    found = collect([sources[name] for name in order])
    assert found == expected
    assert list(found.policies) == list(expected.policies) == sorted(order)
    assert [plugin.name for plugin in found.loaded] == sorted(order)


def _source(name: str) -> Any:
    source = load_built_in("release_review.builtin")
    module = type(sys)(name)

    @hookimpl
    def release_review_policies() -> list[Policy]:
        return [Policy(id=name, title=name, version="1")]

    vars(module)["release_review_policies"] = release_review_policies
    plugin = dataclasses.replace(source.plugin, name=name, built_in=False)
    return dataclasses.replace(source, plugin=plugin, module=module, label=name)
