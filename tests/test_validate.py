"""What is refused, where it stands, and what the reader is told to do."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from release_review import schema_faults, validate
from release_review.errors import ManifestError, PolicyError, ReleaseReviewError
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import LIMITS, Document
from release_review.schema import MANIFEST, POLICY, RULE, WAIVERS
from release_review.validate import check_manifest, check_shape, default_as_of

IMPORTERS = {suffix: importer for importer in release_review_importers() for suffix in importer.suffixes}
TODAY = dt.date(2026, 1, 1)

SMALLEST = """\
schema = "release-manifest/1"
[release]
id = "openai/gpt-oss-120b"
[[access]]
id = "hub"
kind = "weights"
audience = "public"
"""
TITLE = '[release]\nid = "acme/model"\n'


def document(text: str, suffix: str = ".toml") -> Document:
    return read_document(text.encode(), name=f"release{suffix}", importer=IMPORTERS[suffix])


def manifest(body: str, *, release: str = "") -> Document:
    return document(f'schema = "release-manifest/1"\n[release]\nid = "acme/model"\n{release}\n{body}')


def told(refused: Document) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        check_manifest(refused)
    return [str(error) for error in caught.value.flat()]


def test_the_smallest_useful_manifest_is_valid() -> None:
    assert validate.validate(document(SMALLEST), today=TODAY).release_id == "openai/gpt-oss-120b"


# The version ------------------------------------------------------------------------------------------------------


def test_a_manifest_without_a_schema_is_refused_before_all_else() -> None:
    assert told(document("wieghts = 1\n")) == [
        'release.toml:1:1: the file does not say which schema it is written for; set `schema` to "release-manifest/1"'
    ]


@pytest.mark.parametrize("version", ["2", "10", "999999999"])
def test_a_manifest_of_the_future_is_refused(version: str) -> None:
    assert told(document(f'schema = "release-manifest/{version}"\nnew = 1\n')) == [
        (
            f"release.toml:1:1: schema is 'release-manifest/{version}', which is made for a newer release-review; "
            "update release-review"
        )
    ]


@pytest.mark.parametrize(
    "written",
    [
        '"release-manifest/1 "',
        '"release-manifest/\uff11"',
        '"Release-Manifest/1"',
        '"release-manifest/01"',
        "1",
        "1.0",
        '"release-manifest/1.0"',
        "true",
        "[]",
        "{}",
        '"release-manifest/1\\n"',
        '"v1"',
    ],
)
def test_a_schema_that_is_nearly_right_is_not_right(written: str) -> None:
    (line,) = told(document(f"schema = {written}\n" + TITLE))
    assert line.startswith("release.toml:1:1: schema is ")
    assert line.endswith('; set `schema` to "release-manifest/1"')


@pytest.mark.parametrize(
    ("written", "schema", "line"),
    [
        ("release-waivers/1", MANIFEST, "is a waiver file, not a manifest; give it with --waivers"),
        ("release-policy/2", MANIFEST, "is a policy, not a manifest; give it with --policy"),
        ("release-report/1", MANIFEST, "is a report, not a manifest; name the file it was made from"),
        ("release-manifest/1", WAIVERS, "is a manifest, not a waiver file; name it as an argument"),
        ("release-manifest/1", POLICY, "is a manifest, not a policy; name it as an argument"),
    ],
)
def test_a_file_of_another_kind_is_told_where_it_belongs(written: str, schema: str, line: str) -> None:
    with pytest.raises(ManifestError) as caught:
        check_shape(document(f'schema = "{written}"\n'), schema)
    assert str(caught.value) == f"release.toml:1:1: {line}"


# The shape --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("[wieghts]\n", "5:1: unknown key 'wieghts'; did you mean 'weights'?"),
        ("[weights]\nLicense = 'MIT'\n", "6:1: unknown key 'License' in weights (line 5); did you mean 'license'?"),
        (
            "[use_policy]\nzzz = 1\n",
            "6:1: unknown key 'zzz' in use_policy (line 5); use one of: url, prohibited_uses, enforcement",
        ),
        (
            "[[access]]\nid = 'a'\nkind = 'wieghts'\n",
            "7:1: access[a].kind is 'wieghts'; did you mean 'weights'?",
        ),
        (
            "[weights]\nderivatives = 'maybe'\n",
            "6:1: weights.derivatives is 'maybe'; use one of: yes, no, unknown, not-applicable",
        ),
        (
            "[weights]\nderivatives = 'true'\n",
            "6:1: weights.derivatives is 'true'; use one of: yes, no, unknown, not-applicable",
        ),
        (
            "[weights]\nderivatives = 1\n",
            "6:1: weights.derivatives is 1; use one of: yes, no, unknown, not-applicable",
        ),
        ("[weights]\nparameters_total = true\n", "6:1: weights.parameters_total is true; write a number"),
        ("[weights]\nparameters_total = '7B'\n", "6:1: weights.parameters_total is '7B'; write a number"),
        (
            "[weights]\nparameters_total = -1\n",
            "6:1: weights.parameters_total is -1, and the least value is 0",
        ),
        ("[weights]\nlicense = ['MIT']\n", "6:1: weights.license is a list; write text"),
        (
            "[access]\nid = 'a'\n",
            '5:1: access is a table; write [[access]], with two brackets (in YAML, begin each entry with "- ")',
        ),
        (
            "weights = 1\n",
            (
                "5:1: unknown key 'weights' in release (line 2); move it to the top level, in TOML above the first "
                "header or under one of its own"
            ),
        ),
        (
            "[[access]]\nid = 'a'\n",
            (
                "5:1: access[a] has no 'kind'; add one of: weights, sealed-weights, leak, customer-hosted, "
                "third-party-host, api, app, unknown"
            ),
        ),
        (
            "[source.card]\nurl = 'https://acme.test'\n",
            "5:1: source.card has no 'title'; add it: what the source is called",
        ),
        (
            "[[access]]\nid = 'A'\nkind = 'api'\n",
            "6:1: access[A].id is 'A'; write lower-case ASCII letters, digits, `.`, `_` and `-`, at most 64 characters",
        ),
        (
            "[source.Card]\ntitle = 'Card'\n",
            (
                "5:1: the key 'Card' of source is not well formed; write lower-case ASCII letters, digits, `.`, `_` "
                "and `-`, at most 64 characters"
            ),
        ),
        (
            "[extensions.acme-labs]\n",
            (
                "5:1: the key 'acme-labs' of extensions is not well formed; write an organization's name in "
                "snake_case, at most 64 characters"
            ),
        ),
        (
            "[[access]]\nid = 'hub'\nkind = 'api'\nreview_by = 2026\n",
            (
                "8:1: unknown key 'review_by' in access[hub] (line 5); it belongs to [[threat]]; "
                "write that header above it"
            ),
        ),
        (
            "[[evidence]]\nid = 'e'\nkind = 'card'\nurl = 'https://acme.test'\n",
            "8:1: unknown key 'url' in evidence[e] (line 5); write it into citation",
        ),
        ("[[weights]]\n", "5:1: weights is a list; write [weights], with one bracket"),
        (
            "[[source]]\nid = 'card'\n",
            "5:1: source is a list; write [source.card]: the id stands in the header",
        ),
        ("[weights]\nlicense = 2024\n", '6:1: weights.license is 2024; write it in quotes, as in "2024"'),
        (
            "[weights]\ntraining_compute_flop = '1e24'\n",
            "6:1: weights.training_compute_flop is '1e24'; write 1e24, without quotes",
        ),
        (
            "[weights]\nderivatives = { value = 'yes', evidence = 'e1' }\n",
            "6:32: weights.derivatives.evidence is 'e1'; write [\"e1\"]",
        ),
        (
            "[weights]\nderivatives = { value = 'yes', evidence = ['https://acme.test'] }\n",
            (
                "6:44: weights.derivatives.evidence[0] is 'https://acme.test', which is no id; "
                "write the id of an [[evidence]] table (put the URL into its citation)"
            ),
        ),
        (
            "[weights]\nderivatives = { value = 'yes', source = ['The Card'] }\n",
            ("6:42: weights.derivatives.source[0] is 'The Card', which is no id; write the id of a [source] table"),
        ),
        ("[extensions]\nacme = 1\n", "6:1: extensions.acme is 1; write a table"),
        (
            "[weights]\nderivatives = { vlaue = 'yes', value = 'no' }\n",
            "6:17: unknown key 'vlaue' in weights.derivatives; did you mean 'value'?",
        ),
        (
            "[source.card]\ntitel = 'Card'\n",
            "6:1: unknown key 'titel' in source.card (line 5); did you mean 'title'?",
        ),
        ("[weights]\nderivatives = { note = 'x' }\n", "6:1: weights.derivatives has no 'value'; add it"),
        (
            "[weights]\nderivatives = { value = 'no', conflicts = [{ source = ['a'] }] }\n",
            "6:44: weights.derivatives.conflicts[0] has no 'value'; add it",
        ),
        (
            "[weights]\nderivatives = { value = { value = 'no' } }\n",
            "6:17: weights.derivatives.value is a table; use one of: yes, no, unknown, not-applicable",
        ),
        (
            "[[evidence]]\nid = 'e'\nkind = 'card'\ndigest = 'md5:00'\n",
            (
                "8:1: evidence[e].digest is 'md5:00'; write `sha256:` and 64, `sha384:` and 96, or `sha512:` and 128 "
                "lower-case hexadecimal digits"
            ),
        ),
        (
            "[signoff]\n[[signoff.x]]\n",
            '5:1: signoff is a table; write [[signoff]], with two brackets (in YAML, begin each entry with "- ")',
        ),
        ("[[evidence]]\nid = 'e'\nkind = 'card'\npath = ''\n", "8:1: evidence[e].path is empty"),
        (
            "[monitoring]\nnext_review = 'soon'\n",
            (
                "6:1: monitoring.next_review is 'soon'; write `2024`, `2024-05`, `2024-05-31` or an instant with its "
                "offset, `2024-05-31T10:00:00Z`"
            ),
        ),
    ],
)
def test_a_shape_that_does_not_fit_is_refused_with_place_and_way_out(body: str, line: str) -> None:
    assert told(manifest(body)) == [f"release.toml:{line}"]


@pytest.mark.parametrize(
    "written",
    [
        "a",
        "a/",
        "/b",
        "a/b/c",
        "a b/c",
        "\u0430cme/model",
        "a/b@",
        "a/b@1@2",
        "a/b\\n",
        "-a/b",
        "a/\u00b2",
        "a/" + "b" * 200,
    ],
)
def test_a_release_is_named_by_developer_and_name_in_ascii(written: str) -> None:
    (line,) = told(document(f'schema = "release-manifest/1"\n[release]\nid = "{written}"\n'))
    assert line.startswith("release.toml:3:1: release.id ")


def test_a_list_names_what_it_has_twice() -> None:
    text = manifest("", release="modalities = ['text', 'code', 'code']")
    assert told(text) == ["release.toml:4:1: release.modalities lists 'code' twice"]


def test_a_source_is_cited_once() -> None:
    (line,) = told(manifest("[weights]\nderivatives = { value = 'yes', source = ['card', 'card'] }\n"))
    assert line.endswith("weights.derivatives.source lists 'card' twice")


def test_null_is_no_value() -> None:
    data = {"schema": "release-manifest/1", "release": {"id": "acme/model", "date": None}, "access": None}
    lines = told(document(json.dumps(data), ".json"))
    assert [line.partition(": ")[2] for line in lines] == [
        "release.date is null; write text",
        'access is null; write [[access]], with two brackets (in YAML, begin each entry with "- ")',
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    lines = told(manifest("[weights]\nlicense = 1\nzzz = 1\n[[access]]\nid = 'a'\nkind = 'apo'\n"))
    assert [line.split(":")[1] for line in lines] == ["6", "7", "10"]


def test_at_most_twenty_faults_are_told_and_the_rest_counted() -> None:
    lines = told(manifest("[weights]\n" + "".join(f"key_{number} = 1\n" for number in range(23))))
    assert len(lines) == 21
    assert lines[-1] == "release.toml: 3 more errors; correct those above first"


def test_an_error_quotes_little_of_the_file_and_nothing_that_does_not_show() -> None:
    (line,) = told(manifest(f"[weights]\nlicense_family = '''\x1b[2J{'x' * 500}'''\n".replace("\x1b", "\u202e")))
    assert "\u202e" not in line
    assert "\\u{202e}" in line
    assert len(line) < 350


def test_a_hostile_id_does_not_flood_an_error() -> None:
    (first, _) = told(manifest(f"[[access]]\nid = '{'A' * 5000}'\nkind = 'apo'\n"))
    assert len(first) < 500


def test_thousands_of_faults_are_told_in_a_second() -> None:
    text = manifest("[weights]\n" + "".join(f"derivative_{number} = 1\n" for number in range(20_000)))
    before = time.process_time()
    assert len(told(text)) == 21
    assert time.process_time() - before < 5


def test_every_format_is_refused_in_the_same_words_at_its_own_place() -> None:
    yaml = "schema: release-manifest/1\nrelease: {id: acme/model}\nwieghts: {}\n"
    assert told(document(yaml, ".yaml")) == ["release.yaml:3:1: unknown key 'wieghts'; did you mean 'weights'?"]


def test_a_disagreement_of_the_engines_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_faults, "schema_faults", lambda *_, **__: [])
    with pytest.raises(ReleaseReviewError, match="the two readings of the schema disagree") as caught:
        check_manifest(manifest("[wieghts]\n"))
    assert type(caught.value) is ReleaseReviewError


def test_jsonschema_is_imported_only_to_word_an_error() -> None:
    script = f"""
import sys
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.validate import check_manifest
toml = next(i for i in release_review_importers() if ".toml" in i.suffixes)
check_manifest(read_document({SMALLEST.encode()!r}, name="release.toml", importer=toml))
sys.exit(bool({{"jsonschema", "re2"}} & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    ("schema", "text", "line"),
    [
        (
            WAIVERS,
            (
                'schema = "release-waivers/1"\n[[waiver]]\nid = "w"\nrule = "*"\nrelease = "a/b"\n'
                'reason = "accepted-risk"\njustification = "j"\nowner = "o"\napproved_by = "b"\nticket = "t"\n'
                'created = "2026-01-01"\nexpires = "2026-02-01"\n'
            ),
            "4:1: waiver[w].rule is '*'; write the one rule it is for, as `policy/rule`; there are no wildcards",
        ),
        (RULE, 'id = "r"\nsummary = "s"\nassert = ""\n', "3:1: assert is empty; write a condition"),
        (
            RULE,
            'id = "r"\nsummary = "s"\nassert = "true"\nwaivable = true\n',
            "4:1: waivable is true; leave it out, or write false or { max_days = 90 }",
        ),
        (
            RULE,
            'id = "r"\nsummary = "s"\nassert = "true"\nseverity = "eror"\n',
            "4:1: severity is 'eror'; did you mean 'error'?",
        ),
        (
            POLICY,
            'schema = "release-policy/1"\nid = "p"\nversion = "1"\ntitle = "P"\n',
            "3:1: version is '1'; write the policy's own version, as `1.0.0`",
        ),
    ],
)
def test_the_other_files_are_checked_by_the_same_function(schema: str, text: str, line: str) -> None:
    with pytest.raises(PolicyError) as caught:
        check_shape(document(text), schema, error=PolicyError)
    assert [str(error) for error in caught.value.flat()] == [f"release.toml:{line}"]


def test_a_part_of_a_file_is_checked_where_it_stands() -> None:
    whole = document('[[rule]]\nid = "r"\nsummary = "s"\nassert = "true"\nempty = "maybe"\n')
    with pytest.raises(PolicyError) as caught:
        check_shape(whole, RULE, pointer="/rule/0", error=PolicyError)
    assert str(caught.value) == "release.toml:5:1: rule[r].empty is 'maybe'; use one of: pass, fail"


# Ids and citations ------------------------------------------------------------------------------------------------


def test_an_id_that_two_entries_have_is_refused_with_both_lines() -> None:
    body = "[[access]]\nid = 'a'\nkind = 'api'\n[[access]]\nid = 'a'\nkind = 'app'\n"
    assert told(manifest(body)) == [
        "release.toml:9:1: two entries of access have the id 'a'; the first is on line 6; give each an id of its own"
    ]


def test_a_word_is_listed_once() -> None:
    body = (
        "[[threat]]\nid = 't'\nvector = 'other'\n[threat.existing_defenses]\nlayers = ['legal', { value = 'legal' }]\n"
    )
    (line,) = told(manifest(body))
    assert line == (
        "release.toml:9:20: threat[t].existing_defenses.layers lists 'legal' twice; the first is on line 9; "
        "list it once"
    )


@pytest.mark.parametrize(
    ("cited", "line"),
    [
        ("source = ['crad']", "cites the source 'crad', which is not there; did you mean 'card'?"),
        ("source = ['osai']", "cites the source 'osai', which is not there; add [source.osai]"),
        ("evidence = ['evla']", "cites the evidence 'evla', which is not there; did you mean 'eval'?"),
        ("evidence = ['card']", "cites the evidence 'card', which is not there; add [[evidence]] with this id"),
        (
            "conflicts = [{ value = 'no', source = ['osai'] }]",
            "cites the source 'osai', which is not there; add [source.osai]",
        ),
    ],
)
def test_a_citation_of_nothing_is_refused(cited: str, line: str) -> None:
    known = "[source.card]\ntitle = 'Card'\n[[evidence]]\nid = 'eval'\nkind = 'card'\n"
    body = f"{known}[weights]\nderivatives = {{ value = 'yes', {cited} }}\n"
    (message,) = told(manifest(body))
    assert message.startswith("release.toml:11:")
    assert message.endswith(f": weights.derivatives {line}")


# Dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "date",
    [
        "2024-02-30",
        "2023-02-29",
        "0000",
        "0000-01-01",
        "2024-13",
        "2024-00",
        "2024-01-00",
        "2024-01-01T24:00:00Z",
        "2024-01-01T10:60:00Z",
        "2024-01-01T10:00:60Z",
        "2024-01-01T10:00:00+24:00",
        "2024-01-01T10:00:00+01:60",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:00:00-01:00",
    ],
)
def test_a_day_that_no_calendar_has_is_refused(date: str) -> None:
    assert told(manifest("", release=f"date = '{date}'")) == [
        f"release.toml:4:1: release.date is '{date}', and the calendar has no such day; correct the date"
    ]


@pytest.mark.parametrize("date", ["2024-02-29", "0001", "9999-12", "2024-01-01T23:59:59.999999999-23:59"])
def test_a_day_that_the_calendar_has_is_accepted(date: str) -> None:
    check_manifest(manifest("", release=f"date = '{date}'"))


def test_a_date_in_a_conflict_has_to_be_real_too() -> None:
    body = "date = { value = '2024-01-01', conflicts = [{ value = '2024-02-30' }] }"
    assert told(manifest("", release=body)) == [
        "release.toml:4:47: release.date is '2024-02-30', and the calendar has no such day; correct the date"
    ]


def channel(opening: str = "", until: str = "") -> str:
    lines = ["[[access]]", "id = 'a'", "kind = 'api'"]
    lines += [f"from = {opening}"] if opening else []
    lines += [f"until = {until}"] if until else []
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("opening", "until", "released", "line"),
    [
        ("'2024-05-02'", "'2024-05-01'", "", "access[a] closes on 2024-05-01, before it opens on 2024-05-02"),
        ("", "'2024-05-01'", "'2024-05-02'", "access[a] closes on 2024-05-01, before it opens on 2024-05-02"),
        (
            "'2024-06'",
            "'2024-05'",
            "",
            "access[a] closes between 2024-05-01 and 2024-05-31, before it opens between 2024-06-01 and 2024-06-30",
        ),
    ],
)
def test_a_channel_closes_after_it_opens(opening: str, until: str, released: str, line: str) -> None:
    release = f"date = {released}" if released else ""
    (message,) = told(manifest(channel(opening, until), release=release))
    assert message.endswith(f": {line}; correct `from` or `until`")


@pytest.mark.parametrize(
    ("opening", "until"),
    [
        ("'2024-05-02'", "'2024-05-02'"),
        ("'2024-05-02'", "'2024-05'"),
        ("'2024'", "'2024-01-01'"),
        ("'2024-05-02'", "'unknown'"),
        ("'unknown'", "'1999'"),
        ("{ value = '2024-05-02', conflicts = [{ value = '1998' }] }", "'1999'"),
        ("'2024-05-02'", "{ value = '1999', conflicts = [{ value = '2025' }] }"),
    ],
)
def test_a_channel_may_close_on_the_day_it_opens_or_on_a_day_that_is_not_known(opening: str, until: str) -> None:
    check_manifest(manifest(channel(opening, until)))


def test_a_release_is_not_available_before_its_date() -> None:
    text = manifest(channel("'2024-05-01'"), release="date = 2024-05-02")
    assert told(text) == [
        (
            "release.toml:8:1: access[a] opens on 2024-05-01, before the release is first available on 2024-05-02; "
            "set release.date to the first day of any channel"
        )
    ]


@pytest.mark.parametrize(
    ("opening", "released"),
    [
        ("'2024-05-02'", "'2024-05-02'"),
        ("'2024-05'", "'2024-05-31'"),
        ("'2024-05-01'", "'2024'"),
        ("'2023'", "'unknown'"),
        ("'2023'", "{ value = '2024', conflicts = [{ value = '2023' }] }"),
    ],
)
def test_a_month_or_a_year_may_mean_any_of_its_days(opening: str, released: str) -> None:
    check_manifest(manifest(channel(opening), release=f"date = {released}"))


# The day that is judged -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "released", "expected"),
    [
        ("", "", TODAY),
        ("", "'2026-03-01'", dt.date(2026, 3, 1)),
        ("'2026-04'", "'2026-03-01'", dt.date(2026, 4, 1)),
        ("'2025-12-31'", "", TODAY),
        ("'2026-01-02T01:00:00+02:00'", "", TODAY),
        ("{ value = '2027', conflicts = [{ value = '2028' }] }", "'2026-03-01'", TODAY),
    ],
)
def test_a_planned_release_is_judged_as_planned(opening: str, released: str, expected: dt.date) -> None:
    text = manifest(channel(opening), release=f"date = {released}" if released else "")
    assert default_as_of(text, today=TODAY) == expected
    assert validate.validate(text, today=TODAY).as_of == expected


def test_the_day_that_is_asked_for_is_judged() -> None:
    asked = dt.date(2020, 2, 2)
    assert validate.validate(document(SMALLEST), as_of=asked, today=TODAY).as_of == asked


def test_what_a_caller_changes_in_a_document_is_checked_again() -> None:
    changed: dict[str, Any] = {**document(SMALLEST).data, "wieghts": {}}
    with pytest.raises(ManifestError, match="unknown key 'wieghts'"):
        check_manifest(dataclasses.replace(document(SMALLEST), data=changed))


def test_validation_reads_no_clock_and_no_environment() -> None:
    sources = Path(validate.__file__).parent
    for name in ("validate", "coherence", "normalise", "channels", "leaves", "dates", "evidence", "schema_faults"):
        text = (sources / f"{name}.py").read_text(encoding="utf-8")
        assert not any(word in text for word in (".today()", ".now(", "environ", "getenv", "print("))


def test_a_list_has_a_longest_length() -> None:
    def listing(count: int) -> Document:
        return manifest("".join(f'[[safeguard]]\nname = "s{number}"\n' for number in range(count)))

    limits = dataclasses.replace(LIMITS, items=3)
    assert len(validate.validate(listing(3), today=TODAY, limits=limits).data["safeguard"]) == 3
    with pytest.raises(ManifestError) as caught:
        validate.validate(listing(4), today=TODAY, limits=limits)
    hint = "describe the release with fewer, or as several releases"
    assert str(caught.value).endswith(f"`safeguard` has 4 items, and the limit is 3; {hint}")
