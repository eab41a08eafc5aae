"""The files of evidence, as rules in Python may read them."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from release_review.errors import EvidenceError

CHUNK_BYTES = 1 << 20
"""How much of a file is asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A file of evidence that was found and hashed before any rule ran.

    Read it with `read_bytes`, and never through `path`: between the two, somebody may have put another file there.

    Attributes:
        path: Where the file is, for a message.
        status: `verified` (its digest is the one that the manifest states), `unverified` (the manifest states none) or
            `mismatch` (the manifest states another).
        digest: Algorithm and digest of the bytes that were found, as `sha256:...`.
        kind: What kind of evidence the manifest says it is.
    """

    path: Path
    status: str
    digest: str
    kind: str

    def read_bytes(self, limit: int) -> bytes:
        """Read the whole file, and make sure that it still has the bytes that were found.

        Args:
            limit: Size of the largest file that is read, in bytes.

        Raises:
            EvidenceError: The file is over the limit, cannot be read, or is no longer what was found.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        except (OSError, ValueError):
            raise _changed() from None
        try:
            content = _read(descriptor, limit)
        except OSError as error:
            raise EvidenceError(f"the file cannot be read: {error.strerror}", hint="make it readable") from None
        finally:
            os.close(descriptor)
        algorithm = self.digest.partition(":")[0]
        found = f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"
        if not hmac.compare_digest(found, self.digest):
            raise _changed()
        return content


def _read(descriptor: int, limit: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise _changed()
    if status.st_size > limit:
        what = f"the file has {status.st_size:,} bytes, and the limit is {limit:,}"
        raise EvidenceError(what, hint="cite a smaller file")
    chunks: list[bytes] = []
    left = limit + 1
    while left > 0 and (chunk := os.read(descriptor, min(CHUNK_BYTES, left))):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:
        raise _changed()  # it grows while it is read
    return b"".join(chunks)


def _changed() -> EvidenceError:
    return EvidenceError("the file is no longer the one that was checked", hint="try again once nobody changes it")
