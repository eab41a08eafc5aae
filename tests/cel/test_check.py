"""Every refusal of the check: what it says, where it points, and what to write instead."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from release_review.cel import Question, Scope, admit, type_at
from release_review.errors import Excerpt, ExpressionError, ReleaseReviewError
from release_review.hooks import Style
from release_review.model import Param
from release_review.reporters.layout import quoted_line

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
SCOPE = Scope(this=type_at("/threat/*"), params=PARAMS, assessments=QUESTIONS)


def refused(text: str, scope: Scope = SCOPE) -> ExpressionError:
    """Give the error of an expression that fills the first lines of a file."""
    lines = text.split("\n")

    def place(offset: int) -> tuple[int, int]:
        before = text[:offset].split("\n")
        return len(before), len(before[-1])

    def quote(start: int, end: int) -> Excerpt:
        line, column = place(start)
        return Excerpt(line, lines[line - 1], column, min(column + end - start, len(lines[line - 1])))

    def where(offset: int) -> str:
        line, column = place(offset)
        return f"rule.toml:{line}:{column + 1}"

    with pytest.raises(ExpressionError) as caught:
        admit(text, scope, where=where, quote=quote)
    return caught.value


def refusal(text: str, scope: Scope = SCOPE) -> str:
    return str(refused(text, scope))


def told(error: ReleaseReviewError) -> Iterator[str]:
    """Give what stderr says of an error."""
    for each in error.flat():
        yield f"error: {each}"
        if each.excerpt is not None:
            yield from quoted_line(each.excerpt, Style())


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
    # What was meant, in other words
    "this.existing_risk.examples == true",
    "false != this.existing_risk.examples",
    "kind == 'api'",
    "vector == 'other'",
    "threshold < 1.0",
    "this.vector == other",
    "has(this.title) == True",
    "this.vector == 'other' and true",
    "this.vector == 'other' or true",
    "not has(this.title)",
    "this.vector = 'other'",
    "this.vector == 'other' & true",
    "this.vector == 'other'; true",
    "this.title == `a`",
    "# nothing",
    "this.title == \u2018a\u2019",
    "this.title == 'it''s'",
    "math.greatest(1, 2) == 2",
    "dyn(this.title) == 'a'",
    "optional.of(1) == 1",
    "this.title.trim() == 'a'",
    "matches(this.title, 'a')",
    "this.actors.any(a, a == 'x')",
    "len(this.actors) > 1",
    "now() > today",
    "this.actors.exits(a, a == 'x')",
    "this.existing_risk",
    "this.assessed_on",
    "this.title",
    "today - as_of",
    "manifest.weights.parameters_total",
    "params.words",
    # Words and signs
    "this.title == 'a",
    "this.title == 'a\nb'",
    "this.title == '''a'",
    "this.title.matches('\\d+')",
    "this.title == r'a\\' + 'b'",
    "this.title == '\\U00110000'",
    "this.title == '\\u202e'",
    "b'a' == b'b'",
    "1. < 2.0",
    "0X10 == 16",
    "!has(this.title",
    "has(this.title))",
    "[this.id)",
    "a ? b",
    "? true",
    "$",
    "Release{id: 'a'}.id == 'a'",
    ".size(this.title) > 1",
    "manifest" + ".a" * 60 + " == 1",
    " == ".join(["1"] * 30),
    " + ".join(["1"] * 65) + " > 1",
    "true" + "||true" * 681 + "||1",
    "[{0}].exists(x, [{0}].exists(y, {1}))".format(", ".join(["this.id"] * 20), " || ".join(["x == y"] * 20)),
    "!" * 30 + "true",
    "[" + ", ".join(["this.id"] * 30) + "].exists(x, " + " || ".join(["x == 'a'"] * 60) + ")",
    " + ".join(["(this.vector == 'other' ? 1 : 2)"] * 9) + " > 12",
    # Values that are always stated, or never "unknown"
    "this.id == 'unknown'",
    "this.id in ['a', 'unknown']",
    "this.id + 'a' == 'unknown'",
    "manifest.weights.parameters_total == 'unknown'",
    "manifest.release.date in ['unknown']",
    "this.vector < 'unknown'",
    "has(this.id)",
    "manifest.evidence.exists(e, e.status == null)",
    "size(this.title) == null",
    "(this.vector == 'other' ? this.vector : this.vector) in ['unknown']",
    "has(this.title) == 'unknown'",
    "size(this.title) == 'unknown'",
    "this.assessed_on == duration('1h')",
    "(this.id == 'a').contains('a')",
    "this.title == 'a\\n",
    # Names of items, and what stands in lists
    "manifest.access.exists(for, for.kind == 'api')",
    "manifest.access.exists(a, manifest.threat.exists(a, a.id == 'x'))",
    "this.existing_risk.evidence_of.exampels.exists(e, e.status == 'verified')",
    "this.title[0] == 'a'",
    "this.actors == this.actors",
    "this.actors in manifest.access",
    "1 in manifest.access",
    "'a' in manifest.weights",
    "manifest.access.exists(a, a)",
    "params.nosuch.exists(x, x == 'a')",
    "params[1] == 1",
    "[true].exists(x, x == 'a')",
    "params.strict + 1 == 2",
    "(this.id == 'a') + 1 == 2",
    "duration('1ns') < today - as_of",
    "duration('0.0000001s') < today - as_of",
    "this.title == 'a\n\\d'",
    "manifest.access.map(a, a.id)" + ".map(a, a + a)" * 7 + ".exists(x, x == 'a')",
    "this.title == r'a",
    "this.title == 'a\\",
    "manifest.access.exists(a, a.extensions.acme == this)",
    "this.assessed_on == 'yesterday'",
    "'2024-01-01' < this.assessed_on",
    "manifest.weights.parameters_total == true",
    "this.title.startsWith(1)",
    "this.title.contains(this.vector)",
    "manifest.weights.parameters_total.contains('a')",
    "string(1.5) == '1.5'",
    "double('1') == 1.0",
    "timestamp('2024-01-01') < today",
    "timestamp('9999-12-31T23:59:59-14:00') < today",
    "1 + 'a' == 2",
    "size(this.actors) in ['a']",
    # Several faults
    "this.vectr == 'other' && manifest.acess.exists(a, a.kind == 'api') && this.titel == 'a'",
    "this.vectr == 'other' || this.vector in ['othr', 'biosecurty', 'other']",
    "(this.vectr == 'a' ? this.titel == 'b' : nosuch) && 5",
    "this.vector == 'other'\n  && (this.titel == 'a'\n      || manifest.wieghts.license == 'MIT')\n  && nosuch",
    "(this.vectr == 'a') == (this.titel == 'b')",
    " && ".join(f"this.x{number} == 1" for number in range(25)),
    "manifest.access.exists(a, a.knd == 'api' || a.audence == 'public')",
    "[this.id, this.title].all(x, x == 1 && x == 2)",
    # Hints that are made of what the author wrote
    "params.threshold > 10^25",
    "params.threshold > 10**25",
    "this.title == $a",
    "this.title <> 'a'",
    "today => as_of",
    "this.title === 'a'",
    "this.assessed_on > '2024-05'",
    "this.assessed_on > 'soon'",
    "this.assessed_on > '2024-05-01T10:00:00.1234567Z'",
    "this.assessed_on > timestamp('2024-05-01')",
    "this.title == 5",
    "manifest.weights.license in ['mit', 5]",
    "params.threshold in [1, '2']",
    "params.threshold > '1e25'",
    "params.threshold > 'many'",
    "this.vector == true",
    "this.title == true",
    "size(this.title) == true",
    "this.title.matches('y') == 'true'",
    "this.title.matches('y') == 'false'",
    "this.title.matches('y') != 'true'",
    "params.strict > 3",
    "has(this.title) == this.vector",
    "(this.id == 'a') == 'b'",
    "this.vector == cybersecurity",
    "this.vector == spear-phishing",
    "this.vector in [cybersecurity, other, nosuch]",
    "weights == manifest.access.size",
    "manifest.access.exists(a, a.kind == weights)",
    "manifest.access.size > 0",
    "this.actors.length > 0",
    "this.title.size > 0",
    "manifest.access.kidn == 'api'",
    "manifest.access.nothing == 'api'",
    "not (this.vector == 'other')",
    "this.vector not in ['other']",
    "this.assessed_on < date('2025-01-01')",
    "this.assessed_on < now",
    "this.title is null",
    "this.title is not null",
    "this.title is 'a'",
    "this.title is",
    "this.title is not",
    "this.vector not",
    "this.assessed_on > 2025-01-01",
    "this.vector in ('other', 'cybersecurity')",
    "this.vector in ('other')",
    "this.title in ('a', 'b')",
    "this.title.foo('a')",
    "this.actors.foo('a')",
    "today.foo()",
    "(today - as_of).foo() > 1",
    "this.vector.foo() == 'a'",
    "manifest.weights.parameters_total.foo() == 1",
    "manifest.weights.foo() == 1",
    "assessments.open-properties.level == 'applies'",
    "assessments.existing-risk.level == 'full'",
    "assessments.nosuch.level == 'full'",
    # Faults beside a fault
    "foo(manifest.xyz) == manifest.abc",
    "manifest.access.all(a, a.kidn == 'x')",
    "this.titel.contains(manifest.xyz)",
    "this.titel.foo(manifest.xyz)",
    "foo(this.actors, a, a == 'x') == this.titel",
    "foo() == size(manifest.access.filter(a, a.kind == 'api'))",
    "(foo() == this.titel) == (this.idd == 1)",
    "((this.a == this.b) == this.c) == this.d",
]


def test_what_an_engine_could_misread_does_not_load(golden: Callable[[str, str], None]) -> None:
    """Each refusal names line and column and says what to write; the file is the table of them."""
    golden("cel/refusals.txt", "\n".join(line for text in REFUSED for line in (*told(refused(text)), "")))


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_every_refusal_names_a_place_and_a_way_out(text: str) -> None:
    told = refused(text).flat()
    for each in told[:20]:
        assert re.fullmatch(r"rule[.]toml:\d+:\d+: .+; .+", str(each))
        assert each.excerpt is not None
    assert [str(each) for each in told] == list(dict.fromkeys(str(each) for each in told))


def test_the_caret_stands_below_the_faulty_word() -> None:
    excerpt = refused("true &&\n  this.vectr == 'other'").excerpt
    assert excerpt is not None
    assert excerpt.text[excerpt.start : excerpt.end] == "vectr"


@pytest.mark.parametrize(
    ("wrong", "hint", "right"),
    [
        ("this.existing_risk.examples == true", 'write "yes" for true', 'this.existing_risk.examples == "yes"'),
        ("this.existing_risk.examples", 'write == "yes"', 'this.existing_risk.examples == "yes"'),
        ("this.vector", 'compare it, as in == "spear-phishing"', 'this.vector == "spear-phishing"'),
        ("size(this.actors)", "compare it, as in > 0", "size(this.actors) > 0"),
        ("this.assessed_on", "compare it, as in < today", "this.assessed_on < today"),
        ("today - as_of", 'compare it, as in > duration("720h")', 'today - as_of > duration("720h")'),
        ("vector == 'other'", "did you mean this.vector?", "this.vector == 'other'"),
        ("threshold < 1.0", "did you mean params.threshold?", "params.threshold < 1.0"),
        ("weights.license == 'MIT'", "did you mean manifest.weights?", "manifest.weights.license == 'MIT'"),
        ("true && True", "write true", "true && true"),
        ("this.title == None", "write null", "this.title == null"),
        ("true and true", "write &&", "true && true"),
        ("this.title = 'a'", "write == to compare", "this.title == 'a'"),
        ("this.title == 'unknown'", "write == null", "this.title == null"),
        ("this.title in ['unknown']", "write null in its place", "this.title in [null]"),
        ("this.vector == null", 'write "unknown"', 'this.vector == "unknown"'),
        ("this.actors.contains('a')", 'write "..." in list', '"a" in this.actors'),
        ("'a' in this.title", "use contains()", "this.title.contains('a')"),
        ("this.vector.contains('bio')", "use == or in [...]", "this.vector in ['biosecurity']"),
        ("manifest.access[0].kind == 'api'", "use exists(x, ...)", "manifest.access.exists(x, x.kind == 'api')"),
        ("len(this.actors) > 1", "use size()", "size(this.actors) > 1"),
        ("this.title.lowerAscii() == 'a'", 'use matches("(?i)...")', 'this.title.matches("(?i)^a$")'),
        ("matches(this.title, 'a')", "write value.matches(...)", "this.title.matches('a')"),
        ("this.title.matches('\\d')", "or r'...' for text without escapes", "this.title.matches(r'\\d')"),
        ("now() > as_of", "use today or as_of", "today > as_of"),
        (
            "today > '2024-01-01'",
            'write timestamp("2024-01-01T00:00:00Z")',
            'today > timestamp("2024-01-01T00:00:00Z")',
        ),
        ("duration('3 days') < today - as_of", 'as in duration("720h")', 'duration("720h") < today - as_of'),
        ("3 > 2 > 1", "join comparisons with &&, as in 1 < x && x < 9", "3 > 2 && 2 > 1"),
        (
            "manifest.access.all(a, a.kind == 'api')",
            "write size(...) > 0 && before it",
            "size(manifest.access) > 0 && manifest.access.all(a, a.kind == 'api')",
        ),
        (
            "!manifest.access.all(a, a.kind == 'api')",
            "write size(...) > 0 && before it",
            "size(manifest.access) > 0 && !manifest.access.all(a, a.kind == 'api')",
        ),
        (
            "assessments['marginal-risk/existing-risk'] == 'full'",
            "or .items[this.id].level",
            "assessments['marginal-risk/existing-risk'].items[this.id].level == 'full'",
        ),
        ("1. < 2.0", "write 1.0", "1.0 < 2.0"),
        ("params.threshold > 10^25", "write powers of ten as 1e25", "params.threshold > 1e25"),
        ("this.title == 5", 'write it in quotes, as in "5"', 'this.title == "5"'),
        ("this.title in ['a', 5]", 'write it in quotes, as in "5"', "this.title in ['a', \"5\"]"),
        ("params.threshold in [1, '2']", "write 2, without quotes", "params.threshold in [1, 2]"),
        ("params.threshold > '1e25'", "write 1e25, without quotes", "params.threshold > 1e25"),
        ("'1e25' < params.threshold", "write 1e25, without quotes", "1e25 < params.threshold"),
        ("this.vector == true", 'compare it, as in == "spear-phishing"', 'this.vector == "spear-phishing"'),
        ("has(this.title) == 'true'", "leave the comparison out", "has(this.title)"),
        ("has(this.title) == 'false'", "leave the comparison out, and write !(...)", "!(has(this.title))"),
        ("has(this.title) != 'false'", "leave the comparison out", "has(this.title)"),
        ("params.strict > 3", "leave the comparison out", "params.strict"),
        ("this.vector == other", 'write "other" in quotes', 'this.vector == "other"'),
        ("this.vector == spear-phishing", 'write "spear-phishing" in quotes', 'this.vector == "spear-phishing"'),
        ("this.vector in [other]", 'write "other" in quotes', 'this.vector in ["other"]'),
        ("manifest.access.size > 0", "write size(manifest.access)", "size(manifest.access) > 0"),
        ("this.title.length > 3", "write size(this.title)", "size(this.title) > 3"),
        (
            "manifest.access.kidn == 'api'",
            "use exists(x, x.kind == ...)",
            "manifest.access.exists(x, x.kind == 'api')",
        ),
        ("not (this.id == 'a')", "write !(...)", "!(this.id == 'a')"),
        ("this.vector not in ['other']", "write !(value in [...])", "!(this.vector in ['other'])"),
        (
            "today > date('2025-01-01')",
            'write timestamp("2025-01-01T00:00:00Z")',
            'today > timestamp("2025-01-01T00:00:00Z")',
        ),
        ("today > '2025-01'", 'write timestamp("2025-01-01T00:00:00Z")', 'today > timestamp("2025-01-01T00:00:00Z")'),
        (
            "today > '2025-01-01T10:00:00.1234567Z'",
            'write timestamp("2025-01-01T10:00:00.123456Z")',
            'today > timestamp("2025-01-01T10:00:00.123456Z")',
        ),
        (
            "today > timestamp('2025-01-01')",
            'write timestamp("2025-01-01T00:00:00Z")',
            'today > timestamp("2025-01-01T00:00:00Z")',
        ),
        ("this.assessed_on < now", "use today or as_of", "this.assessed_on < today"),
        ("this.title <> 'a'", "write !=", "this.title != 'a'"),
        ("today => as_of", "write >=", "today >= as_of"),
        ("this.title is null", "write == null", "this.title == null"),
        ("this.title is not null", "write != null", "this.title != null"),
        ("this.vector in ('other', 'unknown')", "as in [...]", "this.vector in ['other', 'unknown']"),
        ("this.vector in ('other')", 'write a list, as in ["other"]', 'this.vector in ["other"]'),
        (
            "assessments.open-properties.level == 'applies'",
            'write assessments["open-properties/broader-access"]',
            'assessments["open-properties/broader-access"].level == "applies"',
        ),
        ("99999999999999999999 < params.threshold", "as in 1e25", "1e20 < params.threshold"),
        ("has(this.id)", "leave has() out", "this.id != ''"),
        ("size(this.actors, 1) > 0", "write size(manifest.access)", "size(manifest.access) > 0"),
        ("has()", "write has(manifest.release.date)", "has(manifest.release.date)"),
    ],
)
def test_what_a_refusal_says_to_write_loads(wrong: str, hint: str, right: str) -> None:
    assert hint in refusal(wrong)
    assert admit(right, SCOPE, where=str).text == right


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("this.title in ['a', 5]", "5"),
        ("params.threshold in [1, '2']", "'2'"),
        ("this.title <> 'a'", "<>"),
        ("this.title is not null", "is"),
        ("this.vector in ('other', 'unknown')", "("),
        ("this.vector == spear-phishing", "spear"),
    ],
)
def test_the_caret_stands_below_what_is_to_be_changed(text: str, bad: str) -> None:
    excerpt = refused(text).excerpt
    assert excerpt is not None
    assert excerpt.text[excerpt.start : excerpt.end] == bad


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("foo(manifest.xyz) == manifest.abc", [1, 14, 31]),
        ("manifest.access.all(a, a.kidn == 'x')", [17, 26]),
        ("this.titel.contains(manifest.xyz)", [6, 30]),
        ("foo() == size(manifest.access.filter(a, a.kind == 'api'))", [1]),
        ("this.actors.foo(a, a == 'x')", [13]),
        ("math.greatest(1, 2) == 2", [6]),
        ("manifest.access.size > 0 && manifest.access.all(a, a.kind == 'api')", [17]),
        ("size(manifest.access) > '0' && manifest.access.all(a, a.kind == 'api')", [25]),
        ("this.titel == 'a' && manifest.access.all(a, a.kind == 'api')", [6, 38]),
        ("this.vector == other", [16]),
        ("assessments.open-properties.level == 'applies'", [13]),
    ],
)
def test_what_is_wrong_beside_a_fault_is_told_and_nothing_that_is_right(text: str, places: list[int]) -> None:
    assert [int(each.where.rsplit(":", 1)[1]) for each in refused(text).flat()] == places


def test_looking_for_further_faults_takes_no_time_that_doubles_with_the_depth() -> None:
    text = "this.a"
    for _ in range(10):
        text = f"({text} == foo(this.b))"
    started = time.process_time()
    assert len(refused(text).flat()) <= 21
    assert time.process_time() - started < 2


def test_the_methods_that_a_type_has_are_listed() -> None:
    assert refusal("this.title.foo()").endswith("use one of: contains, startsWith, endsWith, matches, size")
    assert refusal("this.actors.foo()").endswith("use one of: exists, all, exists_one, filter, map, size")
    assert refusal("(today - as_of).foo()").endswith("use one of: getHours, getMinutes, getSeconds, getMilliseconds")


def test_every_function_that_a_hint_names_is_one() -> None:
    for name in ("reduce", "min", "lowerAscii", "uint", "isEmpty", "any", "every", "includes", "len", "str", "float"):
        named = re.findall(r"(\w+)[(]", refusal(f"{name}(this.title) == 'a'").split("; ")[-1])
        assert named
        for function in named:
            called = (
                f"this.title.{function}() == 1" if function not in ("size", "has", "int", "double", "string") else ""
            )
            assert "there is no function" not in refusal(called or f"{function}() == 1")


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
        "-(1) < 2",
        "size(manifest.access) > 0 && size(manifest.threat) > 0 ? manifest.access.all(a, a.kind == 'api') : false",
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
