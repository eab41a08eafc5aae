"""What every plugin must meet: ours do, and a plugin that misbehaves on purpose is told so, check by check."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from release_review.hooks import hookimpl
from release_review.importers import registries
from release_review.plugins import BUILT_IN
from release_review.testing import check_conformance, check_importers, check_policies, check_reporters
from release_review.testing.conformance import MOST_FAULTS

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

# Policies -------------------------------------------------------------------------------------------------------------

POLICY = """
import datetime as dt, os, socket, subprocess, sys, time
from release_review.model import Assessment, Case, Level, Outcome
BASE = {{"schema": "release-manifest/1", "release": {{"id": "example/small"}}}}
BASE["extensions"] = {{"example": {{"text": "a"}}}}
CASES = (
    Case(name="stated", expect="pass", set={{"/weights/license": "MIT"}}),
    Case(name="not stated", expect="fail"),
)
seen = []
def check(context):
    {body}
    if context.manifest["weights"]["license"] is None:
        yield Finding(message="No licence is stated.", pointer="/weights/license")
@hookimpl
def release_review_policies():
    rule = Rule(**{{
        "id": "licensed", "summary": "A licence is stated.", "check": check, "rationale": "It is asked for.",
        "remediation": "State it.", "cases": CASES, **{fields}
    }})
    yield Policy(id="acme", title="Acme", version="1", rules=(rule,), base=BASE)
"""


def policy(body: str = "pass", fields: str = "{}") -> str:
    return POLICY.format(body=body, fields=fields)


READ = 'context.manifest["extensions"]["example"]["text"]'

BAD_POLICIES = {
    "no summary that is a sentence": (policy(fields='{"summary": "licence"}'), "its summary is no sentence"),
    "no rationale": (policy(fields='{"rationale": " "}'), "it has no rationale"),
    "no remediation": (policy(fields='{"remediation": ""}'), "it has no remediation"),
    "no case that passes": (policy(fields='{"cases": CASES[1:]}'), "it has no case that expects pass"),
    "no case that fails": (policy(fields='{"cases": CASES[:1]}'), "it has no case that expects fail"),
    "a case that does not hold": (
        policy(fields='{"cases": (*CASES, Case(name="wrong", expect="unknown"))}'),
        "acme/licensed: the case 'wrong' does not hold: expected unknown; got fail: No licence is stated.",
    ),
    "a case that fits no manifest": (
        policy(fields='{"cases": (*CASES, Case(name="odd", expect="fail", remove=("/weights",)))}'),
        "the case 'odd' does not hold: broken",
    ),
    "breaks where little is stated": (policy(READ), "breaks on the smallest manifest: KeyError: 'example'"),
    "changes the manifest": (
        policy('context.manifest["weights"]["license"] = "MIT"'),
        "breaks on the case 'stated': TypeError: 'mappingproxy' object does not support item assignment",
    ),
    "changes the manifest by the back door": (
        policy(
            "import gc; [each.update(license='MIT') for each in gc.get_referents(context.manifest['weights'])"
            " if isinstance(each, dict) and 'license' in each]"
            "; [each['weights'].update(license='MIT') for each in gc.get_objects()"
            " if type(each) is dict and type(each.get('weights')) is dict and 'license' in each['weights']"
            # The tests that run beside it have manifests of their own.
            " and each['release'].get('id') == context.manifest['release']['id']]"
        ),
        "changes the manifest or the answers",
    ),
    "changes its base": (policy('BASE["schema"] = BASE["schema"] + "."; yield from ()'), "a policy is changed"),
    "finds something else the second time": (
        policy('seen.append(1); yield Finding(message=f"It is number {len(seen)}.")'),
        "finds something else the second time",
    ),
    "prints": (policy('print("hello")'), "prints 'hello\\n', for the case 'stated'"),
    "writes to stderr": (policy('sys.stderr.write("hello")'), "prints 'hello', for the case 'stated'"),
    "asks for the time": (policy("time.time()"), "reads the clock: time.time at acme_plugin.py:"),
    "asks for the day": (policy("dt.date.today()"), "reads the clock: date.today at acme_plugin.py:"),
    "asks for the instant": (policy("dt.datetime.now(dt.UTC)"), "reads the clock: datetime.now at acme_plugin.py:"),
    "reads the environment": (policy('os.environ.get("HOME")'), "reads the environment at acme_plugin.py:"),
    "reads a variable": (policy('os.getenv("HOME")'), "reads the environment at acme_plugin.py:"),
    "opens a socket": (policy("socket.socket()"), "opens a socket, for the case 'stated'"),
    "looks up a host": (policy('socket.getaddrinfo("localhost", 80)'), "looks up a host"),
    "opens a socket and hushes it up": (
        policy("try: socket.socket()\n    except Exception: pass"),
        "opens a socket, for the case 'stated'",
    ),
    "starts a process": (policy('subprocess.run(["true"])'), "starts a process"),
    "writes a file": (policy('open("left-behind", "w")'), "writes the file 'left-behind'"),
    "cannot be carried out": (policy(fields='{"when": "manifest.nosuch"}'), "a policy cannot be carried out: acme"),
    "has an assessment that breaks where little is stated": (
        policy().replace(
            "rules=(rule,)",
            "rules=(rule,), assessments=(Assessment(id='a', title='A', scale=('yes', 'unknown'), over='/access/*',"
            " none='unknown', empty='unknown', default='unknown', levels=(Level(name='yes', because='b',"
            " when='1 / size(manifest.benefit) == 1'),)),)",
        ),
        "an assessment breaks on a manifest that states next to nothing: ",
    ),
    "brings none": (
        "@hookimpl\ndef release_review_reporters(): return ()",
        "acme_plugin brings no policy",
    ),
    "breaks the contract": (
        policy(fields='{"id": "No Id"}'),
        "does not keep the contract of a plugin:\n  plugin 'acme_plugin' gives a Policy 'acme' whose rules[0].id is",
    ),
    "has a list for a tuple": (policy(fields='{"cases": list(CASES)}'), "whose rules[0].cases is a list, not a tuple"),
    "is asked and prints": (
        'print("hello")\n' + policy().replace("    yield Policy", '    print("asked")\n    yield Policy'),
        "when its hooks are asked, it prints 'asked",
    ),
}

# Importers ------------------------------------------------------------------------------------------------------------

IMPORTER = """
import re, sys, time
from release_review.errors import InputError
from release_review.hooks import Imported, SourceImporter, Unread
from release_review.model import Place, Span
LINE = re.compile(r"[a-z]+: [a-z]+")
def read(text, limits):
    {body}
    data = {{}}
    for number, line in enumerate(text.splitlines(), 1):
        if not LINE.fullmatch(line) or line.partition(": ")[0] in data:
            raise InputError("is no line", where=f"{{number}}:1", hint="write key: value")
        key, _, value = line.partition(": ")
        data[key] = value
    {end}
    return data
def find_places(text):
    {places}
    return {{
        "/" + line.partition(": ")[0]: Place(span=at(number, line), value=at(number, line))
        for number, line in enumerate(text.splitlines(), 1)
    }}
def at(number, line): return Span(line=number, column=1, end_line=number, end_column=len(line) + 1)
known = {{}}
@hookimpl
def release_review_importers():
    yield Importer(name="lines", suffixes=(".lines",), read=read, find_places=find_places)
"""
SAMPLE = "a: b\nc: d\n"
LONG_SAMPLE = "".join(f"{letter}: {letter}\n" for letter in "abcdefghijklmnopqrstuvwxyz")


def importer(body: str = "pass", end: str = "pass", places: str = "pass") -> str:
    return IMPORTER.format(body=body, end=end, places=places)


BAD_IMPORTERS = {
    "breaks": (importer("assert '\\x00' not in text"), "breaks with AssertionError: ; raise InputError (NUL)"),
    "leaves the process": (
        importer("if not text: sys.exit(0)"),
        "breaks with SystemExit: 0; raise InputError (no text)",
    ),
    "does not know where": (
        importer('if not text.strip(): raise InputError("is empty", where="at the start")'),
        "says where as 'at the start', which is no LINE:COLUMN (no text)",
    ),
    "gives more than plain data": (importer(end="data['a'] = {1, 2}"), "gives data at '/a' whose value is of type set"),
    "reads nothing": (importer('raise InputError("no", where="1:1")'), "reads none of the texts"),
    "does not read what it should": (importer('raise InputError("no", where="1:1")'), "does not read texts[0]: InputE"),
    "gives other data the second time": (
        importer("return known.setdefault(text, {'a': 'b'}) if LINE.match(text) else {}"),
        "gives other data the second time (texts[0])",
    ),
    "breaks in find_places": (
        importer(places="raise KeyError(1)"),
        "breaks in find_places with KeyError: 1 (texts[0])",
    ),
    "does not know a place": (importer(places="return {}"), "gives no place for '/a', which it reads (texts[0])"),
    "gives a place beyond the text": (
        importer(
            places="first, last = at(1, 'a: b'), at(9, 'c: d'); "
            "return {'/a': Place(span=first, value=first), '/c': Place(span=last, value=last)}"
        ),
        "gives a place for '/c' that is not in the text (texts[0])",
    ),
    "gives something else than places": (
        importer(places="return {'/a': 1, '/c': 2}"),
        "gives a place for '/a' that is not in the text",
    ),
    "prints": (importer('print("hello")'), "prints 'hello\\n' (texts[0])"),
    "prints in find_places": (importer(places='print("hello")'), "prints 'hello\\n', in find_places"),
    "asks for the time": (importer("time.time()"), "reads the clock: time.time at acme_plugin.py:"),
    "brings none": ("@hookimpl\ndef release_review_reporters(): return ()", "acme_plugin brings no importer"),
}

SOURCE = """
import itertools
from pathlib import Path
from release_review.errors import InputError
from release_review.hooks import Imported, SourceImporter, Unread
counter = itertools.count()
def read(path, limits):
    {body}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read", where=str(path), hint="name a file of text") from None
    if not text.startswith("model "):
        raise InputError("names no model", where=str(path), hint="start with `model`")
    for line in text.splitlines():
        yield Imported(data={{"schema": "release-manifest/1", "release": {{"id": line[6:]}}}}, origin={origin})
@hookimpl
def release_review_importers():
    yield SourceImporter(name="models", summary="Our models.", read=read)
"""


def source(body: str = "pass", origin: str = "str(path)") -> str:
    return SOURCE.format(body=body, origin=origin)


BAD_SOURCES = {
    "breaks": (source("path.stat()"), "breaks with FileNotFoundError"),
    "does not say where": (source('raise InputError("no")'), "says not where; name the file (models.txt)"),
    "makes no manifest": (source("return"), "makes no manifest of "),
    "reads nothing": (source("return"), "reads none of the files"),
    "gives what is no manifest": (
        source('if path.suffix == ".txt": yield Imported(data={"schema": "release-manifest/1"}, origin="a")'),
        "gives a manifest that does not fit the schema",
    ),
    "gives something else": (source("yield 1"), "gives an object of type int, neither Imported nor Unread"),
    "gives something else the second time": (
        source(origin="str(next(counter))"),
        "gives something else the second time",
    ),
    "prints": (source('print("hello")'), "prints 'hello\\n' (models.txt)"),
    "writes a file": (source('path.with_suffix(".bak").write_text("")'), "writes the file "),
}

# Reporters ------------------------------------------------------------------------------------------------------------

REPORTER = """
import datetime as dt, time, uuid
from dataclasses import replace
from release_review.escape import plain
from release_review.hooks import Unreviewed
def render(entries, style):
    {body}
def line(entry):
    if isinstance(entry, Unreviewed):
        return f"{{plain(entry.name)}}: not reviewed\\n"
    return f"{{plain(entry.manifest.document.name)}}: {{entry.verdict.value}}\\n"
@hookimpl
def release_review_reporters():
    yield Reporter(name="rows", summary="One row each.", render=render)
"""
ROWS = 'return "".join(line(each) for each in entries)'


def reporter(body: str = ROWS) -> str:
    return REPORTER.format(body=body)


BAD_REPORTERS = {
    "breaks on no report": (
        reporter(f"entries = list(entries); entries[0]; {ROWS}"),
        "IndexError: list index out of range (sample 'nothing')",
    ),
    "breaks on what is not reviewed": (
        reporter('return "".join(f"{each.verdict.value}\\n" for each in entries)'),
        "breaks with AttributeError",
    ),
    "leaves the process": (reporter("raise SystemExit(0)"), "breaks with SystemExit: 0"),
    "goes through the entries twice": (
        reporter(f"first = list(entries); assert len(list(entries)) == len(first); {ROWS}"),
        "breaks with AssertionError",
    ),
    "gives bytes": (reporter('return b""'), "gives an object of type bytes, not a text"),
    "does not end its last line": (reporter(f'{ROWS}.rstrip("\\n")'), "gives a text whose last line does not end"),
    "does not escape": (
        reporter(ROWS).replace("plain(entry.manifest.document.name)", "entry.manifest.document.name"),
        "gives a text with characters that do not show: U+0000, ",
    ),
    "does not escape what is not reviewed": (reporter(ROWS).replace("plain(entry.name)", "entry.name"), "U+202E, "),
    "colours a text that is to be plain": (reporter('return "\\x1b[1mrows\\x1b[0m\\n"'), "do not show: U+001B; escape"),
    "breaks on a narrow screen": (
        reporter(f"assert style.width > 40; {ROWS}"),
        "breaks with AssertionError:  (sample 'one of each' on a narrow screen)",
    ),
    "changes a report": (
        reporter(
            "entries = list(entries); [each.manifest.data.clear() for each in entries if hasattr(each, 'manifest')]; "
            + ROWS
        ),
        "changes the reports that it is given",
    ),
    "gives another text the second time": (
        reporter(f'{ROWS} + f"{{uuid.uuid4()}}\\n"'),
        "gives another text for 'one of each' the second time",
    ),
    "sorts the manifests": (
        reporter('return "".join(sorted(line(each) for each in entries))'),
        "does not keep the order of the manifests",
    ),
    "says pass of everything": (
        reporter('return "".join("pass\\n" for each in entries)'),
        "shows a release that did not pass",
    ),
    "puts today into the text": (
        reporter(f'{ROWS} + f"{{dt.datetime.now(dt.UTC).date()}}\\n"'),
        "puts today's date into its text",
    ),
    "asks for the time": (reporter(f"time.time_ns(); {ROWS}"), "reads the clock: time.time_ns at acme_plugin.py:"),
    "shows what a saved report does not have": (
        reporter(
            f"entries = list(entries); {ROWS} + str([each.assessment.rationale for entry in entries"
            " if not isinstance(entry, Unreviewed) for each in entry.assessments]) + '\\n'"
        ),
        "when the report was saved and read back",
    ),
    "prints": (reporter(f'print("hello"); {ROWS}'), "prints 'hello\\n"),
    "brings none": ("@hookimpl\ndef release_review_importers(): return ()", "acme_plugin brings no reporter"),
}

# A whole plugin -------------------------------------------------------------------------------------------------------

WORDS = "{word * 3 for word in 'abcdefghijklmnopqrstuvwxyz'}"
BAD_PLUGINS = {
    "a rule that goes through a set": (
        policy().replace('"No licence is stated."', f'" ".join({WORDS})'),
        "finds for the case 'not stated' differs in another process; is it made from a set",
    ),
    "a reporter that goes through a set": (
        reporter(f'{ROWS} + " ".join({WORDS}) + "\\n"'),
        "the text of the reporter 'rows' (nothing) differs in another process",
    ),
    "an importer that goes through a set": (
        importer(end="data = {key: data[key] for key in set(data)}"),
        "what the importer 'lines' reads (texts[0]) differs in another process",
    ),
    "records that are others in another process": (
        reporter().replace('"One row each."', f'" ".join({WORDS})'),
        "the reporter 'rows' differs in another process",
    ),
    "records that are others when asked again": (
        "import itertools\nnumbers = itertools.count()\n"
        + reporter().replace('"One row each."', 'f"Row {next(numbers)}."'),
        "reporter 'rows' is another when its hook is asked again: summary differs",
    ),
    "records that come and go": (
        "import itertools\nnumbers = itertools.count()\n"
        + reporter().replace('name="rows"', 'name=f"rows{next(numbers)}"'),
        "reporter 'rows0' is brought at one time, and not at another",
    ),
    "a text behind Python's back": (
        reporter().replace("import datetime", 'import os; os.write(2, b"hello\\n")\nimport datetime'),
        "it prints 'hello' in a process of its own",
    ),
    "a module that works only once": (
        reporter().replace("import datetime", "import sys; assert 'pytest' in sys.modules\nimport datetime"),
        "it does not work in a process of its own: AssertionError",
    ),
    "a day that is asked for once": (
        reporter().replace("import datetime as dt", "import datetime as dt\nTODAY = dt.date.today()\nimport datetime"),
        "when it is imported, it reads the clock: date.today at acme_plugin.py:7",
    ),
    "nothing": ("@hookimpl\ndef release_review_importers(): return ()", "acme_plugin brings nothing"),
}


@pytest.fixture
def load(site: Site) -> Callable[[str], ModuleType]:
    def install(code: str) -> ModuleType:
        site.install("acme", code)
        return importlib.import_module("acme_plugin")

    return install


def faults_of(check: Callable[[], None]) -> str:
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value)


@pytest.mark.parametrize("name", BAD_POLICIES)
def test_a_policy_that_misbehaves_does_not_conform(load: Callable[[str], ModuleType], name: str) -> None:
    code, told = BAD_POLICIES[name]
    module = load(code)
    assert told in faults_of(lambda: check_policies(module))


@pytest.mark.parametrize("name", BAD_IMPORTERS)
def test_an_importer_that_misbehaves_does_not_conform(load: Callable[[str], ModuleType], name: str) -> None:
    code, told = BAD_IMPORTERS[name]
    module = load(code)
    assert told in faults_of(lambda: check_importers(module, texts=[SAMPLE]))


@pytest.mark.parametrize("name", BAD_SOURCES)
def test_an_importer_of_files_that_misbehaves_does_not_conform(
    load: Callable[[str], ModuleType], tmp_path: Path, name: str
) -> None:
    code, told = BAD_SOURCES[name]
    module, file = load(code), tmp_path / "models.txt"
    file.write_text("model example/small\n", encoding="utf-8")
    assert told in faults_of(lambda: check_importers(module, sources=[file])).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize("name", BAD_REPORTERS)
def test_a_reporter_that_misbehaves_does_not_conform(load: Callable[[str], ModuleType], name: str) -> None:
    code, told = BAD_REPORTERS[name]
    module = load(code)
    assert told in faults_of(lambda: check_reporters(module))


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD_PLUGINS)
def test_a_plugin_that_misbehaves_does_not_conform(load: Callable[[str], ModuleType], name: str) -> None:
    code, told = BAD_PLUGINS[name]
    module = load(code)
    assert told in faults_of(lambda: check_conformance(module, texts=[LONG_SAMPLE]))


def test_policies_and_reporters_conform_without_the_fault(load: Callable[[str], ModuleType]) -> None:
    module = load(policy() + reporter())
    check_policies(module)
    check_reporters(module)


def test_a_format_conforms_without_the_fault(load: Callable[[str], ModuleType]) -> None:
    check_importers(load(importer()), texts=[SAMPLE])


def test_a_format_may_leave_it_to_the_limits_to_refuse_what_nests_too_deep(load: Callable[[str], ModuleType]) -> None:
    nested = "import functools; deep = functools.reduce(lambda inner, _: [inner], range(5_000), [])"
    check_importers(load(importer(f"{nested}\n    if text[:1] == '[': return {{'a': deep}}")), texts=[SAMPLE])


def test_an_importer_of_files_conforms_without_the_fault(load: Callable[[str], ModuleType], tmp_path: Path) -> None:
    file = tmp_path / "models.txt"
    file.write_text("model example/small\nmodel example/large\n", encoding="utf-8")
    check_importers(load(source()), sources=[file])


@pytest.mark.slow
def test_a_whole_plugin_conforms_without_the_fault(load: Callable[[str], ModuleType]) -> None:
    check_conformance(load(policy() + reporter()))


SAMPLES = Path(__file__).parents[2] / "examples" / "audit" / "registries"
DEAR = "release_review.reporters"
"""Samples of every kind in every format; what that covers the tests of the reporters cover too."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(DEAR, marks=pytest.mark.no_cover), *sorted({*BUILT_IN} - {DEAR, registries.__name__})]
)
def test_what_comes_with_the_tool_conforms(name: str) -> None:
    check_conformance(importlib.import_module(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", registries.REGISTRIES)
def test_every_importer_of_a_registry_conforms(name: str) -> None:
    (importer,) = [each for each in registries.release_review_importers() if each.name == name]
    module = ModuleType("apart")  # a plugin of its own, with a name that is free
    apart = dataclasses.replace(importer, name=f"{name}-apart")
    module.release_review_importers = hookimpl(lambda: [apart])  # type: ignore[attr-defined]  # as a plugin would
    check_importers(module, sources=[SAMPLES / name])


def test_a_rule_that_no_case_could_prove_is_proven_by_tests(load: Callable[[str], ModuleType]) -> None:
    module = load(policy(fields='{"cases": ()}'))
    check_policies(module, proven_by_tests=["licensed"])
    told = faults_of(lambda: check_policies(module, proven_by_tests=["other"]))
    assert "rule acme/licensed: it has no case that expects pass" in told
    assert "there is no rule 'other' for tests to prove" in told


def test_a_rule_that_has_its_cases_is_not_excused_from_them(load: Callable[[str], ModuleType]) -> None:
    module = load(policy())
    told = faults_of(lambda: check_policies(module, proven_by_tests=["licensed"]))
    assert told.endswith("\n  rule acme/licensed: it has its cases; leave it out of proven_by_tests")


def test_only_the_first_faults_are_listed(load: Callable[[str], ModuleType]) -> None:
    rules = "tuple(Rule(id=f'r{number}', summary='One.', assertion='true') for number in range(20))"
    told = faults_of(
        lambda: check_policies(
            load(
                "@hookimpl\ndef release_review_policies():\n"
                f"    yield Policy(id='acme', title='Acme', version='1', rules={rules})\n"
            )
        )
    )
    assert len(told.splitlines()) == 1 + MOST_FAULTS + 1
    assert told.endswith(f"\n  and {4 * 20 - MOST_FAULTS} more")


def test_the_profile_of_whoever_calls_is_kept(load: Callable[[str], ModuleType]) -> None:
    def profile(*_: object) -> None:
        return

    module = load(policy())
    sys.setprofile(profile)
    try:
        check_policies(module)
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(None)
