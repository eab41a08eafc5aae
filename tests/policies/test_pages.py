"""The pages of `policy docs`: whole ones, their links, and what hostile text makes of them."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib
import pytest
import reports
from chromium import chromium, running
from markdown_it import MarkdownIt

import policies
from release_review import PolicySet, load_policies
from release_review.admit import admit_policies
from release_review.authoring.pages import FORMATS, MARKS, files_of, pages_of, parts
from release_review.authoring.pages.blocks import Block, Code, Facts, Items, Page, Paragraph, Piece, Section, Table
from release_review.escape import web_address
from release_review.extending import in_order
from release_review.model import (
    Accepted,
    Assessment,
    Case,
    Chosen,
    Level,
    Override,
    Param,
    Policy,
    Reference,
    Rule,
    Severity,
)

pytestmark = pytest.mark.no_cover

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ATTRIBUTES = frozenset(
    re.findall(r"\S+", "aria-label charset class content data-head href http-equiv id lang name rel role scope")
) | {"tabindex"}
"""All attributes that a page has: none of them runs anything, and `href` alone leads anywhere."""

HEAD = """\
schema = "release-policy/1"
id = "mine"
version = "1.2.3"
title = "Mine"
description = "What is asked here."
extends = ["benefits", "open-properties"]

[override."benefits/science-caveat-addressed"]
severity = "error"

[override."open-properties/use-policy-enforced"]
severity = "note"
because = "a use policy is *guidance* here"

[choose.benefits]
rules = ["science-caveat-addressed"]
because = "only `science` is claimed"

[base]
schema = "release-manifest/1"
release = { id = "acme/one" }

[[assessment]]
id = "reach"
title = "How far it reaches"
scale = ["anyone", "unknown", "nobody"]
over = "/access/*"
counts = 'this.opened == "yes"'
none = "nobody"
empty = "unknown"
default = "nobody"
rationale = "Who can reach a release decides how many people a mistake concerns."

[[assessment.level]]
is = "anyone"
when = 'this.audience in ["public", "public-gated"] && size(this.id) > params.letters'
because = "the public can use it"

[assessment.params]
letters = 1

[[assessment.case]]
name = "nothing"
expect = "unknown"
as_of = 2026-02-01
today = 2026-02-02

[[rule]]
id = "parameters-bounded"
summary = "The weights have at most so many parameters."
severity = "warning"
when = '''
manifest.weights.parameters_total != null
  && manifest.release.stage != "withdrawn"'''
assert = 'manifest.weights.parameters_total <= params.most'
message = "{manifest.weights.parameters_total} parameters are too many."
rationale = '''
What is larger is looked at by others.

Two `paragraphs` | of them.'''
remediation = "Ask the release board."
effective = 2026-06-01
waivable = false
accepted = [{ mutant = "one", because = "it changes nothing" }]

[rule.params]
most = { type = "number", default = 7e9, min = 1e6, max = 1e12, stricter = "lower", description = "Parameters." }

[[rule.reference]]
title = "A source"
url = "https://example.org/a_(b)"

[[rule.reference]]
title = "A book"

[[rule.case]]
name = "few"
expect = "pass"
set = { "/weights/parameters_total" = 7e9 }

[[rule.case]]
name = "many"
expect = "fail"
set = { "/weights/parameters_total" = 8e9 }
finding = [{ pointer = "/weights/parameters_total", message = "too many" }]
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> PolicySet:
    return policies.select(policies.write(tmp_path_factory.mktemp("mine"), head=HEAD))


@pytest.fixture(scope="module")
def shipped() -> PolicySet:
    return load_policies(["open-release"], policies.REGISTRY)


def written(given: PolicySet) -> Mapping[str, str]:
    return files_of(pages_of(given))


# Whole pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index", "mine/index", "mine/rules/parameters-bounded", "mine/assessments/reach"])
def test_whole_pages(name: str, mine: PolicySet, golden: Callable[[str, str], None]) -> None:
    for path, suffix in ((f"{name}.md", "markdown"), (f"{name}.html", "html")):
        page = re.sub(r"(?s)<style>.*</style>", "<style></style>", written(mine)[path])
        page = re.sub(r"'?sha256[-:][^'<`]+'?", "sha256:...", page)
        golden(f"policies/pages/{name}.{suffix}", page)


def test_every_policy_rule_and_assessment_has_a_page_in_each_format(shipped: PolicySet) -> None:
    parts = len(shipped.policies) + len(shipped.rules) + len(shipped.assessments)
    assert len(written(shipped)) == (1 + parts) * len(FORMATS)


def test_what_is_left_out_has_no_page_and_is_named_with_the_reason(mine: PolicySet) -> None:
    files = written(mine)
    assert [name for name in files if name.startswith("benefits/rules/")] == [
        "benefits/rules/science-caveat-addressed.html",
        "benefits/rules/science-caveat-addressed.md",
    ]
    assert "`innovation-caveat-addressed`" in files["mine/index.md"]
    assert "because only `science` is claimed" in files["mine/index.md"]


def test_a_page_says_who_changed_a_rule_and_why(mine: PolicySet) -> None:
    page = written(mine)["open-properties/rules/use-policy-enforced.md"]
    assert "**note** `open-properties/use-policy-enforced`" in page
    assert "hanged by mine" in page
    assert "guidance" in page


def test_the_order_of_the_policies_changes_nothing(mine: PolicySet) -> None:
    turned = admit_policies(tuple(reversed(mine.policies)), selected=["mine"])
    assert written(turned) == written(mine)


def policy(name: str, *extends: str) -> Policy:
    return Policy(id=name, title=name, version="1", extends=extends)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([policy("a", "c", "b"), policy("b"), policy("c", "b")], "bca"),
        ([policy("z", "y", "x"), policy("x"), policy("y"), policy("a")], "ayxz"),
        ([policy("a", "b"), policy("b", "a")], "ba"),
        ([policy("a", "a"), policy("c", "gone")], "ca"),
    ],
)
def test_what_is_built_on_comes_first(given: list[Policy], shown: str) -> None:
    assert "".join(each.id for each in in_order(given)) == shown


def test_pages_name_no_folder_of_this_machine(mine: PolicySet) -> None:
    here = str(Path(__file__).parent.parent.parent)
    assert not [name for name, text in written(mine).items() if here in text or "/tmp" in text]  # noqa: S108


def test_a_rule_in_python_has_a_page() -> None:
    rule = Rule(id="one", summary="One holds.", check=lambda _context: (), message="no")
    given = admit_policies([Policy(id="mine", title="Mine", version="1", rules=(rule,))])
    page = written(given)["mine/rules/one.md"]
    assert "A check written in Python decides whether it holds." in page
    assert "It holds when" not in page


# Links ----------------------------------------------------------------------------------------------------------------


def links_of(name: str, text: str) -> list[str]:
    if name.endswith(".html"):
        return [element.attrib["href"] for element in parse(text).iter("a")]
    tokens = [child for token in READER.parse(text) for child in token.children or []]
    return [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]


@pytest.mark.parametrize("name", ["mine", "shipped"])
def test_every_link_leads_to_a_page(name: str, request: pytest.FixtureRequest) -> None:
    files = written(request.getfixturevalue(name))
    reached = set()
    for path, text in files.items():
        for link in links_of(path, text):
            if link.startswith(("https://", "#")):
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(link)))
            assert target in files, f"{path}: {link}"
            reached.add(target)
    assert reached == set(files), "each page is linked to from another"


# What every page is ---------------------------------------------------------------------------------------------------


def parse(page: str) -> Element:
    """Read a page as a browser does; any fault that a browser would mend is one."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(page)
    return root


def check_html(page: str) -> Element:
    """Read a page, and see that it has nothing but our own elements."""
    assert page.endswith("</html>\n")
    page.encode("utf-8")
    root = parse(page)
    for element in root.iter():
        assert isinstance(element.tag, str), "a comment"
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        if element.tag == "a":
            assert re.match(r"https?://|#page$|[a-z./][\w./-]*\.html$", element.attrib["href"])
        else:
            assert "href" not in element.attrib
    tags = {element.tag for element in root.iter()}
    assert not tags & {"applet", "base", "embed", "frame", "iframe", "img", "link", "object", "script", "svg", "video"}
    return root


@pytest.mark.parametrize("name", ["mine", "shipped"])
def test_a_page_in_html_is_sound(name: str, request: pytest.FixtureRequest) -> None:
    for path, text in written(request.getfixturevalue(name)).items():
        assert MARKS[Path(path).suffix] in text
        if path.endswith(".html"):
            root = check_html(text)
            assert len(list(root.iter("h1"))) == 1


# Hostile text ---------------------------------------------------------------------------------------------------------


def page_with(text: str) -> Page:
    """Make a page with a text in every place that a policy may fill."""
    kinds = ("plain", "prose", "code")
    line = tuple(Piece(text=text, kind=kind) for kind in kinds)
    alone = [(piece,) for piece in line]
    linked = (Piece(text=text, kind="code", page="acme/index"), Piece(text="A source", url=text))
    blocks: tuple[Block, ...] = (
        *(Paragraph(line=each) for each in (*alone, linked)),
        Code(title="It holds when", text=text),
        Facts(rows=tuple(("Name", each) for each in alone)),
        Items(lines=(*alone, linked)),
        Table(heads=("one", "two"), rows=tuple((each, each) for each in alone)),
    )
    return Page(path="index", title=text, blocks=blocks, sections=(Section(title="A part", blocks=blocks),))


def shape(text: str) -> list[str]:
    """Give the blocks of a text in Markdown, without what stands in them."""
    return [token.type for token in READER.parse(text) if token.type not in ("inline", "text")]


@pytest.mark.parametrize("hostile", reports.HOSTILES.values(), ids=reports.HOSTILES)
def test_hostile_text_changes_nothing_of_a_page_in_markdown(hostile: str) -> None:
    text = hostile if len(hostile) < 1000 else hostile[:1000]
    files = files_of([page_with(text)], ["markdown"])
    page, plain = files["index.md"], files_of([page_with("word")], ["markdown"])["index.md"]
    assert shape(page) == shape(plain) or not text.strip()
    tokens = [child for token in READER.parse(page) for child in token.children or []]
    allowed = {"text", "code_inline", "link_open", "link_close", "strong_open", "strong_close", "softbreak"}
    assert {token.type for token in tokens} <= allowed
    assert {str(token.attrs["href"]) for token in tokens if token.type == "link_open"} <= {"acme/index.md"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]", page)


@pytest.mark.parametrize("hostile", reports.HOSTILES.values(), ids=reports.HOSTILES)
def test_hostile_text_changes_nothing_of_a_page_in_html(hostile: str) -> None:
    text = hostile if len(hostile) < 1000 else hostile[:1000]
    page = files_of([page_with(text)], ["html"])["index.html"]
    root = check_html(page)
    assert {element.attrib["href"] for element in root.iter("a")} == {"#page", "acme/index.html"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]", page)


def hostile_policies(text: str) -> PolicySet:
    """Make two policies in Python with a text in each of their fields."""
    references = (Reference(title=text, url=text),)
    rule = Rule(
        id="one",
        summary=text,
        assertion="params.text == 'a'",
        message=text.replace("{", "(").replace("}", ")"),
        rationale=text,
        remediation=text,
        references=references,
        params={"text": Param(type="string", value=text, description=text)},
        cases=(Case(name=text, expect="pass", set={"/extensions/acme": {"a": text}}, remove=(f"/{text}",)),),
        accepted=(Accepted(lint=text, because=text),),
    )
    question = Assessment(
        id="two",
        title=text,
        scale=("a", "unknown"),
        over="/access/*",
        levels=(Level(name="a", when='this.kind == "api"', because=text),),
        none="a",
        empty="unknown",
        default="a",
        rationale=text,
        references=references,
    )
    one = Policy(id="one", title=text, version=text, description=text, rules=(rule,), assessments=(question,))
    changes = (Override(target="one/one", severity=Severity.NOTE, params={"text": text}, because=f"{text}."),)
    choices = (Chosen(policy="one", rules=("one",), assessments=("two",), because=f"{text}."),)
    two = Policy(id="two", title="Two", version="1", extends=("one",), overrides=changes, choices=choices)
    return admit_policies([one, two])


@pytest.mark.parametrize("name", ["script", "markdown", "link", "command on a line of its own", "bidi", "surrogates"])
def test_a_hostile_policy_has_sound_pages(name: str) -> None:
    files = written(hostile_policies(reports.HOSTILES[name]))
    assert len(files) == 2 * (1 + 2 + 2)
    for path, page in files.items():
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]", page)
        if path.endswith(".html"):
            check_html(page)
        else:
            inline = [child for token in READER.parse(page) for child in token.children or []]
            assert not [token for token in inline if token.type in ("html_inline", "image")]
            blocks = [token.content.strip() for token in READER.parse(page) if token.type == "html_block"]
            assert blocks == [MARKS[".md"]]


def test_an_expression_with_backticks_stays_in_its_fence() -> None:
    page = Page(path="index", title="A", blocks=(Code(title="when", text="a\n```\n`````\n# b"),))
    (fence,) = (token for token in READER.parse(files_of([page], ["markdown"])["index.md"]) if token.type == "fence")
    assert fence.content == "a\n```\n`````\n# b\n"


def test_a_value_is_shown_as_a_policy_file_has_it() -> None:
    value = {"a b": 3.0, "c": 1e25, "d": ["2026-01-31", dt.date(2026, 1, 31)], "e": True}
    shown = parts.written(value)
    assert shown == '{ "a b" = 3, c = 1e25, d = ["2026-01-31", 2026-01-31], e = true }'
    assert tomllib.loads(f"value = {shown}") == {"value": value}
    assert parts.written({"of Python": None}) == '{ "of Python" = "None" }'


# In a browser ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(mine: PolicySet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    files = {**written(mine), **files_of([page_with(reports.HOSTILES["script"] * 20)], ["html"])}
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed; `make browser` installs it where it can")
def test_a_page_fits_a_telephone_asks_for_nothing_and_runs_nothing(folder: Path) -> None:
    names = ["index.html", "mine/index.html", "mine/rules/parameters-bounded.html"]
    names += ["open-properties/assessments/broader-access.html"]
    with running(chromium() or "") as browser:
        for name in names:
            for width in (375, 1_280):
                for scheme in ("light", "dark"):
                    browser.media(prefers_color_scheme=scheme)
                    browser.resize(width)
                    browser.open(folder / name)
                    assert browser.ask("document.documentElement.scrollWidth") <= width, (name, width)
                    assert browser.requests == [(folder / name).as_uri()]
                    assert browser.complaints == []


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b=(c)&d=%20#e", "http://example.org", "HTTPS://example.org/[1]"]
)
def test_an_address_of_the_web_may_be_a_link(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,a", "//example.org", "ftp://example.org", "", "https://"),
        *('https://a"b', "https://a<b", "https://a>b", "https://a b", "https://a\nb", "https://a\\b", "https://a`b"),
        *("https://a|b", "https://a::b", "https://\u212a", "https://a\u202eb", " https://a"),
    ],
)
def test_any_other_text_is_no_link(url: str) -> None:
    assert web_address(url) == ""
