"""The name and the version of this plugin; a test holds them against the metadata."""

from __future__ import annotations

NAME = "cyclonedx"
"""What the entry point is called, and the reporter."""

__version__ = "1.0.0"
