"""What the compiled engine watches at run time, and what it never does."""

from __future__ import annotations

import datetime as dt

import pytest

from release_review.authoring.cases import document_of
from release_review.cel import Decision, Expression, Question, Scope, Subject, admit, open_engine, type_at
from release_review.cel import compile as compile_module
from release_review.cel.compile import Compiled, compile_formula
from release_review.cel.render import render
from release_review.cel.tree import AllOf, AnyOf, Choice, Constant, Not, Same, Truth
from release_review.cel.types import STRING
from release_review.errors import EvaluationError
from release_review.model import Param
from release_review.validate import validate

TODAY = dt.date(2026, 1, 1)
DATA = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one", "date": "9999-12-31"},
    "weights": {"license": "__import__('os').abort()"},
    "access": [{"id": f"c{number}", "kind": "api"} for number in range(10)],
}
MANIFEST = validate(document_of(DATA), as_of=TODAY, today=TODAY).data
SUBJECT = Subject(manifest=MANIFEST, as_of=TODAY, today=TODAY)


def admitted(text: str, **params: int) -> Expression:
    scope = Scope(params={name: Param(type="integer", value=value) for name, value in params.items()})
    return admit(text, scope, where=lambda at: f"rule.toml:1:{at + 1}")


def test_what_is_compiled_once_serves_every_manifest() -> None:
    engine, expression = Compiled(), admitted("size(manifest.access) == 10")
    assert engine.compile(expression) is engine.compile(expression)
    assert engine.compile(expression).surely is engine.compile(expression).surely
    assert engine.open(SUBJECT, iterations=10).decide(expression) is Decision.TRUE


def test_expressions_that_mean_the_same_share_their_code() -> None:
    engine = Compiled()
    one, same = (admitted("params.n < size(manifest.access)", n=1) for _ in range(2))
    other = admitted("params.n < size(manifest.access)", n=11)
    assert engine.compile(one) is engine.compile(same)
    assert engine.compile(other) is not engine.compile(one)
    session = engine.open(SUBJECT, iterations=10)
    assert [session.decide(each) for each in (one, same, other)] == [Decision.TRUE, Decision.TRUE, Decision.FALSE]


def test_comprehensions_draw_on_one_budget_for_all_expressions() -> None:
    session = open_engine("compiled").open(SUBJECT, iterations=150)
    assert session.decide(admitted("manifest.access.exists(c, c.kind == 'app')")) is Decision.FALSE
    with pytest.raises(EvaluationError, match="it takes too many iterations; shorten the lists of the manifest"):
        session.decide(admitted("manifest.access.exists(c, c.kind == 'leak')"))


def test_an_engine_keeps_the_code_of_so_many_expressions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_module, "MOST_KEPT", 5)
    engine = Compiled()
    session = engine.open(SUBJECT, iterations=1 << 20)
    for number in range(200):
        # Each is gone before the next one is made, and may have had its place in memory.
        answer = session.decide(admitted(f"size(manifest.access) == {number}"))
        assert answer is (Decision.TRUE if number == 10 else Decision.FALSE)
        assert len(engine.compiled) <= 5


def test_what_is_not_about_the_item_is_decided_once_for_all_items() -> None:
    session = open_engine("compiled").open(SUBJECT, iterations=150)
    general = admitted("manifest.access.exists(c, c.kind == 'app')")
    about = admit("this.id == 'c1'", Scope(this=type_at("/access/*")), where=str)
    for number in range(10):
        assert session.decide(general, this=f"/access/{number}") is Decision.FALSE
        assert (session.decide(about, this=f"/access/{number}") is Decision.TRUE) == (number == 1)


def test_what_rests_on_a_level_is_decided_anew_once_the_level_is_known() -> None:
    questions = {"p/q": Question(scale=("full", "unknown", "none"), over="/access/*")}
    session = open_engine("compiled").open(SUBJECT, iterations=1)
    expression = admit("assessments['p/q'].level == 'full'", Scope(assessments=questions), where=str)
    for level, decision in (("full", Decision.TRUE), ("unknown", Decision.UNDECIDED), ("none", Decision.FALSE)):
        session.know({"p/q": {"level": level, "items": {}}})
        assert session.decide(expression) is decision


@pytest.mark.parametrize(
    "text",
    [
        "manifest.release.date + duration('48h') > today",
        "manifest.release.date > today - duration('87600000h')",
        "9223372036854775807 * size(manifest.access) > 0",
        "-(0 - 9223372036854775807 - 1) > 0",
        "size(manifest.access) / size(manifest.threat) > 0",
        "double(size(manifest.access)) / size(manifest.threat) > 0",
        "1e308 * size(manifest.access) > 0",
        "int(1e300 * size(manifest.threat) + 1e300) > 0",
    ],
)
def test_what_has_no_result_is_an_error(text: str) -> None:
    with pytest.raises(EvaluationError, match=r"^rule[.]toml:1:1: .+; guard the operation$"):
        open_engine("compiled").open(SUBJECT, iterations=150).decide(admitted(text))


def test_no_text_is_ever_read_as_code() -> None:
    hostile = "\"__import__('os').abort()\""
    session = open_engine("compiled").open(SUBJECT, iterations=150)
    assert session.decide(admitted(f"manifest.weights.license == {hostile}")) is Decision.TRUE


def test_a_manifest_that_is_not_normalised_is_an_error_and_no_answer() -> None:
    broken = Subject(manifest={}, as_of=TODAY, today=TODAY)
    with pytest.raises(EvaluationError, match="the engine broke: KeyError; this is a fault of ours; report it"):
        open_engine("compiled").open(broken, iterations=1).decide(admitted("size(manifest.access) == 0"))


def test_a_chain_of_a_thousand_terms_is_flat() -> None:
    chain = AllOf(tuple(Truth(value=True) for _ in range(1000)))
    assert compile_formula(chain)(*[None] * 6)
    assert not compile_formula(AnyOf((Not(chain), AnyOf(()))))(*[None] * 6)


def test_a_conditional_and_an_equality_can_be_written_plainly() -> None:
    chosen = Choice(Truth(value=False), Truth(value=False), Same(Truth(value=True), AllOf(())))
    assert compile_formula(chosen)(*[None] * 6)
    assert render(chosen) == "(false) ? (false) : ((true) == (true))"
    assert Constant("x", STRING).value == "x"
