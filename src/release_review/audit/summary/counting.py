"""One pass over the rows of a ledger: each is looked at once and let go of, so that there may be any number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from release_review.audit.ledger import Counts, Ledger
from release_review.audit.rows import CHANNELS, Row, is_error
from release_review.audit.summary.evidence import Evidence
from release_review.audit.summary.records import Answers, Audit, Group, Kind, RuleCount, Summary, Trouble, Way
from release_review.audit.summary.tallies import Tally, developer_of, text, text_or_none, year_of
from release_review.errors import AuditError
from release_review.model import Verdict

THREATS = "/threat/*"
"""What an assessment looks at that is about threats."""

MOST_ERRORS = 1_000
"""Releases without a verdict that are kept; they are all counted, and the ledger has them all."""

KINDS = {CHANNELS: Kind.PROPERTY, THREATS: Kind.STEP}
"""What an assessment is about, by what it looks at."""

_MOST_MESSAGES = 20
_NO_RULE = "no rule applied to it"


def summarise(ledger: Ledger) -> Summary:
    """Count all that the reports of an audit show.

    Raises:
        AuditError: The ledger is damaged.
    """
    counting = Counting(ledger)
    for row in ledger.rows():
        counting.add(row)
    return counting.summary()


class Counting:
    """A summary that is being made, for whoever has something else to do with each row in the same pass."""

    def __init__(self, ledger: Ledger) -> None:
        self._path = str(ledger.path)
        self._rows = 0
        with self.damage():
            meta = ledger.meta
            self._audit = _audit_of(meta, is_complete=ledger.is_complete)
            self._assessments = {text(name): dict(each) for name, each in meta["definitions"]["assessments"].items()}
            self._rules = {text(name): dict(each) for name, each in meta["definitions"]["rules"].items()}
        self._verdicts = dict.fromkeys(Verdict, 0)
        self._levels = Tally()
        self._by_year: dict[str, Tally] = {}
        self._by_vector: dict[str, Tally] = {}
        self._outcomes = Tally()
        self._years, self._developers, self._families, self._licenses = Tally(), Tally(), Tally(), Tally()
        self._ways, self._vectors = Tally(), Tally()
        self._with_threats = 0
        self._evidence = Evidence()
        self._errors: list[Trouble] = []

    def add(self, row: Row) -> None:
        """Count a row.

        Raises:
            AuditError: It is none.
        """
        self._rows += 1
        with self.damage():
            verdict = Verdict(row["verdict"])
            self._verdicts[verdict] += 1
            if verdict is Verdict.ERROR and len(self._errors) < MOST_ERRORS:
                self._errors.append(_trouble(row))
            if not is_error(row):
                self._count(row, verdict)

    def summary(self) -> Summary:
        """Give what has been counted so far."""
        with self.damage():
            return self._summary()

    def damage(self) -> _Damage:
        """Have what goes wrong with the row that was added last be said as what it is: a ledger that is damaged."""
        return _Damage(self)

    def damaged(self) -> AuditError:
        """Say that what is being counted is not what a ledger has."""
        what = f"row {self._rows:,} of it is damaged" if self._rows else "what it was made with is damaged"
        return AuditError(what, where=self._path, hint="make the ledger again")

    def _count(self, row: Row, verdict: Verdict) -> None:
        release = row["release"]
        year = year_of(text_or_none(release["date"]))
        self._years.add(year, verdict.value)
        self._developers.add(developer_of(text(release["id"])), verdict.value)
        self._families.add(text_or_none(release["license_family"]) or "", verdict.value)
        self._licenses.add(text_or_none(release["license"]) or "", verdict.value)
        for kind, audience in sorted({(text(each["kind"]), text(each["audience"])) for each in row["channels"]}):
            self._ways.add(kind, audience)
        self._count_levels(row, year)
        for rule, outcome in row["rules"].items():
            self._outcomes.add(text(rule), text(outcome))
        self._evidence.add(row)

    def _count_levels(self, row: Row, year: str) -> None:
        vectors: Mapping[str, Any] = row["threats"]
        self._with_threats += bool(vectors)
        for vector in vectors.values():
            self._vectors.add(text(vector), "")
        for name, answer in row["assessments"].items():
            level = text(answer["level"])
            self._levels.add(name, level)
            self._by_year.setdefault(name, Tally()).add(year, level)
            if self._assessments.get(name, {}).get("over") != THREATS:
                continue
            for key, item in answer["items"].items():
                # An item without an id is called by its place, and its vector is not told.
                by_vector = self._by_vector.setdefault(name, Tally())
                by_vector.add(text(vectors.get(key, "unknown")), text(item["level"]))

    def _summary(self) -> Summary:
        tallies = {"developer": self._developers, "licence": self._licenses, "field": self._evidence.fields}
        return Summary(
            audit=self._audit,
            counts=Counts(
                passed=self._verdicts[Verdict.PASS],
                blocked=self._verdicts[Verdict.BLOCKED],
                errors=self._verdicts[Verdict.ERROR],
            ),
            assessments=tuple(self._answers()),
            years=tuple(sorted(_groups(self._years), key=lambda each: (not each.name, each.name))),
            developers=tuple(_groups(self._developers)),
            families=tuple(_groups(self._families)),
            licenses=tuple(_groups(self._licenses)),
            ways=tuple(
                sorted(
                    (
                        Way(kind=kind, audience=audience, releases=count)
                        for kind, words in self._ways.items()
                        for audience, count in sorted(words.items())
                    ),
                    key=lambda each: -each.releases,
                )
            ),
            vectors=tuple((name, sum(words.values())) for name, words in self._vectors.most_first()),
            with_threats=self._with_threats,
            sources=self._evidence.sources(),
            facts=self._evidence.facts(),
            conflicts=tuple(self._evidence.conflicts),
            conflict_count=self._evidence.conflict_count,
            conflicting_releases=self._evidence.conflicting_releases,
            rules=tuple(sorted(self._rule_counts(), key=lambda each: (-each.open, each.id))),
            errors=tuple(self._errors),
            left_out={name: tally.left_out for name, tally in tallies.items() if tally.left_out},
        )

    def _answers(self) -> Iterator[Answers]:
        found = dict(self._levels.items())
        for name in [*self._assessments, *(each for each in found if each not in self._assessments)]:
            asked = self._assessments.get(name, {})
            levels = found.get(name, {})
            scale = [text(level) for level in asked.get("scale", ())]
            scale += sorted(set(levels) - set(scale))
            over = asked.get("over")
            yield Answers(
                id=name,
                title=text(asked.get("title", name)),
                label=text(asked.get("label") or asked.get("title", name)),
                kind=KINDS.get(str(over), Kind.OTHER),
                scale=tuple(scale),
                levels=_in_order(levels, scale),
                by_year={year: _in_order(each, scale) for year, each in self._table(self._by_year, name)},
                by_vector={vector: _in_order(each, scale) for vector, each in self._table(self._by_vector, name)},
            )

    def _table(self, tables: Mapping[str, Tally], name: str) -> Iterator[tuple[str, Mapping[str, int]]]:
        return tables[name].items() if name in tables else iter(())

    def _rule_counts(self) -> Iterator[RuleCount]:
        found = dict(self._outcomes.items())
        for name in sorted({*self._rules, *found}):
            rule = self._rules.get(name, {})
            yield RuleCount(
                id=name,
                summary=text(rule.get("summary", name)),
                severity=text(rule.get("severity", "error")),
                remediation=text(rule.get("remediation", "")),
                outcomes=dict(sorted(found.get(name, {}).items())),
            )


class _Damage:
    """Turns what goes wrong with data of another shape into the error that says so."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        """Say where it went wrong."""
        if isinstance(error, AttributeError | KeyError | TypeError | ValueError | IndexError):
            raise self._counting.damaged() from None


def _audit_of(meta: Mapping[str, Any], *, is_complete: bool) -> Audit:
    setup = meta["setup"]
    policies = meta["definitions"]["policies"].items()
    return Audit(
        is_complete=is_complete,
        tool=text(setup["tool"]),
        today=text(setup["today"]),
        as_of=text_or_none(setup["as_of"]),
        engine=text(setup["engine"]),
        policies=tuple((text(name), text(each["version"]), text(each["title"])) for name, each in policies),
        corpus=tuple((text(importer), text(path)) for importer, path in meta["corpus"]["named"]),
    )


def _trouble(row: Row) -> Trouble:
    """Say why there is no verdict: nobody could read it, a rule broke, or nothing applied."""
    if is_error(row):
        messages = [text(each) for each in row["errors"]]
    else:
        messages = [
            f"{text(each['rule'])}: {text(each['message'])}" for each in row["findings"] if each["outcome"] == "error"
        ]
    return Trouble(
        number=int(row["number"]),
        release=text_or_none(row["release"]["id"]),
        manifest=text(row["release"]["manifest"]),
        messages=tuple(messages[:_MOST_MESSAGES]) or (_NO_RULE,),
    )


def _groups(tally: Tally) -> Iterator[Group]:
    for name, words in tally.most_first():
        yield Group(
            name=name,
            passed=words.get(Verdict.PASS.value, 0),
            blocked=words.get(Verdict.BLOCKED.value, 0),
            errors=words.get(Verdict.ERROR.value, 0),
        )


def _in_order(levels: Mapping[str, int], scale: list[str]) -> dict[str, int]:
    return {level: levels.get(level, 0) for level in scale}
