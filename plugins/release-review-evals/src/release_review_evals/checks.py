"""The rules: each looks at all logs, and says of each what stands in its way."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Any

from release_review.model import Finding, Outcome, RuleContext
from release_review_evals.addresses import commit_of
from release_review_evals.names import Is, Known, names_folder
from release_review_evals.reading import Cited, logs_of

LONGEST_RUN_DAYS = 31
"""Days of the longest run whose log still tells when it was: a longer one would agree with any date."""

_SHOWN = 12
"""Digits of a commit that a message shows."""


def check_readable(context: RuleContext) -> Iterator[Finding]:
    """Find logs that cannot be read."""
    for cited in logs_of(context):
        if cited.log is None:
            yield Finding(message=f"{cited.id}: the log {cited.why}", pointer=cited.pointer, outcome=cited.outcome)


def check_model(context: RuleContext) -> Iterator[Finding]:
    """Find logs of another model, and demand one of the release."""
    known = Known.of(context.manifest["release"], context.params)
    compared: list[Cited] = []
    others = 0
    for cited in logs_of(context):
        if cited.log is None:
            others += 1
            yield _unread(cited, "which model was evaluated")
            continue
        judged, words = known.judge(cited.log)
        if judged is Is.COMPARISON:
            compared.append(cited)
            continue
        others += 1
        if judged is not Is.RELEASE:
            outcome = Outcome.UNKNOWN if judged is Is.UNSAID else Outcome.FAIL
            yield _about(cited, f"the log {words}", outcome)
    if compared and not others:
        message = f"{compared[0].id}: no log is of '{known.release}', and the others are there to compare with"
        yield Finding(message=message, pointer=compared[0].pointer)


def check_finished(context: RuleContext) -> Iterator[Finding]:
    """Find evaluations that broke off, or have samples without a score."""
    for cited in logs_of(context):
        if cited.log is None:
            yield _unread(cited, "whether the evaluation is finished")
            continue
        for fault in cited.log.faults:
            yield _about(cited, f"the log {fault}")
        if cited.log.gaps and not cited.log.faults:
            yield _about(cited, f"the log does not say its {' and '.join(cited.log.gaps)}", Outcome.UNKNOWN)


def check_whole(context: RuleContext) -> Iterator[Finding]:
    """Find evaluations of a part of the task."""
    for cited in logs_of(context):
        if cited.log is None:
            yield _unread(cited, "how much of the task was evaluated")
        elif cited.log.part is None:
            yield _about(cited, "the log does not say how much of the task was evaluated", Outcome.UNKNOWN)
        elif cited.log.part:
            yield _about(cited, f"the log covers {cited.log.part}")


def check_date(context: RuleContext) -> Iterator[Finding]:
    """Compare the day that the manifest gives to a log with the days that the log gives itself."""
    margin = dt.timedelta(days=context.params["days"])
    for cited in logs_of(context):
        if cited.log is None:
            yield _unread(cited, "when the evaluation ran")
            continue
        first, last = cited.log.first, cited.log.last
        if first is None:
            yield _about(cited, "the log does not say when the evaluation ran", Outcome.UNKNOWN)
            continue
        future = next((day for day in (first, last) if day is not None and day - context.today > margin), None)
        if future is not None:
            ran = "ran on" if future == first else "ran until"
            yield _about(cited, f"the log says that it {ran} {future}, which is after today, {context.today}")
        if last is not None and (last - first).days > LONGEST_RUN_DAYS:
            words = f"the log says that it ran from {first} to {last}, and so long a run tells no day"
            yield _about(cited, words, Outcome.UNKNOWN)
            continue
        found = _date_fault(_day_at(context, cited.pointer), first, last, margin)
        if found is not None:
            words, outcome = found
            reads = (cited.pointer,) if outcome is Outcome.FAIL else ()
            yield Finding(message=f"{cited.id}: {words}", pointer=f"{cited.pointer}/date", reads=reads, outcome=outcome)


def _date_fault(
    stated: dt.date | None, first: dt.date, last: dt.date | None, margin: dt.timedelta
) -> tuple[str, Outcome] | None:
    """Tell what speaks against a date, or is missing for it."""
    if stated is None:
        return f"`date` is not stated; the log says that it ran on {first}", Outcome.UNKNOWN
    if first - margin <= stated <= (last or first) + margin:
        return None
    if last is None and stated > first:
        return f"`date` is {stated}, and the log says that it began on {first}, and not when it ended", Outcome.UNKNOWN
    ran = f"on {first}" if last in (None, first) else f"from {first} to {last}"
    # The manifest may have named a month or a year; a rule is given the first of its days.
    if stated <= (last or first) and first <= _last_meant(stated):
        span = f"{stated:%Y}" if stated.month == 1 else f"{stated:%Y-%m}"
        words = f"`date` is {stated}, or some day of {span}, and the log says that it ran {ran}; write the day"
        return words, Outcome.UNKNOWN
    return f"`date` is {stated}, and the log says that it ran {ran}", Outcome.FAIL


def _last_meant(stated: dt.date) -> dt.date:
    """Give the last day that a date may mean of which only the first is known."""
    if stated.day > 1:
        return stated
    month = stated.month if stated.month > 1 else 12
    return stated.replace(month=month, day=calendar.monthrange(stated.year, month)[1])


def check_before_release(context: RuleContext) -> Iterator[Finding]:
    """Look for an evaluation of the release that was finished by the day of the release."""
    known = Known.of(context.manifest["release"], context.params)
    release = context.manifest["release"]["date"]
    listed, open_, days = list(logs_of(context)), [], []
    for cited in listed:
        judged = Is.UNSAID if cited.log is None else known.judge(cited.log)[0]
        if cited.log is None:
            open_.append(cited)
        elif cited.log.faults or judged not in (Is.UNSAID, Is.RELEASE):
            continue
        elif judged is Is.UNSAID or cited.log.last is None or cited.log.gaps:
            open_.append(cited)
        else:
            days.append(cited.log.last)
    date = "/release/date"
    if release is None:
        yield Finding(message="`release.date` is not stated", pointer=date, outcome=Outcome.UNKNOWN)
    elif any(day <= release.date() for day in days):
        return
    elif open_:
        message = f"{open_[0].id}: the log does not tell whether '{known.release}' was evaluated before its release"
        yield Finding(message=message, pointer=open_[0].pointer, outcome=Outcome.UNKNOWN)
    else:
        ran = f"the first ended on {min(days)}" if days else "there is none"
        message = f"no finished evaluation of '{known.release}' ended by its release on {release.date()}: {ran}"
        yield Finding(message=message, pointer=date, reads=tuple(each.pointer for each in listed))


def check_bytes(context: RuleContext) -> Iterator[Finding]:
    """Compare the commit in a log, or the digest beside it, with the files of the release."""
    release = context.manifest["release"]
    known = Known.of(release, context.params)
    for cited in logs_of(context):
        if cited.log is None:
            yield _unread(cited, "which bytes were evaluated")
            continue
        judged, words = known.judge(cited.log)
        if judged is Is.COMPARISON:
            continue
        if judged is not Is.RELEASE:
            yield _about(cited, f"the log {words}, so it tells of no bytes of the release", Outcome.UNKNOWN)
            continue
        fault = _bytes_fault(cited, _at(context, cited.pointer)["subject_digest"], release["artifact"])
        if fault is not None:
            message, outcome = fault
            yield _about(cited, message, outcome, "/release/artifact")
    if all(each.log is not None and known.judge(each.log)[0] is Is.COMPARISON for each in logs_of(context)):
        message = f"no log is of '{known.release}', so none tells of its bytes"
        yield Finding(message=message, pointer="/evidence", outcome=Outcome.UNKNOWN)


def _bytes_fault(cited: Cited, subject: str | None, artifacts: Any) -> tuple[str, Outcome] | None:
    """Tell what speaks against, or is missing for, these being bytes of the release."""
    commits = cited.log.commits if cited.log is not None else ()
    published = {commit_of(each["uri"] or "") for each in artifacts} - {""}
    # Digests of two algorithms cannot be compared.
    algorithm = (subject or "").partition(":")[0]
    digests = {each["digest"] for each in artifacts if (each["digest"] or "").startswith(f"{algorithm}:")}
    if len(commits) > 1:
        shown = " and ".join(commit[:_SHOWN] for commit in commits)
        return f"the log names two commits of the weights, {shown}", Outcome.FAIL
    if commits and published and commits[0] not in published:
        shown = ", ".join(sorted(commit[:_SHOWN] for commit in published))
        return f"the log is of the commit {commits[0][:_SHOWN]}, and the release is of {shown}", Outcome.FAIL
    if subject is not None and digests and subject not in digests:
        return "`subject_digest` is not the digest of a file of the release", Outcome.FAIL
    if subject is not None and digests:
        return None
    if commits and cited.log is not None and (cited.log.chosen or names_folder(cited.log)):
        commit, chosen = commits[0][:_SHOWN], cited.log.chosen
        if chosen:
            what = f"the log is of the commit {commit}, but chose `{chosen}` of it, which the commit does not tell"
        else:
            what = f"the log is of a folder, and the commit {commit} does not tell what was in it"
        return what, Outcome.UNKNOWN
    if commits and published:
        return None
    if commits:
        what = f"the log is of the commit {commits[0][:_SHOWN]}, and no `uri` of a file of the release names a commit"
        return what, Outcome.UNKNOWN
    return "neither the log nor `subject_digest` says which bytes of the release were evaluated", Outcome.UNKNOWN


def _about(cited: Cited, words: str, outcome: Outcome = Outcome.FAIL, *reads: str) -> Finding:
    return Finding(message=f"{cited.id}: {words}", pointer=cited.pointer, reads=reads, outcome=outcome)


def _unread(cited: Cited, question: str) -> Finding:
    return _about(cited, f"{question} is not known: the log {cited.why}", Outcome.UNKNOWN)


def _at(context: RuleContext, pointer: str) -> Any:
    return context.manifest["evidence"][int(pointer.rpartition("/")[2])]


def _day_at(context: RuleContext, pointer: str) -> dt.date | None:
    stated = _at(context, pointer)["date"]
    return stated.date() if isinstance(stated, dt.datetime) else None
