"""Generated expressions that load, and manifests to read them against."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from release_review.authoring.cases import document_of
from release_review.validate import validate

TODAY = dt.date(2026, 1, 1)

KINDS = ("weights", "leak", "api", "app", "customer-hosted")
AUDIENCES = ("public", "vetted", "internal")
FACTS = ("yes", "no", "not-applicable")
LICENSES = ("Apache-2.0", "LicenseRef-x")
NUMBERS = (1.0, 1e11, 1e25)
DATES = ("2024-01-01", "2026-06-01")
LAYERS = ("technical", "legal")

COMPLETIONS: Mapping[str, tuple[Any, ...]] = {
    "kind": KINDS,
    "audience": AUDIENCES,
    "revocable": FACTS,
    "derivatives": FACTS,
    "license": LICENSES,
    "parameters_total": NUMBERS,
    "date": DATES,
}
"""Values that a fact may turn out to have, by the name of its field."""


def manifest_data(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a manifest in which any fact may be left unsaid."""

    def fact(name: str) -> Any:
        return draw(st.sampled_from((*COMPLETIONS[name], None)))

    channels = [
        _stated(
            {
                "id": f"c{index}",
                "kind": fact("kind") or "unknown",
                "audience": fact("audience"),
                "revocable": fact("revocable"),
            }
        )
        for index in range(draw(st.integers(0, 2)))
    ]
    return {
        "schema": "release-manifest/1",
        "release": _stated({"id": "acme/one", "date": fact("date")}),
        "weights": _stated(
            {
                "license": fact("license"),
                "parameters_total": fact("parameters_total"),
                "derivatives": fact("derivatives"),
            }
        ),
        "access": channels,
    }


def _stated(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if value is not None}


def normalised(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the normalised manifest."""
    return validate(document_of(data), as_of=TODAY, today=TODAY).data


def completions(data: Mapping[str, Any], most: int) -> Iterator[Mapping[str, Any]]:
    """Give the normalised manifests that say in every possible way what this one leaves unsaid, `most` at the most."""
    holders = [(data["release"], "date"), (data["weights"], "license"), (data["weights"], "parameters_total")]
    holders += [(data["weights"], "derivatives")]
    holders += [(channel, name) for channel in data["access"] for name in ("kind", "audience", "revocable")]
    missing = [(holder, name) for holder, name in holders if holder.get(name, "unknown") == "unknown"]
    choices = itertools.product(*(COMPLETIONS[name] for _, name in missing))
    for values in itertools.islice(_spread(list(choices), most), most):
        before = [dict(holder) for holder, _ in missing]
        for (holder, name), value in zip(missing, values, strict=True):
            holder[name] = value
        yield normalised(data)
        for (holder, _), old in zip(missing, before, strict=True):
            holder.clear()
            holder.update(old)


def _spread(values: list[Any], most: int) -> Iterator[Any]:
    step = max(1, len(values) // most)
    return iter(values[::step])


def formulas(depth: int = 3, variable: str | None = None) -> st.SearchStrategy[str]:
    """Give expressions that load, about a manifest of `manifest_data`."""
    atoms = _atoms(variable)
    if depth == 0:
        return atoms
    inner = formulas(depth - 1, variable)
    joined = st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from(("&&", "||", "==", "!=")), inner)
    chosen = st.builds(lambda c, a, b: f"({c} ? {a} : {b})", inner, inner, inner)
    options = [atoms, st.builds(lambda a: f"!({a})", inner), joined, chosen]
    if variable is None:
        options.append(_comprehensions(formulas(depth - 1, "c")))
    return st.one_of(options)


def _atoms(variable: str | None) -> st.SearchStrategy[str]:
    words: list[tuple[str, tuple[str, ...]]] = [("manifest.weights.derivatives", FACTS)]
    if variable is not None:
        words += [(f"{variable}.kind", KINDS), (f"{variable}.audience", AUDIENCES), (f"{variable}.revocable", FACTS)]
    equal = st.sampled_from(("==", "!="))
    ordered = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
    word = st.sampled_from(words)
    options = [
        word.flatmap(lambda w: st.builds(lambda op, v: f'{w[0]} {op} "{v}"', equal, st.sampled_from(w[1]))),
        word.flatmap(
            lambda w: st.builds(
                lambda vs: f"{w[0]} in [{', '.join(_quoted(v) for v in vs)}]",
                st.lists(st.sampled_from(w[1]), min_size=1, max_size=3),
            )
        ),
        st.builds(lambda op, v: f'manifest.weights.license {op} "{v}"', equal, st.sampled_from(LICENSES)),
        st.builds(lambda v: f'manifest.weights.license.startsWith("{v}")', st.sampled_from(("Apache", "Lic"))),
        st.builds(
            lambda t, op, v: f"{t} {op} {v}",
            st.sampled_from(("manifest.weights.parameters_total", "manifest.weights.parameters_total * 2 + 1")),
            ordered,
            st.sampled_from(("1", "1e11", "3.0", "size(manifest.access)")),
        ),
        st.builds(
            lambda op, v: f"manifest.release.date {op} {v}",
            ordered,
            st.sampled_from(("today", "as_of - duration('24h')", "timestamp('2024-01-01T00:00:00Z')")),
        ),
        st.builds(
            lambda c, op: f'({c} ? manifest.weights.license : "Apache-2.0") {op} "Apache-2.0"',
            st.sampled_from(('manifest.weights.derivatives == "yes"', "manifest.weights.parameters_total > 5")),
            equal,
        ),
        st.sampled_from(("true", "false", "size(manifest.access) > 0")),
    ]
    return st.one_of(options).map(lambda text: f"({text})")


def _comprehensions(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    quantified = st.builds(
        lambda name, p: f"manifest.access.{name}(c, {p})", st.sampled_from(("exists", "exists_one")), body
    )
    every = st.builds(lambda p: f"(size(manifest.access) > 0 && manifest.access.all(c, {p}))", body)
    counted = st.builds(
        lambda p, op, n: f"size(manifest.access.filter(c, {p})) {op} {n}",
        body,
        st.sampled_from(("<", "<=", ">", ">=", "==", "!=")),
        st.integers(0, 2),
    )
    filtered = st.builds(lambda p, q: f"manifest.access.filter(c, {p}).exists(c, {q})", body, body)
    mapped = st.sampled_from(
        (
            'manifest.access.map(c, c.kind).exists(k, k == "api")',
            '("vetted" in manifest.access.map(c, c.audience))',
            'manifest.access.map(c, c.revocable).exists_one(r, r != "no")',
        )
    )
    return st.one_of(quantified, every, counted, filtered, mapped).map(lambda text: f"({text})")


def _quoted(text: str) -> str:
    return f'"{text}"'
