"""Which components are released, and the use policy, as far as a part of the card with a form says so."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from release_review_huggingface.facts import (
    CARD,
    INFO,
    Fact,
    denial_in,
    denied,
    quoted,
    stated,
    unknown,
    without_empty,
)
from release_review_huggingface.subject import Subject

DENIABLE: Mapping[str, Sequence[str]] = {
    "datasets": ("training data", "training dataset", "training and evaluation data"),
    "evaluation_data": ("testing data", "evaluation data", "training and evaluation data"),
    "evaluation_results": ("results", "evaluation results", "evaluation"),
    "research_paper": ("paper",),
    "model_metadata": ("training hyperparameters",),
}
"""Components, and the headings and points of the Hub's template under which a card says that there is nothing."""

OUT_OF_SCOPE = ("out of scope use", "out of scope uses")
"""Headings under which a card names uses that it does not want."""


def components_table(subject: Subject) -> dict[str, Fact]:
    """Give what is said of components."""
    found = {"datasets": _datasets(subject), "evaluation_results": _results(subject), "model_card": _card(subject)}
    if subject.card is not None:
        for name, labels in DENIABLE.items():
            said = denial_in(subject.card, *labels)
            if said is not None and not found.get(name):
                found[name] = denied(said)
    return without_empty(found)


def use_policy_table(subject: Subject) -> dict[str, Fact]:
    """Give what is said of the use policy: a wish in a card is none, and a denial leaves it unknown."""
    said = None if subject.card is None else denial_in(subject.card, *OUT_OF_SCOPE)
    return {} if said is None else {"prohibited_uses": denied(said)}


def _card(subject: Subject) -> Fact | None:
    if subject.card is None:
        return None
    if subject.info is not None and subject.info.get("private") is True:
        return unknown(INFO, "the repository is private, and so is its card")
    if subject.card.prose is None:
        return unknown(CARD, "the card says nothing of the model in words")
    text, line = subject.card.prose
    if subject.info is None and not subject.card.has_front:
        return unknown(CARD, f"line {line}: {quoted(text)}; without front matter nothing says that it is a model card")
    return stated("yes", CARD, f"line {line}: {quoted(text)}")


def _datasets(subject: Subject) -> Fact | None:
    written = subject.front.data.get("datasets")
    names = [each for each in (written if isinstance(written, list) else [written]) if isinstance(each, str)]
    if not any(each.strip() for each in names):
        return None
    note = f"{subject.front.at('datasets')} names {quoted(', '.join(names))}, not whether they are all and released"
    return unknown(subject.front.source, note)


def _results(subject: Subject) -> Fact | None:
    index = subject.front.data.get("model-index")
    if not isinstance(index, list):
        return None
    results = [each for model in index for each in _items(model, "results")]
    numbers = sum(_is_number(metric) for result in results for metric in _items(result, "metrics"))
    if numbers:
        counted = f"{numbers:,} {'metric' if numbers == 1 else 'metrics'}"
        return stated("yes", subject.front.source, f"{subject.front.at('model-index')} has {counted} with a number")
    return unknown(subject.front.source, f"{subject.front.at('model-index')} has no metric with a number")


def _items(table: Any, key: str) -> list[Any]:
    items = table.get(key) if isinstance(table, dict) else None
    return items if isinstance(items, list) else []


def _is_number(metric: Any) -> bool:
    value = metric.get("value") if isinstance(metric, dict) else None
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
