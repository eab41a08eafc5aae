"""How much computation it takes to train a model."""

from __future__ import annotations

FLOP_PER_PARAMETER_TOKEN = 6
"""Training cost of a dense transformer, in FLOP per parameter and token: two forward, four backward.

Source: Kaplan et al. (2020), arXiv:2001.08361, section 2.1.
"""


def estimate_training_compute(*, parameters: float, tokens: float) -> float:
    """Estimate the compute of one training run, in FLOP.

    Args:
        parameters: Parameters used per token, embeddings excluded (a count).
        tokens: Tokens seen in training, over all epochs (a count).

    Raises:
        ValueError: A count is zero or negative.
    """
    if parameters <= 0 or tokens <= 0:
        raise ValueError(f"counts must be positive, got {parameters=} and {tokens=}")
    return FLOP_PER_PARAMETER_TOKEN * parameters * tokens
