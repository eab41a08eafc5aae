"""JSON and ZIP from outside, with a bound on whatever they could grow to before it is known what they are."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import Any

from release_review.model import Outcome
from release_review_evals.logs import LogError

LARGEST_LOG_BYTES = 256 << 20
"""Size of the largest log that is read. It is held in memory, so that what is read is what was hashed."""

LARGEST_JSON_BYTES = 64 << 20
"""Size of the largest JSON document, in bytes. Larger logs of Inspect come in its own format, `.eval`."""

MOST_JSON_MARKS = 2_000_000
"""Brackets and commas of one JSON document: its values take up to a hundred bytes each once they are read."""

LARGEST_HEADER_BYTES = 16 << 20
"""Size of the header of a log in the format `.eval` once it is unpacked, in bytes; samples stand beside it."""

MOST_MEMBERS = 200_000
"""Files in one log in the format `.eval`, which has one for each sample."""

LONGEST_INTEGER = 1_000
"""Digits of an integer in JSON. One that needs more than 64 bits is read as a float: nothing counts so far."""

_MEMBER = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s22xHH")
_END = struct.Struct("<4sHHHHIIH")
_LOCATOR = struct.Struct("<4sIQI")
_END_64 = struct.Struct("<4s36xQQ")
_ELSEWHERE_16, _ELSEWHERE_32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED = 0x1
_ZSTANDARD = 93
_WINDOW_BYTES = 128 << 20
_TOO_GREAT = 1 << 63


class _TwiceError(ValueError):
    """A key stands twice in one table: one reader takes the first, another the last."""


def json_table(content: bytes) -> dict[str, Any]:
    """Read a JSON document that is a table at the top.

    Raises:
        LogError: It is too large, no JSON, no table, or has a key twice.
    """
    if len(content) > LARGEST_JSON_BYTES:
        what = f"is JSON of {len(content):,} bytes, and the limit is {LARGEST_JSON_BYTES:,}"
        raise LogError(what, Outcome.UNKNOWN)
    if sum(map(content.count, (b"{", b"[", b","))) > MOST_JSON_MARKS:
        raise LogError(f"is JSON with more than {MOST_JSON_MARKS:,} brackets and commas", Outcome.UNKNOWN)
    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=_table, parse_int=_integer)
    except UnicodeDecodeError:
        raise LogError("is neither a ZIP file nor text in UTF-8") from None
    except RecursionError:
        raise LogError("is JSON that nests too deep") from None
    except _TwiceError:
        raise LogError("is JSON with a key that stands twice") from None
    except json.JSONDecodeError as error:
        raise LogError(f"is no JSON, or was cut off: line {error.lineno}, column {error.colno}") from None
    except ValueError:
        raise LogError("is JSON with a number of too many digits") from None
    if not isinstance(data, dict):
        raise LogError("is JSON, and neither a log of Inspect nor a result of lm-evaluation-harness")
    return data


def _integer(digits: str) -> int | float:
    if len(digits) > LONGEST_INTEGER:
        raise ValueError(digits[:1])
    number = int(digits)
    return number if -_TOO_GREAT <= number < _TOO_GREAT else float(digits)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise _TwiceError
    return table


def members_of(content: bytes) -> list[zipfile.ZipInfo]:
    """Give what a ZIP file says is in it; nothing is unpacked.

    Raises:
        LogError: It is no ZIP file, was cut off, lists too much, or has something before or behind it.
    """
    if content.count(_MEMBER) > MOST_MEMBERS:
        raise LogError(f"is a ZIP file with more than {MOST_MEMBERS:,} files in it", Outcome.UNKNOWN)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed, start = archive.infolist(), archive.start_dir
    except Exception:  # noqa: BLE001  # besides its own error it raises those of what it is built from
        raise LogError("is a ZIP file that is damaged or was cut off") from None
    if _directory_of(content) != start:
        raise LogError("is a ZIP file with something before or behind it")
    return listed


def _directory_of(content: bytes) -> int | None:
    """Give where a ZIP file itself says that its list of files begins; None where it says so in no plain way.

    Python's reader makes up for what was put before a ZIP file, and passes over what was put behind it. Others do
    neither, and find other files in it.
    """
    end = len(content) - _END.size
    signature, *disks_and_counts, size, offset, comment = _END.unpack_from(content, end)
    if signature != b"PK\x05\x06" or comment:
        return None
    beyond = _ELSEWHERE_16 in disks_and_counts or _ELSEWHERE_32 in (size, offset)
    before = end - _LOCATOR.size
    if content[before : before + 4] == b"PK\x06\x07":
        _, _, end, _ = _LOCATOR.unpack_from(content, before)
        if end + _END_64.size != before:
            return None
        if beyond:
            _, size, offset = _END_64.unpack_from(content, end)
    return int(offset) if offset + size == end else None


def unpack(content: bytes, info: zipfile.ZipInfo) -> bytes:
    """Unpack one file of a ZIP file, and no more of it than a header may have.

    Python's own reader leaves the bound to the method of compression, and Zstandard's has none.

    Raises:
        LogError: It is damaged, encrypted, packed in another way, or too large.
        ImportError: It is packed with Zstandard, which comes with Inspect.
    """
    broken = LogError("is a ZIP file whose header is damaged")
    if info.flag_bits & _ENCRYPTED:
        raise LogError("is a ZIP file that is encrypted")
    try:
        signature, name_size, extra_size = _LOCAL.unpack_from(content, info.header_offset)
    except struct.error:
        raise broken from None
    name_at = info.header_offset + _LOCAL.size
    if signature != b"PK\x03\x04" or content[name_at : name_at + name_size] != info.filename.encode():
        raise broken
    start = name_at + name_size + extra_size
    packed = content[start : start + info.compress_size]
    try:
        plain = _unpacked(packed, info.compress_type)
    except ImportError:
        raise
    except Exception:  # noqa: BLE001  # zlib.error, and that of a library which is not always there
        raise broken from None
    if len(plain) > LARGEST_HEADER_BYTES:
        raise LogError(f"has a header of more than {LARGEST_HEADER_BYTES:,} bytes", Outcome.UNKNOWN)
    if len(plain) != info.file_size or zlib.crc32(plain) != info.CRC:
        raise broken
    return plain


def _unpacked(packed: bytes, method: int) -> bytes:
    most = LARGEST_HEADER_BYTES + 1
    if method == zipfile.ZIP_STORED:
        return packed[:most]
    if method == zipfile.ZIP_DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    if method == _ZSTANDARD:
        import zstandard  # comes with Inspect

        decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
        with decompressor.stream_reader(io.BytesIO(packed), read_across_frames=True) as stream:
            found: bytes = stream.read(most)
            return found
    raise ValueError(method)
