"""A release as a component: its files, what it was made from, and what became of its review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from release_review.hooks import Unreviewed
from release_review.model import Manifest, Report
from release_review.summary import PROGRAM, tally, verdict_shown
from release_review_cyclonedx.card import card_of
from release_review_cyclonedx.evidence import record_references
from release_review_cyclonedx.identity import identity_of, licences_of, parts_of
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.values import (
    address_of,
    hashes_of,
    listed,
    property_of,
    reference_to,
    version_of,
)

_PLURALS = {"warning": "warnings", "note": "notes"}


def component_of(report: Report, refs: Refs) -> dict[str, Any]:
    """Give a reviewed release as a machine-learning model."""
    manifest = report.manifest
    release = manifest.data.get("release") or {}
    return {
        **identity_of(manifest),
        "bom-ref": refs.new("release", manifest.release_id),
        "description": _description(report),
        **licences_of(manifest),
        **listed("externalReferences", [*_references(manifest), *record_references(manifest)]),
        **_pedigree(release, manifest, refs),
        **listed("components", [_file(each, manifest, refs) for each in release.get("artifact", ())]),
        "modelCard": card_of(manifest, refs),
        "properties": [*_properties(report), *_unlinked(manifest)],
    }


def unreviewed_component(entry: Unreviewed, refs: Refs) -> dict[str, Any]:
    """Give a manifest that could not be reviewed as what is known of it: a file, and what is wrong with it."""
    verdict = verdict_shown(entry).value
    return {
        "type": "file",
        "name": entry.name,
        "bom-ref": refs.new("manifest", entry.name),
        "description": f"{PROGRAM}: {verdict} (the manifest could not be reviewed)",
        "properties": [property_of("verdict", verdict), *(property_of("error", error) for error in entry.errors)],
    }


def _description(report: Report) -> str:
    """Say the verdict where every viewer shows it."""
    counts = {word: count for word, count in tally(report).items() if count} | {"passed": report.counts["pass"]}
    parts = (f"{count} {word if count == 1 else _PLURALS.get(word, word)}" for word, count in counts.items())
    return f"{PROGRAM}: {report.verdict.value} ({', '.join(parts)})"


def _unlinked(manifest: Manifest) -> Iterator[dict[str, str]]:
    """Give the sources that have no address that may be followed."""
    for name, source in sorted((manifest.data.get("source") or {}).items()):
        if not address_of(source["url"]):
            yield property_of(f"source:{name}", f"{source['title']} {source['url'] or ''}".strip())


def _references(manifest: Manifest) -> Iterator[dict[str, Any]]:
    for name, source in sorted((manifest.data.get("source") or {}).items()):
        yield from reference_to("evidence", source["url"], f"source {name}: {source['title']}")
    yield from reference_to("documentation", (manifest.data.get("use_policy") or {}).get("url"), "use policy")


def _file(artifact: Mapping[str, Any], manifest: Manifest, refs: Refs) -> dict[str, Any]:
    uri = artifact["uri"]
    name = artifact["path"] or uri or "artifact"
    return {
        "type": "file",
        "name": name,
        "bom-ref": refs.new("artifact", manifest.release_id, name),
        **hashes_of(artifact["digest"]),
        **listed("externalReferences", reference_to("distribution", uri, "where the file is published")),
        **listed("properties", [property_of("uri", uri)] if uri and not address_of(uri) else []),
    }


def _pedigree(release: Mapping[str, Any], manifest: Manifest, refs: Refs) -> dict[str, Any]:
    ancestors = [_ancestor(each, manifest, refs) for each in release.get("base", ())]
    return {"pedigree": {"ancestors": ancestors}} if ancestors else {}


def _ancestor(base: Mapping[str, Any], manifest: Manifest, refs: Refs) -> dict[str, Any]:
    developer, name, version = parts_of(base["id"])
    relation = [] if base["relation"] == "unknown" else [property_of("relation", base["relation"])]
    return {
        "type": "machine-learning-model",
        "group": developer,
        "name": name,
        **version_of(version),
        "bom-ref": refs.new("base", manifest.release_id, base["id"]),
        **listed("properties", relation),
    }


def _properties(report: Report) -> Iterator[dict[str, str]]:
    """Say what the verdict is and how it came about, the verdict first."""
    manifest, settings = report.manifest, report.configuration
    yield property_of("verdict", report.verdict.value)
    for word, count in tally(report).items():
        yield property_of(f"unmet:{word}", str(count))
    yield property_of("release", manifest.release_id)
    yield property_of("manifest", manifest.document.name)
    yield property_of("manifest-digest", manifest.document.digest)
    yield property_of("as-of", manifest.as_of.isoformat())
    yield property_of("today", manifest.today.isoformat())
    yield property_of("engine", report.engine)
    if report.waivers_ignored:
        yield property_of("waivers", "left out on request")
    for name in report.without_plugins:
        yield property_of("without-plugin", name)
    if settings is not None:
        yield property_of("configuration-digest", settings.digest)
        yield property_of("configuration-trusted", str(settings.trusted).lower())
        for file in settings.files:
            yield property_of(f"configuration-file:{file.role}", f"{file.name} {file.digest}")
    for answer in report.assessments:
        yield property_of(f"assessment:{answer.id}", answer.level)
        if answer.note:
            yield property_of(f"assessment-note:{answer.id}", answer.note)
