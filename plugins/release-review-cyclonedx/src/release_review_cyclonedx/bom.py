"""The whole BOM: one for all manifests of a run, with the verdict on all of them in front."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from release_review import __version__ as program_version
from release_review.escape import json_text
from release_review.hooks import Unreviewed
from release_review.model import Report
from release_review.summary import PROGRAM, overall_verdict
from release_review_cyclonedx.component import component_of, unreviewed_component
from release_review_cyclonedx.declarations import Declarations
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.standards import Standards
from release_review_cyclonedx.validity import SPEC_VERSION, check
from release_review_cyclonedx.values import property_of, version_of
from release_review_cyclonedx.version import NAME, __version__

MEANING = (
    "The declarations show for which requirements evidence is missing; they do not say that a release is safe or "
    "unsafe, and they do not weigh benefits against risks."
)
"""What nobody may take from a claim: the framework behind the policies says neither."""


def bom_text(entries: Sequence[Report | Unreviewed]) -> str:
    """Give the BOM as text, checked against the schema of CycloneDX.

    Raises:
        PluginError: It does not fit that schema.
    """
    document = _document(entries)
    # The same review gives the same BOM, and with it the same number.
    content = hashlib.sha256(json.dumps(document).encode()).hexdigest()
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:{PROGRAM}:bom:{content}")
    head = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": number.urn,
        "version": 1,
    }
    text = json_text({**head, **document})
    check(text)
    return text


def _document(entries: Sequence[Report | Unreviewed]) -> dict[str, Any]:
    refs = Refs()
    components = [
        component_of(entry, refs) if isinstance(entry, Report) else unreviewed_component(entry, refs)
        for entry in entries
    ]
    reports = [entry for entry in entries if isinstance(entry, Report)]
    standards, declarations = Standards(refs), Declarations(refs)
    for report in reports:
        declarations.add(report, standards.add(report))
    alone = len(entries) == len(reports) == 1
    return {
        "metadata": {
            "tools": {"components": list(_tools(reports, refs))},
            **({"component": components[0]} if alone else {}),
            "properties": [
                property_of("verdict", overall_verdict(entries).value),
                property_of("meaning", MEANING),
            ],
        },
        **({} if alone else {"components": components}),
        # What a manifest names is not all that a model is made of: data, for one, is not among it.
        "compositions": [{"aggregate": "unknown", "assemblies": [each["bom-ref"] for each in components]}],
        **declarations.as_data(),
        **({"definitions": {"standards": standards.listed}} if standards.listed else {}),
    }


def _tools(reports: Sequence[Report], refs: Refs) -> Iterator[dict[str, Any]]:
    """Give the program, this plugin, and the other plugins that took part."""
    took_part = {(plugin.name, plugin.version) for report in reports for plugin in report.plugins}
    ours = {(PROGRAM, program_version): "application", (f"{PROGRAM}-cyclonedx", __version__): "library"}
    for (name, version), kind in ours.items():
        yield {"type": kind, "name": name, **version_of(version), "bom-ref": refs.new("tool", name)}
    for name, version in sorted(took_part - {(NAME, __version__)}):
        named = {"type": "library", "name": name, **version_of(version), "bom-ref": refs.new("plugin", name)}
        yield {**named, "description": f"a plugin of {PROGRAM}"}
