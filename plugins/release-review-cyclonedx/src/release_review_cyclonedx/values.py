"""Single values as CycloneDX takes them; what a field does not take is left out of it, never bent until it fits."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

NAMESPACE = "release-review"
"""What the names of our properties begin with, as the property taxonomy of CycloneDX asks."""

MOST_ADDRESS, MOST_VERSION = 2_000, 128
"""Characters of an address and of a version that go where the format has a place for them."""

ALL_DIGITS_BELOW = 1e15
"""Whole numbers below this are written out; doubles have each of them exactly."""

_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_REST = rf"{_PART}*+(?:\?(?:{_PART}|\?)*+)?(?:#(?:{_PART}|\?)*+)?"

# A list of what may be followed, because a viewer makes links of it. Each is an IRI in the sense of RFC 3987.
_ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9][A-Za-z0-9.-]{{0,252}}(?::[0-9]{{1,5}})?(?=[/?#]|\Z){_REST}"
    rf"|hf://[A-Za-z0-9][A-Za-z0-9._-]{{0,95}}(?=[/?#]|\Z){_REST}"
    rf"|doi:10[.][0-9]{{4,9}}/{_REST}"
    rf"|urn:[A-Za-z0-9][A-Za-z0-9-]{{1,31}}:{_REST}"
)
_DIGEST = re.compile(r"sha(256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})")


def address_of(text: str | None) -> str:
    """Give a text that is an address which may be followed; nothing for any other text."""
    if text is None or len(text) > MOST_ADDRESS or not _ADDRESS.fullmatch(text):
        return ""
    return text


def hashes_of(digest: str | None) -> dict[str, Any]:
    """Give a digest such as `sha256:...` as the field `hashes`; nothing for a text that is none."""
    if digest is None or not _DIGEST.fullmatch(digest):
        return {}
    name, _, content = digest.partition(":")
    return {"hashes": [{"alg": f"SHA-{name.removeprefix('sha')}", "content": content}]}


def version_of(text: str | None) -> dict[str, Any]:
    """Give a text as the field `version`; nothing for one that is empty or too long for it."""
    return {"version": text} if text and len(text) <= MOST_VERSION else {}


def property_name(name: str) -> str:
    """Give the name of a property of ours."""
    return f"{NAMESPACE}:{name}"


def property_of(name: str, value: str) -> dict[str, str]:
    """Give a property of ours."""
    return {"name": property_name(name), "value": value}


def reference_to(kind: str, url: str | None, comment: str, digest: str | None = None) -> list[dict[str, Any]]:
    """Give an external reference; nothing where the address is none."""
    address = address_of(url)
    return [{"type": kind, "url": address, "comment": comment, **hashes_of(digest)}] if address else []


def text_as(name: str, content: str) -> dict[str, Any]:
    """Give a text as one entry of the data of a piece of evidence."""
    return {"name": name, "contents": {"attachment": {"contentType": "text/plain", "content": content}}}


def first_moment(day: dt.date) -> str:
    """Give when a day begins, in UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def last_moment(day: dt.date) -> str:
    """Give when a day ends that counts to its end, in UTC."""
    return f"{day.isoformat()}T23:59:59Z"


def number_text(number: float) -> str:
    """Write a count or a quantity: all digits of a whole number that has them, else the shortest form."""
    return str(int(number)) if number < ALL_DIGITS_BELOW and number == int(number) else repr(float(number))


def listed(name: str, items: list[Any]) -> dict[str, Any]:
    """Give a field that is a list; nothing where there is nothing in it."""
    return {name: items} if items else {}
