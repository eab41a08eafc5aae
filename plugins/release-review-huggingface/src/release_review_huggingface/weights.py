"""The number of parameters, from what the Hub counts in safetensors files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review_huggingface.facts import INFO, Fact, stated, unknown
from release_review_huggingface.info import WHOLE, Info
from release_review_huggingface.subject import Subject


def parameters_total(subject: Subject) -> Fact | None:
    """Give the number of parameters, or why the count of the Hub is none."""
    if subject.info is None:
        return None
    counted = subject.info.get("safetensors")
    total = counted.get("total") if isinstance(counted, dict) else None
    if type(total) is not int or total <= 0 or not isinstance(counted, dict):
        return None
    types = counted.get("parameters")
    if not isinstance(types, dict) or not types:
        return unknown(INFO, f"safetensors has {total:,} elements of types that are not stated")
    if packed := sorted(str(each) for each in types if each not in WHOLE):
        return unknown(
            INFO, f"safetensors has {total:,} elements, some of {packed[0][:20]}, which may hold several each"
        )
    if _is_adapter(subject, subject.info):
        return unknown(INFO, f"safetensors has {total:,} parameters, and they are those of an adapter alone")
    counts = [count for count in types.values() if type(count) is int]
    if len(counts) < len(types) or sum(counts) != total:
        return unknown(INFO, f"safetensors has {total:,} elements in all, and these by type: {_said(types) or 'none'}")
    return stated(total, INFO, f"counted in safetensors files: {_said(types)}")


def _is_adapter(subject: Subject, info: Info) -> bool:
    names = {path.rpartition("/")[2] for path, _, _ in info.files}
    fronts = [info.data, *(front.data for front in subject.fronts)]
    relations = {str(each.get("base_model_relation")).casefold() for each in fronts}
    libraries = {str(each.get("library_name")).casefold() for each in fronts}
    tagged = any(tag.startswith("base_model:adapter:") for tag in info.tags)
    return "adapter_config.json" in names or "adapter" in relations or "peft" in libraries or tagged


def _said(types: Mapping[str, Any]) -> str:
    return ", ".join(f"{each} {count:,}" for each, count in sorted(types.items()) if type(count) is int)
