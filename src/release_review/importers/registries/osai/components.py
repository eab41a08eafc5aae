"""Which components are released: the criteria that ask the same as a component of the Model Openness Framework.

Source: https://osai-index.eu/ for what each criterion asks, White et al. (2024), arXiv:2403.13784, for the components.
"""

from __future__ import annotations

from collections.abc import Mapping

from release_review.claims import Claim, quoted, unknown, without_empty
from release_review.importers.registries.osai.record import OSAI, Criterion, Record

COMPONENTS: Mapping[str, str] = {
    "training_code": "trainingcode",
    "model_card": "modelcard",
    "data_card": "datasheet",
    "research_paper": "paper",
}
"""Components, and the criterion that asks the same; the weights have a module of their own."""

DATA = ("datasources_basemodel", "datasources_endmodel")
"""The criteria on the data of both trainings. Neither class says that all data can be had."""


def components_table(record: Record, released: Claim | None) -> dict[str, Claim]:
    """Give what is said of components.

    Args:
        record: The file.
        released: Whether the final weights are.
    """
    found = {name: _graded(record.criteria[criterion]) for name, criterion in COMPONENTS.items()}
    return without_empty({"model_parameters_final": released, "datasets": _datasets(record), **found})


def _graded(criterion: Criterion) -> Claim | None:
    # `closed` is also what a blank form says, and what is there under a licence that is not open.
    if not criterion.grade:
        return None
    return criterion.claim("yes" if criterion.grade == "open" else "unknown")


def _datasets(record: Record) -> Claim | None:
    grades = [record.criteria[name].grade for name in DATA]
    if not any(grades):
        return None
    base, end = (quoted(grade) if grade else "none" for grade in grades)
    note = f"the class is {base} for the data of the base model and {end} for those of the end model"
    if "open" in grades:
        note += "; the index also calls data open that a paper only names"
    ids = [each for name in DATA for each in record.criteria[name].ids]
    return {**unknown(OSAI, note), "source": [OSAI, *ids]}
