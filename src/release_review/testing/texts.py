"""Texts to try an importer on: small ones in several formats, and hostile ones in all."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN_TEXTS: Mapping[str, str] = {
    "a manifest in JSON": '{"schema": "release-manifest/1",\n "access": [{"id": "a", "kind": "weights"}]}\n',
    "a manifest in TOML": 'schema = "release-manifest/1"\n[release]\nid = "example/small"\n[[access]]\nid = "a"\n',
    "a manifest in YAML": "schema: release-manifest/1\nrelease:\n  id: example/small\naccess:\n- id: a\n",
    "lines of keys and values": "schema: release-manifest/1\nrelease.id: example/small\n",
    "a card with YAML in front": "---\nlicense: mit\ntags:\n- text\n---\n# A model\n",
}
"""Texts that an importer may know how to read."""

HOSTILE_TEXTS: Mapping[str, str] = {
    "no text": "",
    "blanks": " \t\n\r\n  ",
    "one letter": "x",
    "a number": "1",
    "a text in quotes": '"a"',
    "a list": "[1, 2, 3]\n- 4\n",
    "NUL": "a\x00b: c\x00\n",
    "control characters": "a\x1b[2J\x07: \x9b\x85\x0b\n\rb = \x7f\n",
    "a byte order mark": "\ufeffa: b\n",
    "half of a surrogate pair": "a: \ud800\n",
    "text that runs backwards": "\u202ea\u2066: b\u2028c\n",
    "an end in the middle": '{"a": [1, {"b": "c',
    "ends without beginnings": "]}]})>>---\n...\n---\n---\n",
    "only marks": ":::===\n- - -\n[[[\n{{{\n|||\n\"\"\"\n'''\n```\n<<<\n>>>\n",
    "a key twice": "a: 1\na: 2\n",
    "a key twice, in TOML": "a = 1\na = 2\n",
    "a key twice, in JSON": '{"a": 1, "a": 2}',
    "a key that is a table too": "a: 1\na.b: 2\n",
    "a key without a name": ": 1\n= 2\n.: 3\n..a: 4\n",
    "a very long key": f"{'a.' * 2_000}a: 1\n",
    "deep brackets": "[" * 20_000,
    "deep tables": '{"a":' * 20_000,
    "deep lists of dashes": "- " * 2_000 + "a",
    "deep blocks": "".join(f"{' ' * depth}a:\n" for depth in range(500)),
    "a long line": "a" * 200_000,
    "many lines": "a: 1\n" * 20_000,
    "a huge number": f"a: {'9' * 5_000}\nb = {'9' * 5_000}\n",
    "numbers that are none": "a: .nan\nb: .inf\nc: 1e999\nd = nan\n",
    "an alias of itself": "a: &a [*a]\n",
    "a tag": "a: !!python/object/apply:os.getcwd []\n",
    "a template": "a: ${HOME} {{7*7}} %s {0} $(id)\n",
    "an instant": "a: 2020-02-29T24:00:00Z\nb = 0000-00-00\n",
}
"""Texts of which each is an `InputError`, or plain data."""
