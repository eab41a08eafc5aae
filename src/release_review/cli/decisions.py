"""What a team has decided to let go for a time: waivers and baseline, read for a run, and a baseline written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_review.cli import door, outputs, streams
from release_review.cli.settings import Settings
from release_review.errors import OutputError, ReleaseReviewError, UsageError
from release_review.escape import shorten
from release_review.hooks import Unreviewed
from release_review.model import LIMITS, Baseline, Decisions, Document, Report, SettingsFile, Waiver
from release_review.reporters.layout import counted

if TYPE_CHECKING:
    from release_review.plugins import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Decisions, and the files that they come from."""

    decisions: Decisions
    files: tuple[SettingsFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A baseline to write.

    Attributes:
        path: Its file.
        owner: Who sees to it that it becomes empty.
        created: Its first day, in UTC.
        expires: Its last day, in UTC.
        only: An older one, to which nothing is added.
    """

    path: Path
    owner: str
    created: dt.date
    expires: dt.date
    only: Baseline | None = None


def load(given: Mapping[str, Any], chosen: Settings, registry: Registry) -> Loaded:
    """Read waivers and baseline, before any manifest.

    Raises:
        InputError: A file cannot be read.
        WaiverError: The waivers are not what they have to be.
        BaselineError: The baseline is not.
    """
    waivers: tuple[Waiver, ...] = ()
    baseline, files = None, []
    if path := chosen["waivers"].value:
        from release_review.waiver_file import load_waivers

        document = read(path, "waiver file", registry, name=chosen.name_of(path))
        waivers = load_waivers(document)
        files.append(_file("waivers", document))
    if path := chosen["baseline"].value:
        from release_review.baseline import load_baseline

        document = read(path, "baseline", registry, name=chosen.name_of(path))
        baseline = load_baseline(document)
        files.append(_file("baseline", document))
    decided = Decisions(waivers=waivers, ignore_waivers=given["ignore_waivers"], baseline=baseline)
    return Loaded(decisions=decided, files=tuple(files))


def read(path: str, kind: str, registry: Registry, *, name: str = "") -> Document:
    """Read a file of decisions.

    Args:
        path: The file.
        kind: What it is, for an error.
        registry: Where the importers are.
        name: How reports call it; as its path where empty.

    Raises:
        InputError: It cannot be read.
    """
    from release_review.files import read_file
    from release_review.load import check_exists, importer_of, read_document

    check_exists(Path(path), kind)
    content = read_file(Path(path), LIMITS)
    importer = importer_of(path, registry.importers)
    return read_document(content, name=name or path, importer=importer, folder=Path(path).parent)


def target(
    given: Mapping[str, Any], baseline: Baseline | None, *, today: dt.date, taken: Iterable[Path] = ()
) -> Target | None:
    """Say which baseline is to be written, with whose name and until when; what is not given is that of the older one.

    Args:
        given: What the command line says.
        baseline: The older one, if there is one; its file may be replaced.
        today: The day of judgement, in UTC.
        taken: Files, and folders of files, that this run reads or writes and a baseline may not replace.

    Raises:
        UsageError: It has no owner or no last day, or one that no baseline can have.
        OutputError: No file can be written there.
    """
    path, owner, expires = given["write_baseline"], given["owner"], given["expires"]
    if path is None:
        if owner or expires:
            raise UsageError("--owner and --expires are for a baseline", hint="add --write-baseline FILE")
        return None
    from release_review.baseline import fault_of_owner, fault_of_term
    from release_review.denial import denies

    created = baseline.created if baseline else today
    owner, expires = owner or (baseline and baseline.owner), expires or (baseline and baseline.expires)
    if not owner or not expires:
        missing = [name for name, value in (("--owner NAME", owner), ("--expires DATE", expires)) if not value]
        hint = f"add {' and '.join(missing)}"
        raise UsageError("a baseline has an owner and a day by which it is empty", hint=hint)
    if fault := fault_of_owner(owner):
        what = f"--owner '{shorten(owner)}' names nobody" if denies(owner) else fault
        raise UsageError(what, hint="give a name or a team to --owner")
    if fault := fault_of_term(created, expires):
        raise UsageError(fault, hint="give another day to --expires")
    if baseline is not None and expires > baseline.expires:
        what = f"the baseline ends on {baseline.expires}, and is only ever made shorter"
        raise UsageError(what, hint="give an earlier day to --expires, or leave it out")
    outputs.check_target(Path(path), taken, kind="baseline")
    if Path(path).exists() and not (baseline is not None and outputs.is_same(Path(path), Path(baseline.name))):
        hint = "name all manifests in one run and another file, or give it to --baseline as well, to shorten it"
        raise OutputError("the baseline is there already", where=path, hint=hint)
    return Target(path=Path(path), owner=owner, created=created, expires=expires, only=baseline)


def write_baseline(target: Target, entries: Sequence[Report | Unreviewed]) -> bool:
    """Write what is not met, and tell whether it is there.

    Nothing is written where a manifest could not be reviewed, because what is not met there is not known.
    """
    from release_review.baseline import baseline_of, written

    found = [entry for entry in entries if isinstance(entry, Report)]
    try:
        if len(found) < len(entries):
            raise OutputError("no baseline is written while a manifest cannot be reviewed", where=str(target.path))
        baseline = baseline_of(
            found, owner=target.owner, created=target.created, expires=target.expires, only=target.only
        )
        outputs.replace(target.path, written(baseline), kind="baseline")
    except ReleaseReviewError as error:
        door.report_error(error)
        return False
    name = shorten(str(target.path))
    rules = len({entry.rule for entry in baseline.findings})
    told = f"{counted(sum(each.count for each in baseline.findings), 'finding')} of {counted(rules, 'rule')}"
    streams.say(f"{name}: {told} written; from now on, give it to --baseline")
    return True


def _file(role: str, document: Document) -> SettingsFile:
    return SettingsFile(role=role, name=document.name, digest=document.digest)
