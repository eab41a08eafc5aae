"""One tree, written in three formats and many styles: the same data, and a place for every value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.hooks import Importer
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import LIMITS, Place, Span
from release_review.pointer import pointer_to, value_at

IMPORTERS = {importer.name: importer for importer in release_review_importers()}
PLAIN = re.compile(r"[a-z][a-z-]*")
WORDS = ("true", "false", "null")

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
keys = st.one_of(st.from_regex(PLAIN, fullmatch=True).filter(lambda key: key not in WORDS), texts)
numbers = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([1e25, -0.5])
)
scalars = st.one_of(st.booleans(), numbers, texts, st.from_regex(PLAIN, fullmatch=True))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)
trees = st.dictionaries(keys, values, min_size=1, max_size=5)
styles = st.randoms(use_true_random=False)


# A small writer for each format, which takes any of the ways the format offers ----------------------------------------


def quoted(text: str) -> str:
    """Write text in double quotes, as TOML and YAML both read it."""
    escapes = {'"': r"\"", "\\": r"\\"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in text) + '"'


def write_toml(tree: dict[str, Any], style: Random) -> str:
    lines: list[str] = []
    write_table(tree, [], lines, style)
    return style.choice(("\n", "\r\n")).join([*lines, ""])


def write_table(tree: dict[str, Any], path: list[str], lines: list[str], style: Random) -> None:
    tables = {}
    for key, value in tree.items():
        nested = value and (isinstance(value, dict) or (isinstance(value, list) and are_tables(value)))
        if nested and style.random() < 0.7:
            tables[key] = value
        elif isinstance(value, dict) and value and style.random() < 0.5:
            lines.extend(f"{toml_key(key, style)} . {line}" for line in dotted(value, style))
        else:
            comment = style.choice(("", " # [not] a = 'table'"))
            lines.append(f"{style.choice(('', '  '))}{toml_key(key, style)} = {inline(value, style)}{comment}")
    for key, value in tables.items():
        header = ".".join(toml_key(step, style) for step in [*path, key])
        if isinstance(value, dict):
            lines.extend((f"[{header}]", *style.choice(((), ("", "# = [")))))
            write_table(value, [*path, key], lines, style)
        else:
            for element in value:
                lines.append(f"[[ {header} ]]")
                write_table(element, [*path, key], lines, style)


def are_tables(items: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in items)


def dotted(table: dict[str, Any], style: Random) -> Iterator[str]:
    for key, value in table.items():
        yield f"{toml_key(key, style)}={inline(value, style)}"


def toml_key(key: str, style: Random) -> str:
    if re.fullmatch("[A-Za-z0-9_-]+", key) and style.random() < 0.7:
        return key
    return f"'{key}'" if key.isprintable() and "'" not in key and style.random() < 0.5 else quoted(key)


def inline(value: Any, style: Random) -> str:
    if isinstance(value, str):
        return toml_text(value, style)
    if isinstance(value, dict):
        pairs = [f"{toml_key(key, style)} = {inline(inner, style)}" for key, inner in value.items()]
        if pairs and style.random() < 0.3:  # TOML 1.1
            return "{\n" + " # }\n,".join(pairs) + style.choice((" }", ",\n}", " , # {\n}"))
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        between = style.choice((", ", ",\n  ", " , # an item, [\n"))
        return f"[{between.join(inline(item, style) for item in value)}{style.choice(('', ' ', chr(10)))}]"
    return json.dumps(value)


def toml_text(text: str, style: Random) -> str:
    if text.isprintable() and "'" not in text and style.random() < 0.4:
        return style.choice((f"'{text}'", f"'''{text}'''", f"'''\n{text}'''"))
    if style.random() < 0.4:
        return f'"""\n{quoted(text)[1:-1]}\\\n   """'
    if style.random() < 0.3:  # TOML 1.1
        return quoted(text).replace("\\U000000", r"\x").replace(r"\x1B", r"\e")
    return quoted(text)


def write_yaml(tree: dict[str, Any], style: Random) -> str:
    return style.choice(("", "---\n", "# comment: [\n")) + block(tree, 0, style).removeprefix("\n") + "\n"


def block(value: Any, indent: int, style: Random) -> str:
    if not isinstance(value, dict | list) or not value or style.random() < 0.3:
        return " " + flow(value, style)
    between = "\n" + style.choice(("", "\n", "  # - comment\n")) + " " * indent
    if isinstance(value, dict):
        return "".join(f"{between}{yaml_text(k, style)}:{block(v, indent + 2, style)}" for k, v in value.items())
    return "".join(f"{between}-{block(item, indent + 1, style)}" for item in value)


def flow(value: Any, style: Random) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_text(key, style)}: {flow(v, style)}" for key, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item, style) for item in value) + "]"
    return yaml_text(value, style) if isinstance(value, str) else json.dumps(value)


def yaml_text(text: str, style: Random) -> str:
    if PLAIN.fullmatch(text) and text not in WORDS and style.random() < 0.7:
        return text
    return f"'{text}'" if text.isprintable() and "'" not in text and style.random() < 0.5 else quoted(text)


def write_json(tree: dict[str, Any], style: Random) -> str:
    return json.dumps(tree, indent=style.choice((None, 2, "\t")), ensure_ascii=style.random() < 0.5)


WRITERS: dict[str, Callable[[dict[str, Any], Random], str]] = {
    "TOML": write_toml,
    "YAML": write_yaml,
    "JSON": write_json,
}
every_format = pytest.mark.parametrize("name", WRITERS)


# What holds for all ---------------------------------------------------------------------------------------------------


def read(importer: Importer, text: str) -> Any:
    return read_document(text.encode(), name="release", importer=importer).data


def piece(text: str, span: Span) -> str:
    """Cut a stretch out of a text."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def pointers(value: Any, pointer: str = "") -> Iterator[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield pointer + pointer_to(step)
        yield from pointers(below, pointer + pointer_to(step))


def reparse(name: str, text: str) -> Any:
    if name == "JSON":
        return json.loads(text)
    whole = f"x = {text}\n" if name == "TOML" else f"x: {text}\n"
    return IMPORTERS[name].read(whole, LIMITS)["x"]


def key_of(name: str, text: str, place: Place) -> str:
    """Read the key that stands between the start of a place and its value."""
    before = Span(
        line=place.span.line,
        column=place.span.column,
        end_line=place.value.line,
        end_column=place.value.column,
    )
    written = piece(text, before).strip()
    whole = f"{{{written} 0}}" if name == "JSON" else f"{written} 0\n"
    tree = IMPORTERS[name].read(whole, LIMITS)
    return next(reversed([*pointers(tree)])).rpartition("/")[2]


@every_format
@given(tree=trees, style=styles)
def test_a_tree_comes_back_as_it_was_written(name: str, tree: dict[str, Any], style: Random) -> None:
    assert json.dumps(read(IMPORTERS[name], WRITERS[name](tree, style)), sort_keys=True) == json.dumps(
        tree, sort_keys=True
    )


@pytest.mark.no_cover
@every_format
@given(tree=trees, style=styles)
def test_places_are_those_of_the_data_and_of_nothing_else(name: str, tree: dict[str, Any], style: Random) -> None:
    text = WRITERS[name](tree, style)
    assert set(IMPORTERS[name].find_places(text)) == set(pointers(tree))


@pytest.mark.no_cover
@every_format
@given(tree=trees, style=styles)
def test_the_text_at_the_place_of_a_scalar_reads_as_the_scalar(name: str, tree: dict[str, Any], style: Random) -> None:
    text = WRITERS[name](tree, style)
    for pointer, place in IMPORTERS[name].find_places(text).items():
        value = value_at(tree, pointer)
        if not isinstance(value, dict | list):
            assert repr(reparse(name, piece(text, place.value))) == repr(value)
            if place.span != place.value:
                assert key_of(name, text, place) == pointer.rpartition("/")[2]


@pytest.mark.parametrize("name", ["YAML", "JSON"])
@given(
    tree=st.dictionaries(st.from_regex(PLAIN, fullmatch=True), st.none() | st.lists(st.none(), max_size=3), min_size=1)
)
def test_null_is_a_value_where_a_format_has_it(name: str, tree: dict[str, Any]) -> None:
    assert read(IMPORTERS[name], json.dumps(tree)) == tree


def test_the_importers_claim_each_ending_once() -> None:
    endings = [suffix for importer in IMPORTERS.values() for suffix in importer.suffixes]
    assert sorted(endings) == [".json", ".toml", ".yaml", ".yml"]
