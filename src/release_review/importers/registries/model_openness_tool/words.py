"""What the licence of a component says about the component, for the registry has no other field for that."""

from __future__ import annotations

from release_review.denial import denies

SOURCE = "model-openness-tool"
"""The id of the source that manifests cite."""

UNRELIABLE = (
    "the Model Openness Tool is known to be wrong on weights for many models (its issue 80), and says of none who can "
    "get them"
)
"""Why no property follows from what an entry says of weights."""

UNLICENSED = "unlicensed"
"""What the registry writes where a component is included and has no licence."""

_LEFT_OUT = frozenset({
    "component component not included", "component not include", "component not included",
    "component not included but listed sources",
})  # fmt: skip
"""The spellings of one option of the form of the registry, in small letters."""

_PRIVATE = frozenset({"proprietary", "proprietary license", "proprietary licence", "closed", "closed source"})
_NO_NAMES = frozenset({"other", "other license", "other licence", "custom", "custom license", "see license"})


def is_left_out(licence: str) -> bool:
    """Tell whether it says that the component is not included, and nothing else."""
    return _plain(licence) in _LEFT_OUT


def may_be_left_out(licence: str) -> bool:
    """Tell whether it says so among other things: of something else, perhaps, or of a part."""
    return "not include" in _plain(licence) and not is_left_out(licence)


def is_private(licence: str) -> bool:
    """Tell whether it says that the component exists, and not that anybody can get it."""
    return _plain(licence) in _PRIVATE


def is_unlicensed(licence: str) -> bool:
    """Tell whether it says that the component is included without a licence."""
    return _plain(licence) == UNLICENSED


def names_a_licence(licence: str) -> bool:
    """Tell whether it names a licence: not an address, and not merely that there is one."""
    said = _plain(licence)
    is_name = bool(said) and said not in _NO_NAMES and "://" not in said
    return is_name and not may_be_left_out(licence) and not denies(licence)


def _plain(licence: str) -> str:
    return " ".join(licence.casefold().split()).strip(" .")
