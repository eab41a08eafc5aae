"""The info of a repository, as `GET /api/models/ID` gives it, or `HfApi().model_info(ID)`, saved as JSON.

The two spell their keys differently (`createdAt`, `created_at`); either is read, and both only if they agree. What has
another type than it should counts as not said.
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

FIRST_STORED = dt.datetime(2022, 3, 2, 23, 29, 4, tzinfo=dt.UTC)
"""The creation that the Hub gives for every repository that is older, so none is before it.

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
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REVISION = re.compile(r"[0-9a-f]{40}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_SPELLINGS = (
    ("id", "modelId"),
    ("cardData", "card_data"),
    ("createdAt", "created_at"),
    ("lastModified", "last_modified"),
)
"""Keys that mean one thing. What the Hub gives has no two values for it."""

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
        """The day the repository was created, in UTC, and what is wrong with it; one of the two is empty, or both are.

        A day that may lie ahead would say that nobody has the weights yet, so one must be seen to be past: something
        was changed in the repository since.
        """
        written, changed = self.get("createdAt", "created_at"), self.get("lastModified", "last_modified")
        if written is None:
            return "", ""
        created, last = _instant(written), _instant(changed)
        if created is None:
            return "", f"the creation '{shorten(str(written))}' is no instant"
        if created < FIRST_STORED:
            return "", f"the creation '{shorten(written)}' is before the first that the Hub has stored"
        if created < FIRST_STORED + dt.timedelta(seconds=1):
            return "", f"{created.date()} is what the Hub gives for every repository that is older"
        if last is None:
            said = "there is no `lastModified`" if changed is None else "`lastModified` is no instant"
            return "", f"nothing shows that the creation '{shorten(written)}' is past: {said}"
        if last < created:
            return "", f"the creation '{shorten(written)}' is after the last change, '{shorten(changed)}'"
        return created.date().isoformat(), ""

    @property
    def files(self) -> Iterator[tuple[str, str, str]]:
        """Each file: its path, the digest of its bytes if they lie in LFS, and the id of its blob; or nothing each.

        What is stated twice and differs is nothing.
        """
        siblings = self.get("siblings")
        for each in siblings if isinstance(siblings, list) else ():
            path = each.get("rfilename") if isinstance(each, dict) else None
            if not isinstance(path, str) or not _is_path(path):
                continue
            lfs = each.get("lfs")
            digest = _one(lfs, ("sha256", "oid")) if isinstance(lfs, dict) else ""
            yield path, f"sha256:{digest}" if _SHA256.fullmatch(digest) else "", _one(each, ("blobId", "blob_id"))

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of each file in LFS, by its path; nothing for a file that has several."""
        found: dict[str, set[str]] = {}
        for path, digest, _ in self.files:
            found.setdefault(path, set()).update([digest] if digest else [])
        return {path: "".join(digests) if len(digests) == 1 else "" for path, digests in found.items() if digests}

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
    for one, other in _SPELLINGS:
        if None not in (data.get(one), data.get(other)) and data[one] != data[other]:
            what = f"`{one}` and `{other}` differ: '{shorten(str(data[one]))}' and '{shorten(str(data[other]))}'"
            raise InputError(what, where=f"{name}:1:1", hint=hint)
    written = data.get("id") if data.get("id") is not None else data.get("modelId")
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


def _one(table: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """Give the text that stands under some keys which mean one thing, or nothing if they differ."""
    written = [table[key] for key in keys if table.get(key) is not None]
    texts = {each.removeprefix("sha256:") for each in written if isinstance(each, str)}
    return texts.pop() if len(texts) == 1 and all(isinstance(each, str) for each in written) else ""


def _instant(written: Any) -> dt.datetime | None:
    """Give an instant in UTC; one without an offset may be in two days, and is none."""
    if not isinstance(written, str) or not _INSTANT.fullmatch(written):
        return None
    try:
        return dt.datetime.fromisoformat(written).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
