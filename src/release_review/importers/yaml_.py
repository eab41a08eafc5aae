"""YAML, as the event stream of PyYAML, resolved by the core schema of YAML 1.2.

Events come one at a time, so every bound holds before anything is built. What makes YAML dangerous
or ambiguous is refused where it stands: anchors, aliases, merge keys, tags, directives, a second
document. Nothing recurses, neither here nor in the event parser.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from release_review.errors import InputError
from release_review.importers.text import Lines, quote, too_deep, too_many, whole_number, written_twice
from release_review.model import Limits, Place
from release_review.pointer import pointer_to

if TYPE_CHECKING:
    import yaml

_CLOSED_BY = {"[": ("list", "`]`"), "{": ("table", "`}`"), '"': ("text", "a quote"), "'": ("text", "a quote")}
_WORDS: Mapping[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((f"{sign}{word}" for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
"""Plain scalars that are no text; infinities and NaN go on, and the check of the tree refuses them."""

_DECIMAL = re.compile(r"[-+]?[0-9]++")
_OCTAL = re.compile(r"0o[0-7]++")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]++")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
"""YAML 1.2.2, section 10.3.2, which also gives the words above."""

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Not printable in YAML, or read in two ways: U+0085, U+2028 and U+2029 end a line in YAML 1.1 only."""

_STANDARD_TAG = "tag:yaml.org,2002:"
_UNBOUNDED = Limits(depth=sys.maxsize, nodes=sys.maxsize)


def read(text: str, limits: Limits) -> Any:
    """Read YAML.

    Raises:
        InputError: The text is no YAML, goes over a limit, or uses what is refused.
    """
    return _Builder(text, limits).build()


def find_places(text: str) -> Mapping[str, Place]:
    """Give the place of every value of a text that `read` accepts."""
    places: dict[str, Place] = {}
    _Builder(text, _UNBOUNDED, places).build()
    return places


@dataclass(slots=True, kw_only=True)
class _Open:
    """A table or a list that has begun: its data, its place so far, and the key that waits for a value."""

    data: Any
    pointer: str
    key: int | None
    start: int
    end: int
    pending: tuple[str, int] | None = None
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Builds the data of one document, and its places if there is somewhere to put them."""

    def __init__(self, text: str, limits: Limits, places: dict[str, Place] | None = None) -> None:
        self._text = text
        self._limits = limits
        self._places = places
        self._lines = Lines(text)
        self._open: list[_Open] = []
        self._documents = 0
        self._nodes = 0
        self._root: Any = None

    def build(self) -> Any:
        import yaml

        if refused := _REFUSED.search(self._text):
            what = f"holds the character U+{ord(refused[0]):04X}, which YAML does not allow here"
            raise self._error(what, refused.start(), "write it as an escape inside double quotes")
        try:
            for event in yaml.parse(self._text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            if error.context_mark and (unclosed := self._unclosed(_offset(error.context_mark), _offset(mark))):
                raise unclosed from None
            if self._text.startswith("\t", _offset(mark)):
                what = "is not YAML: a tab stands where blanks are asked"
                raise self._error(what, _offset(mark), "indent with blanks") from None
            hint = "correct the YAML here; check the indentation and the quotes"
            raise self._error(f"is not YAML: {error.problem}", _offset(mark), hint) from None
        except yaml.YAMLError as error:
            raise InputError(f"is not YAML: {str(error).splitlines()[0]}", hint="correct the YAML") from None
        return self._root

    def _take(self, event: yaml.Event) -> None:
        import yaml

        start, end = _offset(event.start_mark), _offset(event.end_mark)
        match event:
            case yaml.AliasEvent():
                raise self._error(f"uses the alias *{event.anchor}", start, "write the value out")
            case yaml.DocumentStartEvent():
                self._documents += 1
                if event.version or event.tags:
                    raise self._error("uses a directive", start, "leave the line that starts with % out")
                if self._documents > 1:
                    raise self._error("holds a second document", start, "keep one document in a file")
            case yaml.DocumentEndEvent() if event.explicit:
                raise self._error("ends the document with `...`", start, "leave that line out")
            case yaml.ScalarEvent():
                self._refuse_properties(event, start)
                self._scalar(event, start, end)
            case yaml.CollectionStartEvent():
                self._refuse_properties(event, start)
                self._begin([] if isinstance(event, yaml.SequenceStartEvent) else {}, start, end)
            case yaml.CollectionEndEvent():
                # An event for the end of a block comes with the next token; the block ends with its last value.
                self._finish(end if end > start else None)

    def _refuse_properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, start: int) -> None:
        if event.anchor is not None:
            raise self._error(f"sets the anchor &{event.anchor}", start, "leave it out, and write each value out")
        if event.tag is not None:
            tag = event.tag.replace(_STANDARD_TAG, "!!")
            raise self._error(f"sets the tag {quote(tag)}", start, "leave it out, and put text in quotes")
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise too_many(self._limits, where=self._lines.where(start))

    def _scalar(self, event: yaml.ScalarEvent, start: int, end: int) -> None:
        plain = event.implicit[0]
        value = _resolve(event.value) if plain else event.value
        around = self._open[-1] if self._open else None
        if around is not None and isinstance(around.data, dict) and around.pending is None:
            self._nodes -= 1  # a key is no value
            self._name(around, value, start, merges=plain and event.value == "<<")
        else:
            if event.style in {"|", ">"}:
                end = start + len(self._text[start:end].rstrip())
            self._put(value, start, end)

    def _name(self, table: _Open, key: Any, start: int, *, merges: bool) -> None:
        if merges:
            raise self._error("merges another table with `<<`", start, "write its keys out")
        if not isinstance(key, str):
            raise self._error("has a key that is no text", start, "put the key in quotes")
        line = self._lines.at(start)[0]
        if key in table.lines:
            raise written_twice(key, where=self._lines.where(start), first=table.lines[key])
        table.lines[key] = line
        table.pending = (key, start)

    def _begin(self, data: Any, start: int, end: int) -> None:
        if len(self._open) == self._limits.depth:
            raise too_deep(self._limits, where=self._lines.where(start))
        around = self._open[-1] if self._open else None
        if around is not None and isinstance(around.data, dict) and around.pending is None:
            raise self._error("has a key that is no text", start, "write the key as text")
        pointer, key = self._put(data, start, end)
        self._open.append(_Open(data=data, pointer=pointer, key=key, start=start, end=end))

    def _finish(self, end: int | None) -> None:
        value = self._open.pop()
        value.end = value.end if end is None else end
        self._mark(value.pointer, value.key, value.start, value.end)

    def _put(self, value: Any, start: int, end: int) -> tuple[str, int | None]:
        """Put a value where it belongs; give its pointer and the start of its key."""
        if not self._open:
            self._root = value
            return "", None
        around = self._open[-1]
        key = None
        if isinstance(around.data, list):
            pointer = around.pointer + pointer_to(len(around.data))
            around.data.append(value)
        else:
            name, key = around.pending or ("", start)
            pointer = around.pointer + pointer_to(name)
            around.data[name] = value
            around.pending = None
        self._mark(pointer, key, start, end)
        return pointer, key

    def _mark(self, pointer: str, key: int | None, start: int, end: int) -> None:
        if self._open:
            self._open[-1].end = end
            if self._places is not None:
                self._places[pointer] = self._lines.place(start, end, key=key)

    def _unclosed(self, start: int, end: int) -> InputError | None:
        """Word the error of a bracket or a quote that lasts until the text ends."""
        kind = _CLOSED_BY.get(self._text[start : start + 1])
        if kind is None or self._text[end:].strip():
            return None
        name, closer = kind
        return self._error(f"is not YAML: this {name} is not closed", start, f"add {closer}")

    def _error(self, what: str, offset: int, hint: str) -> InputError:
        return InputError(what, where=self._lines.where(offset), hint=hint)


def _offset(mark: yaml.error.Mark | yaml._yaml.Mark | None) -> int:
    return mark.index if mark else 0


def _resolve(text: str) -> bool | float | str | None:
    """Give what a plain scalar means in the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _DECIMAL.fullmatch(text):
        return whole_number(text)
    if _OCTAL.fullmatch(text):
        return whole_number(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return whole_number(text[2:], 16)
    return float(text) if _FLOAT.fullmatch(text) else text
