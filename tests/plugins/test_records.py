"""Records that are not as they should be, each with the exact error."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from release_review.model import Assessment, Finding, Param, Policy, Rule, RuleContext
from release_review.plugins.contract import faults_of

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


NO_ID = "does not match [a-z0-9][a-z0-9._-]{0,63}"
WAY_OUT = "leave it out with --without-plugin acme"


def passes(context: RuleContext) -> Iterator[Finding]:
    yield from ()


SOUND_RULE = Rule(id="one", summary="One thing holds.", check=passes)
ASSESSMENT = Assessment(
    id="a",
    title="A",
    scale=("yes", "unknown"),
    over="/access/*",
    levels=(),
    none="unknown",
    empty="unknown",
    default="unknown",
)
SOUND_POLICY = Policy(id="acme", title="Acme", version="1", rules=(SOUND_RULE,))


def test_a_sound_policy_has_no_faults() -> None:
    assert list(faults_of(SOUND_POLICY)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "Acme"}, "id is 'Acme', which " + NO_ID),
        ({"id": "acme\n"}, "id is 'acme\\n', which " + NO_ID),
        (
            {"id": "\N{CYRILLIC SMALL LETTER A}cme"},
            "id is '\N{CYRILLIC SMALL LETTER A}cme', which does not match [a-z0-9][a-z0-9._-]{0,63}",
        ),
        ({"id": "a/b"}, "id is 'a/b', which " + NO_ID),
        ({"id": "a" * 65}, f"id is '{39 * 'a'}..., which does not match [a-z0-9][a-z0-9._-]{{0,63}}"),
        ({"id": 1}, "id is an int, not a str"),
        ({"title": " "}, "title is empty"),
        ({"version": 1.0}, "version is a float, not a str"),
        ({"layout": "grid"}, "layout is a str, not a Layout"),
        ({"extends": "open-release"}, "extends is a str, not a tuple"),
        ({"extends": (None,)}, "extends[0] is None, not a str"),
        ({"rules": [SOUND_RULE]}, "rules is a list, not a tuple"),
        ({"rules": (SOUND_RULE, SOUND_RULE)}, "id 'one' is used 2 times in it"),
        ({"rules": (SOUND_POLICY,)}, "rules[0] is a Policy, not a Rule"),
        ({"assessments": (dataclasses.replace(ASSESSMENT, id="A"),)}, f"assessments[0].id is 'A', which {NO_ID}"),
        ({"assessments": (dataclasses.replace(ASSESSMENT, id="one"),)}, "id 'one' is used 2 times in it"),
        ({"base": []}, "base is a list, not a mapping"),
        ({"base": {1: 2}}, "a key of base is an int, not a str"),
        ({"origin": "here"}, "origin is a str, not an Origin"),
    ],
)
def test_a_fault_of_a_policy_is_told(change: dict[str, Any], fault: str) -> None:
    assert list(faults_of(dataclasses.replace(SOUND_POLICY, **change))) == [fault]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "One"}, ".id is 'One', which " + NO_ID),
        ({"summary": ""}, ".summary is empty"),
        ({"severity": "warning"}, ".severity is a str, not a Severity"),
        ({"check": None}, " has neither assertion nor check"),
        ({"assertion": "true"}, " has both assertion and check"),
        ({"check": "passes"}, ".check is a str, not callable"),
        ({"given": "threat/*"}, ".given is 'threat/*', which does not start with '/'"),
        ({"empty": "skip"}, ".empty is 'skip', neither 'pass' nor 'fail'"),
        ({"waivable": 0}, ".waivable is 0 days; None means never"),
        ({"waivable": True}, ".waivable is a bool, not an int"),
        ({"effective": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, ".effective is a datetime, not a date"),
        ({"message": None}, ".message is None, not a str"),
        ({"references": ("somewhere",)}, ".references[0] is a str, not a Reference"),
        ({"params": {"Factor": 1}}, ".params is 'Factor', which does not match [a-z][a-z0-9_]{0,63}"),
        (
            {"params": {"factor": None}},
            ".params['factor']: a NoneType is of none of the types boolean, integer, number, string, date, strings",
        ),
        (
            {"params": {"factor": Param(type="float", value=1.0)}},
            ".params['factor'].type is 'float', none of boolean, integer, number, string, date, strings",
        ),
        (
            {"params": {"factor": Param(type="number", value="1")}},
            ".params['factor'].value is '1', which is no number",
        ),
        (
            {"params": {"factor": Param(type="number", value=1.0, minimum="0")}},
            ".params['factor'].minimum is '0', which is no number",
        ),
        (
            {"params": {"factor": Param(type="number", value=1.0, minimum=2)}},
            ".params['factor'].value is 1.0, beyond its minimum 2",
        ),
        (
            {"params": {"factor": Param(type="number", value=1.0, maximum=0.5)}},
            ".params['factor'].value is 1.0, beyond its maximum 0.5",
        ),
        (
            {"params": {"factor": Param(type="string", value="a", maximum="b")}},
            ".params['factor'].maximum is set, and a string has no range",
        ),
    ],
)
def test_a_fault_of_a_rule_is_told(change: dict[str, Any], fault: str) -> None:
    policy = dataclasses.replace(SOUND_POLICY, rules=(dataclasses.replace(SOUND_RULE, **change),))
    expected = f"rules[0]{fault}" if not fault.startswith(".params is") else f"a name in rules[0]{fault}"
    assert list(faults_of(policy)) == [expected]


def test_a_param_on_its_bounds_is_within_them() -> None:
    param = Param(type="date", value=dt.date(2026, 1, 1), minimum=dt.date(2026, 1, 1), maximum=dt.date(2026, 1, 1))
    rule = dataclasses.replace(SOUND_RULE, params={"from": param})
    assert list(faults_of(dataclasses.replace(SOUND_POLICY, rules=(rule,)))) == []


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ("PolicyFolder(id='house', path='policy')", "PolicyFolder 'house' whose path is a str, not a Path"),
        (
            "PolicyFolder(id='house', path=Path('policy'))",
            "PolicyFolder 'house' whose path is 'policy', which depends on the working directory",
        ),
        (
            "PolicyFolder(id='house', path=Path('/no/such'))",
            "PolicyFolder 'house' whose path '/no/such' does not exist",
        ),
        (
            "PolicyFolder(id='House', path=Path('/'))",
            "PolicyFolder 'House' whose id is 'House', which does not match [a-z0-9][a-z0-9._-]{0,63}",
        ),
    ],
)
def test_a_fault_of_a_folder_names_the_plugin(site: Site, record: str, fault: str) -> None:
    source = f"from pathlib import Path\n@hookimpl\ndef release_review_policies():\n    yield {record}"
    site.install("acme", source)
    assert site.error() == f"plugin 'acme' (acme-policies 1.0) gives a {fault}; repair it, or {WAY_OUT}"


@pytest.mark.parametrize(
    ("hook", "record", "fault"),
    [
        (
            "importers",
            "Importer(name='', suffixes=(), read=print, find_places=print)",
            "Importer '' whose name is '', which does not match [A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        ),
        (
            "importers",
            "Importer(name='x', suffixes=('.X',), read=print, find_places=print)",
            "Importer 'x' whose suffixes[0] is '.X', no ending like '.json' in lower case",
        ),
        (
            "importers",
            "Importer(name='x', suffixes='.x', read=print, find_places=print)",
            "Importer 'x' whose suffixes is a str, not a tuple",
        ),
        (
            "importers",
            "Importer(name='x', suffixes=('.x',), read=None, find_places=print)",
            "Importer 'x' whose read is None, not callable",
        ),
        (
            "reporters",
            "Reporter(name='a b', summary='One.', render=print)",
            "Reporter 'a b' whose name is 'a b', which does not match [a-z0-9][a-z0-9._-]{0,63}",
        ),
        ("reporters", "Reporter(name='x', summary='', render=print)", "Reporter 'x' whose summary is empty"),
        (
            "reporters",
            "Reporter(name=None, summary='One.', render=print)",
            "Reporter None whose name is None, not a str",
        ),
        (
            "reporters",
            "Reporter(name='x', summary='One.', render='x')",
            "Reporter 'x' whose render is a str, not callable",
        ),
    ],
)
def test_a_fault_of_an_importer_or_a_reporter_names_the_plugin(site: Site, hook: str, record: str, fault: str) -> None:
    site.install("acme", f"@hookimpl\ndef release_review_{hook}():\n    yield {record}")
    assert site.error() == f"plugin 'acme' (acme-policies 1.0) gives a {fault}; repair it, or {WAY_OUT}"


def test_a_record_that_breaks_when_it_is_read_is_laid_at_the_plugin(site: Site) -> None:
    source = """
class Odd(dict):
    def items(self): raise SystemExit(0)
@hookimpl
def release_review_policies():
    yield Policy(id="acme", title="Acme", version="1", base=Odd())
"""
    site.install("acme", source)
    expected = "gives a Policy that cannot be read: SystemExit: 0"
    assert site.error() == f"plugin 'acme' (acme-policies 1.0) {expected}; repair it, or {WAY_OUT}"


@pytest.mark.parametrize(
    ("hook", "record", "what"),
    [
        ("policies", "Policy(id='house', title='House', version='1')", "policy 'house'"),
        ("reporters", "Reporter(name='rows', summary='Rows.', render=print)", "reporter 'rows'"),
        ("importers", "Importer(name='x', suffixes=(), read=print, find_places=print)", "importer 'x'"),
        ("importers", "Importer(name=__name__, suffixes=('.x',), read=print, find_places=print)", "file ending '.x'"),
    ],
)
def test_what_two_plugins_bring_is_an_error_that_names_both(site: Site, hook: str, record: str, what: str) -> None:
    """G15, K19."""
    for name in ("acme", "beta"):
        site.install(name, f"@hookimpl\ndef release_review_{hook}():\n    yield {record}")
    assert site.error() == (
        f"the {what} is brought by plugin 'acme' (acme-policies 1.0) and by plugin 'beta' (beta-policies 1.0); "
        "leave it out with --without-plugin acme, or leave it out with --without-plugin beta"
    )


@pytest.mark.parametrize(
    ("hook", "record", "what", "owner"),
    [
        ("policies", "Policy(id='open-release', title='X', version='1')", "policy 'open-release'", "builtin"),
        ("reporters", "Reporter(name='json', summary='X.', render=print)", "reporter 'json'", "reporters"),
        (
            "importers",
            "Importer(name='toml', suffixes=(), read=print, find_places=print)",
            "importer 'toml'",
            "importers",
        ),
        (
            "importers",
            "Importer(name='x', suffixes=('.toml',), read=print, find_places=print)",
            "file ending '.toml'",
            "importers",
        ),
    ],
)
def test_a_plugin_cannot_replace_what_is_ours(site: Site, hook: str, record: str, what: str, owner: str) -> None:
    """G09, G15."""
    site.install("acme", f"@hookimpl\ndef release_review_{hook}():\n    yield {record}")
    assert site.error() == (
        f"the {what} is brought by the built-in 'release_review.{owner}' "
        f"and by plugin 'acme' (acme-policies 1.0); {WAY_OUT}"
    )


def test_a_plugin_that_brings_the_same_thing_twice_is_at_fault(site: Site) -> None:
    site.install("acme", site.sound + "    yield Policy(id='acme', title='Again', version='2')")
    plugin = "plugin 'acme' (acme-policies 1.0)"
    assert site.error() == f"the policy 'acme' is brought by {plugin} and by {plugin}; {WAY_OUT}"
