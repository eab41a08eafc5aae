"""The report as an attestation: in-toto Statements, unsigned, one line for each.

For each manifest there are two, about the same bytes: the manifest, and the weights that it names by a digest. The
first has the predicate that in-toto defines for test results, which other tools read; the second carries our own
report, whole. Whoever signs them answers for them, so that signing is a step of its own:

    head -n 1 attestations.jsonl > result.json
    cosign attest-blob --statement result.json --bundle result.sigstore.json

Sources: the in-toto Attestation Framework, Statement v1 and predicate test-result v0.1; cosign, `attest-blob`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from release_review import escape
from release_review.hooks import Style, Unreviewed
from release_review.model import Outcome, Report, RuleResult, Verdict
from release_review.reporters.json_report import document_of

STATEMENT = "https://in-toto.io/Statement/v1"
"""The type of a Statement. Source: the in-toto Attestation Framework, version 1."""

TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
"""The predicate of test results, which has a result, the configuration, and the names of tests."""

OWN_RESULT = "urn:release-review:release-report:1"
"""The predicate that is our own report, the same as `json` gives."""

_DIGEST = re.compile(r"(sha256|sha384|sha512):([0-9a-f]+)")


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give two Statements for each manifest; none at all where one of them could not be reviewed.

    Whoever signs the first line of the file would else sign a pass of a run that came to no verdict.
    """
    del style  # a program reads it: no colour, no width
    listed = list(entries)
    reports = [entry for entry in listed if isinstance(entry, Report)]
    if len(reports) < len(listed):
        return ""
    return "".join(
        escape.json_text(each, indent=None)
        for report in reports
        for each in (_test_result(report), _own_result(report))
    )


def _statement(report: Report, kind: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    return {"_type": STATEMENT, "subject": _subjects(report), "predicateType": kind, "predicate": predicate}


def _test_result(report: Report) -> dict[str, Any]:
    told: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for result in report.results:
        if result.outcome is not Outcome.NOT_APPLICABLE:
            told[_list_of(result)].append(result.id)
    return _statement(
        report, TEST_RESULT, {"result": _result(report, told), "configuration": _configuration(report), **told}
    )


def _own_result(report: Report) -> dict[str, Any]:
    return _statement(report, OWN_RESULT, document_of([report]))


def _list_of(result: RuleResult) -> str:
    if result.outcome is Outcome.PASS:
        return "passedTests"
    return "failedTests" if result.blocks or result.outcome is Outcome.ERROR else "warnedTests"


def _result(report: Report, told: Mapping[str, list[str]]) -> str:
    """Give the verdict in the words of the predicate: what is lifted or only warned of is a warning, not a pass."""
    if report.verdict is not Verdict.PASS:
        return "FAILED"
    return "WARNED" if told["warnedTests"] else "PASSED"


def _configuration(report: Report) -> list[dict[str, Any]]:
    """Give what the result rests on besides the subjects: policies, plugins, settings, and how it was judged."""
    told = [(f"policy:{policy.id}", policy.version, policy.digest) for policy in report.policies]
    told += [(f"plugin:{plugin.name}", plugin.version, "") for plugin in report.plugins]
    files = report.configuration.files if report.configuration else ()
    told += [(f"{file.role}:{file.name}", "", file.digest) for file in files]
    return [*(_resource(name, version, digest) for name, version, digest in told), _settings(report)]


def _settings(report: Report) -> dict[str, Any]:
    """Give the settings of the run, with all that a reader of a signed result has to know of how it came about."""
    settings = report.configuration
    resource = _resource("settings", "", settings.digest if settings else "")
    return resource | {
        "annotations": {
            "as-of": report.manifest.as_of.isoformat(),
            "today": report.manifest.today.isoformat(),
            "engine": report.engine,
            "trusted": settings is not None and settings.trusted,
            "waivers-ignored": report.waivers_ignored,
            "without-plugins": list(report.without_plugins),
        }
    }


def _resource(name: str, version: str, text: str) -> dict[str, Any]:
    digest = _digest(text)
    named = {"name": f"{name} {version}".strip(), "uri": _uri(name, version)}
    return named | ({"digest": digest} if digest else {})


def _uri(name: str, version: str) -> str:
    return "urn:release-review:" + ":".join(
        quote(part, safe="", errors="backslashreplace") for part in (*name.split(":"), version) if part
    )


def _subjects(report: Report) -> list[dict[str, Any]]:
    """Give what the result is about: the manifest, and each file of weights that it names by a digest."""
    document = report.manifest.document
    release = report.manifest.data.get("release") or {}
    digests = ((each, _digest(each["digest"] or "")) for each in release.get("artifact", ()))
    weights = ((each["path"] or each["uri"] or "artifact", digest) for each, digest in digests if digest)
    found = [(document.name, _digest(document.digest)), *weights]
    # Names of subjects are unique: a second file of the same name says so.
    times: Counter[str] = Counter()
    subjects = []
    for name, digest in found:
        times[name] += 1
        subjects.append({"name": name if times[name] == 1 else f"{name} ({times[name]})", "digest": digest})
    return subjects


def _digest(text: str) -> dict[str, str]:
    match = _DIGEST.fullmatch(text)
    return {match[1]: match[2]} if match else {}
