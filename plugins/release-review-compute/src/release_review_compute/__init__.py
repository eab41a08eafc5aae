"""A plugin for release-review: one policy with one rule in Python, for what CEL says badly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.hooks import hookimpl
from release_review.model import Case, Finding, Outcome, Param, Policy, Reference, Rule, RuleContext, Severity
from release_review_compute.estimate import estimate_training_compute

COMPUTE = "/weights/training_compute_flop"
PARAMETERS = "/weights/parameters_active"
TOKENS = "/extensions/compute/training_tokens"

FACTOR = 3.0
"""How far declared and estimated compute may lie apart, as a ratio.

The estimate leaves out attention, embeddings and whatever came after pre-training; a slip of a unit,
such as PFLOP for TFLOP or days for hours, is larger than this.
"""


def check_compute_is_plausible(context: RuleContext) -> Iterator[Finding]:
    """Compare the declared training compute with an estimate."""
    declared = context.manifest["weights"]["training_compute_flop"]
    parameters = context.manifest["weights"]["parameters_active"]
    tokens = context.manifest["extensions"].get("compute", {}).get("training_tokens")
    for value, pointer in ((parameters, PARAMETERS), (tokens, TOKENS)):
        if not _is_count(value):
            message = f"Compute is declared, and {pointer} states no positive number to compare it with."
            yield Finding(message=message, pointer=COMPUTE, outcome=Outcome.UNKNOWN)
            return
    expected = estimate_training_compute(parameters=parameters, tokens=tokens)
    factor = context.params["factor"]
    if not expected / factor <= declared <= expected * factor:
        yield Finding(
            message=f"Declared compute is {declared:.1e} FLOP, and the estimate is {expected:.1e} FLOP.",
            pointer=COMPUTE,
            reads=(PARAMETERS, TOKENS),
        )


def _is_count(value: Any) -> bool:
    # An extension is free space: anything may stand there.
    return type(value) in (int, float) and math.isfinite(value) and value > 0


BASE: Mapping[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "example/small"},
    "weights": {"parameters_active": 1e9, "training_compute_flop": 6e21},
    "extensions": {"compute": {"training_tokens": 1e12}},
}
"""The manifest that the cases start from: a billion parameters, a trillion tokens, and exactly the estimate."""

COMPUTE_IS_PLAUSIBLE = Rule(
    id="compute-is-plausible",
    summary="Declared training compute agrees with model size and data.",
    severity=Severity.WARNING,
    when="has(manifest.weights.training_compute_flop)",
    check=check_compute_is_plausible,
    rationale="Thresholds are set in FLOP, and the number is often copied, converted and rounded on its way.",
    remediation="Correct whichever of compute, active parameters and training tokens is wrong, and cite its source.",
    references=(
        Reference(title="Kaplan et al. 2020, section 2.1", url="https://arxiv.org/abs/2001.08361"),
        Reference(
            title="Regulation (EU) 2024/1689 (AI Act), Article 51(2)",
            url="https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
        ),
    ),
    params={
        "factor": Param(
            type="number",
            value=FACTOR,
            minimum=1.0,
            maximum=100.0,
            description="How far declared and estimated compute may lie apart, as a ratio.",
        )
    },
    cases=(
        Case(name="just within the factor", expect="pass", set={COMPUTE: 1.79e22}),
        Case(name="just beyond the factor", expect="fail", set={COMPUTE: 1.81e22}),
        Case(name="a thousand times too little", expect="fail", set={COMPUTE: 6e18}),
        Case(name="no tokens are stated", expect="unknown", remove=(TOKENS,)),
        Case(name="the tokens are a text", expect="unknown", set={TOKENS: "1T"}),
        Case(name="no compute is declared", expect="not-applicable", remove=(COMPUTE,)),
    ),
)


@hookimpl
def release_review_policies() -> Iterator[Policy]:
    """Give the policy `compute`."""
    yield Policy(
        id="compute",
        title="Training compute",
        version="1.0.0",
        description="Declared training compute agrees with model size and data.",
        rules=(COMPUTE_IS_PLAUSIBLE,),
        base=BASE,
    )
