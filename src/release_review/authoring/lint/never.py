"""What conditions come to whatever a manifest says, and whatever an organization sets the parameters to."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from release_review.authoring.invariants import of_item
from release_review.cel import Expression, Scope, admit
from release_review.cel.readings import Readings
from release_review.cel.satisfy import never
from release_review.cel.tree import AllOf, Formula
from release_review.errors import ExpressionError
from release_review.model import Param

MOST_SETTINGS = 16
"""Settings of parameters that a condition is looked at with, the one in force among them."""

_READ = re.compile(r"\bparams\s*\.\s*([a-z][a-z0-9_]*)")
_FAR_APART: dict[str, tuple[Any, Any]] = {
    "number": (0.0, 1e300),
    "integer": (0, 10**9),
    "date": (dt.date.min, dt.date.max),
}
"""What a parameter without bounds is set to, besides its own value."""


def params_read(*texts: str) -> frozenset[str]:
    """Give the names of the parameters that conditions read."""
    return frozenset(name for text in texts for name in _READ.findall(text))


def never_whatever(
    expressions: Sequence[Expression], scope: Scope, build: Callable[[Sequence[Readings]], Formula]
) -> bool:
    """Tell whether what is built of the readings of conditions is surely true for no valid manifest.

    What is always so of the item that they are about is taken to be so: a leak never closes, for instance.

    A condition that reads parameters is looked at with others too, within their range: what never holds with the value
    in force may be what the parameter is there to switch on.
    """
    always = of_item(scope.this.at)
    if not never(AllOf((always, build([each.readings for each in expressions])))):
        return False
    return all(never(AllOf((always, build(readings)))) for readings in _with_others(expressions, scope))


def _with_others(expressions: Sequence[Expression], scope: Scope) -> Iterator[Sequence[Readings]]:
    read = sorted(params_read(*(each.text for each in expressions)) & set(scope.params))
    ways = itertools.product(*(_values(scope.params[name]) for name in read))
    for values in itertools.islice(ways, 1, MOST_SETTINGS):
        params = {name: replace(scope.params[name], value=value) for name, value in zip(read, values, strict=True)}
        other = replace(scope, params={**scope.params, **params})
        try:
            yield [admit(each.text, other, where=lambda _: "").readings for each in expressions]
        except ExpressionError:
            continue  # no policy with such a value loads


def _values(param: Param) -> list[Any]:
    """Give the value in force, and others that are allowed."""
    if param.type == "boolean":
        return [param.value, not param.value]
    least, most = _FAR_APART.get(param.type, (None, None))
    bounds = (
        param.minimum if param.minimum is not None else least,
        param.maximum if param.maximum is not None else most,
    )
    return list(dict.fromkeys((param.value, *(each for each in bounds if each is not None))))
