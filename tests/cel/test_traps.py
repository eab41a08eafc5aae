"""What CEL libraries read leniently or each in its own way: refused when the policy loads, or the same in every engine.

The traps were measured on cel-python 0.5.0; each is one of its habits, or a form that only some engines know.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import subprocess
import sys
from typing import Any

import celpy
import pytest
from comparison import NO_LIMIT, Answer, asked
from conditions import Condition, admitted, chance_of
from damage import read
from manifests import Made, made_of
from oracles import HAS_CEL_EXPR, NO_CEL_EXPR, CelExpr, Oracle

from release_review.cel import Decision, Expression, Scope, Subject, admit, open_engine
from release_review.cel.compile import Compiled
from release_review.cel.reference import Reference, to_cel
from release_review.errors import EvaluationError, ExpressionError

TODAY = dt.date(2026, 1, 1)
SAID = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one", "developer": "malice", "version": "false", "date": "2025-08-05"},
    "weights": {"parameters_total": 2.5, "license": "\u0663 2026"},
    "access": [{"id": "c1", "kind": "api"}],
    "threat": [{"id": "t1", "vector": "other", "actors": ["alice"]}],
}

REFUSED = [
    ("[0, 1].all(a, [0, 1].all(b, [0, 1].all(c, a + b + c < 9)))", "more than 2 comprehensions are nested"),
    # Whatever is true in Python is no truth value.
    ('"false" && true', "text stands where true or false is asked"),
    ("manifest.release.version && true", "text stands where true or false is asked"),
    ("!manifest.release.version", "text stands where true or false is asked"),
    ("manifest.release.version ? true : false", "text stands where true or false is asked"),
    ("1", "a whole number stands where true or false is asked"),
    ('"false"', "text stands where true or false is asked"),
    ("[1]", "a list stands where true or false is asked"),
    ("manifest.access", "a list stands where true or false is asked"),
    ("null", "null stands where true or false is asked"),
    ("manifest.weights", "a table stands where true or false is asked"),
    # A truth value is no number.
    ("true == 1", "a truth value is compared with a whole number"),
    ("3 > 2 > 0", "a truth value is compared with a whole number"),
    ("true + true == 2", "a truth value stands where a value is asked"),
    ("true < false", "truth values have no order"),
    ("1 in [1, true]", "a list holds truth values"),
    ('string(false) == "false"', "a truth value stands where a value is asked"),
    ("int(true) == 1", "a truth value stands where a value is asked"),
    # Sizes and members of what has none.
    ("size(null) == 0", "size() is asked of null"),
    ("size(manifest.weights) == 0", "size() is asked of a table"),
    ("manifest.weights.parameters_total.size() == 0", "size() is asked of a number"),
    ("{}.size() == 0", "a map is written out"),
    ('manifest.threat.contains("alice")', "contains() is asked of a list"),
    ('manifest.release.developer.contains(["alice"])', "a list stands where one value is asked"),
    ('"a" in "abc"', "in looks into text"),
    ('"alice" in manifest.release.developer', "in looks into text"),
    ('"license" in manifest.weights', "in looks into a table"),
    ('"a" in null', "in looks into null"),
    ("[1, 2][-1] == 2", "a list stands where one value is asked"),
    ('"abc"[0] == "a"', "text is read with brackets"),
    ('manifest.release.developer[0] == "m"', "text is read with brackets"),
    ('manifest.access[-1].kind == "api"', "a list is read with brackets"),
    ('manifest["access"].size() == 1', "a table is read with brackets"),
    # Text that is read as a number or as a truth value.
    ('int("\u0663") == 3', "int() reads text"),
    ('int("1_000") == 1000', "int() reads text"),
    ('int(" 7 ") == 7', "int() reads text"),
    ('double("nan") > 1.0', "double() reads text"),
    ('double("1e999") > 1.0', "double() reads text"),
    ('bool("TRUE")', "there is no function 'bool'"),
    ('string(1.5) == "1.5"', "string() of a number differs from engine to engine"),
    ('string(duration("1h")) == "3600s"', "string() of a duration differs from engine to engine"),
    # Empty lists, and quantifiers over what is no list.
    ("[].all(x, x > 1)", "the list is empty or holds null"),
    ("{}.all(x, x > 1)", "a map is written out"),
    ('"".all(x, x == "a")', "text is no list"),
    ('manifest.release.developer.all(x, x == "a")', "text is no list"),
    ('manifest.weights.all(x, x == "a")', "a table is no list"),
    ("null.all(x, x > 1)", "null stands where a value is asked"),
    # Names that nothing stands for, also where evaluation never gets to.
    ("true || nosuchname", "there is no name 'nosuchname'"),
    ("nosuchfn() || true", "there is no function 'nosuchfn'"),
    ('true || manifest.nosuch == "a"', "the manifest has no field 'nosuch'"),
    ("true || params.nosuch == 1", "there is no parameter 'nosuch'"),
    ('true || assessments["acme/nosuch"].level == "full"', "there is no assessment 'acme/nosuch'"),
    # Inventions of cel-python, extensions of others.
    ("manifest.access.reduce(r, x, 0, r + 1) == 1", "there is no function 'reduce'"),
    ("[3, 1].min() == 1", "there is no function 'min'"),
    ("min([3, 1]) == 1", "there is no function 'min'"),
    ('manifest.?release.developer == "a"', "? cannot stand"),
    ("optional.of(1) == 1", "there is no function 'of'"),
    ("cel.bind(x, 1, x == 1)", "there is no function 'bind'"),
    ('"a".format([]) == "a"', "there is no function 'format'"),
    ('"A".lowerAscii() == "a"', "there is no function 'lowerAscii'"),
    ("math.greatest(1, 2) == 2", "there is no function 'greatest'"),
    ('manifest.access.exists(i, x, x.kind == "api")', "exists() takes a name and a condition"),
    ("dyn(1) == 1", "there is no function 'dyn'"),
    ("type(1) == int", "there is no function 'type'"),
    ("5 % 2 == 1", "the operator % is left out"),
    ("1u == 1u", "unsigned numbers and bytes are left out"),
    ('b"a" == b"a"', "bytes are left out"),
    # Kinds that engines compare each in its own way.
    ('1 == "1"', "a whole number is compared with text"),
    ('1 in [1, "1"]', "a whole number is compared with text"),
    ('manifest.release.date == "2025-08-05"', "a date is compared with text"),
    ("manifest.release.date > 1", "a date is compared with a whole number"),
    ("manifest.weights.parameters_total > null", "> compares with a value that has no order"),
    ("manifest == null", "this is a table and is never null"),
    ('manifest.release.stage < "released"', "words have no order"),
    ("manifest.release.stage == null", "a word is never null"),
    ("manifest.release.stage == manifest.weights.license", "a word is compared with text"),
    # Dates that are none, and names of time zones.
    ('timestamp("2025-08-05") == today', '"2025-08-05" is no instant'),
    ('timestamp("2025-08-05T00:00:00") == today', '"2025-08-05T00:00:00" is no instant'),
    ("timestamp(1) == today", "timestamp() reads something else than text in quotes"),
    ("timestamp(manifest.release.developer) == today", "timestamp() reads something else than text in quotes"),
    ('today.getHours("../../etc/passwd") == 0', "getHours() names a time zone"),
    ('duration("1d") > duration("1h")', '"1d" is no duration'),
    ('duration("\u0663h") > duration("1h")', "is no duration"),
    # Patterns that backtrack, or are not written out.
    ('manifest.release.developer.matches("(")', "the pattern does not compile"),
    ('manifest.release.developer.matches("(a)\\\\1")', "the pattern does not compile"),
    ('manifest.release.developer.matches("(?=a)")', "the pattern does not compile"),
    ('manifest.release.developer.matches("a{1001}")', "the pattern does not compile"),
    ("manifest.release.developer.matches(manifest.release.version)", "the pattern is computed"),
    # Ways into Python.
    ('manifest.__class__ == "a"', "the manifest has no field '__class__'"),
    ('manifest.release.developer.__class__ == "a"', "text has no field '__class__'"),
    ('__import__("os")', "there is no function '__import__'"),
    ("manifest.access.exists(manifest, true)", "the name 'manifest' is taken"),
]

AGREED = [
    # Null and empty text are told apart, and a null leaves open what hangs on it.
    ("manifest.weights.minimum_hardware.size() == 0", Decision.UNDECIDED),
    ("manifest.weights.minimum_hardware == null", Decision.TRUE),
    ('"".size() == 0', Decision.TRUE),
    ('manifest.release.version == "false"', Decision.TRUE),
    ('manifest.release.developer.contains("alice")', Decision.TRUE),
    ('"malice" in manifest.threat.map(t, t.id)', Decision.FALSE),
    ('manifest.threat.exists(t, "alice" in t.actors)', Decision.TRUE),
    ("manifest.weights.parameters_total == null", Decision.FALSE),
    ("manifest.weights.parameters_active == null", Decision.TRUE),
    ("!(manifest.weights.parameters_active > 0.5)", Decision.UNDECIDED),
    # Numbers: of two kinds, at the edges, negative.
    ("1 == 1.0", Decision.TRUE),
    ("manifest.weights.parameters_total > 2", Decision.TRUE),
    ("-7 / 2 == -3", Decision.TRUE),
    ("7 / -2 == -3", Decision.TRUE),
    ("9007199254740993 == 9007199254740993.0", Decision.TRUE),  # a whole number beside another is read as a double
    ("9007199254740993 == 9007199254740992", Decision.FALSE),
    ("9223372036854775807 == 9223372036854775807", Decision.TRUE),
    ("0.1 + 0.2 == 0.3", Decision.FALSE),
    ("1e308 * 10.0 > 1.0", None),
    ("-(0 - 9223372036854775807 - size(manifest.access)) > 0", None),
    ("int(0.0 - 9223372036854775808.0) < 0", None),
    ("(0 - 9223372036854775807 - size(manifest.access)) / -1 > 0", None),
    ("size(manifest.access) / size(manifest.evidence) == 0", None),
    ("double(size(manifest.access)) / size(manifest.evidence) == 0.0", None),
    ("int(1e300 * manifest.weights.parameters_total) > 0", None),
    # Text: code points, no digits but ASCII ones in patterns, RE2 that searches.
    ('size("a\U0001f600") == 2', Decision.TRUE),
    ('"\u00e9" == "e\u0301"', Decision.FALSE),
    ('manifest.weights.license.matches("^\\\\d")', Decision.FALSE),
    ('manifest.weights.license.matches("\\\\d$")', Decision.TRUE),
    ('manifest.release.developer.matches("lic")', Decision.TRUE),
    ('"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a+)+$")', Decision.FALSE),
    (r'r"\d" == "\\d"', Decision.TRUE),
    # Words of Python, and names that begin with an underscore, are names like others.
    ("[1].all(lambda, lambda == 1)", Decision.TRUE),
    ('manifest.access.exists(_x, _x.kind == "api")', Decision.TRUE),
    ("[1, 2].exists(__builtins__, __builtins__ == 2)", Decision.TRUE),
    ("[1, 2].exists(levels, levels == 2)", Decision.TRUE),
    ("[1, 2].exists(take, manifest.access.exists(len, take == 2))", Decision.TRUE),
    # Dates.
    ("manifest.release.date.getDayOfMonth() == 4 && manifest.release.date.getDate() == 5", Decision.TRUE),
    ('timestamp("2025-08-05T02:00:00+02:00") == manifest.release.date', Decision.TRUE),
    ('duration("1.5s").getMilliseconds() == 500', Decision.TRUE),
    ('today - duration("80000000h") < today', None),
    ('duration("80000000h") - duration("-80000000h") > duration("1h")', None),
    ('(duration("24h") - duration("1h")).getHours() == 23', Decision.TRUE),
    ('(manifest.release.developer + "!").contains("ce!")', Decision.TRUE),
    # Chains and brackets that cel-python's evaluator alone does not survive.
    (" && ".join(["1 < 2"] * 300), Decision.TRUE),
    (" || ".join(["false"] * 450), Decision.FALSE),
    (" + ".join(["1"] * 25) + " == 25", Decision.TRUE),
    ("(" * 19 + "size(manifest.access) == 1" + ")" * 19, Decision.TRUE),
    ("!" * 20 + "(1 < 2)", Decision.TRUE),
    # An error is an error, whatever stands beside it.
    ("true || 1 / size(manifest.evidence) == 1", Decision.TRUE),
    ("1 / size(manifest.evidence) == 1 || true", None),
    ("false && 1 / size(manifest.evidence) == 1", Decision.FALSE),
    ("1 / size(manifest.evidence) == 1 && false", None),
    ("[0, 1].exists(x, 6 / x == 6)", None),
    ("[1, 0].exists(x, 6 / x == 6)", Decision.TRUE),
    ("!([0, 1].exists(x, 6 / x > 3))", None),
    ("[0, 1].all(x, 6 / x == 7)", None),
]


def made() -> Made:
    return made_of(SAID, as_of=TODAY, today=TODAY, chance=chance_of(0))


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_a_trap_is_refused_when_the_policy_loads(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        admitted(text, "")
    assert words in refused.value.what
    assert refused.value.hint
    assert refused.value.where.startswith("rule.toml:1:")


def test_all_over_a_list_that_may_be_empty_is_refused() -> None:
    with pytest.raises(ExpressionError, match=r"all\(\) holds for an empty list"):
        admit("manifest.access.all(c, c.kind == 'api')", Scope(), where=str)


@pytest.mark.parametrize(("text", "expected"), AGREED, ids=[text[:60] for text, _ in AGREED])
def test_a_trap_comes_out_the_same_in_both_engines(text: str, expected: Decision | None) -> None:
    condition = Condition(expression=admitted(text, ""), over="")
    ours: list[Oracle] = [Compiled(), Reference()]
    given = {engine.name: answer(engine, condition).given for engine in ours}
    right = "ERROR" if expected is None else expected.name
    assert given == dict.fromkeys(("compiled", "reference"), right)


@pytest.mark.skipif(not HAS_CEL_EXPR, reason=NO_CEL_EXPR)
@pytest.mark.parametrize(("text", "expected"), [pytest.param(*each, id=each[0][:60]) for each in AGREED if each[1]])
def test_google_s_cel_gives_the_same_where_there_is_no_error(text: str, expected: Decision) -> None:
    assert answer(CelExpr(), Condition(expression=admitted(text, ""), over="")).given == expected.name


def answer(engine: Oracle, condition: Condition) -> Answer:
    session = engine.open(made().subject, iterations=NO_LIMIT)
    found = asked(session, condition, "")
    assert found is not None
    return found


@pytest.mark.parametrize("number", ["nan", "NaN", ".nan", "inf", "-inf", "Infinity", "1e999", "1e400"])
@pytest.mark.parametrize("ending", ["toml", "yaml", "json"])
def test_no_number_without_an_end_gets_in(number: str, ending: str) -> None:
    texts = {
        "toml": f'schema = "release-manifest/1"\nweights.parameters_total = {number}\n',
        "yaml": f"schema: release-manifest/1\nweights: {{parameters_total: {number}}}\n",
        "json": f'{{"schema": "release-manifest/1", "weights": {{"parameters_total": {number}}}}}',
    }
    document = read(texts[ending].encode(), ending)
    # YAML 1.2 reads some of these words as text, and a text is no number for the schema.
    assert document is None or isinstance(document.data["weights"]["parameters_total"], str)


@pytest.mark.parametrize("value", [dt.date(2026, 1, 1), dt.time(1), b"a", {1, 2}, object()])
def test_what_is_no_value_of_cel_never_reaches_the_reference_engine(value: Any) -> None:
    subject = Subject(manifest={"release": {"id": value}}, as_of=TODAY, today=TODAY)
    with pytest.raises(EvaluationError, match="the manifest holds what is no value of CEL"):
        Reference().open(subject, iterations=1)


LONG = {**SAID, "weights": {"license": "a" * 65_536}}


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_no_text_grows_without_bounds(engine: str) -> None:
    subject = made_of(LONG, as_of=TODAY, today=TODAY, chance=chance_of(0)).subject
    session = open_engine(engine).open(subject, iterations=NO_LIMIT)
    with pytest.raises(EvaluationError, match="a text grows beyond 65,536 characters; guard the operation"):
        session.decide(admitted('manifest.weights.license + "b" == "a"', ""))


@pytest.mark.parametrize("test", ['contains("b")', 'matches("b")'])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_looking_through_a_long_text_draws_on_the_budget(engine: str, test: str) -> None:
    subject = made_of(LONG, as_of=TODAY, today=TODAY, chance=chance_of(0)).subject
    session = open_engine(engine).open(subject, iterations=1_000)
    with pytest.raises(EvaluationError, match="it takes too many iterations"):
        session.decide(admitted(f"manifest.weights.license.{test}", ""))


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_an_engine_that_breaks_gives_an_error_and_no_answer(engine: str) -> None:
    broken = Subject(manifest={"weights": {"license": []}}, as_of=TODAY, today=TODAY)
    session = open_engine(engine).open(broken, iterations=1_000)
    with pytest.raises(EvaluationError):
        session.decide(admitted("manifest.weights.license.startsWith('a')", ""))


def test_dates_are_those_of_utc() -> None:
    assert to_cel(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).getHours() == 0


# What an engine leaves behind -----------------------------------------------------------------------------------------


def ask(text: str, *, engine: str) -> Decision:
    expression: Expression = admitted(text, "")
    return open_engine(engine).open(made().subject, iterations=1000).decide(expression)


def test_the_recursion_limit_of_the_process_stays() -> None:
    """Cel-python's `Environment` sets it for the whole process."""
    code = (
        "import sys; limit = sys.getrecursionlimit()\n"
        "import datetime as dt\n"
        "from release_review.cel import Scope, Subject, admit, open_engine\n"
        "expression = admit('true && (today == as_of)', Scope(), where=str)\n"
        "assert sys.getrecursionlimit() == limit\n"
        "day = dt.date(2026, 1, 1)\n"
        "for engine in ('reference', 'compiled'):\n"
        "    session = open_engine(engine).open(Subject(manifest={}, as_of=day, today=day), iterations=100)\n"
        "    assert sys.getrecursionlimit() == limit\n"
        "    session.decide(expression)\n"
        "    assert sys.getrecursionlimit() == limit\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "text", ["manifest.weights.license == 'x'", "1 / size(manifest.evidence) > 0", "[0].all(x, x == 1)"]
)
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_no_value_of_a_manifest_reaches_a_log(text: str, engine: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with contextlib.suppress(EvaluationError):
        ask(text, engine=engine)
    assert "malice" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("celpy")]


def test_the_compiled_runner_of_cel_python_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def poison(*_arguments: Any, **_named: Any) -> None:
        raise AssertionError("cel-python compiles")

    monkeypatch.setattr(celpy.CompiledRunner, "__init__", poison)
    monkeypatch.setattr(celpy.CompiledRunner, "evaluate", poison)
    monkeypatch.setattr(celpy.evaluation.Transpiler, "__init__", poison)
    assert ask("manifest.access.exists(c, c.kind == 'api') && size('abc') == 3", engine="reference") is Decision.TRUE
