"""Manifests of every shape that the schema admits, made up at random, and the ways in which one can be damaged."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from conditions import DAYS, LEVELS, NUMBERS, QUESTIONS, TEXTS

from release_review.authoring.cases import document_of
from release_review.cel import Levels, Subject, Type, type_at
from release_review.dates import midnight
from release_review.errors import ManifestError
from release_review.fields import Field, Kind, manifest_fields
from release_review.validate import validate

JUDGED = (dt.date(2026, 1, 1), dt.date(2025, 8, 5), dt.date(1, 1, 1), dt.date(9999, 12, 31))
"""The two dates that manifests are judged on."""

INSTANTS_AT = tuple(midnight(dt.date.fromisoformat(day)) for day in DAYS)

IDS = {"access": ("c1", "c2", "hub", "a"), "threat": ("t1", "t2", "a"), "evidence": ("e1", "e2", "a")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made-up manifest.

    Attributes:
        said: The manifest as it is written.
        subject: It, normalised, with two dates.
        levels: Levels of the assessments that conditions read.
    """

    said: Mapping[str, Any]
    subject: Subject
    levels: Levels


def make_manifest(chance: random.Random) -> Made:
    """Make up a manifest that is valid."""
    while True:
        said = made_data(chance)
        as_of, today = _dates(chance)
        try:
            return made_of(said, as_of=as_of, today=today, chance=chance)
        except ManifestError:
            continue  # two dates out of order, or a word twice in a list


def made_of(said: Mapping[str, Any], *, as_of: dt.date, today: dt.date, chance: random.Random) -> Made:
    """Normalise a manifest and make up levels for its items.

    Raises:
        ManifestError: It is not valid.
    """
    data = validate(document_of(said), as_of=as_of, today=today).data
    subject = Subject(manifest=data, as_of=as_of, today=today)
    return Made(said=said, subject=subject, levels=made_levels(chance, data))


def made_levels(chance: random.Random, data: Mapping[str, Any]) -> Levels:
    """Make up the level of each assessment and of each of its items."""
    levels = {}
    for name, question in QUESTIONS.items():
        words = (*question.scale, "unknown") if "unknown" not in question.scale else LEVELS
        listed = data[question.over.split("/")[1]]
        items = {item["id"]: {"level": chance.choice(words)} for item in listed}
        levels[name] = {"level": chance.choice(words), "items": items}
    return levels


def _dates(chance: random.Random) -> tuple[dt.date, dt.date]:
    if chance.random() < 0.7:
        return JUDGED[0], JUDGED[0]
    return chance.choice(JUDGED), chance.choice(JUDGED)


def made_data(chance: random.Random) -> dict[str, Any]:
    """Make up the data of a manifest; two of its dates may be out of order."""
    likely = chance.choice((0.1, 0.5, 0.9))
    evidence = tuple(IDS["evidence"][: chance.randint(0, 3)])
    data = _Maker(chance, likely, evidence).table(manifest_fields(), "")
    data["schema"] = "release-manifest/1"
    release = data.setdefault("release", {})
    release["id"] = chance.choice(("acme/one", "openai/gpt-oss-120b", "a/b@1.0"))
    if "@" in release["id"]:
        release.pop("version", None)  # another one would contradict the id
    return data


@dataclass(frozen=True, slots=True)
class _Maker:
    chance: random.Random
    likely: float
    evidence: tuple[str, ...]

    def table(self, fields: Field, at: str) -> dict[str, Any]:
        written = {}
        for name, inner in fields.fields.items():
            if inner.kind is Kind.LIST or name in fields.required or self.chance.random() < self.likely:
                value = self.value(inner, f"{at}/{name}")
                if value is not None:
                    written[name] = value
        return written

    def value(self, given: Field, at: str) -> Any:
        match given.kind:
            case Kind.TABLE:
                return self.table(given, at)
            case Kind.LIST:
                return self._list(given, at)
            case Kind.ID:
                return f"acme/base-{self.chance.randrange(1000)}"
            case Kind.PATH | Kind.DIGEST | Kind.MAP | Kind.FREE:
                return None
        return self._annotated(given, self._leaf(given))

    def _list(self, given: Field, at: str) -> list[Any] | None:
        name = at.rpartition("/")[2]
        if given.item is None:
            return None
        if name == "evidence":
            return [{**self.table(given.item, f"{at}/*"), "id": each} for each in self.evidence]
        if name in IDS:
            ids = self.chance.sample(IDS[name], self.chance.randint(0, 3))
            return [{**self.table(given.item, f"{at}/*"), "id": each} for each in ids]
        most = 3 if self.chance.random() < self.likely else 0
        items = [self.value(given.item, f"{at}/*") for _ in range(self.chance.randint(0, most))]
        if given.item.kind is not Kind.TABLE:
            return list(dict.fromkeys(item for item in items if isinstance(item, str)))
        return items

    def _leaf(self, given: Field) -> Any:
        match given.kind:
            case Kind.FACT | Kind.WORD:
                return self.chance.choice(given.words)
            case Kind.NUMBER:
                return self.chance.choice((*NUMBERS, 0, 3, 9007199254740993))
            case Kind.DATE | Kind.CLOSING_DATE:
                return self.chance.choice((*DAYS, "2024", "2024-05"))
        return self.chance.choice(TEXTS)

    def _annotated(self, given: Field, value: Any) -> Any:
        if not given.annotated or not self.evidence or self.chance.random() > 0.3:
            return value
        annotated = {"value": value, "evidence": [self.chance.choice(self.evidence)]}
        if self.chance.random() < 0.1:
            annotated["conflicts"] = [{"value": value}]
        return annotated


def filled_in(chance: random.Random, made: Made) -> Made:
    """Give a manifest in which every fact that was unknown has turned out to be something."""
    data = _settled(chance, type_at(""), made.subject.manifest)
    subject = Subject(manifest=data, as_of=made.subject.as_of, today=made.subject.today)
    levels = {}
    for name, question in QUESTIONS.items():
        words = [word for word in question.scale if word != "unknown"]
        level = made.levels[name]
        items = {key: {"level": _known(chance, item["level"], words)} for key, item in level["items"].items()}
        levels[name] = {"level": _known(chance, level["level"], words), "items": items}
    return Made(said=made.said, subject=subject, levels=levels)


def _settled(chance: random.Random, type_: Type, value: Any) -> Any:
    match type_.name:
        case "table":
            return {
                name: _settled(chance, type_.fields[name], inner) if name in type_.fields else inner
                for name, inner in value.items()
            }
        case "list" if type_.item is not None:
            return [_settled(chance, type_.item, inner) for inner in value]
        case "word" if type_.unknown:
            return _known(chance, value, [word for word in type_.words if word != "unknown"])
    if value is not None or not type_.unknown:
        return value
    kinds: Mapping[str, Sequence[Any]] = {"string": TEXTS, "double": NUMBERS, "timestamp": INSTANTS_AT}
    return chance.choice(kinds[type_.name])


def _known(chance: random.Random, word: str, words: Sequence[str]) -> str:
    return chance.choice(words) if word == "unknown" else word


# Damage ---------------------------------------------------------------------------------------------------------------

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2**63,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    -0.0,
    "",
    "unknown",
    "yes",
    "1",
    "true",
    "\ud800",
    "\x00",
    "\u202e",
    "x" * 70_000,
    "2026-02-30",
    "10000-01-01",
    [],
    [None],
    ["unknown"],
    [[[]]],
    {},
    {"value": "yes"},
    {"value": {"value": "no"}},
    {"id": "c1", "level": "full"},
    dt.date(2026, 1, 1),
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=-14))),
)
"""Values that do not belong where they are put."""


def damaged_data(chance: random.Random, data: Mapping[str, Any]) -> dict[str, Any]:
    """Damage the tree of a manifest in a few places."""
    damaged = copy.deepcopy(dict(data))
    ways = (_drop,) if chance.random() < 0.4 else _DAMAGES
    for _ in range(chance.choice((1, 1, 2, 5))):
        holders = list(_holders(damaged))
        holder, key = chance.choice(holders) if holders else (damaged, "release")
        chance.choice(ways)(chance, holder, key)
    return damaged


def _holders(node: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _holders(node[key])


def _drop(_chance: random.Random, holder: Any, key: Any) -> None:
    if key in holder or isinstance(holder, list):
        del holder[key]


def _retype(chance: random.Random, holder: Any, key: Any) -> None:
    holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))


def _repeat(_chance: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[f"{key}_2"] = copy.deepcopy(holder.get(key))


def _swap(chance: random.Random, holder: Any, key: Any) -> None:
    others = list(holder) if isinstance(holder, dict) else range(len(holder))
    other = chance.choice(others or [key])
    if key in holder or isinstance(holder, list):
        holder[key], holder[other] = copy.deepcopy(holder[other]), copy.deepcopy(holder[key])


def _bury(chance: random.Random, holder: Any, key: Any) -> None:
    deep: Any = "x"
    for _ in range(chance.choice((3, 70, 400))):
        deep = [deep] if chance.random() < 0.5 else {"value": deep}
    holder[key] = deep


_DAMAGES: tuple[Callable[[random.Random, Any, Any], None], ...] = (
    _drop,
    _drop,
    _retype,
    _retype,
    _repeat,
    _swap,
    _bury,
)


def damaged_bytes(chance: random.Random, content: bytes) -> bytes:
    """Damage the bytes of a file in a few places."""
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if not damaged:
            break
        at = chance.randrange(len(damaged))
        end = min(len(damaged), at + chance.choice((1, 5, 40)))
        match chance.randrange(6):
            case 0:
                damaged[at] ^= 1 << chance.randrange(8)
            case 1:
                del damaged[at:]
            case 2:
                del damaged[at:end]
            case 3:
                damaged[at:at] = damaged[at:end]
            case 4:
                damaged[at:at] = chance.choice(
                    (b"\x00", b"\xff", b'"', b"{", b"]", b"\n", b"1e999", "é".encode(), b"NaN")
                )
            case 5:
                other = chance.randrange(len(damaged))
                damaged[at], damaged[other] = damaged[other], damaged[at]
    return bytes(damaged)


def written(data: Mapping[str, Any], ending: str) -> bytes:
    """Write a manifest as a file of a format: `json`, `yaml` or `toml`."""
    match ending:
        case "json":
            return json.dumps(data, indent=1, ensure_ascii=False).encode()
        case "yaml":
            return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()
    return "".join(f"{json.dumps(name)} = {_toml(value)}\n" for name, value in data.items()).encode()


def _toml(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)} = {_toml(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(_toml(inner) for inner in value) + "]"
        case float():
            return repr(value) if "e" not in repr(value) or "." in repr(value) else repr(value).replace("e", ".0e")
        case str():
            return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
