"""Ways to a pass that is none, each of which was open once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from policies import HEAD, MANIFEST, REGISTRY, load, rule, select, write
from release_review import Report, load_policies, review
from release_review.authoring.cases import document_of
from release_review.cel import Scope, admit
from release_review.denial import denies
from release_review.errors import ExpressionError, PolicyError
from release_review.model import Outcome, Verdict

TODAY = dt.date(2025, 1, 1)
ON_PREMISES = {
    "id": "onprem",
    "kind": "customer-hosted",
    "audience": "public",
    "from": "2020-01-01",
    "until": "2030-01-01",
    "usage_observed": "no",
    "adaptation": "full",
    "revocable": "no",
}


def judge(data: dict[str, Any], policy: str = "open-release") -> Report:
    return review(document_of(data), policies=load_policies([policy], REGISTRY), today=TODAY)


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_a_channel_announced_for_a_day_far_off_closes_no_other(audience: str) -> None:
    now = {**MANIFEST, "access": [ON_PREMISES]}
    far_off = {"id": "lab", "kind": "api", "audience": audience, "from": "9999"}
    later = {**MANIFEST, "access": [ON_PREMISES, far_off]}
    assert judge(now).verdict is judge(later).verdict is Verdict.BLOCKED


PUBLIC_WEIGHTS = {"id": "hub", "kind": "weights", "audience": "public"}
RELEASED = "open-properties/released-channels-open"


@pytest.mark.parametrize(
    ("date", "access"),
    [
        ("2025-01-02", [PUBLIC_WEIGHTS]),
        ("2024-06-01", [{**PUBLIC_WEIGHTS, "from": "2025-01-02"}]),
        (
            "2024-06-01",
            [{**PUBLIC_WEIGHTS, "from": "2025-01-02"}, {"id": "lab", "kind": "api", "audience": "internal"}],
        ),
    ],
    ids=["the release", "the channel", "beside one for the developer's own people"],
)
def test_a_day_ahead_does_not_close_what_is_said_to_be_released(date: str, access: list[dict[str, Any]]) -> None:
    release = {"id": "acme/hawthorn", "date": date, "stage": "released"}
    data = {"schema": "release-manifest/1", "release": release, "access": access}
    report = review(document_of(data), policies=load_policies(["open-release"], REGISTRY), today=TODAY, as_of=TODAY)
    levels = {answer.level for answer in report.assessments if answer.id.startswith("open-properties/")}
    assert levels == {"does-not-apply"}
    assert {result.id for result in report.results if result.blocks} == {RELEASED}
    assert report.verdict is Verdict.BLOCKED


def test_a_path_in_the_configuration_stays_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from release_review.cli import settings

    (tmp_path / "open-properties").mkdir()
    (tmp_path / "release-review.toml").write_text('policy = ["./open-properties"]\n')
    monkeypatch.chdir(tmp_path)
    chosen = settings.current({}, config=Path("release-review.toml"), isolated=False)
    assert chosen["policy"].value == ("./open-properties",)


def test_a_policy_from_a_path_does_not_stand_in_for_an_installed_one(tmp_path: Path) -> None:
    head = HEAD.replace('"mine"', '"marginal-risk"')
    impostor = write(tmp_path, rule("a", "true"), head=head)
    for selected in ([str(impostor)], ["open-release", str(impostor)]):
        with pytest.raises(PolicyError, match="another version of 'marginal-risk' is installed; uninstall it"):
            load_policies(selected, REGISTRY)


def test_the_shipped_policy_may_be_named_by_its_path() -> None:
    folder = Path(__file__).parent.parent / "policies" / "open-properties"
    assert len(load_policies(["open-release", str(folder)], REGISTRY).policies) == 4


@pytest.mark.parametrize("stray", ["rule/never.toml", "Rules/never.toml", "rules", "extra.TOML", "rules/.never.toml"])
def test_nothing_in_a_policy_folder_is_passed_over(stray: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "policy.toml").write_text(HEAD)
    file = folder / stray
    file.parent.mkdir(exist_ok=True)
    file.write_text('id = "never"\nsummary = "Never."\nassert = "false"\n')
    with pytest.raises(PolicyError, match="not read as part of the policy"):
        load(folder)


def test_rules_behind_a_link_that_leads_nowhere_are_missed(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "policy.toml").write_text(HEAD)
    (folder / "rules").symlink_to(tmp_path / "nowhere")
    with pytest.raises(PolicyError, match="not read as part of the policy"):
        load(folder)


@pytest.mark.parametrize(
    "text",
    [
        *("\u3164", "\u115f", "TB\ufe0fD", "T.B.D.", "[citation needed]", "None available", "(TODO) add link"),
        *("https://example.com/TODO", "doi:TBD", "10.xxxx/xxxx", "not yet", "no citation", "insert link here"),
        *("N/A (confidential)", "N/A at this time", "<insert citation>", "-" * 200),
    ],
)
def test_a_citation_that_cites_nothing_is_no_evidence(text: str) -> None:
    assert denies(text)


@pytest.mark.parametrize(
    "text", ["arXiv:2403.07918", "doi:10.1000/182", "https://example.org/report", "The U.S. report", "Todorov 2024"]
)
def test_a_citation_that_cites_something_is(text: str) -> None:
    assert not denies(text)


SCALES = [("bad", "good", "unknown", "strongest"), ("unknown", "good", "bad", "weakest")]


@pytest.mark.parametrize(("first", "second", "third", "overall"), SCALES, ids=["strongest", "weakest"])
def test_an_item_that_is_unknown_leaves_the_whole_open_wherever_unknown_stands_in_the_scale(
    first: str, second: str, third: str, overall: str, tmp_path: Path
) -> None:
    assessment = f"""[[assessment]]
id = "q"
title = "Q"
scale = ["{first}", "{second}", "{third}"]
overall = "{overall}"
over = "/access/*"
none = "good"
empty = "unknown"
default = "good"
[[assessment.level]]
is = "bad"
when = 'this.audience == "internal"'
because = "it is internal"
"""
    policies = select(write(tmp_path, rule("a", "assessments['mine/q'].level == 'good'"), assessment))
    report = review(document_of(MANIFEST), policies=policies, today=TODAY)
    assert report.assessments[0].level == "unknown"
    assert report.results[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "test",
    [
        *("size(manifest.access) > -1 &&", "size(manifest.access) < 100 &&", "size(manifest.access) != -1 &&"),
        *("size(manifest.access) <= 5 &&", "size(manifest.access) >= 0 &&", "size(manifest.threat) > 0 &&"),
        *("size(manifest.access) > 0 ||", "size(manifest.access) == 0 &&", "!(size(manifest.access) > 0) &&"),
        "(manifest.threat.exists(t, size(manifest.access) > 0) || true) &&",
    ],
)
def test_a_test_of_size_that_lets_the_empty_list_through_does_not_serve_all(test: str) -> None:
    with pytest.raises(ExpressionError, match=r"all\(\) holds for an empty list"):
        admit(f"{test} manifest.access.all(c, c.kind == 'api')", Scope(), where=str)


@pytest.mark.parametrize(
    "test",
    [
        *("size(manifest.access) > 0 &&", "size(manifest.access) >= 1 &&", "0 < size(manifest.access) &&"),
        *(
            "size(manifest.access) != 0 &&",
            "size(manifest.access) == 2 &&",
            "manifest.access.exists(c, c.id == 'x') &&",
        ),
        *("size(manifest.access) == 0 ||", "size(manifest.access) < 1 ||", "!(size(manifest.access) > 0) ||"),
        *("size(manifest.access) == 0 ? false :", "true && size(manifest.access) > 0 && true &&"),
    ],
)
def test_a_test_of_size_that_leaves_out_the_empty_list_serves_all(test: str) -> None:
    text = f"{test} manifest.access.all(c, c.kind == 'api')"
    assert admit(text, Scope(), where=str).text == text


@pytest.mark.parametrize("text", ["c.kind != c.audience", "c.kind != manifest.release.stage"])
def test_words_that_share_only_unknown_are_not_compared(text: str) -> None:
    with pytest.raises(ExpressionError, match="the two words come from different vocabularies"):
        admit(f"manifest.access.exists(c, {text})", Scope(), where=str)
