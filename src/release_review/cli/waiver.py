"""`release-review waiver`: write decisions to go on despite a rule, list them, and hold them against the rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, PASS, decisions, outputs, settings, streams, terminal
from release_review.cli.command import (
    GroupedGroup,
    cache_option,
    config_options,
    day,
    options,
    plugin_option,
    policy_option,
    trusted_option,
)
from release_review.errors import OutputError, ReleaseReviewError, UsageError, WaiverError, suggest
from release_review.escape import json_text, plain, toml_string
from release_review.gate import USED, gate_results
from release_review.hooks import Style
from release_review.model import (
    GATE,
    LIFTABLE,
    Document,
    GateFault,
    Outcome,
    RuleResult,
    Severity,
    Waiver,
    WaiverReason,
)
from release_review.reporters.layout import counted, wrap

if TYPE_CHECKING:
    from release_review.cli.settings import Settings
    from release_review.model import Manifest
    from release_review.plugins import Registry

REASONS = tuple(reason.value for reason in WaiverReason)
"""What `--reason` takes."""

_STYLE = Style(width=terminal.WIDTH)
_LONGEST_ID = 64
_PLACES_NAMED = 3
_NO_WORD = re.compile(r"[^a-z0-9]+")
_GROUPS = (
    ("What it is for", ("manifest", "pointer", "policy", "as_of", "today")),
    (
        "What it says",
        ("reason", "justification", "owner", "approved_by", "ticket", "created", "expires", "days", "name"),
    ),
    ("What becomes of it", ("without_facts", "file")),
)
_TODAY = click.option("--today", type=day, metavar="DATE", help="Take DATE for the day of judgement (UTC).")
_WAIVERS = click.option("--waivers", metavar="FILE", help="The file of waivers.")


@click.group(cls=GroupedGroup, short_help="Write, list and check waivers.", no_args_is_help=False)
def waiver() -> None:
    """Write decisions to go on despite a rule, list them, and check them."""


# new ------------------------------------------------------------------------------------------------------------------


@waiver.command("new", groups=_GROUPS, short_help="Write a waiver for what a manifest does not meet.")
@click.argument("rule", metavar="RULE")
@options(
    click.option("--manifest", required=True, metavar="FILE", help="The release it is for."),
    click.option("--pointer", default="", metavar="POINTER", help="The one place it is for: /threat/bio-uplift."),
    click.option("--reason", required=True, type=click.Choice(REASONS), metavar="REASON", help=", ".join(REASONS)),
    click.option("--justification", required=True, metavar="TEXT", help="Why the release may go ahead."),
    click.option("--owner", required=True, metavar="NAME", help="Who asks for it, and sees to it that it ends."),
    click.option("--approved-by", required=True, metavar="NAME", help="Who answers for it: somebody else."),
    click.option("--ticket", required=True, metavar="TEXT", help="Where it is followed."),
    click.option("--created", type=day, metavar="DATE", help="Its first day (UTC). [default: today]"),
    click.option("--expires", type=day, metavar="DATE", help="Its last day (UTC)."),
    click.option("--days", type=click.IntRange(min=1), metavar="N", help="How many days it holds, in place of that."),
    click.option("--id", "name", metavar="ID", help="How reports call it. [default: made up]"),
    click.option("--without-facts", is_flag=True, help="Do not let it lapse when the facts change."),
    click.option("--file", metavar="FILE", help="Add it to this file, or make one. [default: print it]"),
)
@policy_option
@options(click.option("--as-of", type=day, metavar="DATE", help="Judge the release as it stands on DATE."), _TODAY)
@config_options
@plugin_option
@cache_option
def new_waiver(**given: Any) -> int:
    """Write a waiver for RULE, which a release does not meet.

    The release is reviewed, and a waiver that would lift nothing is refused. It is bound to the facts that it rests on.
    """
    from release_review.plugins import load_registry

    chosen = settings.current(given, config=given["config"], isolated=given["isolated"])
    today = given["today"] or _today()
    created = given["created"] or today
    registry = load_registry(without=chosen["without-plugin"].value)
    target = _target(given["file"], taken=[Path(given["manifest"]), *chosen.paths])
    source = given["file"] if target else chosen["waivers"].value
    existing = _load(source, registry) if source and (target is None or target.exists()) else ()
    document = decisions.read(given["manifest"], "manifest", registry)
    seen = _reviewed(document, given, chosen, registry, today=today)
    result = seen.result(given["rule"])
    expires = _last_day(given, result, created)
    _check_result(result, seen.manifest)
    asked = Waiver(
        id=given["name"] or _made_up_id(result.id, seen.manifest.release_id, created, {each.id for each in existing}),
        rule=result.id,
        release=seen.manifest.release_id,
        reason=WaiverReason(given["reason"]),
        justification=given["justification"],
        owner=given["owner"],
        approved_by=given["approved_by"],
        ticket=given["ticket"],
        created=created,
        expires=expires,
        pointer=given["pointer"],
    )
    block = _checked(asked, seen, existing, bound=not given["without_facts"])
    if target is None:
        streams.write_stdout(block)
    else:
        _add(target, block)
        streams.say(f"{plain(given['file'])}: waiver {asked.id} added; it holds until {asked.expires}")
    return PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A manifest, and what became of every rule before any waiver."""

    manifest: Manifest
    results: tuple[RuleResult, ...]

    def result(self, name: str) -> RuleResult:
        """Give what became of a rule; its id may leave out the policy, where no other has the same."""
        matching = [each for each in self.results if name in (each.id, each.rule.id)]
        if len(matching) > 1:
            names = ", ".join(each.id for each in matching)
            raise UsageError(f"'{plain(name)}' is the id of {len(matching)}", hint=f"name one of them: {names}")
        if name.startswith(f"{GATE}/"):
            raise UsageError(f"'{plain(name)}' is a rule of the gate itself, which nobody waives", hint="meet it")
        if not matching:
            near = suggest(name, [each.id for each in self.results]).partition("use one of")[0].rstrip()
            hint = near or "select the policy it belongs to with --policy"
            raise UsageError(f"no loaded policy has the rule '{plain(name)}'", hint=hint)
        return matching[0]


def _reviewed(
    document: Document, given: Mapping[str, Any], chosen: Settings, registry: Registry, *, today: dt.date
) -> _Seen:
    from release_review.cli.cache import open_store
    from release_review.evaluate import evaluate
    from release_review.pipeline import look_at
    from release_review.selection import load_policies

    policies = load_policies(chosen["policy"].value, registry, store=open_store(wanted=not given["no_cache"]))
    engine = chosen["engine"].value
    assessed = look_at(document, policies=policies, today=today, as_of=given["as_of"], engine=engine)
    return _Seen(manifest=assessed.manifest, results=evaluate(assessed, policies.rules))


def _check_result(result: RuleResult, manifest: Manifest) -> None:
    """Refuse a rule of which nothing could be lifted.

    Raises:
        UsageError: It is such a rule.
    """
    if result.outcome is Outcome.ERROR:
        raise UsageError(f"the rule {result.id} broke: nobody knows what would be waived", hint="correct the rule")
    if result.outcome not in LIFTABLE:
        what = "passes" if result.outcome is Outcome.PASS else "does not apply"
        raise UsageError(f"{result.id} {what} for {manifest.release_id}", hint="it needs no waiver")


def _last_day(given: Mapping[str, Any], result: RuleResult, created: dt.date) -> dt.date:
    """Give the last day that is asked for.

    Raises:
        UsageError: There is none, or the rule does not allow it.
    """
    from release_review.waive import last_day

    latest = last_day(result.rule, created=created)
    if latest is None:
        raise UsageError(f"the rule {result.id} may not be waived", hint="meet it")
    if (given["expires"] is None) == (given["days"] is None):
        what = "a waiver has a last day" if given["days"] is None else "--expires and --days exclude each other"
        raise UsageError(what, hint=f"give --expires DATE, {latest} at the latest, or --days N")
    days = given["days"] or (given["expires"] - created).days + 1
    if days < 1:
        raise UsageError(f"the waiver would expire before it begins on {created}", hint="correct --expires")
    if days > (latest - created).days + 1:
        what = f"the waiver would hold for {days} days, and {result.id} may be waived for {result.rule.waivable}"
        raise UsageError(what, hint=f"let it expire on {latest} at the latest")
    return created + dt.timedelta(days=days - 1)


def _made_up_id(rule: str, release: str, created: dt.date, taken: set[str]) -> str:
    """Make an id of what a waiver is for; the day and a number keep it apart from others."""
    words = [_NO_WORD.sub("-", part.lower()).strip("-") for part in (rule.partition("/")[2], release.partition("/")[2])]
    number = 1
    while True:
        end = f"-{created}" + (f"-{number}" if number > 1 else "")
        name = "-".join(words)[: _LONGEST_ID - len(end)].rstrip("-") + end
        if name not in taken:
            return name
        number += 1


def _checked(asked: Waiver, seen: _Seen, existing: Sequence[Waiver], *, bound: bool) -> str:
    """Give a waiver as text, once the functions that decide on waivers have found nothing wrong with it.

    Raises:
        UsageError: It would lift nothing.
        WaiverError: It cannot be written so, or another is for the same thing.
    """
    from release_review.waive import apply_waivers, faults_of_terms, situation_of

    manifest = replace(seen.manifest, today=max(seen.manifest.today, asked.created))
    draft = _read_back(_block(replace(asked, facts="sha256:" + "0" * 64)))
    facts = situation_of(seen.result(asked.rule), draft.pointer, manifest)
    whole = replace(asked, facts=facts if bound else "")
    if asked.id in {each.id for each in existing}:
        raise UsageError(f"another waiver is called {asked.id!r}", hint="give this one an --id of its own")
    waived = apply_waivers(seen.results, [*existing, whole], manifest=manifest)
    for fault in waived.faults:
        if fault.site is not None and fault.site.key == asked.id:
            raise UsageError(fault.message, hint=_way_out(fault, seen.result(asked.rule), manifest))
    rules = {result.id: result.rule for result in seen.results}
    for waiver, fault in faults_of_terms([*existing, whole], rules, today=seen.manifest.today):
        if waiver.id == asked.id:  # it would be found today, whenever it begins
            raise UsageError(fault.message, hint=_way_out(fault, seen.result(asked.rule), manifest))
    return _block(whole)


def _way_out(fault: GateFault, result: RuleResult, manifest: Manifest) -> str:
    """Say what to do about a fault: of a waiver that lifts nothing, which places there are."""
    from release_review.fingerprint import keyed_steps
    from release_review.pointer import pointer_to
    from release_review.summary import findings_of

    if fault.rule != USED:
        advice = gate_results([fault])[0].rule.remediation.rstrip(".")
        return advice[:1].lower() + advice[1:]
    places = dict.fromkeys(pointer_to(*keyed_steps(each.about, manifest.data)) for each in findings_of(result))
    named = [place for place in places if place]
    more = ", ..." if len(named) > _PLACES_NAMED else ""
    return f"it has findings at {', '.join(named[:_PLACES_NAMED])}{more}" if named else "leave --pointer out"


def _block(asked: Waiver) -> str:
    """Give a waiver as a block of TOML."""
    words = ("id", "rule", "release", "pointer", "reason", "justification", "owner", "approved_by", "ticket")
    said = [f"{name} = {toml_string(value)}" for name in words if (value := getattr(asked, name))]
    days = [f"created = {asked.created}", f"expires = {asked.expires}"]
    facts = [f"facts = {toml_string(asked.facts)}"] if asked.facts else []
    return "".join(f"{line}\n" for line in ("[[waiver]]", *said, *days, *facts))


def _header() -> str:
    from release_review.schema import WAIVERS

    return f"schema = {toml_string(WAIVERS)}\n"


def _read_back(block: str) -> Waiver:
    """Read a waiver as whoever loads it will.

    Raises:
        WaiverError: It would not load.
    """
    try:
        (found,) = _loaded(f"{_header()}{block}".encode(), name="the waiver")
    except WaiverError as error:
        told = [WaiverError(each.what, hint=each.hint) for each in error.flat()]  # it has no lines yet
        raise WaiverError.join(told) from None
    return found


def _loaded(content: bytes, *, name: str) -> tuple[Waiver, ...]:
    from release_review.importers import release_review_importers
    from release_review.load import read_document
    from release_review.waiver_file import load_waivers

    (toml,) = (each for each in release_review_importers() if each.name == "TOML")
    return load_waivers(read_document(content, name=name, importer=toml))


def _target(name: str | None, *, taken: Sequence[Path]) -> Path | None:
    """Give the file that a waiver is added to.

    Raises:
        UsageError: It is no TOML.
        OutputError: No file can be written there.
    """
    if name is None:
        return None
    if not name.endswith(".toml"):
        raise UsageError(f"'{plain(name)}' is no TOML file", hint="name one, such as waivers.toml, or print the waiver")
    outputs.check_target(Path(name), taken, kind="waiver file")
    return Path(name)


def _add(target: Path, block: str) -> None:
    """Add a waiver to a file, all that is there untouched.

    Raises:
        OutputError: The file could not be written, or would not load; it is as it was.
    """
    old = target.read_bytes() if target.exists() else _header().encode()
    end = "\r\n" if b"\r\n" in old else "\n"
    between = "\n" if old.endswith(b"\n") else "\n\n"
    content = old + f"{between}{block}".replace("\n", end).encode()
    try:
        _loaded(content, name=str(target))
    except ReleaseReviewError as error:
        what = f"the waiver cannot be added: {error.what}"
        raise OutputError(what, where=str(target), hint="print the waiver, and put it where it belongs") from None
    outputs.replace(target, content.decode(), kind="waiver file")


# list -----------------------------------------------------------------------------------------------------------------


@waiver.command("list", short_help="List waivers, those that end first on top.")
@options(_WAIVERS, _TODAY)
@click.option("--output-format", "form", type=click.Choice(("text", "json")), default="text", help="text or json.")
@config_options
@trusted_option
@plugin_option
def list_waivers(**given: Any) -> int:
    """List waivers, those that end first on top."""
    chosen, registry = _settings(given)
    today = given["today"] or _today()
    listed = sorted(_load(_named(chosen), registry), key=lambda each: (each.expires, each.id))
    if given["form"] == "json":
        records = [_record(each, today) for each in listed]
        streams.write_stdout(json_text(records))
        return PASS
    lines = [line for each in listed for line in _entry(each, today)]
    streams.write_stdout("".join(f"{line}\n" for line in lines or ["There are no waivers."]))
    return PASS


def _state(found: Waiver, today: dt.date) -> str:
    if found.holds_on(today):
        return "in force"
    return "expired" if today > found.expires else "not yet in force"


def _record(found: Waiver, today: dt.date) -> dict[str, Any]:
    from release_review.reporters.json_report import waiver_as_data

    days = max((found.expires - today).days + 1, 0)
    return waiver_as_data(found) | {"days_left": days, "state": _state(found, today)}


def _entry(found: Waiver, today: dt.date) -> Iterator[str]:
    def told(text: str) -> list[str]:
        return wrap(text, _STYLE, indent="    ", first="  ")

    yield from wrap(f"{found.id}: {_state(found, today)}, {_days(found, today)}", _STYLE, indent="    ", first="")
    yield from told(f"{found.rule} at {found.pointer}" if found.pointer else found.rule)
    yield from told(f"for {found.release}, {found.reason.value}, {found.ticket}")
    yield from told(f"owner {found.owner}, approved by {found.approved_by}")


def _days(found: Waiver, today: dt.date) -> str:
    """Say when a waiver ends, and how long that is: its last day is one of the days that are left."""
    left = (found.expires - today).days + 1
    if left < 1:
        return f"on {found.expires}"
    from_ = f"from {found.created} " if today < found.created else ""
    return f"{from_}until {found.expires} ({left} {'day' if left == 1 else 'days'} left)"


# check ----------------------------------------------------------------------------------------------------------------


@waiver.command("check", short_help="Hold waivers against the rules, and against manifests.")
@click.argument("manifests", nargs=-1, metavar="[MANIFEST]...")
@policy_option
@options(_WAIVERS, click.option("--as-of", type=day, metavar="DATE", help="Judge the releases as they stand on DATE."))
@_TODAY
@config_options
@trusted_option
@plugin_option
@cache_option
def check_waivers(**given: Any) -> int:
    """Hold waivers against the rules of the policies, and against each MANIFEST, if there is one.

    Without a manifest nobody can tell whether a waiver lifts anything. Exit status: 0 all is well, 1 a waiver is faulty
    or has expired, 2 the file cannot be used.
    """
    chosen, registry = _settings(given)
    chosen.check_manifests(given["manifests"])
    today = given["today"] or _today()
    name = _named(chosen)
    listed = _load(name, registry)
    faults = list(_faults(listed, given, chosen, registry, today=today))
    streams.write_stdout("".join(f"{line}\n" for line in _report(name, listed, faults)))
    errors = any(result.severity is Severity.ERROR for result in gate_results(faults))
    return BLOCKED if errors or any(today > each.expires for each in listed) else PASS


def _faults(
    listed: Sequence[Waiver], given: Mapping[str, Any], chosen: Settings, registry: Registry, *, today: dt.date
) -> Iterator[GateFault]:
    """Find all that is wrong: of the waivers for a manifest by its review, of others as far as the rules tell."""
    from release_review.cli.cache import open_store
    from release_review.evaluate import evaluate
    from release_review.pipeline import look_at
    from release_review.selection import load_policies
    from release_review.waive import apply_waivers, check_apart, faults_against, faults_of_terms, strays

    policies = load_policies(chosen["policy"].value, registry, store=open_store(wanted=not given["no_cache"]))
    engine = chosen["engine"].value
    check_apart(listed, today=today)
    reviewed = set()
    for name in dict.fromkeys(given["manifests"]):
        document = decisions.read(name, "manifest", registry)
        seen = look_at(document, policies=policies, today=today, as_of=given["as_of"], engine=engine)
        reviewed.add(seen.manifest.release_id)
        yield from apply_waivers(evaluate(seen, policies.rules), listed, manifest=seen.manifest).faults
    rules = {rule.id: rule.rule for rule in policies.rules}
    others = [each for each in listed if each.release not in reviewed]
    yield from (fault for each in others for fault in faults_against(each, rules, today=today))
    yield from (fault for _, fault in faults_of_terms(others, rules, today=today))
    yield from strays(others, reviewed) if reviewed else ()


def _report(name: str, listed: Sequence[Waiver], faults: Sequence[GateFault]) -> Iterator[str]:
    from release_review.reporters.concise import finding_line

    results = gate_results(faults)
    found = [(finding.site, result, finding) for result in results for finding in result.findings if finding.site]
    ordered = sorted(found, key=lambda each: (each[0].span, each[1].id, each[2].message))
    lines = [
        finding_line(f"{site.file}:{site.span.line}:{site.span.column}", result, finding, _STYLE)
        for site, result, finding in ordered
    ]
    yield from dict.fromkeys(lines)  # two manifests of one release say the same twice
    counts = {severity: sum(result.severity is severity for _, result, _ in found) for severity in Severity}
    told = [counted(count, severity.value) for severity, count in counts.items() if count]
    yield f"{plain(f'{name}: ')}{counted(len(listed), 'waiver')} ({', '.join(told) or 'nothing wrong'})"


# All ------------------------------------------------------------------------------------------------------------------


def _settings(given: Mapping[str, Any]) -> tuple[Settings, Registry]:
    from release_review.plugins import load_registry

    chosen = settings.current(given, config=given["config"], isolated=given["isolated"], trusted=given["trusted"])
    return chosen, load_registry(without=chosen["without-plugin"].value)


def _named(chosen: Settings) -> str:
    name: str | None = chosen["waivers"].value
    if not name:
        raise UsageError("no file of waivers is named", hint="add --waivers FILE")
    return name


def _load(name: str, registry: Registry) -> tuple[Waiver, ...]:
    from release_review.waiver_file import load_waivers

    return load_waivers(decisions.read(name, "waiver file", registry))


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
