"""Hooks that misbehave, each with the exact error; the numbers are those of the list of threats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_review.plugins import collecting

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


WAY_OUT = "leave it out with --without-plugin acme"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        pytest.param(
            "",
            "has no hook",
            "write one of: release_review_importers, release_review_policies, release_review_reporters",
            id="G07-none",
        ),
        pytest.param(
            "@hookimpl\ndef release_review_polices(): return []",
            "has 'release_review_polices', which is no hook",
            "rename it to release_review_policies",
            id="G07-misspelt",
        ),
        pytest.param(
            "def release_review_polices(): return []",
            "has 'release_review_polices', which is no hook",
            "rename it to release_review_policies",
            id="G07-misspelt-unmarked",
        ),
        pytest.param(
            "@hookimpl\ndef policies(): return []",
            "has 'policies', which is no hook",
            "use one of: release_review_importers, release_review_policies, release_review_reporters",
            id="G07-marked",
        ),
        pytest.param(
            "def release_review_policies(): return []",
            "has 'release_review_policies' without a marker",
            "decorate it with @hookimpl",
            id="G07-unmarked",
        ),
        pytest.param(
            "class release_review_policies: pass",
            "has 'release_review_policies' without a marker",
            "decorate it with @hookimpl",
            id="G07-class",
        ),
        *(
            pytest.param(
                f"@hookimpl({option})\ndef release_review_policies(): yield",
                f"gives release_review_policies the option {option.partition('=')[0]}",
                "write @hookimpl without options",
                id=f"G09-{option}",
            )
            for option in ("wrapper=True", "hookwrapper=True", "tryfirst=True", "trylast=True", "optionalhook=True")
        ),
        pytest.param(
            "@hookimpl(specname='release_review_importers')\ndef release_review_policies(): return []",
            "gives release_review_policies the option specname",
            "write @hookimpl without options",
            id="G09-specname",
        ),
        pytest.param(
            "@hookimpl\ndef release_review_policies(manifest): return []",
            "has release_review_policies(manifest), and a hook takes nothing",
            "remove its parameters",
            id="argument",
        ),
        pytest.param(
            "@hookimpl\ndef release_review_policies(x=1, *y): return []",
            "has release_review_policies(x, y), and a hook takes nothing",
            "remove its parameters",
            id="argument-with-a-default",
        ),
        pytest.param(
            "@hookimpl\nasync def release_review_policies(): return []",
            "has release_review_policies as an async function",
            "write it as a plain function",
            id="async",
        ),
        pytest.param(
            "@hookimpl\nasync def release_review_policies(): yield",
            "has release_review_policies as an async function",
            "write it as a plain function",
            id="async-generator",
        ),
    ],
)
def test_a_hook_that_is_not_as_it_should_be_stops_the_run(site: Site, source: str, what: str, hint: str) -> None:
    site.install("acme", source)
    assert site.error() == f"plugin 'acme' (acme-policies 1.0) {what}; {hint}, or {WAY_OUT}"


def test_a_module_whose_name_starts_like_a_hook_is_none(site: Site) -> None:
    site.install("first", site.sound, module="release_review_first")
    site.install(
        "acme", "import release_review_first\nrelease_review_version = 1\n" + site.sound.replace("acme", "beta")
    )
    assert "beta" in site.load().policies


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("raise ValueError('no')", "ValueError: no", id="G01"),
        pytest.param("yield RULE; raise ValueError('late')", "ValueError: late", id="G01-generator"),
        pytest.param("import sys; sys.exit(0)", "SystemExit: 0", id="G05"),
        pytest.param("import sys; yield sys.exit(0)", "SystemExit: 0", id="G05-generator"),
        pytest.param(
            "raise BaseExceptionGroup('two', [KeyboardInterrupt()])",
            "BaseExceptionGroup: two (1 sub-exception)",
            id="G16",
        ),
        pytest.param("return release_review_policies()", "RecursionError: maximum recursion depth exceeded", id="G18"),
        pytest.param("raise StopIteration", "StopIteration", id="G16-stop"),
    ],
)
def test_a_hook_that_breaks_stops_the_run(site: Site, body: str, reason: str) -> None:
    site.install("acme", f"@hookimpl\ndef release_review_policies():\n    {body}")
    expected = f"plugin 'acme' (acme-policies 1.0) breaks in release_review_policies: {reason}"
    error = site.error()
    assert error.startswith(expected)
    assert error.endswith(f"; repair it, or {WAY_OUT}")


def test_an_interrupt_of_a_hook_passes_through(site: Site) -> None:
    site.install("acme", "@hookimpl\ndef release_review_policies():\n    raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        site.load()


@pytest.mark.parametrize(
    ("value", "what", "hint"),
    [
        (
            value,
            f"gives {named} from release_review_policies, which is no iterable of records",
            "give an iterable of records",
        )
        for value, named in (
            ("None", "None"),
            ("0", "an object of type int"),
            ("'acme'", "an object of type str"),
            ("b''", "an object of type bytes"),
            ("{'acme': RULE}", "an object of type dict"),
            ("RULE", "an object of type Rule"),
        )
    ]
    + [
        (
            value,
            f"gives {named} from release_review_policies, and only Policy or PolicyFolder may come from there",
            "repair it",
        )
        for value, named in (
            ("[None]", "None"),
            ("[RULE]", "an object of type Rule"),
            ("['acme']", "an object of type str"),
            ("[Policy]", "an object of type type"),
            ("[Reporter(name='csv', summary='Rows.', render=print)]", "an object of type Reporter"),
            ("[type('Mine', (Policy,), {})(id='mine', title='Mine', version='1')]", "an object of type Mine"),
        )
    ],
)
def test_what_a_hook_gives_is_records_and_nothing_else(site: Site, value: str, what: str, hint: str) -> None:
    """G03."""
    site.install("acme", f"@hookimpl\ndef release_review_policies():\n    return {value}")
    assert site.error() == f"plugin 'acme' (acme-policies 1.0) {what}; {hint}, or {WAY_OUT}"


def test_a_generator_without_end_is_cut(site: Site) -> None:
    """G03."""
    site.install("acme", "@hookimpl\ndef release_review_policies():\n    while True:\n        yield RULE")
    expected = "gives more than 10,000 records from release_review_policies"
    assert site.error() == f"plugin 'acme' (acme-policies 1.0) {expected}; repair it, or {WAY_OUT}"


def test_as_many_records_as_the_limit_are_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "RECORDS_MAX", 20)
    policies = "return [Policy(id=f'p{index}', title='P', version='1') for index in range(20)]"
    site.install("acme", f"@hookimpl\ndef release_review_policies():\n    {policies}")
    assert len(site.load().loaded[-1].policies) == 20
