"""The European Open Source AI Index: a folder of YAML files, one for each system.

Each file grades twelve criteria `open`, `partial` or `closed`, with a link and a note. A grade mixes two things, what
can be had and whether its licence is an open one, so only `open` states a fact. The notes are prose: a short list of
phrases is looked for in those on the weights, none of which can turn a property off.

Source: https://osai-index.eu/
"""

from __future__ import annotations

from release_review.importers.registries.osai.source import read

__all__ = ["read"]
