"""What the notes on the weights may add to their grade: a closed list of phrases, as the index writes them.

A phrase can say that the weights are out, that there is a gate, that they were out and were taken down, or that what is
out is something else than the weights of this model. That something was taken down is said of the weights only where
its sentence names them or the model, and nothing else that could be meant. None can say that weights are not to be had:
whoever writes "not shared" may have looked in the wrong place. A phrase that is negated, or only imagined, is not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Means(Enum):
    """What a phrase on the weights says."""

    TAKEN_DOWN = "they were out and were taken down"
    OUT = "they are there to be fetched"
    GATED = "whoever passes a gate gets them"
    ON_REQUEST = "they are given on request, and it is not said to whom"
    DELTA = "what is out is a difference to another model"
    VARIANT = "what is out is a variant of the model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase.

    Attributes:
        means: What it says.
        gate: The word for the gate, if it tells which; else empty.
        pattern: What it looks like, in small letters.
    """

    means: Means
    pattern: re.Pattern[str]
    gate: str = ""


def _phrase(means: Means, pattern: str, gate: str = "") -> Phrase:
    return Phrase(means=means, pattern=re.compile(rf"\b{pattern}\b"), gate=gate)


PHRASES: Sequence[Phrase] = (
    _phrase(Means.TAKEN_DOWN, "taken (?:down|offline)"),
    _phrase(Means.TAKEN_DOWN, "removed from (?:hugging ?face|github|modelscope|the hub)"),
    _phrase(Means.TAKEN_DOWN, "no longer (?:available|online|accessible)"),
    _phrase(Means.TAKEN_DOWN, "(?:empty folder|folder is (?:now )?empty)"),
    _phrase(Means.DELTA, "published through a diff"),
    _phrase(Means.DELTA, "(?:offered|published|released|available) (?:only )?as a (?:delta|diff)"),
    _phrase(Means.DELTA, "requires? a delta computation"),
    _phrase(Means.VARIANT, "smaller (?:model|variant|version)s?"),
    _phrase(Means.GATED, "(?:consent|constent) form", "form"),
    _phrase(Means.GATED, "(?:requires?|requiring) (?:contact|personal|user) information", "form"),
    _phrase(Means.GATED, "(?:requires?|requiring) signing .{1,160}? personal information", "form"),
    _phrase(Means.GATED, "(?:requires?|requiring) (?:accepting|signing) .{0,80}?(?:agreement|licen[cs]e|terms)"),
    _phrase(Means.GATED, "gated (?:access|model|on|repo|repository|through|via|weights)"),
    _phrase(Means.GATED, "(?:access|model|repo|repository|weights) (?:is|are) gated"),
    _phrase(Means.OUT, "weights are provided as a safetensors file"),
    _phrase(Means.ON_REQUEST, "(?:only )?(?:after|by|upon|on) request(?:ing access)?"),
)
"""The phrases; of several that a note has, the first of this list counts."""

_TURNED = re.compile(
    r"(?:\b(?:not|never|nor?|neither|without|un|non|will|would|may|might|could|should|if|unless|previous|older)\b"
    r"|n't\b)(?:\W+\w+){0,3}\W*$"
)
"""What stands at most three words before a phrase that does not say what it seems to."""


_WEIGHTS = re.compile(r"\b(?:weights?|checkpoints?|models?|parameters)\b")
_FOLDER = re.compile(r"\bfolder\b")
"""A folder that is empty is the one that is linked as the place of the weights."""

_SERVICES = r"apis?|apps?|chats?|data(?:sets?)?|demos?|endpoints?|playgrounds?|services?|spaces?"
_OTHERS = re.compile(rf"\b(?:{_SERVICES})\b")
"""What else may have a gate."""

_OTHERS_TO_TAKE_DOWN = re.compile(
    rf"\b(?:{_SERVICES}|blogs?|cards?|code|codebases?|documentation|pages?|papers?|preprints?|reports?"
    r"|(?:web ?)?sites?)\b"
)
"""What else may be taken down."""

_AROUND = 400
"""Characters of a sentence that are looked at on each side of a phrase."""


def phrase_in(notes: str) -> Phrase | None:
    """Give the phrase that counts of those in a note."""
    text = notes.casefold()
    return next((each for each in PHRASES if _says(each, text)), None)


def has_condition(notes: str) -> bool:
    """Tell whether a note says that not everybody gets the weights just so: by a gate, or on request."""
    text = notes.casefold()
    return any(each.means in (Means.GATED, Means.ON_REQUEST) and _says(each, text) for each in PHRASES)


def _says(phrase: Phrase, text: str) -> bool:
    return any(
        not _TURNED.search(_before(text, match.start(), 80)) and _is_of_weights(phrase, text, match)
        for match in phrase.pattern.finditer(text)
    )


def _is_of_weights(phrase: Phrase, text: str, match: re.Match[str]) -> bool:
    after = re.split(r"[.;!?]\s", text[match.end() : match.end() + _AROUND], maxsplit=1)[0]
    sentence = f"{_before(text, match.start(), _AROUND)}{match[0]}{after}"
    if phrase.means is not Means.TAKEN_DOWN:
        return not _OTHERS.search(sentence)
    named = _WEIGHTS.search(sentence) or _FOLDER.search(match[0])
    return named is not None and not _OTHERS_TO_TAKE_DOWN.search(sentence)


def _before(text: str, start: int, most: int) -> str:
    """Give what stands before a phrase in its sentence, as far as it can matter."""
    return re.split(r"[.;!?]\s", text[max(0, start - most) : start])[-1]
