"""Bad input: what may be wrong with a manifest, a policy, a plugin or a rule, one fault to each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from command_line import GOOD, PLUGIN_TAIL, POLICY

YAML = "schema: release-manifest/1\nrelease:\n  id: acme/one\n  stage: released\n"
JSON = '{\n  "schema": "release-manifest/1",\n  "release": {"id": "acme/one", "stage": "released"}%s\n}\n'

DIGITS = "0" * 64
BRACKETS = 100_000

FILES: Mapping[str, str | bytes] = {
    "utf-16.toml": GOOD.encode("utf-16"),
    "latin-1.toml": GOOD.encode() + "# café\n".encode("latin-1"),
    "two-marks.toml": b"\xef\xbb\xbf" * 2 + GOOD.encode(),
    "empty.toml": "",
    "list.json": "[1]\n",
    "no-ending": GOOD,
    "ending.tml": GOOD,
}
"""Files that are not what they should be, whatever is written in them."""

SYNTAX: Mapping[str, str] = {
    "no-quotes.toml": GOOD + "license = MIT\n",
    "no-value.toml": GOOD + "stage\n",
    "open-quote.toml": GOOD + 'name = "one\n',
    "tab.yaml": YAML + "\tname: one\n",
    "indentation.yaml": YAML + " name: one\n",
    "open-bracket.yaml": YAML + "  modalities: [text, image\n",
    "open-quote.yaml": YAML + '  name: "one\n',
    "no-comma.json": JSON.replace('",', '"', 1) % "",
    "single-quotes.json": "{'schema': 'release-manifest/1'}\n",
    "cut-off.json": '{"schema": "release-man',
    "two-tables.json": JSON % "" + "{}\n",
    "key-twice.toml": GOOD + 'stage = "planned"\n',
    "table-twice.toml": GOOD + "[release]\n",
    "key-twice.yaml": YAML + "  stage: planned\n",
    "key-twice.json": JSON % ',\n  "schema": "release-manifest/1"',
    "anchor.yaml": YAML.replace("released", "&out released"),
    "alias.yaml": YAML.replace("released", "*out"),
    "merge.yaml": YAML + "  <<: {name: one}\n",
    "tag.yaml": YAML.replace("released", "!!python/object/apply:os.system [id]"),
    "own-tag.yaml": YAML.replace("released", "!stage released"),
    "second-document.yaml": YAML + "---\n" + YAML,
}
"""Manifests that are not of their format, or use what no manifest may use."""

VALUES: Mapping[str, str] = {
    "key.toml": GOOD + '[wieghts]\nlicense = "MIT"\n',
    "key.yaml": YAML + "wieghts:\n  license: MIT\n",
    "key.json": JSON % ',\n  "wieghts": {"license": "MIT"}',
    "key-in-wrong-table.toml": GOOD + "access = []\n",
    "word.toml": GOOD.replace('"released"', '"relased"'),
    "type-of-id.toml": GOOD.replace('"acme/one"', "1"),
    "type-of-number.yaml": YAML + "weights:\n  parameters_total: many\n",
    "type-of-list.json": JSON % ',\n  "access": {"id": "hub", "kind": "weights"}',
    "two-faults.toml": GOOD.replace('"released"', '"relased"') + '[wieghts]\nlicense = "MIT"\n',
    "future.toml": GOOD.replace("release-manifest/1", "release-manifest/2"),
    "future.yaml": YAML.replace("release-manifest/1", "release-manifest/2"),
    "no-schema.toml": GOOD.split("\n", maxsplit=1)[1],
    "waivers.toml": 'schema = "release-waivers/1"\n',
    "no-id.toml": GOOD.replace('id = "acme/one"\n', ""),
    **{
        f"{name}.{ending}": text + written
        for ending, text, words in (
            ("toml", GOOD + "[weights]\nparameters_total = ", ("nan", "inf", "1e400", "9223372036854775808")),
            ("yaml", YAML + "weights:\n  parameters_total: ", (".nan", ".inf", "1e400", "9223372036854775808")),
        )
        for name, written in zip(("nan", "infinite", "1e400", "2-to-63"), words, strict=True)
    },
    **{
        f"{name}.json": JSON % f',\n  "weights": {{"parameters_total": {written}}}'
        for name, written in (("nan", "NaN"), ("infinite", "Infinity"), ("1e400", "1e400"), ("2-to-63", str(2**63)))
    },
}
"""Manifests that can be read and do not say what a manifest may say."""

HUGE: Mapping[str, str] = {
    "dotted-key.toml": GOOD + "a." * 20_000 + "a = 1\n",
    "open.toml": GOOD + "modalities = " + "[" * BRACKETS,
    "open.yaml": YAML + "  modalities: " + "[" * BRACKETS,
    "open.json": JSON % (',\n  "modalities": ' + "[" * BRACKETS),
    "closed.toml": GOOD + "modalities = " + "[" * BRACKETS + "]" * BRACKETS,
    "closed.yaml": YAML + "  modalities: " + "[" * BRACKETS + "]" * BRACKETS,
    "closed.json": JSON % (',\n  "modalities": ' + "[" * BRACKETS + "]" * BRACKETS),
    "dashes.yaml": YAML + "access:\n" + "- " * BRACKETS,
    "long.toml": GOOD + "#" * (1 << 20),
}
"""Manifests that would cost a parser its memory, or its stack."""


def _evidence(**keys: str) -> str:
    record = {"id": "e1", "kind": "literature", **keys}
    return GOOD + "[[evidence]]\n" + "".join(f'{key} = "{value}"\n' for key, value in record.items())


EVIDENCE: Mapping[str, str] = {
    "dots.toml": _evidence(path="../secret.pdf"),
    "dots-within.toml": _evidence(path="evidence/../../secret.pdf"),
    "absolute.toml": _evidence(path="/etc/passwd"),
    "drive.toml": _evidence(path="C:/secret.pdf"),
    "through-link.toml": _evidence(path="link.pdf"),
    "through-folder-link.toml": _evidence(path="linked/study.pdf"),
    "fifo.toml": _evidence(path="fifo.pdf"),
    "folder.toml": _evidence(path="studies"),
    "digest-short.toml": _evidence(path="study.pdf", digest="sha256:" + DIGITS[1:]),
    "digest-long.toml": _evidence(path="study.pdf", digest="sha256:" + DIGITS + "0"),
    "digest-short-of-512.toml": _evidence(path="study.pdf", digest="sha512:" + DIGITS),
    "digest-sha1.toml": _evidence(path="study.pdf", digest="sha1:" + DIGITS[:40]),
    "digest-bare.toml": _evidence(path="study.pdf", digest=DIGITS),
    "digest-of-subject.toml": _evidence(citation="a study", subject_digest="sha256:" + DIGITS[1:]),
    "digest-of-artifact.toml": GOOD + f'[[release.artifact]]\npath = "a"\ndigest = "sha256:{DIGITS[1:]}"\n',
}
"""Manifests whose evidence leads where it may not lead, or proves nothing."""

SECOND_RULE = "\n[[rule]]" + POLICY.split("[[rule]]")[1]
POLICIES: Mapping[str, str] = {
    "field.toml": POLICY.replace("severity", "severty"),
    "required-field.toml": POLICY.replace("title", "titel"),
    "field-of-manifest.toml": POLICY.replace("release.stage ==", "release.stag =="),
    "name.toml": POLICY.replace("manifest.release.stage", "manifst.release.stage"),
    "word.toml": POLICY.replace('"released"\'', '"relased"\''),
    "severity.toml": POLICY.replace('"error"', '"fatal"'),
    "two-rules.toml": POLICY + SECOND_RULE,
    "expression.toml": POLICY.replace('== "released"', "=="),
    "not-boolean.toml": POLICY.replace(' == "released"', ""),
    "future.toml": POLICY.replace("release-policy/1", "release-policy/2"),
    "manifest.toml": GOOD,
    "extends.toml": POLICY.replace("title", 'extends = ["smal"]\ntitle'),
    "no-rule.toml": POLICY.split("[[rule]]", maxsplit=1)[0],
}
"""Policies that cannot be carried out."""

PLUGINS: Mapping[str, str] = {
    "fails to import": "import no_such_module",
    "raises on import": "raise ValueError('not today')",
    "exits on import": "import sys; sys.exit(0)",
    "has a misspelt hook": "@hookimpl\ndef release_review_polices():\n    return []",
    "has a hook without a marker": "def release_review_policies():\n    return []",
    "has no hook": "",
    "gives a number": "@hookimpl\ndef release_review_policies():\n    return 7",
    "gives nothing": "@hookimpl\ndef release_review_policies():\n    pass",
    "gives a text": "@hookimpl\ndef release_review_policies():\n    return 'acme'",
    "gives a list of texts": "@hookimpl\ndef release_review_policies():\n    return ['acme']",
    "gives a broken record": "@hookimpl\ndef release_review_policies():\n"
    "    return [Policy(id='Acme', title='', version='1')]",
    "takes a name of ours": "@hookimpl\ndef release_review_policies():\n"
    "    return [Policy(id='open-release', title='Mine', version='1')]",
    "raises": "@hookimpl\ndef release_review_policies():\n    raise ValueError('not today')",
    "exits": "@hookimpl\ndef release_review_policies():\n    import sys\n    sys.exit(0)",
}
"""Plugins that do not load, or do not keep their contract."""


def _rule(body: str) -> str:
    """Write a rule in Python that holds for acme/one and does something else for every other release."""
    return (
        "class OddError(Exception):\n    def __str__(self):\n        raise RuntimeError\n\n"
        "def check(context):\n    if context.manifest['release']['id'] == 'acme/one':\n        return []\n"
        f"    {body}\n{PLUGIN_TAIL}"
    )


RULES: Mapping[str, str] = {
    "raises": _rule("raise ValueError('not today')"),
    "raises lines and commands": _rule(r"raise ValueError('one\n::error::two\x1b[31m')"),
    "reads a key that is not there": _rule("return [context.manifest['wieghts']]"),
    "changes the manifest": _rule("context.manifest['release']['stage'] = 'released'"),
    "calls itself for ever": _rule("return check(context)"),
    "exits": _rule("import sys; sys.exit(0)"),
    "prints and raises": _rule("print('{}'); raise ValueError('not today')"),
    "gives nothing": _rule("return None"),
    "gives a number": _rule("return 7"),
    "gives texts": _rule("return ['acme/one is not out']"),
    "gives findings without end": _rule("return iter(lambda: Finding(message='again'), None)"),
    "gives a finding that passes": _rule("return [Finding(message='yes', outcome=Outcome.PASS)]"),
    "gives a place that is not there": _rule("return [Finding(message='no', pointer='/weights/wieght')]"),
    "gives a place that is no pointer": _rule("return [Finding(message='no', pointer='weights')]"),
}
"""Rules in Python that break on every manifest but that of acme/one."""

ODD_RULES: Mapping[str, str] = {
    "raises what cannot be told": _rule("raise OddError"),
    "gives a message that is no text": _rule("return [Finding(message=7)]"),
    "gives an outcome that is none": _rule("return [Finding(message='no', outcome='fail')]"),
}
"""More of them, which only look like what they should be."""

QUIET_RULES: Mapping[str, str] = {
    name: f"def check(context):\n    import io, sys\n    {body}\n    return []\n{PLUGIN_TAIL}"
    for name, body in {
        "prints": "print('{}')",
        "writes to stdout": "sys.stdout.write('{}')",
        "puts something else in the place of stdout": "sys.stdout = io.StringIO()",
        "takes stdout away": "sys.stdout = None",
    }.items()
}
"""Rules in Python that hold, and meddle with what the report is written to."""


def write_all(folder: Path, texts: Mapping[str, str | bytes]) -> None:
    """Write a file for each text, by its name."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def write_evidence(folder: Path) -> None:
    """Write what evidence may be, and what it may not."""
    (folder / "studies").mkdir()
    (folder / "studies" / "study.pdf").write_bytes(b"study")
    (folder / "study.pdf").write_bytes(b"study")
    (folder / "link.pdf").symlink_to("study.pdf")
    (folder / "linked").symlink_to("studies")
    os.mkfifo(folder / "fifo.pdf")


IMPORTER_PRINTS = """
DATA = {"schema": "release-manifest/1", "release": {"id": "acme/odd", "stage": "released"}}

def read(text, limits):
    print("{}")
    return DATA

@hookimpl
def release_review_importers():
    yield Importer(name="ODD", suffixes=(".odd",), read=read, find_places=lambda text, limits: {})
"""
IMPORTER_EXITS = IMPORTER_PRINTS.replace('print("{}")', "import sys; sys.exit(0)")
REPORTER_PRINTS = """
def render(entries, style):
    print("{}")
    return "[]"

@hookimpl
def release_review_reporters():
    yield Reporter(name="odd", summary="Odd.", render=render)
"""
