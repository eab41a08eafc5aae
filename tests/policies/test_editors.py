"""The schemas in an editor: each key is explained, what is right is accepted, and docs/editors.md shows what works."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from language_server import serving
from markdown import blocks, with_outputs
from package_index import npm
from shell import shell

from release_review import load_registry
from release_review.authoring.editors import schema_for_editors
from release_review.load import load_document
from release_review.schema import published_schema

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "editors.md"
TEXT = PAGE.read_text(encoding="utf-8")
REGISTRY = load_registry(discover=False)

FILES = {
    "policy": sorted(ROOT.glob("policies/*/policy.toml")),
    "rule": sorted(ROOT.glob("policies/*/rules/*.toml")),
    "assessment": sorted(ROOT.glob("policies/*/assessments/*.toml")),
    "manifest": sorted([*ROOT.glob("examples/*/release.toml"), *ROOT.glob("policies/*/base.toml")]),
    "waivers": sorted(ROOT.glob("examples/ci/*/waivers.toml")),
}
TRIED = 300
"""How many damaged documents of a kind are compared, from all over the document."""

LANGUAGE_SERVER = "@taplo/lsp@0.8.0"
"""What the extension Even Better TOML is made of."""

YAML_LANGUAGE_SERVER = "yaml-language-server@1.19.2"
"""What the extension YAML is made of."""


def schema_of(kind: str) -> Mapping[str, Any]:
    return schema_for_editors(f"release-{kind}/1")


# Schemas --------------------------------------------------------------------------------------------------------------


def keys_of(node: Any) -> Iterator[tuple[str, Any]]:
    """Give each key that a schema declares, and what it says of it."""
    if isinstance(node, Mapping):
        declared = node.get("properties", {})
        yield from declared.items()
        for each in node.values():
            yield from keys_of(each)
    elif isinstance(node, list):
        for each in node:
            yield from keys_of(each)


@pytest.mark.parametrize("kind", FILES)
def test_each_key_is_explained(kind: str) -> None:
    definitions = schema_of(kind).get("$defs", {})
    found = list(keys_of(schema_of(kind)))
    assert found
    for name, node in found:
        target = definitions[node["$ref"].removeprefix("#/$defs/")] if set(node) == {"$ref"} else node
        of_annotation = name == "value"  # what stands in it is what the field says
        assert of_annotation or target.get("description", "").endswith((".", ":")), name


@pytest.mark.parametrize("kind", FILES)
def test_no_reference_has_anything_beside_it(kind: str) -> None:
    def nodes(node: Any) -> Iterator[Any]:
        yield node
        for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from nodes(each)

    schema = schema_of(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert [node for node in nodes(schema) if isinstance(node, dict) and "$ref" in node and len(node) > 1] == []


def damaged(data: Any) -> Iterator[Any]:
    """Give documents that differ from one in one place: a key misspelt or gone, or a value of another kind."""

    def places(node: Any, way: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        steps = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for step in steps:
            yield (*way, step)
            yield from places(node[step], (*way, step))

    for *way, last in places(data, ()):
        for change in (
            "misspelt",
            "gone",
            7.5,
            "no such word",
            True,
            {},
            {"value": "yes"},
            {"value": "yes", "nte": ""},
        ):
            other = copy.deepcopy(data)
            holder = other
            for step in way:
                holder = holder[step]
            if change == "misspelt" and isinstance(holder, dict):
                holder[f"{last}x"] = holder.pop(last)
            elif change == "gone":
                del holder[last]
            else:
                holder[last] = change
            yield other


@pytest.mark.parametrize("kind", FILES)
def test_the_form_for_editors_admits_what_the_published_schema_does(kind: str) -> None:
    ours = jsonschema.Draft202012Validator(schema_of(kind))
    published = jsonschema.Draft202012Validator(published_schema(f"release-{kind}/1"))
    smallest = min(FILES[kind], key=lambda file: file.stat().st_size)
    refused = 0
    for file in (smallest, *FILES[kind][:3]):
        data = load_document(file, importers=REGISTRY.importers).data
        assert ours.is_valid(data)
        tried = list(damaged(data)) if file == smallest else []
        for other in tried[:: len(tried) // TRIED + 1]:
            assert ours.is_valid(other) == published.is_valid(other), other
            refused += not ours.is_valid(other)
    assert refused


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder set up as the page says, with a policy and a manifest in it."""
    folder = tmp_path_factory.mktemp("work")
    (command,) = (line.removeprefix("$ ") for line in blocks(TEXT, "console")[0].text.splitlines() if "$ " in line)
    assert shell(command, folder=folder).returncode == 0
    for block in blocks(TEXT, "toml"):
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")
    shutil.copytree(ROOT / "policies" / "open-properties", folder / "open-properties")
    shutil.copy(ROOT / "examples" / "gpt-oss-120b" / "release.toml", folder)
    shutil.copy(max(FILES["waivers"], key=lambda file: file.stat().st_size), folder)
    one = next(block.text for block in blocks(TEXT, "toml") if block.text.startswith("#:schema"))
    (folder / "acme.toml").write_text(one, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_console_of_the_page_shows_what_its_commands_put_out(
    tmp_path: Path, golden_file: Callable[[Path, str], None]
) -> None:
    golden_file(PAGE, with_outputs(TEXT, lambda command: shell(command, folder=tmp_path).stdout))


def test_every_schema_that_the_page_names_is_written(work: Path) -> None:
    settings = tomllib.loads((work / ".taplo.toml").read_text(encoding="utf-8"))
    named = [rule["schema"]["path"] for rule in settings["rule"]]
    editor = json.loads(blocks(TEXT, "json")[0].text)
    named += [*editor["yaml.schemas"], *(each["url"] for each in editor["json.schemas"])]
    assert named
    assert [name for name in named if not (work / name).is_file()] == []


def test_the_manifest_in_yaml_on_the_page_is_one() -> None:
    (block,) = blocks(TEXT, "yaml")
    assert block.text.startswith("# yaml-language-server: $schema=./schemas/manifest.schema.json\n")
    jsonschema.validate(yaml.safe_load(block.text), dict(schema_of("manifest")))


# Taplo ----------------------------------------------------------------------------------------------------------------


def taplo(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    beside = Path(sys.executable).parent / "taplo"
    program = str(beside) if beside.exists() else shutil.which("taplo")
    if program is None:
        pytest.skip("taplo is not installed")
    command = [program, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=60)


@pytest.mark.slow
def test_taplo_accepts_our_files(work: Path) -> None:
    done = taplo("check", folder=work)
    assert done.returncode == 0, done.stderr
    assert "found files total=" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_taplo_accepts_every_file_that_we_ship(kind: str, work: Path) -> None:
    schema = (work / "schemas" / f"{kind}.schema.json").as_uri()
    done = taplo("check", "--schema", schema, *map(str, FILES[kind]), folder=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "before", "after", "message"),
    [
        ("open-properties/rules/access-described.toml", "severity", "severty", "('severty' was unexpected)"),
        ("open-properties/rules/access-described.toml", '"error"', '"eror"', '"eror" is not one of'),
        ("open-properties/policy.toml", "title", "titel", "('titel' was unexpected)"),
        ("open-properties/assessments/broader-access.toml", "scale", "scales", "('scales' was unexpected)"),
        ("open-properties/base.toml", "audience", "audiense", "('audiense' was unexpected)"),
        ("release.toml", '"weights"', '"wieghts"', '"wieghts" is not one of'),
        ("waivers.toml", "owner", "owners", "('owners' was unexpected)"),
        ("acme.toml", "title", "titel", "('titel' was unexpected)"),
    ],
)
def test_taplo_refuses_a_wrong_key_or_word(name: str, before: str, after: str, message: str, work: Path) -> None:
    file = work / name
    right = file.read_text(encoding="utf-8")
    assert before in right
    file.write_text(right.replace(before, after, 1), encoding="utf-8")
    try:
        done = taplo("check", name, folder=work)
    finally:
        file.write_text(right, encoding="utf-8")
    assert done.returncode == 1
    assert message in done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = npm(LANGUAGE_SERVER, tmp_path_factory.mktemp("npm"))
    shutil.copy(ROOT / "tests" / "support" / "taplo_server.js", folder)
    return ["node", str(folder / "taplo_server.js")]


class Asked:
    """A file in an editor, in which `|` marks the places that something is asked about, in their order."""

    def __init__(self, server: list[str], work: Path, file: str, text: str, *whats: str) -> None:
        places, plain = [], ""
        for part in text.split("|"):
            plain += part
            places.append((plain.count("\n"), len(plain.rpartition("\n")[2])))
        questions = [(what, *place) for what, place in zip(whats, places, strict=False)]
        given = json.dumps({"file": file, "text": plain, "questions": questions})
        done = subprocess.run(
            [*server, str(work)], input=given, capture_output=True, encoding="utf-8", check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        self.answers = json.loads(done.stdout)

    def words(self, number: int) -> list[str]:
        answer = self.answers[number]
        return [each["label"] for each in (answer if isinstance(answer, list) else answer["items"])]

    def explanation(self, number: int) -> str:
        return str(self.answers[number]["contents"]["value"]).strip()


RULE = """\
id = "a"
su|mmary = "A."
assert = "true"
|
[params]
most = { type = "|", default = 1 }

[[case]]
name = "one"
expect = "|"
"""


@pytest.mark.slow
def test_an_editor_completes_and_explains_a_rule(server: list[str], work: Path) -> None:
    asked = Asked(server, work, "acme/rules/a.toml", RULE, "hover", *["completion"] * 3)
    assert asked.explanation(0) == "The requirement, in one sentence."
    assert {"severity", "rationale", "waivable"} <= set(asked.words(1))
    assert not {"id", "summary", "assert"} & set(asked.words(1)), "what is there is not offered again"
    assert asked.words(2) == [f'"{kind}"' for kind in ("number", "integer", "string", "boolean", "date", "strings")]
    assert asked.words(3) == [f'"{word}"' for word in ("pass", "fail", "unknown", "not-applicable", "error")]


MANIFEST = """\
schema = "release-manifest/1"
[release]
id = "a/b"
sta|ge = "|"
derived = "|"

[[access]]
id = "x"
kind = "|"
|
"""


@pytest.mark.slow
def test_an_editor_completes_and_explains_a_manifest(server: list[str], work: Path) -> None:
    asked = Asked(server, work, "release.toml", MANIFEST, "hover", *["completion"] * 4)
    assert asked.explanation(0) == "How far the release has come."
    assert asked.words(1) == [f'"{word}"' for word in ("planned", "internal", "released", "withdrawn", "unknown")]
    assert asked.words(2)[:2] == ['"yes"', '"no"']
    assert '"sealed-weights"' in asked.words(3)
    assert "audience" in asked.words(4)


# YAML -----------------------------------------------------------------------------------------------------------------

MANIFEST_IN_YAML = """\
schema: release-manifest/1
release:
  id: acme/hawthorn
  stage: \nline
access:
  - id: hub
    kind: weights
    \n"""


@pytest.fixture(scope="module")
def yaml_server(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = npm(YAML_LANGUAGE_SERVER, tmp_path_factory.mktemp("npm"))
    return ["node", str(folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"), "--stdio"]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["settings", "first line"])
def test_an_editor_completes_explains_and_checks_a_manifest_in_yaml(
    by: str, work: Path, yaml_server: list[str]
) -> None:
    schemas = json.loads(blocks(TEXT, "json")[0].text)["yaml.schemas"] if by == "settings" else {}
    first = "" if by == "settings" else blocks(TEXT, "yaml")[0].text.partition("\n")[0]
    features = dict.fromkeys(("validate", "completion", "hover"), True)
    settings = {"yaml": {**features, "schemas": schemas, "schemaStore": {"enable": False}}}
    file = work / "release.yaml"
    with serving(yaml_server, work, settings) as server:
        server.open(file, f"{first}\n{MANIFEST_IN_YAML.replace('line', '  derivd: yes')}")
        words, keys = (
            [each["label"] for each in server.at("completion", file, *place)["items"]] for place in ((4, 9), (9, 4))
        )
        assert words == ["planned", "internal", "released", "withdrawn", "unknown"]
        assert {"audience", "gate", "from"} <= set(keys)
        assert "How far the release has come" in server.at("hover", file, 4, 3)["contents"]["value"]
        assert "Property derivd is not allowed." in server.faults(file)
