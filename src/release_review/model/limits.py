"""Bounds on everything that comes from outside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on everything that comes from outside; a trusted caller may raise them, a manifest never.

    Attributes:
        file_bytes: Size of a manifest, policy or waiver file, in bytes.
        depth: Nesting of tables and lists.
        key_parts: Parts of one dotted TOML key or header.
        nodes: Values in one document, containers included.
        items: Items of one list of a manifest: a rule may be carried out for each, and each finding is told in full.
        string_characters: Length of one string, in code points.
        evidence_bytes: Size of one file of evidence, in bytes; it is hashed as a stream.
        expression_characters: Length of one CEL expression, in code points.
        expression_tokens: Words and signs of one CEL expression; the time of its parser grows with their number.
        expression_depth: Nesting of one CEL expression, in levels.
        comprehensions: Comprehensions nested in each other.
        iterations: Steps of all evaluations together, for one manifest: one for each part of the body of a
            comprehension and each item it looks at, and one for each 16 characters of a text that is gone through.
        reading_growth: Nodes of one reading, as a multiple of the nodes of its expression.

    The values leave room for every release that was seen, and end what no release needs before it costs a second or
    a gigabyte. What a plugin may give is bounded where it is taken.
    """

    file_bytes: int = 1 << 20
    depth: int = 64
    key_parts: int = 32
    nodes: int = 100_000
    items: int = 5_000
    string_characters: int = 1 << 16
    evidence_bytes: int = 2 << 30
    expression_characters: int = 4_096
    expression_tokens: int = 1_500
    expression_depth: int = 24
    comprehensions: int = 2
    iterations: int = 1_000_000
    reading_growth: int = 16


LIMITS = Limits()
"""The limits of every run that does not bring its own."""


DEFAULT_ENGINE = "compiled"
"""The engine that evaluates conditions where none is named."""


LONGEST_WAIVER_DAYS = 180
"""The longest term of a waiver, in days, for a rule that does not set its own."""
