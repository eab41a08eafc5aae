"""The info of a repository, as `GET /api/models/ID` gives it, or `HfApi().model_info(ID)`, saved as JSON.

The two spell their keys differently (`createdAt`, `created_at`); either is read. What has another type than it should
counts as not said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release_review.errors import InputError
from release_review.escape import plain, shorten
from release_review.files import decode, read_file
from release_review.importers import json_
from release_review.importers.tree import find_faults
from release_review.model import Limits

CARD = "README.md"
"""How the card is called in a repository."""

FIRST_STORED = "2022-03-02T23:29:04"
"""The creation that the Hub gives for every repository that is older.

Source: https://huggingface.co/docs/huggingface_hub/package_reference/hf_api, `ModelInfo.created_at`
"""

WEIGHTS = re.compile(
    r"(?:.*/)?(?!(?:training_args|optimizer|scheduler|scaler|rng_state|random_states)[^/]*\Z)"
    r"[^/]+\.(?:safetensors|bin|gguf|ggml|pt|pth|ckpt|h5|keras|msgpack|onnx|tflite|nemo|pdparams|npz)",
    re.IGNORECASE,
)
"""Paths of files that hold weights; what only training needs is none of them."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_LONGEST_ID = 180
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_REVISION = re.compile(r"[0-9a-f]{40}")
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}:\d{2}.*", re.ASCII)
_LONGEST_PATH = 1024

WHOLE = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
"""Types of tensors that hold one parameter in each element; others may pack several into one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The saved info of one repository.

    Attributes:
        path: Where it lies, as the caller wrote it.
        id: The repository, `developer/name`, or `name` alone for an old one.
        data: All of it.
    """

    path: Path
    id: str
    data: Mapping[str, Any]

    def get(self, *names: str) -> Any:
        """Give what stands under the first of some names that is there; None if none is."""
        return next((self.data[name] for name in names if self.data.get(name) is not None), None)

    @property
    def revision(self) -> str:
        """The commit that the info describes, or nothing."""
        sha = self.get("sha")
        return sha if isinstance(sha, str) and _REVISION.fullmatch(sha) else ""

    @property
    def card_data(self) -> Mapping[str, Any]:
        """The front matter of the card, as the Hub has read it."""
        data = self.get("cardData", "card_data")
        return data if isinstance(data, dict) else {}

    @property
    def created(self) -> tuple[str, str]:
        """The day the repository was created, and what is wrong with it; one of the two is empty, or both are."""
        written = self.get("createdAt", "created_at")
        if written is None:
            return "", ""
        match = _INSTANT.fullmatch(written) if isinstance(written, str) else None
        if match is None or not _is_day(match[1]):
            return "", f"the creation {shorten(str(written))!r} is no instant"
        if written.replace(" ", "T").startswith(FIRST_STORED):
            return "", f"{match[1]} is what the Hub gives for every repository that is older"
        return match[1], ""

    @property
    def files(self) -> Iterator[tuple[str, str, str]]:
        """Each file: its path, the digest of its bytes if they lie in LFS, and the id of its blob; or nothing each."""
        siblings = self.get("siblings")
        for each in siblings if isinstance(siblings, list) else ():
            path = each.get("rfilename") if isinstance(each, dict) else None
            if not isinstance(path, str) or not _is_path(path):
                continue
            lfs = each.get("lfs")
            digests = [lfs.get("sha256"), lfs.get("oid")] if isinstance(lfs, dict) else []
            found = [match[1] for each in digests if isinstance(each, str) and (match := _SHA256.fullmatch(each))]
            blob = each.get("blobId", each.get("blob_id"))
            yield path, f"sha256:{found[0]}" if found else "", blob if isinstance(blob, str) else ""

    @property
    def has_weights(self) -> bool:
        """Whether it lists a file of weights."""
        return any(WEIGHTS.fullmatch(path) for path, _, _ in self.files)

    @property
    def tags(self) -> list[str]:
        """What the Hub has put the repository under."""
        tags = self.get("tags")
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def read_info(path: Path, limits: Limits) -> Info:
    """Read a saved info.

    Raises:
        InputError: There is no such file, it is no JSON, or no info of a repository.
    """
    name = str(path)
    text = decode(read_file(path, limits), name)
    try:
        data = json_.read(text, limits)
    except InputError as error:
        raise InputError(error.what, where=f"{name}:{error.where}" if error.where else name, hint=error.hint) from None
    for fault in find_faults(data, limits):
        place = None if fault.pointer is None else json_.find_places(text).get(fault.pointer)
        where = f"{name}:{place.value.line}:{place.value.column}" if place else name
        raise InputError(fault.what, where=where, hint=fault.hint)
    hint = "save what /api/models/ID gives"
    if not isinstance(data, dict):
        raise InputError("is no info of a repository: it is no table", where=f"{name}:1:1", hint=hint)
    written = data.get("id", data.get("modelId"))
    if not isinstance(written, str):
        raise InputError("is no info of a repository: it has no `id`", where=f"{name}:1:1", hint=hint)
    if not _ID.fullmatch(written) or len(written) > _LONGEST_ID:
        what = f"the id '{shorten(written)}' is no name of a repository"
        raise InputError(what, where=f"{name}:1:1", hint=hint)
    return Info(path=path, id=written, data=data)


def _is_path(path: str) -> bool:
    """Tell whether a path stays in its folder and is what it looks like."""
    parts = path.split("/")
    return (
        bool(path)
        and len(path) <= _LONGEST_PATH
        and plain(path) == path
        and not {"", ".", ".."} & {*parts}
        and ("\\" not in path)
    )


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
