"""Whether a document is a BOM: held against the schema that the library of the format ships."""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from release_review.errors import PluginError
from release_review.escape import shorten

if TYPE_CHECKING:
    import jsonschema_rs

SPEC_VERSION = "1.6"
"""The oldest version that has declarations, and the newest that Dependency-Track takes.

Source: DependencyTrack/dependency-track, issue 5818.
"""

_BASE = "http://cyclonedx.org/schema/"
_BESIDE = ("spdx", "jsf-0.82", "cryptography-defs")


def check(text: str) -> None:
    """Refuse a text that is no BOM.

    Raises:
        PluginError: It does not fit the schema.
    """
    document = json.loads(text)
    error = next(_validator().iter_errors(document), None)
    if error is None:
        return
    place = "/".join(str(step) for step in error.instance_path)
    what = f"the BOM does not fit the schema of CycloneDX {SPEC_VERSION} at '{shorten(place)}': {error.message}"
    raise PluginError(what, hint="report this as a bug, with the manifest")


@functools.cache
def _validator() -> jsonschema_rs.Draft7Validator:
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(f"{_BASE}{name}.SNAPSHOT.schema.json", _schema(name)) for name in _BESIDE])
    return jsonschema_rs.Draft7Validator(_schema(f"bom-{SPEC_VERSION}"), registry=registry, validate_formats=True)


def _schema(name: str) -> Any:
    return json.loads((files("cyclonedx.schema._res") / f"{name}.SNAPSHOT.schema.json").read_text(encoding="utf-8"))
