"""What all tests share: golden files, and how hypothesis looks for counterexamples."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from hypothesis import settings
from untraced import untraced

from release_review.version import __version__

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"

# An example may take long on a busy machine; how long is the business of tests/benchmarks.
settings.register_profile("project", deadline=None, print_blob=True)
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the expected outputs instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the cache of whoever runs the tests out of them; all processes of one run share one of their own."""
    if not hasattr(config, "workerinput"):
        os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="release-review-tests-")
    # A shell starts what runs in its background deaf to Ctrl-C, and so would be every process that a test interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)


@pytest.hookimpl(wrapper=True)  # xdist asks for the groups in a hook of this name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, object, object]:
    """Keep the tests that share what their module makes once in one process: with `--dist loadgroup` it stays once."""
    for item in items:
        if isinstance(item, pytest.Function) and _shares_with_its_module(item):
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))
    result = yield
    for item in items:
        _name_its_group(item)
    return result


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Leave what is made for a test that says `no_cover` untraced, and the processes that it needs."""
    with _tracing(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Leave a test that says `no_cover` untraced in the processes of xdist too, where coverage is started twice."""
    with _tracing(item):
        return (yield)


def _tracing(item: pytest.Item) -> AbstractContextManager[None]:
    return nullcontext() if item.get_closest_marker("no_cover") is None else untraced()


def _shares_with_its_module(item: pytest.Function) -> bool:
    own = item.nodeid.partition("::")[0]
    return any(
        fixture.scope != "function" and fixture.baseid.partition("::")[0] == own
        for fixtures in item._fixtureinfo.name2fixturedefs.values()
        for fixture in fixtures
    )


def _name_its_group(item: pytest.Item) -> None:
    """Put the group of a test behind its id, where xdist looks for it.

    xdist 3.8 writes it into `_nodeid` alone, which pytest reads no more since 9.2: nothing would be grouped.
    """
    named = getattr(item, "_nodeid", None)
    if named is not None and named != item.nodeid:
        item._id = type(item.id).parse(named)


@pytest.fixture
def golden_file(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a whole file of the repository; `make golden` rewrites the file."""
    rewrite = request.config.getoption("--golden")

    def compare(file: Path, text: str) -> None:
        name = file.relative_to(ROOT).as_posix()
        if rewrite:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
            return
        if not file.is_file():
            pytest.fail(f"{name} does not exist; run `make golden` and read what it wrote")
        expected = file.read_bytes().decode()
        if text != expected:
            pytest.fail(explain_difference(name, expected, text), pytrace=False)

    return compare


@pytest.fixture
def golden(golden_file: Callable[[Path, str], None], tmp_path: Path) -> Callable[[str | Path, str], None]:
    """Compare an output with a file in tests/golden, `golden("check-full.txt", output)`, or with one named in full."""

    def compare(name: str | Path, text: str) -> None:
        golden_file(GOLDEN / name, replace_what_varies(text, tmp_path=tmp_path))

    return compare


def replace_what_varies(text: str, *, tmp_path: Path) -> str:
    """Put `<TMP>` and `<ROOT>` for folders of this machine, and `<VERSION>` for our own version."""
    for path, placeholder in ((tmp_path, "<TMP>"), (ROOT, "<ROOT>")):
        text = text.replace(str(path), placeholder)
    ours = rf"(release-review(?:\W+(?:version|semanticVersion))?\W+){re.escape(__version__)}(?![\w.])"
    return re.sub(ours, r"\1<VERSION>", text)


def explain_difference(name: str, expected: str, actual: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), name, "this run", lineterm="", n=2)
    # Nothing but an ending can differ where all lines are equal.
    shown = "\n".join(lines) or "they differ in line endings only"
    return f"{shown}\n\nIf the new output is right, run `make golden`."
