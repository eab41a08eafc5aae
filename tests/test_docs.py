"""Our pages: what they show to type gives what they show, their parts are current, and their links lead somewhere."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown import Block, anchors, blocks, commands, headings, links, with_outputs, with_part
from schema_tables import key_table
from shell import environment, shell

from release_review import load_policies, load_registry
from release_review.audit.exports import EXPORTS
from release_review.authoring.cases import document_of
from release_review.authoring.tables import tables, with_tables
from release_review.cli.options import OPTIONS
from release_review.gate import RULES
from release_review.importers.registries import REGISTRIES
from release_review.manifest_docs import field_table
from release_review.reporters import release_review_reporters
from release_review.schema import AUDIT_ROW, published_schema
from release_review.schema import WAIVERS as WAIVERS_SCHEMA
from release_review.validate import validate

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CHAPTERS = {name: ROOT / name / "README.md" for name in ("policies", "plugins", "examples")}
MANIFEST = ROOT / "docs" / "manifest.md"
GATE = ROOT / "docs" / "gate.md"
WAIVERS = ROOT / "docs" / "waivers.md"
REPORTS = ROOT / "docs" / "reports.md"
AUDIT = ROOT / "docs" / "audit.md"
IMPACT = ROOT / "docs" / "impact.md"
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "examples/**/*.md", "plugins/**/*.md", "policies/**/*.md", "tests/**/*.md")
    for page in ROOT.glob(pattern)
)
GROUPS = (("policy",), ("plugin",), ("config",), ("waiver",))
REGISTRY = load_registry(discover=False)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def output_of(command: str, *, folder: Path = ROOT, variables: dict[str, str] | None = None) -> str:
    done = shell(command, folder=folder, variables=variables)
    assert done.returncode == int(": blocked (" in done.stdout), f"{command}\n{done.stdout}"
    return done.stdout


# What is shown to type ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("page", [README, CHAPTERS["examples"], MANIFEST], ids=name_of)
def test_a_console_shows_what_its_commands_put_out(page: Path, golden_file: Callable[[Path, str], None]) -> None:
    golden_file(page, with_outputs(text_of(page), output_of))


def write_files(page: Path, folder: Path) -> None:
    for block in blocks(text_of(page), "toml"):
        if block.file:
            file = folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")


@pytest.mark.slow
def test_a_console_of_the_page_on_gating_shows_what_its_commands_put_out(
    tmp_path: Path, golden_file: Callable[[Path, str], None]
) -> None:
    write_files(GATE, tmp_path)
    shutil.copy(ROOT / "examples" / "minimal" / "release.toml", tmp_path)
    golden_file(GATE, with_outputs(text_of(GATE), lambda command: output_of(command, folder=tmp_path)))


@pytest.mark.slow
def test_a_console_of_the_page_on_waivers_shows_what_its_commands_put_out(
    tmp_path: Path, golden_file: Callable[[Path, str], None]
) -> None:
    write_files(WAIVERS, tmp_path)
    shutil.copy(ROOT / "examples" / "minimal" / "release.toml", tmp_path)
    golden_file(WAIVERS, with_outputs(text_of(WAIVERS), lambda command: output_of(command, folder=tmp_path)))


def test_the_page_on_waivers_has_every_rule_of_the_gate_about_them() -> None:
    rows = re.findall(r"^\| `gate/([a-z-]+)` \| ([a-z]+) \|", text_of(WAIVERS), re.MULTILINE)
    assert sorted(rows) == sorted((rule.id, rule.severity.value) for rule in RULES if rule.id.startswith("waivers-"))


def test_the_page_on_waivers_has_every_key() -> None:
    rows = re.findall(r"^\| `([a-z_`, ]+)` \|", text_of(WAIVERS), re.MULTILINE)
    described = published_schema(WAIVERS_SCHEMA)["properties"]["waiver"]["items"]["properties"]
    assert sorted(key for row in rows for key in row.split("`, `")) == sorted(described)


@pytest.mark.slow
def test_a_console_of_the_page_on_reports_shows_what_its_commands_put_out(
    tmp_path: Path, golden_file: Callable[[Path, str], None]
) -> None:
    shutil.copy(ROOT / "examples" / "minimal" / "release.toml", tmp_path)
    golden_file(REPORTS, with_outputs(text_of(REPORTS), lambda command: output_of(command, folder=tmp_path)))
    assert {path.name for path in tmp_path.iterdir()} >= {"report.json", "report.html", "report.sarif"}


@pytest.mark.slow
def test_a_console_of_the_page_on_impact_shows_what_its_commands_put_out(
    tmp_path: Path, golden_file: Callable[[Path, str], None]
) -> None:
    # The page begins at the root of a checkout, and says how to make the folder that its commands are run in.
    shutil.copytree(ROOT / "examples", tmp_path / "checkout" / "examples")
    output_of(blocks(text_of(IMPACT), "sh")[0].text, folder=tmp_path / "checkout")
    folder = tmp_path / "impact"
    write_files(IMPACT, folder)
    golden_file(IMPACT, with_outputs(text_of(IMPACT), lambda command: output_of(command, folder=folder)))


def test_the_page_on_reports_has_every_format() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", text_of(REPORTS), re.MULTILINE)
    assert rows == [(each.name, each.summary) for each in release_review_reporters()]


@pytest.mark.slow
def test_a_console_of_the_page_on_audits_shows_what_its_commands_put_out(
    tmp_path: Path, golden_file: Callable[[Path, str], None]
) -> None:
    shutil.copytree(ROOT / "examples" / "audit" / "registries", tmp_path / "examples" / "audit" / "registries")
    # The page begins at the root of a checkout, and says where its commands are run.
    (first, *_) = blocks(text_of(AUDIT), "sh")
    folder = Path(output_of(f"{first.text}pwd", folder=tmp_path).strip())

    def run(command: str) -> str:
        done = shell(command, folder=folder)
        assert done.returncode == int(command.startswith("release-review audit ")), f"{command}\n{done.stdout}"
        return done.stdout

    golden_file(AUDIT, with_outputs(text_of(AUDIT), run))
    assert (folder / "audit.html").stat().st_size > 10_000


def test_the_page_on_audits_has_every_form_and_every_key_of_a_row(golden_file: Callable[[Path, str], None]) -> None:
    forms = "".join(f"| `{each.name}` | {each.summary} |\n" for each in EXPORTS)
    page = with_part(text_of(AUDIT), "forms", f"| form | what it is for |\n|---|---|\n{forms}")
    golden_file(AUDIT, with_part(page, "row", key_table(published_schema(AUDIT_ROW))))


def test_the_page_on_audits_names_every_registry() -> None:
    assert set(re.findall(r"\[`([a-z-]+)`\]\(registries/", text_of(AUDIT))) == set(REGISTRIES)


def test_the_page_on_gating_has_every_setting() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| (?:`(\w+)`|none) \|$", text_of(GATE), re.MULTILINE)
    assert sorted(rows) == sorted((each.name, each.variable if each.from_environment else "") for each in OPTIONS)


@pytest.fixture
def installing(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An empty folder with a manifest, and variables with which `pip` installs into an environment of its own."""
    folder, bin_folder = tmp_path / "here", tmp_path / "venv" / "bin"
    folder.mkdir()
    write_files(CHAPTERS["plugins"], folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bin_folder.parent], check=True, timeout=120)
    packages = bin_folder.parent / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    shared = dict.fromkeys((str(ROOT / "src"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--python", str(bin_folder.parent))
    ours = (str(bin_folder / "python"), "-m", "release_review")
    for name, command in {"pip": pip, "release-review": ours}.items():
        script = bin_folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    settings = {"PIP_QUIET": "2", "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    variables = environment(**settings)
    return folder, {**variables, "PATH": f"{bin_folder}:{variables['PATH']}"}


@pytest.mark.slow
def test_a_console_of_the_chapter_on_plugins_shows_what_its_commands_put_out(
    installing: tuple[Path, dict[str, str]], golden_file: Callable[[Path, str], None]
) -> None:
    folder, variables = installing
    page = CHAPTERS["plugins"]
    golden_file(
        page, with_outputs(text_of(page), lambda command: output_of(command, folder=folder, variables=variables))
    )


def test_every_page_with_a_console_is_run_here() -> None:
    run = {README, *CHAPTERS.values(), AUDIT, MANIFEST, GATE, IMPACT, REPORTS, WAIVERS}
    # One installs from a registry, one runs all the tests, one measures time, and some have tests of their own.
    named_only = (
        *("plugins/release-review-compute/README.md", "CONTRIBUTING.md", "tests/benchmarks/README.md"),
        "plugins/release-review-cyclonedx/README.md",
        *("examples/ci/README.md", "docs/editors.md", "plugins/release-review-huggingface/README.md"),
        *("plugins/release-review-evals/README.md", "examples/audit/README.md"),
    )
    assert {page for page in PAGES if blocks(text_of(page), "console")} <= run | {ROOT / name for name in named_only}


def test_every_command_that_a_page_names_exists() -> None:
    known = {word for command in ((), *GROUPS) for word in subcommands(command)}
    for page in PAGES:
        if page.name == "CHANGELOG.md":
            continue
        for named in re.findall(r"(?:`|^\$ |^)release-review ((?:[a-z]+ ?){1,2})", text_of(page), re.MULTILINE):
            words = named.split()
            group = (words[0],) in GROUPS
            assert " ".join(words[: 2 if group else 1]) in known, f"{name_of(page)}: release-review {named}"


def subcommands(command: tuple[str, ...]) -> Iterator[str]:
    done = subprocess.run(
        [sys.executable, "-m", "release_review", *command, "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    listed = re.findall(r"^  ([a-z]+)  ", done.stdout, re.MULTILINE)
    yield from (" ".join((*command, word)) for word in listed)


@pytest.mark.parametrize("block", blocks(text_of(README), "sh"), ids=lambda block: f"line {block.line}")
def test_make_has_the_targets_that_the_first_page_names(block: Block) -> None:
    if block.text.startswith("export "):
        assert shell(f'{block.text}test "${{PATH%%:*}}" = "$PWD/.venv/bin"', folder=ROOT).returncode == 0
        return
    if "pip install" in block.text:  # tests/plugins/test_together.py installs them
        sources = block.text.partition("pip install ")[2].split()
        assert all((ROOT / source / "pyproject.toml").is_file() for source in sources)
        return
    targets = re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    for command in block.text.splitlines():
        program, target = command.split()
        assert program == "make"
        assert target in targets


@pytest.mark.parametrize("block", blocks(text_of(README), "python"), ids=lambda block: f"line {block.line}")
def test_the_library_works_as_the_first_page_shows(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(block.text, "README.md", "exec"), {})  # noqa: S102 - it is our own page


# What is shown to write -----------------------------------------------------------------------------------------------


def all_blocks(language: str) -> Iterator[Any]:
    for page in PAGES:
        for block in blocks(text_of(page), language):
            yield pytest.param(block, id=f"{name_of(page)} line {block.line}")


@pytest.mark.parametrize("block", list(all_blocks("toml")))
def test_toml_can_be_read(block: Block) -> None:
    assert tomllib.loads(block.text)


def parts_of_manifests() -> Iterator[Any]:
    for page in (README, MANIFEST, ROOT / "plugins" / "release-review-compute" / "README.md"):
        for block in blocks(text_of(page), "toml"):
            if "release-policy/" not in block.text and "extends = " not in block.text:
                yield pytest.param(block, id=f"{name_of(page)} line {block.line}")


@pytest.mark.parametrize("block", list(parts_of_manifests()))
def test_what_is_shown_of_a_manifest_is_valid_in_one(block: Block) -> None:
    shown = as_document(tomllib.loads(block.text))
    release = {"id": "acme/one"} | shown.get("release", {})
    source = {"card": {"title": "A model card"}} | shown.get("source", {})
    whole = {"schema": "release-manifest/1", **shown, "release": release, "source": source}
    assert validate(document_of(whole), today=dt.date(2026, 1, 1)).release_id == release["id"]


@pytest.mark.parametrize("page", [README, MANIFEST], ids=name_of)
def test_the_first_manifest_of_a_page_is_whole_and_the_smallest_useful_one(page: Path) -> None:
    first = tomllib.loads(blocks(text_of(page), "toml")[0].text)
    assert first == tomllib.loads(text_of(ROOT / "examples" / "minimal" / "release.toml"))


def as_document(value: Any) -> Any:
    match value:
        case dict():
            return {key: as_document(each) for key, each in value.items()}
        case list():
            return [as_document(each) for each in value]
        case dt.date():
            return value.isoformat()
        case _:
            return value


# What is generated ----------------------------------------------------------------------------------------------------


def test_the_table_of_fields_is_current(golden_file: Callable[[Path, str], None]) -> None:
    golden_file(MANIFEST, with_part(text_of(MANIFEST), "fields", field_table()))


def test_the_tables_of_policies_and_rules_are_current(golden_file: Callable[[Path, str], None]) -> None:
    page = CHAPTERS["policies"]
    given = tables(load_policies(["open-release"], REGISTRY))
    golden_file(page, with_tables(text_of(page), given, where=name_of(page)))


def test_every_policy_folder_is_in_the_tables() -> None:
    folders = {file.parent.name for file in (ROOT / "policies").glob("*/policy.toml")}
    assert {policy.id for policy in load_policies(["open-release"], REGISTRY).policies} == folders


# What is linked -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [target for target in links(text_of(page)) if not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_anchor_leads_to_a_heading(page: Path) -> None:
    for path, anchor in anchors(text_of(page)):
        target = page.parent / path if path else page
        assert anchor in headings(text_of(target)), f"{name_of(target)}#{anchor}"


def test_no_page_names_a_folder_of_a_machine() -> None:
    for page in PAGES:
        assert str(ROOT) not in text_of(page)
        assert str(Path.home()) not in text_of(page)


def test_what_a_page_shows_to_type_is_found() -> None:
    session = "$ one --two\nits output\n$ three\n"
    assert commands(session) == ["one --two", "three"]
    page = f"Text.\n\n```console\n{session}```\n\n```sh\n$ four\n```\n"
    replayed = with_outputs(page, lambda command: f"<{command}>\n")
    assert replayed == page.replace(session, "$ one --two\n<one --two>\n$ three\n<three>\n")
