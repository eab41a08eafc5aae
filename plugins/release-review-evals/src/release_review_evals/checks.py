"""The rules: each looks at all logs, and says of each what stands in its way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from release_review.model import Finding, Outcome, RuleContext
from release_review_evals.names import Is, Known
from release_review_evals.reading import Cited, logs_of

_COMMIT = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])")
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
        if first is None or last is None:
            yield _about(cited, "the log does not say when the evaluation ran", Outcome.UNKNOWN)
            continue
        if first - context.today > margin:
            yield _about(cited, f"the log says that it ran on {first}, which is after today, {context.today}")
        stated = _day_at(context, cited.pointer)
        if stated is None:
            words = f"{cited.id}: `date` is not stated; the log says that it ran on {first}"
            yield Finding(message=words, pointer=f"{cited.pointer}/date", outcome=Outcome.UNKNOWN)
        elif not first - margin <= stated <= last + margin:
            ran = f"on {first}" if first == last else f"from {first} to {last}"
            words = f"{cited.id}: `date` is {stated}, and the log says that it ran {ran}"
            yield Finding(message=words, pointer=f"{cited.pointer}/date", reads=(cited.pointer,))


def check_before_release(context: RuleContext) -> Iterator[Finding]:
    """Look for an evaluation of the release that was finished by the day of the release."""
    known = Known.of(context.manifest["release"], context.params)
    release = context.manifest["release"]["date"]
    listed, open_, days = list(logs_of(context)), [], []
    for cited in listed:
        judged = Is.UNSAID if cited.log is None else known.judge(cited.log)[0]
        if judged is Is.UNSAID or (judged is Is.RELEASE and cited.log is not None and cited.log.last is None):
            open_.append(cited)
        elif judged is Is.RELEASE and cited.log is not None and cited.log.last and not cited.log.faults:
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
    published = {commit for each in artifacts for commit in _COMMIT.findall((each["uri"] or "").lower())}
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
    if (commits and published) or (subject is not None and digests):
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
