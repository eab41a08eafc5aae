"""The columns of Epoch's table that are read, and the ids of the sources that a manifest cites for them."""

from __future__ import annotations

NAMES = ("System", "Model")
"""The column with the name of the model: until 2024, and since."""

ORGANISATION = "Organization"
PUBLISHED = "Publication date"
REFERENCE = "Reference"
LINK = "Link"
MODIFIED = "Last modified"
DOMAIN = "Domain"
BASE = "Base model"
BASE_COMPUTE = "Base model compute"
PARAMETERS = "Parameters"
PARAMETERS_NOTES = "Parameters notes"
COMPUTE = "Training compute (FLOP)"
COMPUTE_NOTES = "Training compute notes"
CONFIDENCE = "Confidence"
ACCESSIBILITY = "Model accessibility"
ACCESSIBILITY_NOTES = "Accessibility notes"
TRAINING_CODE = "Training code accessibility"
INFERENCE_CODE = "Inference code accessibility"
DATASET = "Dataset accessibility"

USED = (
    ORGANISATION, PUBLISHED, REFERENCE, LINK, MODIFIED, DOMAIN, BASE, BASE_COMPUTE, PARAMETERS, PARAMETERS_NOTES,
    COMPUTE, COMPUTE_NOTES, CONFIDENCE, ACCESSIBILITY, ACCESSIBILITY_NOTES, TRAINING_CODE, INFERENCE_CODE, DATASET,
)  # fmt: skip
"""All of them but the name. Authors, abstract, country, hardware, cost and the rest are not read."""

SOURCE = "epoch"
"""Cited for what the row says."""

PUBLICATION = "epoch-publication"
"""Cited with it for what the row takes from the publication it names: its date."""
