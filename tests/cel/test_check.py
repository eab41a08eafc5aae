"""Every refusal of the check: what it says, where it points, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from release_review.cel import Question, Scope, admit, type_at
from release_review.errors import ExpressionError
from release_review.model import Param

QUESTIONS = {
    "open-properties/broader-access": Question(
        scale=("applies", "unknown", "limited", "does-not-apply"), over="/access/*"
    ),
    "marginal-risk/existing-risk": Question(scale=("full", "partial", "unknown", "none"), over="/threat/*"),
}
PARAMS = {
    "threshold": Param(type="number", value=1e25),
    "words": Param(type="strings", value=("weights", "api")),
    "strict": Param(type="boolean", value=True),
}
LONGEST_SHOWN = 110
SCOPE = Scope(this=type_at("/threat/*"), params=PARAMS, assessments=QUESTIONS)


def refusal(text: str, scope: Scope = SCOPE) -> str:
    with pytest.raises(ExpressionError) as caught:
        admit(text, scope, where=lambda offset: f"rule.toml:{text[:offset].count(chr(10)) + 1}:{offset + 1}")
    return str(caught.value)


REFUSED = [
    # Names and fields
    "nosuch == 1",
    "manifst.weights.derivatives == 'yes'",
    "true || nosuchname == 1",
    "this.vectr == 'other'",
    "manifest.wieghts.license == 'MIT'",
    "manifest.access.kind == 'api'",
    "this.title.length > 3",
    "manifest.extensions.acme.score > 1",
    "params.thresold > 1",
    "params == 1",
    # Words
    "this.vector == 'biosecurty'",
    "this.vector in ['other', 'bio']",
    "'tecnical' in this.existing_defenses.layers",
    "this.vector < 'other'",
    "this.vector == null",
    "this.title == 'unknown'",
    "manifest.evidence.exists(e, e.status == 'unknown')",
    "(this.vector == 'other' ? this.vector : this.vector) == 'unknown'",
    # Assessments
    "assessments['open-properties/brodaer-access'].level == 'applies'",
    "assessments['open-properties/broader-access'].level == 'aplies'",
    "assessments[this.id].level == 'applies'",
    "assessments.broader == 'applies'",
    "assessments['open-properties/broader-access'] == 'applies'",
    "assessments['open-properties/broader-access'].items[this.id].level == 'applies'",
    "assessments['marginal-risk/existing-risk'].items['x'].level == 'full'",
    # Operands
    "'false' && true",
    "this.existing_risk.examples",
    "true == 1",
    "size(null) == 0",
    "3 > 2 > 0",
    "true + true == 2",
    "this.actors.contains('a')",
    "this.vector.contains('bio')",
    "'a' in 'abc'",
    "[1, 2][0] == 1",
    "manifest.access[0].kind == 'api'",
    "this.assessed_on > '2024-01-01'",
    "manifest.weights.parameters_total > '5'",
    "manifest.weights == manifest.weights",
    "this.actors == []",
    "manifest.weights.parameters_total < null",
    "manifest.weights.parameters_total + 1 == null",
    "this.id == null",
    "5",
    "[]",
    "-this.title == 1",
    "this.title - 'a' == 'b'",
    "manifest.weights.parameters_total / 0 > 1",
    "manifest.weights.parameters_total % 2 == 0",
    # Functions
    "nosuchfn() || true",
    "this.title.lowerAscii() == 'a'",
    "this.actors.reduce(r, i, 0, r + i) == 1",
    "this.actors.min() == 'a'",
    "exists(this.actors, a, a == 'x')",
    "int(this.title) > 3",
    "string(manifest.weights.parameters_total) == '1'",
    "timestamp(this.title) < today",
    "timestamp('2024-02-30T00:00:00Z') < today",
    "duration('3 days') > duration('1h')",
    "today.getHours('Europe/Berlin') == 1",
    "this.title.matches('(a+') ",
    "this.title.matches(this.id)",
    "has(this.actors)",
    # Lists
    "manifest.access.all(a, a.kind == 'api')",
    "size(manifest.access) >= 0 && manifest.access.all(a, a.kind == 'api')",
    "manifest.access.exists(this, true)",
    "manifest.access.exists(a, manifest.threat.exists(t, manifest.access.exists(b, b.id == t.id)))",
    "manifest.access.exists(a.kind == 'api')",
    "manifest.access.filter(a, a.kind == 'api')",
    "size(manifest.access.filter(a, a.kind == 'api')) + 1 > 2",
    "this.vector in []",
    # Text
    "",
    "// nothing",
    "true && ",
    "true true",
    "this.title == 'a\u202eb'",
    "this.titl\u0435 == 'a'",
    "99999999999999999999 > 1",
    "1e999 > 1",
    "1u > 0",
    "{'a': 1}.a == 1",
    ".manifest.weights.derivatives == 'yes'",
    "((" * 13 + "true" + "))" * 13,
    "!" * 3000 + "true",
    "true" + " || true" * 600,
    " == ".join(["(this.vector == 'other')"] * 9),
    # Values where they do not belong
    "this.title + null == 'a'",
    "-true == 1",
    "size(this.actors, this.title) > 1",
    "size(manifest.weights) > 0",
    "this.title.size(1) > 0",
    "[null].exists(x, x == 'a')",
    "[].exists(x, true)",
    "[1, 'a'].exists(x, x == 1)",
    "[true] == [false]",
    "this.title.exists(x, x == 'a')",
    "this.title.map(x, x) == 'a'",
    "(true ? 1 : 'a') == 1",
    "(true ? this.actors : this.actors) == this.title",
    "(this.id == 'a') < (this.id == 'b')",
    "(this.id == 'a') == null",
    "manifest.access.filter(c, c.kind == 'api') == 1",
    "size(manifest.access.filter(c, c.kind == 'api')) > 'a'",
    "this.title.startsWith() ",
    "has(this.title, this.id)",
    "has(1 + 1)",
    "int(1, 2) == 1",
    "string() == ''",
    "has(this.title) + 1 == 2",
    "this.title.contains('a') + 1 == 2",
    "size.x(1) == 1",
    "this.int(1) == 1",
    "this.title.getHours() == 1",
    "params.strict < 1",
    "params.words == 'api'",
    "manifest.access['id'] == 'x'",
    "manifest['access'] == 1",
    "assessments['marginal-risk/existing-risk'].items[this.id].items.level == 'full'",
    "assessments['marginal-risk/existing-risk']['x'] == 'full'",
    "assessments[1].level == 'full'",
    "[this.id, this.title].exists_one(x, x == 'a')",
    "this.vector == this.title",
    "duration('99999999999999h') > duration('1h')",
    "manifest.weights.license in ['unknown']",
    "this.vector in ['other', null]",
    "this.id in ['a', null]",
    "this.existing_risk.examples in [null]",
    "-this.assessed_on == today",
    "this.vector != manifest.release.stage",
]


def test_what_an_engine_could_misread_does_not_load(golden: Callable[[str, str], None]) -> None:
    """Each refusal names line and column and says what to write; the file is the table of them."""
    told = [f"{shown(text)}\n    {refusal(text)}" for text in REFUSED]
    golden("cel/refusals.txt", "\n".join(told) + "\n")


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_every_refusal_names_a_place_and_a_way_out(text: str) -> None:
    assert re.fullmatch(r"rule[.]toml:\d+:\d+: [^;]+; .+", refusal(text), re.DOTALL)


def shown(text: str) -> str:
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... ({len(text)} characters)"
    return ascii(short)[1:-1] or "(nothing)"


def test_an_assessment_reads_no_assessment() -> None:
    message = refusal("assessments['open-properties/broader-access'].level == 'applies'", Scope())
    assert message == "rule.toml:1:1: an assessment reads no assessment; read the facts themselves"


@pytest.mark.parametrize(
    "text",
    [
        "this.vector in ['biosecurity', 'cybersecurity']",
        "params.threshold > manifest.weights.training_compute_flop",
        "params.strict && this.id != 'x'",
        "manifest.access.exists(a, a.kind in params.words)",
        "size(manifest.access) > 0 && manifest.access.all(a, a.kind == 'api')",
        "!(size(manifest.access) == 0 || manifest.access.all(a, a.kind == 'api'))",
        "manifest.access.filter(a, a.id == 'x').exists(a, a.kind == 'api')",
        "assessments['marginal-risk/existing-risk'].items[this.id].level in ['full', 'partial']",
        "manifest.threat.exists(t, assessments['marginal-risk/existing-risk'].items[t.id].level == 'full')",
        "this.review_by - this.assessed_on < duration('8760h')",
        "today.getFullYear() >= 2024",
        "1 -1 == 0",
        "true" + " || true" * 300,
        " + ".join(["1"] * 32) + " > 31",
        "manifest.weights.license.matches('^(MIT|Apache-2[.]0)$')",
    ],
)
def test_what_every_engine_reads_alike_loads(text: str) -> None:
    assert admit(text, SCOPE, where=str).text == text


def test_empty_pass_lets_all_hold_for_an_empty_list_and_empty_fail_does_not() -> None:
    text = "manifest.access.all(a, a.kind == 'api')"
    for empty in ("pass", "fail"):
        assert admit(text, Scope(empty=empty), where=str).text == text
    assert "write size(...) > 0 && before it" in refusal(f"!({text})", Scope(empty="fail"))
