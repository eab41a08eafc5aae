"""The table of a page as columns: each text once, and the levels of all releases as one string for each question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from release_review.audit.page.shades import shade_of
from release_review.audit.page.shown import json_in_html, name_shown, shown
from release_review.audit.rows import Row, is_error
from release_review.audit.summary.counting import KINDS
from release_review.audit.summary.evidence import family_of
from release_review.audit.summary.records import UNDECIDED, UNMET, Kind
from release_review.audit.summary.tallies import developer_of, is_had
from release_review.escape import web_address
from release_review.model import Verdict

VERDICTS = tuple(each.value for each in Verdict)
"""What a digit of the column of verdicts stands for."""

_FINAL_WEIGHTS = "/components/model_parameters_final"
_KIND = re.compile(r"/access/\d+/kind")
_OUTCOMES = {"unmet": UNMET, "undecided": UNDECIDED}
_FIRST = ord("0")
_MOST_LEVELS = 10_000
_NONE = "-"


class Listing:
    """Collects the rows of a table."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.count = 0
        self._questions = [_Question(name, each) for name, each in definitions["assessments"].items()]
        self._place = {each.id: place for place, each in enumerate(self._questions)}
        self._rules = _Interned()
        self._rule_data = definitions["rules"]
        self._names: list[str] = []
        self._manifests: list[str] = []
        self._nameless: list[int] = []
        self._dates: list[str] = []
        self._verdicts: list[str] = []
        self._columns = {
            name: _Column() for name in ("developer", "license", "family", "sources", "vectors", *_OUTCOMES)
        }
        self._blocking: list[int] = []
        self._conflicts: dict[int, int] = {}
        self._disputed: list[int] = []

    def since(self, name: str, answer: Mapping[str, Any]) -> str | None:
        """Give from when on a release has a property; None where it does not, or nobody knows that it does."""
        return answer["since"] if is_had(answer["level"], self._questions[self.question(name)].asked) else None

    def question(self, name: str) -> int:
        """Give the number of an assessment; one that the ledger does not describe is added."""
        if name not in self._place:
            self._place[name] = len(self._questions)
            question = _Question(name, {})
            question.levels = [_NONE] * max(self.count - 1, 0)
            self._questions.append(question)
        return self._place[name]

    def rule(self, name: str) -> int:
        """Give the number of a rule."""
        return self._rules.number(name)

    def add(self, row: Row) -> None:
        """Add a release."""
        release = row["release"]
        self.count += 1
        called = release["id"] or ""
        self._names.append(name_shown(called))
        self._manifests.append(release["manifest"])
        if not called or is_error(row):
            self._nameless.append(self.count - 1)
        self._verdicts.append(str(VERDICTS.index(row["verdict"])))
        if is_error(row):
            row = _NOTHING
        release = row["release"]
        self._dates.append(shown(release["date"] or ""))
        columns = self._columns
        columns["developer"].add(name_shown(developer_of(called)))
        columns["license"].add(name_shown(release["license"] or ""))
        columns["family"].add(name_shown(release["license_family"] or ""))
        columns["sources"].add(tuple(sorted({name_shown(each) for each in family_of(row["sources"]).values()})))
        columns["vectors"].add(tuple(sorted({name_shown(each) for each in row["threats"].values()})))
        for column, outcomes in _OUTCOMES.items():
            found = (self.rule(name) for name, outcome in row["rules"].items() if outcome in outcomes)
            columns[column].add(tuple(sorted(found)))
        self._blocking.append(len({each["rule"] for each in row["findings"] if each["blocks"]}))
        if row["conflicts"]:
            self._conflicts[self.count - 1] = len(row["conflicts"])
            if any(_is_of_weights(each) for each in row["conflicts"]):
                self._disputed.append(self.count - 1)
        for name in row["assessments"]:
            self.question(name)
        for question in self._questions:
            answer = row["assessments"].get(question.id)
            question.levels.append(question.digit(answer["level"]) if answer else _NONE)

    def as_json(self) -> str:
        """Give it as the JSON that the script of the page reads."""
        rules = [_rule(name, self._rule_data.get(name, {})) for name in self._rules.values]
        data = {
            "count": self.count,
            "verdicts": VERDICTS,
            "names": self._names,
            "manifests": {str(place): name_shown(self._manifests[place]) for place in self._nameless},
            "apart": {str(place): name for place, name in self._apart()},
            "dates": self._dates,
            "verdict": "".join(self._verdicts),
            "columns": {name: column.as_data() for name, column in self._columns.items()},
            "blocking": self._blocking,
            "conflicts": {str(place): count for place, count in self._conflicts.items()},
            "disputed": self._disputed,
            "questions": [each.as_data() for each in self._questions],
            "rules": rules,
        }
        return json_in_html(data)

    def _apart(self) -> Iterator[tuple[int, str]]:
        """Give what tells releases of one name apart: their files, without the folders that all of them are in."""
        same: dict[str, list[int]] = {}
        for place, name in enumerate(self._names):
            same.setdefault(name, []).append(place)
        for name, places in same.items():
            if name and len(places) > 1:
                files = _ends([self._manifests[place] for place in places])
                are_apart = len(set(files)) == len(files)
                yield from (
                    (place, file if are_apart else f"{file}, number {place + 1:,}")
                    for place, file in zip(places, map(name_shown, files), strict=True)
                )


class _Question:
    """One assessment and its level in each release."""

    def __init__(self, name: str, asked: Mapping[str, Any]) -> None:
        self.id = name
        self.levels: list[str] = []
        self._title = str(asked.get("title") or name)
        self._label = str(asked.get("label") or self._title)
        self._kind = KINDS.get(str(asked.get("over")), Kind.OTHER)
        self._scale = [str(level) for level in asked.get("scale", ())]
        self.asked = tuple(self._scale)

    def digit(self, level: str) -> str:
        """Give the character that stands for a level; levels beyond the scale of a forged ledger are told, too."""
        if level not in self._scale:
            self._scale.append(level)
        return chr(_FIRST + min(self._scale.index(level), _MOST_LEVELS))

    def as_data(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "id": name_shown(self.id),
            "title": name_shown(self._title),
            "label": name_shown(self._label),
            "kind": self._kind.value,
            "scale": [name_shown(level) for level in self._scale],
            "shades": [shade_of(level, self._scale) for level in self._scale],
            "levels": "".join(self.levels),
        }


def _ends(files: Iterable[str]) -> list[str]:
    """Give the names of files without the folders that they share."""
    parts = [file.split("/") for file in files]
    shared = 0
    while all(len(each) > shared + 1 and each[shared] == parts[0][shared] for each in parts):
        shared += 1
    return ["/".join(each[shared:]) for each in parts]


def _is_of_weights(conflict: Mapping[str, Any]) -> bool:
    """Tell whether sources disagree about whether the weights are out."""
    if _KIND.fullmatch(conflict["pointer"]):
        return any(each["value"] == "weights" for each in (conflict, *conflict["conflicts"]))
    return bool(conflict["pointer"] == _FINAL_WEIGHTS)


class _Interned:
    """Gives each value a number."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, value: Any) -> int:
        """Give the number of a value."""
        if value not in self._numbers:
            self._numbers[value] = len(self.values)
            self.values.append(value)
        return self._numbers[value]


class _Column:
    """A column in which values recur."""

    def __init__(self) -> None:
        self._values = _Interned()
        self._numbers: list[int] = []

    def add(self, value: Any) -> None:
        """Add a cell."""
        self._numbers.append(self._values.number(value))

    def as_data(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"values": self._values.values, "rows": self._numbers}


_NOTHING: Row = {
    "release": {"date": None, "license": None, "license_family": None},
    "sources": {},
    "threats": {},
    "rules": {},
    "findings": [],
    "conflicts": [],
    "assessments": {},
}


def _rule(name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    references = [
        [shown(str(each.get("title", ""))), web_address(str(each.get("url", "")))]
        for each in rule.get("references", ())
    ]
    return {
        "id": name_shown(name),
        "summary": shown(str(rule.get("summary") or name)),
        "severity": shown(str(rule.get("severity", "error"))),
        "remediation": shown(str(rule.get("remediation", ""))),
        "rationale": shown(str(rule.get("rationale", ""))),
        "references": references[:10],
    }
