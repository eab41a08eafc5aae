"""The manifest's fields for people: a table for the docs, and a manifest to begin with.

Both are derived from the schema, so neither can say anything else than validation does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from release_review.fields import Field, Kind, manifest_fields
from release_review.schema import MANIFEST

PLACEHOLDER_ID = "developer/model"
"""The id of a release in a manifest that nobody has filled in yet."""

_BEGIN = {"access.id": "hub", "access.kind": "weights", "access.audience": "public"}
"""The settings of the smallest useful manifest, besides `schema` and `release.id`."""

_FLOP = "1e24"
"""What stands for a quantity whose description has the unit FLOP."""

_KEYS = {"source": "card", "extensions": "organization"}
"""Keys of tables whose keys are free."""

_SAMPLES: Mapping[Kind, str] = {
    Kind.FACT: '"unknown"',
    Kind.WORD: '"unknown"',
    Kind.TEXT: '"..."',
    Kind.NUMBER: "7e9",
    Kind.DATE: "2025-08-05",
    Kind.CLOSING_DATE: "2026-08-05",
    Kind.ID: '"one"',
    Kind.PATH: '"folder/file.pdf"',
    Kind.DIGEST: f'"sha256:{64 * "0"}"',
}

_VALUES: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.CLOSING_DATE: "last day",
    Kind.ID: "id",
    Kind.PATH: "path",
    Kind.DIGEST: "digest",
    Kind.FREE: "free",
}

_OPENING = """\
# The description of one release, for release-review. Whatever is absent is unknown.
# Every field is described in docs/manifest.md and by `release-review schema manifest`.
# Lines that begin with `#` and no blank are settings: take the `#` away to use one, and put in what is true.
# A key needs its header too: take the `#` away from the `[table]` or `[[table]]` line above it as well.
# Any value may be annotated: { value = "no", source = ["card"], evidence = ["e1"], note = "..." }.
"""


def field_table() -> str:
    """Give the fields of the manifest as a table in Markdown."""
    rows = [
        (f"`{name}`", _values(field) + (", required" if required else "") + note, field.description)
        for name, field, required, note in _rows(manifest_fields(), "")
    ]
    lines = [("field", "value", "meaning"), ("---", "---", "---"), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def init_template(release_id: str = PLACEHOLDER_ID) -> str:
    """Give a manifest in TOML to begin with: the smallest useful one, and all else as comments.

    Args:
        release_id: The release it is for, as `<developer>/<name>[@<version>]`.
    """
    live = {"schema": MANIFEST, "release.id": release_id, **_BEGIN}
    root = manifest_fields()
    return _OPENING + "\n".join(_lines(root, "", live)) + "\n"


def _rows(field: Field, at: str) -> Iterator[tuple[str, Field, bool, str]]:
    """Give every leaf below a field: name, field, whether it is required, and a remark."""
    for name, inner in field.fields.items():
        yield from _below(inner, f"{at}.{name}" if at else name, required=name in field.required)
    for name, inner in field.derived.items():
        yield f"{at}.{name}", inner, False, ", derived"


def _below(field: Field, at: str, *, required: bool) -> Iterator[tuple[str, Field, bool, str]]:
    if field.kind is Kind.TABLE:
        yield from _rows(field, at)
    elif field.kind is Kind.MAP and field.item is not None:
        yield from _below(field.item, f"{at}.<id>", required=False)
    elif field.kind is Kind.LIST and field.item is not None and field.item.kind is Kind.TABLE:
        yield from _rows(field.item, f"{at}[]")
    else:
        yield at, field, required, ""


def _values(field: Field) -> str:
    if field.kind is Kind.LIST and field.item is not None:
        return f"list of {_values(field.item)}"
    if field.kind is Kind.FACT:
        return "fact"
    if field.words:
        return ", ".join(f"`{word}`" for word in field.words)
    return _VALUES[field.kind]


def _lines(table: Field, at: str, live: Mapping[str, str]) -> Iterator[str]:
    """Give the settings of a table, then the tables below it, with what each of them means."""
    for name, field in table.fields.items():
        if not _has_header(field):
            yield from _setting(name, f"{at}.{name}" if at else name, field, live)
    for name, field in table.fields.items():
        if _has_header(field):
            yield from _header(f"{at}.{name}" if at else name, field, live)


def _has_header(field: Field) -> bool:
    item = field.item if field.kind is Kind.LIST else field
    return item is not None and item.kind in (Kind.TABLE, Kind.MAP)


def _header(at: str, field: Field, live: Mapping[str, str]) -> Iterator[str]:
    inner, header = field, f"[{at}]"
    if field.kind is Kind.LIST and field.item is not None:
        inner, header = field.item, f"[[{at}]]"
    elif field.kind is Kind.MAP and field.item is not None:
        inner, at = field.item, f"{at}.{_KEYS[at]}"
        header = f"[{at}]"
    yield ""
    yield f"# {field.description}"
    yield header if any(name.startswith(f"{at}.") for name in live) else f"#{header}"
    yield from _lines(inner, at, live)


def _setting(name: str, at: str, field: Field, live: Mapping[str, str]) -> Iterator[str]:
    words = field.item.words if field.kind is Kind.LIST and field.item is not None else field.words
    choice = f" One of: {', '.join(words)}." if words and field.kind is not Kind.FACT else ""
    yield f"# {field.description}{choice}"
    yield f"{name} = {json.dumps(live[at])}" if at in live else f"#{name} = {_sample(at, field)}"


def _sample(at: str, field: Field) -> str:
    if field.kind is Kind.LIST and field.item is not None:
        return f"[{_sample(at, field.item)}]"
    if field.kind is Kind.NUMBER and "FLOP" in field.description:
        return _FLOP
    return json.dumps(PLACEHOLDER_ID) if at == "release.base.id" else _SAMPLES[field.kind]
