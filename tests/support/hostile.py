"""Hostile expressions, each carried out in a process of its own: what comes of it, how long it takes, what it holds.

As a program it prints one line of JSON for each attack. The process is forked off one that has the parser and the
engine in memory already, so that what is measured is the expression alone: the CPU time of the process, and by how
much its largest resident size grew.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.authoring.cases import document_of
from release_review.cel import Scope, Subject, admit, open_engine
from release_review.errors import ReleaseReviewError
from release_review.model import LIMITS
from release_review.validate import validate

TODAY = dt.date(2026, 1, 1)
TRIES = 3
"""The least CPU time of so many tries counts: a busy machine makes each of them longer, never shorter."""

KILLED_AFTER = 10
"""Seconds after which a process is ended that does not end."""

LONG_TEXT = "a" * 65_536
FIELD, OTHER = "manifest.weights.license", "manifest.weights.minimum_hardware"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One hostile expression.

    Attributes:
        id: What it is an instance of, and which one.
        text: The expression.
        ends: How it is to end: `load` for an error when it loads, `error` when it is evaluated, or a decision.
        manifest: Name of the manifest that it is about.
    """

    id: str
    text: str
    ends: str
    manifest: str = "small"


def _manifests() -> Mapping[str, Callable[[], dict[str, Any]]]:
    base = {"schema": "release-manifest/1", "release": {"id": "acme/one", "date": "2025-08-05"}}
    return {
        "small": lambda: {
            **base,
            "weights": {"license": "MIT", "parameters_total": 1e11},
            "access": [{"id": "c1", "kind": "api"}],
        },
        "long": lambda: {**base, "weights": {"license": LONG_TEXT}},
        "wide": lambda: {**base, "evidence": [{"id": f"e{number}", "kind": "card"} for number in range(5_000)]},
        "long and wide": lambda: {
            **base,
            "weights": {"license": LONG_TEXT, "minimum_hardware": "a" * len(LONG_TEXT)},
            "access": [{"id": f"c{number}", "kind": "api"} for number in range(2_000)],
            "evidence": [{"id": f"e{number}", "kind": "card"} for number in range(2_000)],
        },
    }


def _doubled(text: str, times: int) -> str:
    for _ in range(times):
        text = f"({text} + {text})"
    return text


def _nested(before: str, inner: str, behind: str, times: int) -> str:
    return before * times + inner + behind * times


def _attacks() -> list[tuple[str, Sequence[Attack]]]:
    tens = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
    names = "abcdefgh"

    def towers(height: int) -> str:
        quantifiers = "".join(f"{tens}.all({name}, " for name in names[:height])
        return f"{quantifiers}{names[height - 1]} >= 0{')' * height}"

    def attack(text: str, ends: str, manifest: str = "small") -> Attack:
        return Attack(id="", text=text, ends=ends, manifest=manifest)

    return [
        (
            "C01",
            [
                *(attack(towers(height), "load") for height in (3, 4, 6, 8)),
                attack(towers(2), "TRUE"),
                attack("manifest.access.reduce(r, x, 0, r + 1) == 1", "load"),
                attack(f"{tens}.map(a, a + 1).map(b, b + 1).filter(c, c > 2).exists(d, d == 5)", "TRUE"),
                attack(" && ".join([towers(2)] * 20), "TRUE"),
            ],
        ),
        (
            "C02",
            [
                attack('["xx"]' + ".map(a, a + a)" * 34 + '.exists(a, a == "x")', "load"),
                attack('["xx"]' + ".map(a, a + a)" * 12 + '.exists(a, a == "x")', "load"),
                attack("[2]" + ".map(a, a * a)" * 34 + ".exists(a, a == 1)", "load"),
                attack(f'{_doubled(FIELD, 3)} == "x"', "error", "long"),
                attack(f'{_doubled(FIELD, 6)} == "x"', "error", "long"),
                attack(" && ".join([f'{_doubled(FIELD, 1)} != "x"'] * 50), "error", "long"),
                attack(f'{FIELD} + {FIELD} != "x"', "error", "long"),
                attack('manifest.evidence.map(e, e.id + e.id).map(e, e + e).exists(e, e == "x")', "FALSE", "wide"),
            ],
        ),
        (
            "C03",
            [
                *(attack(_nested("(", "true", ")", times), "load") for times in (60, 1_000, 2_040, 50_000)),
                *(attack("!" * times + "true", "load") for times in (100, 4_000, 50_000)),
                *(attack("-" * times + "1 == 1", "load") for times in (100, 4_000)),
                *(attack(_nested("[", "1", "]", times) + " == 1", "load") for times in (49, 2_000, 50_000)),
                *(attack("manifest" + ".a" * times + " == 1", "load") for times in (100, 2_000, 50_000)),
                *(attack("manifest" + '["a"]' * times + " == 1", "load") for times in (100, 800)),
                *(attack(_nested("size(", '"a"', ")", times) + " == 1", "load") for times in (100, 680, 50_000)),
                attack("manifest.access" + ".filter(a, true)" * 200 + ".exists(a, true)", "load"),
                attack(" && ".join(["true"] * 500), "TRUE"),
                attack(" && ".join(["1 < 2"] * 350), "TRUE"),
                attack(" || ".join(["false"] * 450), "FALSE"),
                attack(" + ".join(["1"] * 1_000) + " > 0", "load"),
                attack("true ? true : " * 250 + "true", "load"),
                attack("(" * 4_000, "load"),
                attack("[" * 4_000, "load"),
                attack("{" * 4_000, "load"),
                attack("a." * 2_000, "load"),
                attack("f(" * 2_000, "load"),
            ],
        ),
        (
            "C04",
            [
                attack(f'"{"a" * 5_000_000}" == "a"', "load"),
                attack(f'"{"a" * 4_000}" == "a"', "FALSE"),
                attack("1" * 4_000 + " == 1", "load"),
                attack("0x" + "f" * 4_000 + " == 1", "load"),
                attack("1." + "1" * 4_000 + " == 1.0", "FALSE"),
                attack("1e" + "9" * 4_000 + " == 1.0", "load"),
                attack(f"1 in [{', '.join(['2'] * 700)}]", "FALSE"),
                attack('"' + "\\U0010ffff" * 400 + '" == "a"', "load"),
                attack('"' + "\\u0061" * 600 + '" == "a"', "FALSE"),
            ],
        ),
        (
            "C05",
            [
                attack("1 / size(manifest.evidence) == 1 || true", "error"),
                attack("1 / size(manifest.evidence) == 1 && false", "error"),
                attack("!([0, 1].exists(x, 6 / x > 3))", "error"),
                attack("[0, 1].all(x, 6 / x == 7)", "error"),
                attack("(1 / size(manifest.evidence) == 1) == false || true", "error"),
            ],
        ),
        (
            "C06",
            [
                attack("manifest.access.all(c, c.kind == 'api')", "load"),
                attack("[].all(x, x == 1)", "load"),
                attack("{}.all(x, x == 1)", "load"),
                attack("!(size(manifest.access) > 0 || manifest.access.all(c, c.kind == 'api'))", "load"),
                attack("size(manifest.access) >= 0 && manifest.access.all(c, c.kind == 'api')", "load"),
                attack("size(manifest.access) > 0 && manifest.access.all(c, c.kind == 'api')", "TRUE"),
            ],
        ),
        ("C07", [attack(text, "load") for text in ("1", '"false"', "[1]", "null", "manifest", "1.5", "today")]),
        (
            "C08",
            [
                attack("true || nosuchname", "load"),
                attack("true || nosuchfn(1)", "load"),
                attack('true || manifest.nosuch == "a"', "load"),
                attack("false && params.nosuch == 1", "load"),
            ],
        ),
        (
            "C09",
            [
                attack("true == 1", "load"),
                attack('"a" in "abc"', "load"),
                attack("[1, 2][-1] == 2", "load"),
                attack("size(null) == 0", "load"),
                attack('manifest.access.contains("c1")', "load"),
            ],
        ),
        (
            "C10",
            [
                attack('double("nan") > 1.0', "load"),
                attack('!(double("nan") > 1.0)', "load"),
                attack("1e308 * 1e308 * 0.0 == 0.0", "error"),
                attack("!(1e308 * 10.0 - 1e308 * 10.0 > 0.0)", "error"),
                attack("0.0 / 0.0 == 0.0", "load"),
            ],
        ),
        (
            "C11",
            [
                attack("9223372036854775807 + size(manifest.access) > 0", "error"),
                attack("9223372036854775808 > 0", "load"),
                attack(" * ".join(["9"] * 60) + " > 0", "error"),
                attack("int(1e300) > 0", "error"),
                attack("-(-9223372036854775807 - size(manifest.access)) > 0", "error"),
                attack(f"{'1' * 4_000}.0 > 1.0", "load"),
            ],
        ),
        (
            "C12",
            [
                attack(f'{FIELD}.matches("^(a+)+$")', "TRUE", "long"),
                attack(f'{FIELD}.matches("^(a+)+b$")', "FALSE", "long"),
                attack(f'{FIELD}.matches("(a|aa)+b")', "FALSE", "long"),
                attack(f'{FIELD}.matches("(.*)(.*)(.*)(.*)(.*)[^a]")', "FALSE", "long"),
                attack(f'{FIELD}.matches("(x+x+)+y")', "FALSE", "long"),
                attack(f'{FIELD}.matches("((a{{100}}){{100}}){{100}}")', "load", "long"),
                attack(f'{FIELD}.matches("(a{{1,1000}}){{1,1000}}b")', "load", "long"),
                attack(f'{FIELD}.matches("a{{1001}}")', "load", "long"),
                attack(f'{FIELD}.matches("(a)\\\\1")', "load", "long"),
                attack(f'{FIELD}.matches("{"(" * 1_000}a{")" * 1_000}")', "FALSE", "small"),
                attack(f'{FIELD}.matches("{"a?" * 900}{"a" * 900}")', "FALSE", "small"),
                attack(f'{FIELD}.matches("{"(a?b?)*" * 400}c$")', "FALSE", "small"),
                attack(f'{FIELD}.matches("[\\\\pL]{{1,500}}c$")', "load", "small"),
                attack(
                    " || ".join([f'{FIELD}.matches("(a|b|aa)*c{number}$")' for number in range(70)]), "FALSE", "long"
                ),
                attack(f'manifest.evidence.exists(e, {FIELD}.matches("(a|aa)+b"))', "error", "long and wide"),
                attack(f'manifest.evidence.exists(e, {FIELD}.contains("ab"))', "error", "long and wide"),
                attack(f'manifest.evidence.exists(e, {FIELD}.endsWith("b"))', "FALSE", "long and wide"),
                attack(f'manifest.evidence.exists(e, {FIELD} == {FIELD} + "")', "TRUE", "long and wide"),
                attack(
                    f'manifest.evidence.exists(e, manifest.evidence.exists(f, {FIELD} != {FIELD} + ""))',
                    "error",
                    "long and wide",
                ),
                *(
                    attack(
                        f"manifest.evidence.exists(e, manifest.evidence.exists(f, {text}))", "error", "long and wide"
                    )
                    for text in (
                        f"{FIELD} != {OTHER}",
                        f"{FIELD} < {OTHER}",
                        f"!{FIELD}.startsWith({OTHER})",
                        f"!{FIELD}.endsWith({OTHER})",
                        f'{FIELD} in ["x", "y"]',
                    )
                ),
                attack(f'manifest.evidence.exists(e, {FIELD} + "b" == "b")', "error", "long and wide"),
                attack(f"manifest.evidence.exists(e, size({FIELD}) == 1)", "FALSE", "long and wide"),
                attack(f"manifest.evidence.exists(e, !{FIELD}.contains({OTHER}))", "error", "long and wide"),
                attack(f'{FIELD}.contains("{"a" * 1_500}b")', "FALSE", "long"),
            ],
        ),
        (
            "C13",
            [
                attack("manifest.evidence.exists(a, manifest.evidence.exists(b, a.id == b.id + 'x'))", "error", "wide"),
                attack("manifest.evidence.exists(a, manifest.evidence.exists_one(b, a.id == 'x'))", "error", "wide"),
                attack(
                    "manifest.evidence.exists(a, size(manifest.evidence.filter(b, b.id == a.id)) > 1)", "error", "wide"
                ),
                attack("manifest.evidence.exists(a, a.id in manifest.evidence.map(b, b.id + 'x'))", "error", "wide"),
                attack("manifest.evidence.exists(a, a.kind == 'literature')", "FALSE", "wide"),
                attack(" || ".join(["manifest.evidence.exists(a, a.id == 'x')"] * 90), "error", "wide"),
                attack(
                    "manifest.access.exists(a, manifest.evidence.exists(b, a.id.startsWith(b.id + 'x')))",
                    "error",
                    "long and wide",
                ),
            ],
        ),
        (
            "C14",
            [
                attack('manifest.__class__ == "a"', "load"),
                attack('manifest.release.__class__.__mro__ == "a"', "load"),
                attack('__import__("os")', "load"),
                attack("[1].all(lambda, lambda == 1)", "TRUE"),
                attack("[1].all(__builtins__, __builtins__ == 1)", "TRUE"),
                attack("[1].all(given0, given0 == 1 && today == as_of)", "TRUE"),
                attack(f"{FIELD} == \"'); __import__('os').abort(); ('\"", "FALSE"),
                attack(f'{FIELD} == "{{0.__class__}}%s%n${{x}}"', "FALSE"),
                attack(f'{FIELD}.matches("\\\\x00(?i)")', "FALSE"),
                attack("[1].all(None, None == 1)", "TRUE"),
                attack("[1].all(True, True == 1)", "TRUE"),
            ],
        ),
        (
            "C15",
            [
                attack('timestamp("2025-02-30T00:00:00Z") < today', "load"),
                attack('timestamp("2025-08-05T00:00:00") < today', "load"),
                attack('timestamp("0001-01-01T00:00:00+23:59") < today', "load"),
                attack('timestamp("2025-08-05T00:00:00+99:99") < today', "load"),
                attack('today.getHours("../../etc/passwd") == 0', "load"),
                attack('duration("99999999999999999999h") > duration("1h")', "load"),
                attack(f'duration("{"1h" * 2_000}") > duration("1h")', "TRUE"),
                attack(f'duration("{"9" * 4_000}h") > duration("1h")', "load"),
                attack(f'duration("1.{"0" * 4_000}s") == duration("1s")', "TRUE"),
                attack('today - duration("87000000h") < today', "error"),
                attack('duration("87000000h") + duration("87000000h") > duration("1h")', "error"),
            ],
        ),
        (
            "C16",
            [
                *(
                    attack(text, "load")
                    for text in ("", "   ", "// nothing", "true true", "true; true", "true,", ")", "'")
                ),
                attack("[1].all(1, true)", "load"),
                attack("null.all(x, x == 1)", "load"),
                attack('"abc', "load"),
                attack('"\\ud800" == "a"', "load"),
                attack('"\\400" == "a"', "load"),
                attack('"\\U00110000" == "a"', "load"),
                attack('"\\x" == "a"', "load"),
                attack('"' * 4_000, "load"),
                attack("'" * 4_001, "load"),
                attack('"\\' * 1_000, "load"),
                attack("\\" * 4_000, "load"),
                attack("/" * 4_000, "load"),
                attack("r'" * 2_000, "load"),
            ],
        ),
        (
            "C17",
            [
                attack("{this.id}", "load"),
                attack("%s", "load"),
                attack(f'{FIELD} == "{{this.id.__class__}}"', "FALSE"),
                attack(f'{FIELD}.contains("{{manifest}}")', "FALSE"),
            ],
        ),
        (
            "C18",
            [
                *(attack(f'{FIELD} == "a{sign}"', "load") for sign in "\x00\x1b\u202e\u200b\u2066\ufeff\u00ad"),
                *(attack(f"true{sign}", "load") for sign in "\x00\u202e\u200b\ufeff"),
                attack("m\u0430nifest == 1", "load"),
                attack("\uff54rue", "load"),
                attack("true \uff06\uff06 true", "load"),
                attack(f'{FIELD} == "a\\u202e"', "load"),
                attack(f'{FIELD} == "\u6f22\u5b57"', "FALSE"),
            ],
        ),
    ]


ATTACKS = [
    Attack(id=f"{name}-{number}", text=each.text, ends=each.ends, manifest=each.manifest)
    for name, attacks in _attacks()
    for number, each in enumerate(attacks, 1)
]


def carry_out(attack: Attack, subject: Subject) -> str:
    """Admit an expression and decide it; tells how that ended."""
    try:
        expression = admit(attack.text, Scope(), where=lambda at: f"rule.toml:1:{at + 1}")
    except ReleaseReviewError as error:
        return f"load: {type(error).__name__}: {error}"
    try:
        return open_engine("compiled").open(subject, iterations=LIMITS.iterations).decide(expression).name
    except ReleaseReviewError as error:
        return f"error: {type(error).__name__}: {error}"


def _measured(attack: Attack, subject: Subject) -> dict[str, Any]:
    """Carry out an attack in a child of this process."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(KILLED_AFTER)
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        try:
            ended = carry_out(attack, subject)
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is told
            ended = f"uncaught: {type(error).__name__}: {str(error)[:200]}"
        seconds = time.process_time() - start
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        told = {"ended": ended[:400], "seconds": seconds, "grown": grown * (1 if sys.platform == "darwin" else 1024)}
        os.write(sending, json.dumps(told).encode())
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        told_back = pipe.read()
    _, status = os.waitpid(child, 0)
    if not told_back:
        return {"ended": f"died: {status}", "seconds": float(KILLED_AFTER), "grown": 0}
    found: dict[str, Any] = json.loads(told_back)
    return found


def main() -> None:
    """Measure every attack."""
    subjects = {
        name: Subject(manifest=validate(document_of(make()), as_of=TODAY, today=TODAY).data, as_of=TODAY, today=TODAY)
        for name, make in _manifests().items()
    }
    warm = 'manifest.access.exists(c, c.kind == "api") && manifest.weights.license.matches("M") || today < as_of'
    carry_out(Attack(id="", text=warm, ends="TRUE"), subjects["small"])
    carry_out(Attack(id="", text="(", ends="load"), subjects["small"])
    gc.collect()
    gc.freeze()
    for attack in ATTACKS:
        tries = [_measured(attack, subjects[attack.manifest])]
        while tries[-1]["seconds"] > 0.05 and len(tries) < TRIES:
            tries.append(_measured(attack, subjects[attack.manifest]))
        best = min(tries, key=lambda each: float(each["seconds"]))
        sys.stdout.write(json.dumps({"id": attack.id, **best}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
