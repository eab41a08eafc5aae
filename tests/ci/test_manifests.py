"""What a list of manifests stands for: no file that is added takes the place of one, and no link hides one."""

from __future__ import annotations

import glob
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCRIPT = Path(__file__).parent.parent.parent / "examples" / "ci" / "manifests.py"


def load() -> ModuleType:
    specification = importlib.util.spec_from_file_location("manifests", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


MANIFESTS = load()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def add(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def link(name: str, to: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).symlink_to(to)


def names_of(line: str) -> list[str]:
    names: list[str] = MANIFESTS.names_of(line)
    return names


def run(lines: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command: list[str | Path] = [sys.executable, "-I", SCRIPT]
    return subprocess.run(command, cwd=folder, input=lines, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("name", ["models/llama[7b]/release.toml", "release.?oml", r"a\b.toml", "{a,b}.toml", "!(a)"])
def test_a_line_without_a_star_is_one_name_whatever_there_is(checkout: Path, name: str) -> None:
    add("models/llama7/release.toml", "models/llamab/release.toml", "release.toml", "ab.toml", "a.toml", "b.toml", "b")
    assert names_of(name) == [name]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("models/*[7b]/release.toml", ["models/llama[7b]/release.toml"]),
        ("models/llama?/*.toml", ["models/llama?/release.toml"]),
        (r"models/a\*/release.toml", [r"models/a\b/release.toml"]),
        ("models/@(a|*)/release.toml", ["models/@(a|b)/release.toml"]),
        ("models/[!7*/release.toml", ["models/[!7]/release.toml"]),
    ],
)
def test_beside_a_star_no_other_character_has_a_meaning(checkout: Path, pattern: str, names: list[str]) -> None:
    folders = ("llama7", "llama[7b]", "llama?", "llamax", r"a\b", "ab", "a*", "@(a|b)", "a", "[!7]", "7")
    add(*(f"models/{folder}/release.toml" for folder in folders))
    assert names_of(pattern) == names


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*/release.toml", ["a/release.toml", "b/release.toml"]),
        ("*/*/release.toml", ["a/c/release.toml"]),
        ("**/release.toml", ["a/c/release.toml", "a/release.toml", "b/release.toml", "release.toml"]),
        ("a/**/release.toml", ["a/c/release.toml", "a/release.toml"]),
        ("**/c/**/*.toml", ["a/c/d/e/other.toml", "a/c/release.toml"]),
        ("a/**", ["a/c/d/e/other.toml", "a/c/release.toml", "a/release.toml"]),
        ("a**e/release.toml", ["a**e/release.toml"]),
        (".*/release.toml", [".hidden/release.toml"]),
        ("./*/release.toml", ["./a/release.toml", "./b/release.toml"]),
        ("r*", ["release.toml"]),
    ],
)
def test_what_the_stars_stand_for(checkout: Path, pattern: str, names: list[str]) -> None:
    add("release.toml", "a/release.toml", "a/c/release.toml", "b/release.toml", "a/c/d/e/other.toml")
    add(".hidden/release.toml", "b/.hidden/release.toml", "rest/file")
    assert names_of(pattern) == names


@pytest.mark.parametrize("line", ["*/gone.toml", "gone/*.toml", "**/gone.toml", "release.toml/*", "[*"])
def test_a_pattern_that_stands_for_nothing_is_passed_as_it_stands(checkout: Path, line: str) -> None:
    add("release.toml", "a/release.toml")
    assert names_of(line) == [line]


def test_a_link_hides_no_manifest(checkout: Path) -> None:
    add(".kept/x/deep/release.toml", ".kept/release.toml", "b/release.toml")
    link("models/x", "../.kept/x")
    link("models/y", "../b")
    assert names_of("models/**/release.toml") == ["models/x/deep/release.toml", "models/y/release.toml"]
    assert names_of("models/*/release.toml") == ["models/y/release.toml"]


def test_a_folder_is_looked_into_by_its_own_name_where_the_pattern_has_that(checkout: Path) -> None:
    add("m/release.toml", "z/release.toml")
    for name in ("a", "n", "zz"):
        link(name, "m")
    assert names_of("**/release.toml") == ["m/release.toml", "z/release.toml"]


def test_links_in_a_circle_come_to_an_end(checkout: Path) -> None:
    add("a/b/release.toml")
    for folder in ("a", "a/b"):
        for number in range(20):
            link(f"{folder}/up{number}", "..")
    link("itself", "itself")
    assert names_of("**/release.toml") == ["a/b/release.toml"]


def test_as_many_folders_as_a_path_can_have_are_looked_into(checkout: Path) -> None:
    deep = "/".join("a" * 1100)
    # Python makes and removes so many with a call for each, which is too many.
    subprocess.run(["mkdir", "-p", deep], check=True, timeout=60)  # noqa: S607
    try:
        Path(deep, "release.toml").touch()
        assert names_of("**/release.toml") == [f"{deep}/release.toml"]
    finally:
        subprocess.run(["rm", "-rf", checkout / "a"], check=True, timeout=60)  # noqa: S607


@pytest.mark.parametrize("pattern", ["**/release.toml", "*/release.toml", "../*/release.toml", "/*/release.toml"])
def test_no_star_looks_out_of_the_checkout(checkout: Path, pattern: str) -> None:
    add("../outside/release.toml", "release.toml")
    link("out", "../outside")
    done = run(pattern.replace("*/r", "*/*r").encode(), checkout)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"leads out of the checkout" in done.stderr


def test_a_file_that_is_a_link_is_a_file(checkout: Path) -> None:
    add("models/a/release.toml")
    link("models/b/release.toml", "gone")
    assert names_of("models/*/release.toml") == ["models/a/release.toml", "models/b/release.toml"]


def test_a_folder_of_the_name_is_reported_and_not_forgotten(checkout: Path) -> None:
    Path("a/release.toml").mkdir(parents=True)
    assert names_of("*/release.toml") == ["a/release.toml"]


def test_every_line_becomes_names_that_are_no_options_and_each_is_given_once(checkout: Path) -> None:
    add("-q/release.toml", "two\nlines/release.toml", " blank /release.toml")
    done = run(b"*/release.toml\n\n-\n--policy=x\n a b \n-q/release.toml\ngone\r\n", checkout)
    names = [b" blank /release.toml", b"./-q/release.toml", b"two\nlines/release.toml"]
    assert done.stdout == b"".join(name + b"\0" for name in [*names, b"./-", b"./--policy=x", b" a b ", b"gone\r"])
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_name_that_is_no_text_is_given_as_it_is(checkout: Path) -> None:
    try:
        add(os.fsdecode(b"\xff\xfe/release.toml"))
    except OSError:
        pytest.skip("names of files are text here")
    assert run(b"*/release.toml", checkout).stdout == b"\xff\xfe/release.toml\0"


def test_what_it_says_of_a_name_holds_no_command(checkout: Path) -> None:
    add("../outside/release.toml")
    link("a\n::set-output name=status::0\n\x1b[2J", "../outside")
    done = run(b"**/release.toml", checkout)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"\x1b" not in done.stderr


def test_no_module_of_the_checkout_is_imported(checkout: Path) -> None:
    for name in ("re", "os", "pathlib", "sitecustomize"):
        Path(f"{name}.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    assert run(b"re.*", checkout).stdout == b"re.py\0"


NAMES = st.text("ab.[?\\", min_size=1, max_size=3).filter(lambda name: name not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PATTERNS = st.lists(st.just("**") | st.text("ab.[?\\*", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(PATHS, max_size=6), PATTERNS.filter(lambda line: "*" in line and not {".", ".."} & {*line.split("/")}))
def test_the_stars_stand_for_what_they_do_in_the_library_of_python(paths: set[str], pattern: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(paths, key=len, reverse=True):
            file = Path(folder, path)
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
        escaped = pattern.replace("[", "[[]").replace("?", "[?]")
        known = {name for name in glob.glob(escaped, root_dir=folder, recursive=True) if name}  # noqa: PTH207
        if "*" in pattern.rpartition("/")[2]:
            known = {name for name in known if Path(folder, name).is_file() and not name.endswith("/")}
        before = Path.cwd()
        os.chdir(folder)
        try:
            assert set(names_of(pattern)) == (known or {pattern})
        finally:
            os.chdir(before)
