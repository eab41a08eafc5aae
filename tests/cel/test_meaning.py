"""What admitted expressions come to: a table that every engine has to agree with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from release_review.authoring.cases import document_of
from release_review.cel import ENGINES, Decision, Scope, Subject, admit, open_engine, type_at
from release_review.errors import EvaluationError, UsageError
from release_review.model import Param
from release_review.validate import validate

TODAY = dt.date(2026, 1, 1)
SAID = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one", "date": "2025-08-05", "modalities": ["text", "image"]},
    "weights": {"license": "Apache-2.0", "parameters_total": 117e9, "training_compute_flop": 2.5, "derivatives": "yes"},
    "access": [
        {"id": "hub", "kind": "weights", "audience": "public", "from": "2025-08-05"},
        {"id": "api", "kind": "api", "audience": "vetted", "from": "2025-09-01", "until": "2025-10-01"},
        {"id": "app", "kind": "app", "audience": "public", "from": "2026-02-01"},
    ],
    "evidence": [{"id": "paper", "kind": "literature", "citation": "https://example.org/paper", "date": "2025-01-31"}],
    "threat": [
        {
            "id": "bio",
            "vector": "biosecurity",
            "title": "a title",
            "actors": ["one", "two"],
            "assessed_on": "2025-08-05",
            "review_by": "2026-08-05",
            "existing_risk": {"examples": {"value": "yes", "evidence": ["paper"]}, "scale": "no"},
            "existing_defenses": {"layers": ["technical", "legal"]},
        }
    ],
}
PARAMS = {
    "least": Param(type="integer", value=2),
    "most": Param(type="number", value=2.5),
    "kinds": Param(type="strings", value=("weights", "api")),
    "kind": Param(type="string", value="weights"),
    "strict": Param(type="boolean", value=True),
    "day": Param(type="date", value=dt.date(2025, 8, 5)),
}
SCOPE = Scope(this=type_at("/threat/*"), params=PARAMS)


def decide(text: str, scope: Scope = SCOPE, said: Mapping[str, Any] = SAID, *, engine: str = "reference") -> Decision:
    manifest = validate(document_of(said), as_of=TODAY, today=TODAY)
    session = open_engine(engine).open(Subject(manifest=manifest.data, as_of=TODAY, today=TODAY), iterations=10_000)
    return session.decide(admit(text, scope, where=lambda at: f"rule.toml:1:{at + 1}"), this="/threat/0")


TRUE = """
manifest.weights.parameters_total == 117e9
manifest.weights.parameters_total > 5
5 < manifest.weights.parameters_total
size(manifest.access) == 3
size(manifest.access) > 2.5
3 <= size(manifest.access)
manifest.access.size() == 3
size(this.title) == 7
size([1, 2]) == 2
1 + 2 * 3 == 7
7 / 2 == 3
7 / 2.0 == 3.5
-3 + 5 == 2
-manifest.weights.training_compute_flop < 0
-size(manifest.access) == -3
1.5 + 1 == 2.5
manifest.weights.training_compute_flop * 2 - 1 == 4
int(manifest.weights.training_compute_flop) == 2
double(size(manifest.access)) == 3.0
int(3) == 3
string(size(manifest.access)) == "3"
string(this.title) == "a title"
string(manifest.release.date) == "2025-08-05T00:00:00Z"
this.title + "!" == "a title!"
this.title.startsWith("a ") && this.title.endsWith("title") && this.title.contains("tit")
this.title.matches("^a t[a-z]+$")
!this.title.matches("^A")
manifest.weights.license == 'Apache-2.0'
manifest.weights.license in ["MIT", "Apache-2.0"]
manifest.weights.license in ["MIT", null] || has(manifest.weights.license)
manifest.weights.license != null
manifest.weights.minimum_hardware == null
this.title == "a\\u0020title"
this.title != "a\\ttitle\\n"
manifest.weights.parameters_total in [1, 117000000000]
size(manifest.access) in [2, 3]
this.vector in ["biosecurity", "other"]
this.vector == this.vector
"technical" in this.existing_defenses.layers
"one" in this.actors
"api" in manifest.access.map(c, c.kind)
"public" in manifest.access.filter(c, c.kind == "app").map(c, c.audience)
params.kind == "weights"
size(manifest.access) > params.least && params.most == manifest.weights.training_compute_flop
params.strict
params.strict == true
!(params.strict == false)
params.day == manifest.release.date
manifest.access.exists(c, c.kind == params.kind)
manifest.access.exists(c, c.kind in params.kinds)
params.kinds.exists(k, k == "api")
params.kinds.all(k, k != "app")
size(params.kinds) == 2
"api" in params.kinds
["weights", "api"].exists(k, manifest.access.exists(c, c.id == k))
[manifest.weights.derivatives, this.existing_risk.examples].all(f, f == "yes")
[manifest.weights.derivatives, this.existing_risk.scale].exists(f, f == "no")
this.existing_risk.scale in [manifest.weights.derivatives, this.existing_risk.scale]
manifest.access.exists_one(c, c.kind == "api")
manifest.access.filter(c, c.audience == "public").exists_one(c, c.kind == "app")
size(manifest.access) > 0 && manifest.access.all(c, c.kind != "leak")
size(manifest.access.filter(c, c.kind == "api")) == 1
1 == size(manifest.access.filter(c, c.kind == "api"))
size(manifest.access.filter(c, c.id != "x")) + 1 == 4
size(manifest.access.filter(c, c.kind == "api").filter(c, c.audience == "vetted")) != 2
size(manifest.access.filter(c, c.kind == "api")) < (params.strict ? 2 : 0)
size(manifest.access.map(c, c.kind)) == 3
manifest.access.exists(c, c.opened == "no")
manifest.access.exists(c, c.closed == "yes" && c.id == "api")
this.existing_risk.evidence_of.examples.exists(e, e.status == "cited" && e.date < today)
size(this.existing_risk.evidence_of.scale) == 0
manifest.evidence.exists(e, e.kind == "literature")
as_of == today
today == timestamp("2026-01-01T00:00:00Z")
today > timestamp("2025-12-31T23:00:00+02:00")
manifest.release.date + duration("24h") == timestamp("2025-08-06T00:00:00Z")
duration("24h") + manifest.release.date > manifest.release.date
today - manifest.release.date > duration("720h")
this.review_by - duration("1h30m") < this.review_by
duration("-1h") < duration("90s")
duration("1h") - duration("30m") == duration("1800s")
manifest.release.date.getFullYear() == 2025
manifest.release.date.getMonth() == 7
manifest.release.date.getDayOfMonth() == 4
manifest.release.date.getDate() == 5
manifest.release.date.getDayOfYear() == 216
manifest.release.date.getDayOfWeek() == 2
today.getHours() + today.getMinutes() + today.getSeconds() + today.getMilliseconds() == 0
duration("90m").getHours() == 1
(this.vector == "other" ? "no" : "yes") == manifest.weights.derivatives
(this.vector == "other" ? 1 : 2.5) > 2
(this.vector == "biosecurity" ? manifest.weights.license : "x") == "Apache-2.0"
size(manifest.access) > (this.vector == "other" ? 5 : 1) + 1
this.vector == "biosecurity" ? true : false
(this.vector == "other") == (this.title == "b")
(this.vector == "other") != (this.title == "a title")
this.vector == "other" || this.id == "bio"
true && !false
manifest.release.modalities.exists(m, m == "image")
0x10 == 16
1e3 == 1000
"it's" != 'it"s'
r"\\d" != "d"
""".strip().split("\n")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", TRUE)
def test_an_expression_comes_to_true_and_its_negation_to_false(text: str, engine: str) -> None:
    assert decide(text, engine=engine) is Decision.TRUE
    assert decide(f"!({text})", engine=engine) is Decision.FALSE


@pytest.mark.parametrize(
    "text", ["1 / size(manifest.threat.filter(t, t.id == 'x')) > 0", "9223372036854775807 + size(this.actors) > 0"]
)
def test_arithmetic_that_has_no_result_is_an_error(text: str) -> None:
    with pytest.raises(EvaluationError, match=r"^rule[.]toml:1:1: .*; guard the operation$"):
        decide(text)


def test_an_empty_list_fails_where_the_rule_says_so() -> None:
    text = "manifest.benefit.all(b, b.kind == 'science')"
    assert decide(text, Scope(empty="pass")) is Decision.TRUE
    assert decide(text, Scope(empty="fail")) is Decision.FALSE
    filtered = "manifest.access.filter(c, c.kind == 'leak').all(c, c.id == 'x')"
    assert decide(filtered, Scope(empty="pass")) is Decision.TRUE
    assert decide(filtered, Scope(empty="fail")) is Decision.FALSE
    decided = "manifest.access.filter(c, c.id == 'x').all(c, c.id == 'x')"
    assert decide(decided, Scope(empty="fail")) is Decision.FALSE


def test_there_is_no_other_engine() -> None:
    with pytest.raises(UsageError, match="there is no engine 'fast'; use one of: compiled, reference"):
        open_engine("fast")
