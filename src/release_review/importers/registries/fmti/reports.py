"""The files of an edition: reports of companies, and the tables of scores and disclosures of all of them.

A company with a report is read from it, and any other from the tables, so that none is lost where a report is missing.
What the tables have of a company with a report is kept beside it, so that two files that do not agree show.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from release_review.developers import developer_of
from release_review.errors import InputError
from release_review.hooks import Unread
from release_review.importers.registries.entry_files import find_entries, is_folder
from release_review.importers.registries.fmti.editions import ALIASES
from release_review.importers.registries.rows import Row, Table, open_table
from release_review.importers.text import quote
from release_review.model import Limits

_REPORT = re.compile(r"(.+?)_fmtransparencyreport[-_]([A-Za-z]+[0-9]{4})\.csv")
_SCORES_TABLE = re.compile(r"([A-Za-z]+[0-9]{4})_scores\.csv")
_SCORES = ("0", "1")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_TOTAL = "Total"

_DISCLOSURE, _JUSTIFICATION, _REFERENCES, _SCORE = "Disclosure", "Justification", "References", "Score"
_COLUMNS = (_DISCLOSURE, _JUSTIFICATION, _REFERENCES, _SCORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the index has for one indicator.

    Attributes:
        score: `1` for a point, `0` for none; empty where the file has neither.
        disclosure: What the company says, in its words or those of the index.
        justification: Why the index gives the point or not; empty in the tables.
    """

    score: str
    disclosure: str = ""
    justification: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One company in one edition.

    Attributes:
        company: Its name as the file or the column has it.
        edition: The edition, such as `May2024`.
        origin: Where it stands: the report, or the table.
        answers: By the name of the indicator.
        others: What the tables have for a company that is read from its report.
    """

    company: str
    edition: str
    origin: str
    answers: Mapping[str, Answer]
    others: Sequence[Mapping[str, Answer]] = ()


def month_of(edition: str) -> str | None:
    """Give the month of an edition, such as `2024-05`, or nothing if its name is of another form."""
    name, year = edition[:-4].casefold(), edition[-4:]
    number = next((place for place, month in enumerate(_MONTHS, start=1) if name in (month, month[:3])), None)
    return f"{year}-{number:02}" if number else None


def companies_in(path: Path, limits: Limits) -> Iterator[Scored | Unread]:
    """Give each company of a report, or of a folder of editions, an edition after the other.

    Raises:
        InputError: There is nothing of the index.
    """
    if not is_folder(path):
        if not (named := _REPORT.fullmatch(path.name)):
            hint = "name a folder of the index, or a file COMPANY_fmtransparencyreport_EDITION.csv"
            raise InputError("is no report of the index, by its name", where=str(path), hint=hint)
        yield _of_report(path, named[1], named[2], limits)
        return
    reports: dict[str, list[tuple[Path, str]]] = {}
    tables: dict[str, list[Path]] = {}
    for found in find_entries(path, (".csv",)):
        if isinstance(found, Unread):
            yield found
        elif named := _REPORT.fullmatch(found.name):
            reports.setdefault(named[2], []).append((found, named[1]))
        elif named := _SCORES_TABLE.fullmatch(found.name):
            tables.setdefault(named[1], []).append(found)
    if not reports and not tables:
        hint = "name the folder that holds Dec2025 or May2024, or one of these"
        raise InputError("holds no report and no scores of the index", where=str(path), hint=hint)
    for edition in sorted({*reports, *tables}):
        yield from _of_edition(edition, reports.get(edition, []), tables.get(edition, []), limits)


def _of_edition(
    edition: str, reports: Sequence[tuple[Path, str]], tables: Sequence[Path], limits: Limits
) -> Iterator[Scored | Unread]:
    columns: dict[str, list[Scored]] = {}
    unread: list[Unread] = []
    for table in tables:
        for found in _of_table(table, edition, limits):
            if isinstance(found, Unread):
                unread.append(found)
            else:
                columns.setdefault(_key(found.company), []).append(found)
    for path, company in reports:
        report = _of_report(path, company, edition, limits)
        if isinstance(report, Scored):
            others = [each.answers for each in columns.get(_key(report.company), ())]
            report = dataclasses.replace(report, others=others)
        yield report
    yield from unread
    told = {_key(company) for _, company in reports}
    for key, found_in in columns.items():
        yield from found_in if key not in told else ()


def _key(company: str) -> str:
    """Give what the name in a file and that in a column have in common: the developer, by the table of developers."""
    return developer_of(company.replace("_", " ").partition(":")[0].strip()).id


def _of_report(path: Path, company: str, edition: str, limits: Limits) -> Scored | Unread:
    try:
        table = open_table(path, limits, needs=(_DISCLOSURE, _SCORE))
        # One report calls its first column after an indicator.
        first = table.header[0]
        rows = _by_indicator(table, (first, *_COLUMNS))
        answers = {ALIASES.get(indicator, indicator): _answer(row, indicator) for indicator, row in rows.items()}
    except InputError as error:
        return Unread(origin=str(path), error=error)
    return Scored(company=company.replace("_", " "), edition=edition, origin=str(path), answers=answers)


def _answer(row: Row, indicator: str) -> Answer:
    score = row.cells[_SCORE]
    if score not in _SCORES:
        what = f"the score of {quote(indicator)} is {quote(score)}"
        raise InputError(what, where=row.origin, hint="a score is 0 or 1; correct the file")
    return Answer(score=score, disclosure=row.cells[_DISCLOSURE], justification=row.cells[_JUSTIFICATION])


def _of_table(path: Path, edition: str, limits: Limits) -> Iterator[Scored | Unread]:
    """Give the companies of a table of scores, with what the table of disclosures has of them."""
    try:
        scores = open_table(path, limits)
        companies = _companies(scores)
        disclosed = path.with_name(f"{edition}_disclosures.csv")
        given = _by_indicator(scores, scores.header)
        words = open_table(disclosed, limits) if os.path.lexists(disclosed) else None
        said = _by_indicator(words, words.header) if words else {}
    except InputError as error:
        yield Unread(origin=str(path), error=error)
        return
    for company in companies:
        yield _of_column(path, company, edition, given, said)


def _companies(scores: Table) -> Sequence[str]:
    found = [company for company in scores.header[1:] if company]
    for company in found:
        if found.count(company) > 1:
            raise InputError(f"names {quote(company)} twice", where=scores.name, hint="keep one of the two columns")
    return found


def _of_column(
    path: Path, company: str, edition: str, given: Mapping[str, Row], said: Mapping[str, Row]
) -> Scored | Unread:
    origin = f"{path}#{company}"
    answers: dict[str, Answer] = {}
    for indicator, row in given.items():
        score = row.cells[company]
        if indicator == _TOTAL:
            continue
        if score not in _SCORES:
            what = f"the score of {quote(company)} for {quote(indicator)} is {quote(score)}"
            hint = "a score is 0 or 1; correct the file"
            return Unread(origin=origin, error=InputError(what, where=row.origin, hint=hint))
        words = said[indicator].cells.get(company, "") if indicator in said else ""
        answers[ALIASES.get(indicator, indicator)] = Answer(score=score, disclosure=words)
    return Scored(company=company, edition=edition, origin=origin, answers=answers)


def _by_indicator(table: Table, used: Sequence[str]) -> Mapping[str, Row]:
    """Give every row by the indicator in the first column.

    Raises:
        InputError: A row is bad, an indicator is there twice, or none is: the answers would be those of another report.
    """
    found: dict[str, Row] = {}
    for row in table.rows(used):
        if isinstance(row, Unread):
            raise row.error
        indicator = row.cells[table.header[0]]
        if indicator in found:
            hint = f"keep one of the two; the first is in line {found[indicator].line}"
            raise InputError(f"has the indicator {quote(indicator)} twice", where=row.origin, hint=hint)
        found[indicator] = row
    if not found:
        raise InputError("has no indicators", where=table.name, hint="name a file of the index as it is published")
    return found
