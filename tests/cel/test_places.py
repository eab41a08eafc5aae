"""Where an error about a policy points: the faulty word itself, in every kind of TOML string, with a caret below it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from policies import HEAD, select, write
from release_review.cli.door import report_error
from release_review.errors import PolicyError, ReleaseReviewError

RULE = '[[rule]]\nid = "a"\nsummary = "A."\n'
ASSESSMENT = """[[assessment]]
id = "reach"
title = "Reach"
scale = ["far", "unknown", "near"]
over = "/access/*"
none = "near"
empty = "unknown"
default = "near"
"""
LEVEL = '[[assessment.level]]\nis = "far"\nwhen = %s\nbecause = "b"\n'
TRUE = RULE + 'assert = "true"\n'
PARAMS = '[rule.params]\nleast = { type = "number", default = 3, min = 1, max = 5 }\n'


def errors_of(file: Path) -> tuple[ReleaseReviewError, ...]:
    with pytest.raises(PolicyError) as caught:
        select(file)
    return caught.value.flat()


def pointed_at(file: Path, error: ReleaseReviewError) -> str:
    """Give what stands in the file at the place of an error, and see that its excerpt says the same."""
    name, line, column = error.where.rsplit(":", 2)
    assert name == str(file)
    text = file.read_bytes().decode("utf-8-sig").split("\n")[int(line) - 1].removesuffix("\r")
    excerpt = error.excerpt
    assert excerpt is not None
    assert (excerpt.line, excerpt.text, excerpt.start) == (int(line), text, int(column) - 1)
    return text[excerpt.start : excerpt.end]


@pytest.mark.parametrize(
    "body",
    [
        RULE + "assert = 'manifest.wieghts.license == \"MIT\"'\n",
        RULE + "assert = \"manifest.wieghts.license == 'MIT'\"\n",
        RULE + 'assert = "\\"a\\" == manifest.wieghts.license"\n',
        RULE + "assert = \"manifest.release.id == '\\u00e9\\U0001F600\\t' || manifest.wieghts.license == 'a'\"\n",
        RULE + "assert = '''manifest.wieghts.license == 'MIT' '''\n",
        RULE + "assert = '''\nmanifest.wieghts.license == 'MIT'\n'''\n",
        RULE + "assert = '''\n\n\ttrue\n\t&& manifest.wieghts.license == 'MIT'\n'''\n",
        RULE + "assert = '''true // \u4e16\u754c e\u0301 \U0001f600\n&& '\u4e16' != manifest.wieghts.license'''\n",
        RULE + 'assert = """true && \\\n   manifest.wieghts.license == \'MIT\'"""\n',
        RULE + 'assert = """\\\n  true && \\\n\n   \\\n manifest.wieghts.license == "MIT" """\n',
        RULE + 'assert = """\ntrue ||\n\n  \'\\"\' == \'\\\\\\\\\' ||\n  manifest.wieghts.license == "MIT" """\n',
        RULE + "when   =   'manifest.wieghts.license != null'   # why\nassert = 'true'\n",
        RULE + 'assert = "true"\n"when" = "manifest.wieghts.license != null"\n',
        RULE + 'assert = "true"\nmessage = "\\tsee {manifest.id} {manifest.wieghts.license}"\n',
        'rule = [{ id = "a", summary = "A.", assert = "manifest.wieghts.license != null" }]\n',
        'rule = [\n  { id = "a", summary = "A.", assert = \'manifest.wieghts.license != null\' },\n]\n',
        ASSESSMENT + "counts = '''this.id != 'a'\n  && manifest.wieghts.license != null'''\n" + LEVEL % "'true'" + TRUE,
        ASSESSMENT + LEVEL % "'true'" + LEVEL % "'''\n manifest.wieghts.license != null'''" + TRUE,
        ASSESSMENT.replace("none =", "level = [{ is = 'far', when = 'manifest.wieghts == 1', because = 'b' }]\nnone =")
        + TRUE,
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_error_points_at_the_word_in_every_kind_of_string(body: str, ends: str, tmp_path: Path) -> None:
    file = write(tmp_path)
    file.write_bytes(("\ufeff" * (ends == "\r\n") + (HEAD + body).replace("\n", ends)).encode())
    error = errors_of(file)[-1]
    assert "wieghts" in error.what
    assert pointed_at(file, error) == "wieghts"


@pytest.mark.parametrize(
    ("body", "what", "word"),
    [
        (RULE + "assert = 'params.lest > 1.0'\n" + PARAMS, "no parameter 'lest'; did you mean 'least'?", "lest"),
        (RULE + "assert = 'params.least == \"a\"'\n" + PARAMS, "a number is compared with text", '"a"'),
        (RULE + "assert = 'params.least'\n" + PARAMS, "a number stands where true or false is asked", "least"),
        (
            RULE + "assert = 'true'\nmessage = 'see {params.lest}'\n" + PARAMS,
            "names no value; did you mean 'least'?",
            "lest",
        ),
        (RULE + "assert = 'true'\nmessage = 'a } b'\n", "'}' is no dotted path", "}"),
        (
            RULE + "given = '/access/*'\nassert = 'true'\nmessage = '{this.kidn}'\n",
            "'this.kidn' names no value; did you mean 'kind'?",
            "kidn",
        ),
        (
            RULE + "assert = 'true'\nmessage = 'of {manifest.releese.id}'\n",
            "'manifest.releese.id' names no value; did you mean 'release'?",
            "releese",
        ),
        (RULE + "assert = 'true'\nmessage = '{manifst.id}'\n", "did you mean 'manifest'?", "manifst"),
        (RULE + "assert = 'true'\nmessage = '{params}'\n", "declare it under [params]", "params"),
        (RULE + "assert = 'true'\nmessage = '{params}'\n" + PARAMS, "write {params.least}", "params"),
        (RULE + "assert = 'true'\nmessage = '{params.least.x}'\n" + PARAMS, "write {params.least}", "x"),
        (RULE + "assert = 'true'\nmessage = '{as_of.year}'\n", "write {as_of}", "year"),
        (RULE + "assert = 'true'\nmessage = '{manifest.release.id.x}'\n", "write {manifest.release.id}", "x"),
        (
            RULE + "assert = 'true'\nmessage = '{manifest.access.kind}'\n",
            'it is a list; write given = "/access/*" and {this.id}',
            "kind",
        ),
        (
            RULE + "assert = 'true'\nmessage = '{manifest.release}'\n",
            "write the path of a field, as in {manifest.release.id}",
            "{manifest.release}",
        ),
        (
            RULE + "assert = 'true'\nmessage = 'a {'\n",
            "write {manifest.release.id}, and no other braces",
            "{",
        ),
        (
            RULE + "given = '/access/*'\nassert = 'true'\nmessage = 'a {'\n",
            "write {this.id}, and no other braces",
            "{",
        ),
        (
            RULE + "assert = 'true'\n" + PARAMS.replace("= 3", "= 9"),
            "the default of the parameter 'least' does not fit: 9 is more than 5; give",
            "default = 9",
        ),
        (
            RULE + "assert = 'true'\n" + PARAMS.replace("min = 1", "min = 'a'"),
            "the min of the parameter 'least' does not fit: 'a' is no number; give it the type of the parameter",
            "min = 'a'",
        ),
        (
            RULE + "assert = 'true'\n[rule.params]\nx = { type = 'strings', default = 'a' }\n",
            "'a' is no list of texts",
            "default = 'a'",
        ),
        (RULE.replace("A.", "{this.idd}") + "assert = 'true'\n", "'this.idd' names no value", "idd"),
        (RULE + "assert = 'true'\nmessage = '{this.id}'\n", "write a path such as {manifest.release.id}", "id"),
        (RULE + "assert = 'true'\nmessage = '{this.relese.id}'\n", "did you mean 'release'?", "relese"),
        (RULE + "given = '/acess/*'\nassert = 'true'\n", "nothing at '/acess/*'", "given = '/acess/*'"),
        (ASSESSMENT + LEVEL.replace('"far"', '"fra"') % "'true'" + TRUE, "'fra' is no level", 'is = "fra"'),
    ],
)
def test_an_error_about_a_field_of_a_policy_shows_it(body: str, what: str, word: str, tmp_path: Path) -> None:
    file = write(tmp_path, body)
    (error,) = errors_of(file)
    assert what in str(error)
    assert pointed_at(file, error) == word


@pytest.mark.parametrize(
    ("override", "what", "word"),
    [
        ("params = { least = 9 }", "9 is more than 5; stay within its type and range", "least = 9"),
        ("params = { least = 0 }", "0 is less than 1; stay within its type and range", "least = 0"),
        ("params = { least = 'x' }", "'x' is no number; stay within its type and range", "least = 'x'"),
        ("params = { lest = 2 }", "base/a has no parameter 'lest'; did you mean 'least'?", "lest = 2"),
    ],
)
def test_a_parameter_that_another_policy_sets_wrongly_is_shown(
    override: str, what: str, word: str, tmp_path: Path
) -> None:
    base = HEAD.replace('"mine"', '"base"')
    write(tmp_path, RULE + "assert = 'params.least > 1.0'\n" + PARAMS, head=base, name="base.toml")
    head = HEAD + 'extends = ["./base.toml"]\n'
    file = write(tmp_path, TRUE, f'[override."base/a"]\n{override}\n', head=head.replace("./base.toml", "base"))
    with pytest.raises(PolicyError) as caught:
        select(file, tmp_path / "base.toml")
    (error,) = caught.value.flat()
    assert what in str(error)
    assert pointed_at(file, error) == word


def test_all_faults_of_a_rule_are_told_in_one_run(tmp_path: Path) -> None:
    body = RULE + "when = 'nosuch && this.x == 1'\nassert = 'params.a'\nmessage = '{x} {y}'\n"
    assert len(errors_of(write(tmp_path, body))) == 5


def test_the_hints_of_a_message_lead_to_one_that_loads(tmp_path: Path) -> None:
    for given, message in (
        ("", "{manifest.release.id}"),
        ("given = '/access/*'\n", "{this.id}"),
        ("", "{as_of}"),
        ("", "{params.least}"),
    ):
        body = RULE + given + f"assert = 'true'\nmessage = '{message}'\n" + PARAMS
        assert select(write(tmp_path, body)).rules[0].rule.message == message


def test_what_is_beyond_the_errors_of_a_message_that_are_told_is_counted(tmp_path: Path) -> None:
    holes = " ".join(f"{{this.x{number}}}" for number in range(25))
    told = errors_of(write(tmp_path, RULE + f"assert = 'true'\nmessage = '{holes}'\n"))
    assert len(told) == 21
    assert str(told[-1]).endswith("5 more errors in the message from here on; correct those above first")


def test_the_command_shows_the_line_below_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path,
        RULE,
        "assert = '''\ntrue\t// \u4e16\u754c \u001b[31m\n  || this.wieghts == 1'''\n".replace("\u001b", ""),
    )
    with pytest.raises(PolicyError) as caught:
        select(Path("mine.toml"))
    report_error(caught.value)
    assert capsys.readouterr().err == (
        "error: mine.toml:11:11: the manifest has no field 'wieghts'; did you mean 'weights'?\n"
        "   |\n"
        "11 | || this.wieghts == 1'''\n"
        "   |         ^^^^^^^\n"
    )


def test_wide_signs_tabs_and_long_lines_keep_the_caret_below_its_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "'\u4e16\u754c\u0301' != '\u0628' ||\t" + "true || " * 40
    with pytest.raises(PolicyError) as caught:
        select(
            write(
                tmp_path,
                RULE,
                f'assert = """\n{long}nosuch{" || true" * 40}"""\n',
                RULE.replace('"a"', '"b"'),
                "assert = '''\n'\u4e16\u754c' != '' \t|| nosuch'''\n",
            )
        )
    report_error(caught.value)
    _, _, long_line, long_caret, _, _, line, caret = capsys.readouterr().err.splitlines()
    assert (line, caret) == ("17 | '\u4e16\u754c' != '' \\t|| nosuch'''", f"   | {' ' * 18}^^^^^^")
    assert len(long_line) <= 80
    assert long_line[long_caret.index("^") :].startswith("nosuch || true")
    assert long_line.endswith("...")


def test_the_line_of_a_file_cannot_act_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = RULE + 'assert = "nosuch"  # \u202e::error::\u200b\n'
    with pytest.raises(PolicyError) as caught:
        select(write(tmp_path, text))
    report_error(caught.value)
    told = capsys.readouterr().err
    assert "\\u{202e}\\x3a:error\\x3a:\\u{200b}" in told
    assert not re.search("[\u200b\u202e]", told)


def test_the_line_is_no_part_of_the_text_of_an_error(tmp_path: Path) -> None:
    (error,) = errors_of(write(tmp_path, RULE + 'assert = "nosuch"\n'))
    assert "\n" not in str(error)
    assert "^" not in str(error)


def test_many_errors_do_not_flood_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = [RULE.replace('"a"', f'"a{number}"') + "assert = 'nosuch'\n" for number in range(30)]
    with pytest.raises(PolicyError) as caught:
        select(write(tmp_path, *rules))
    report_error(caught.value)
    told = capsys.readouterr().err.splitlines()
    assert sum(line.startswith("error: ") for line in told) == 30
    assert sum("^" in line for line in told) == 20


def test_time_grows_with_the_number_of_errors_and_not_with_its_square(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        filler = "# " + "x" * 120 + "\n"
        body = [RULE.replace('"a"', f'"a{number}"') + f"assert = 'nosuch'\n{filler * 4}" for number in range(count)]
        file = write(tmp_path, *body)
        started = time.process_time()
        assert len(errors_of(file)) == count
        return time.process_time() - started

    seconds(10)
    # Eight times as many take about eight times as long; a square would take sixty-four times.
    assert min(seconds(800) for _ in range(3)) < 32 * min(seconds(100) for _ in range(3))
