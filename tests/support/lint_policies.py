"""One good policy, and what makes it a wrong one: each is the smallest change that lint or the loader tells."""

from __future__ import annotations

from collections.abc import Mapping

GOOD = """\
schema = "release-policy/1"
id = "acme"
version = "1.0.0"
title = "Acme"
extends = ["benefits"]

[override."benefits/science-caveat-addressed"]
severity = "error"

[base]
schema = "release-manifest/1"
[base.release]
id = "acme/one"
date = 2025-08-05
[[base.access]]
id = "hub"
kind = "weights"
audience = "public"
from = 2025-08-05
[base.weights]
license = "Apache-2.0"
training_compute_flop = 2e25
[base.monitoring]
next_review = 2026-08-05

[[assessment]]
id = "reach"
title = "Reach"
scale = ["wide", "unknown", "narrow"]
over = "/access/*"
counts = 'this.opened == "yes"'
none = "narrow"
empty = "unknown"
default = "narrow"
rationale = "Who can get it decides who can misuse it."
[[assessment.level]]
is = "wide"
when = 'this.audience in ["public", "public-gated"]'
because = "anybody can get it"
[[assessment.level]]
is = "narrow"
when = 'this.audience in ["vetted", "partners"]'
because = "the developer chooses who gets it"
[[assessment.reference]]
title = "Acme release handbook, chapter 2"
[[assessment.case]]
name = "public"
expect = "wide"
[[assessment.case]]
name = "partners"
expect = "narrow"
set = { "/access/0/audience" = "partners" }

[[rule]]
id = "review-scheduled"
summary = "A model above the compute threshold says when it is reviewed next."
severity = "error"
when = "manifest.weights.training_compute_flop > params.threshold_flop"
assert = "has(manifest.monitoring.next_review)"
message = "Training compute is above {params.threshold_flop} FLOP and no review date is set."
rationale = "Capabilities and defenses both move."
remediation = "Set `monitoring.next_review`."
[rule.params]
threshold_flop = { type = "number", default = 1e25, min = 1e23, stricter = "lower" }
[[rule.reference]]
title = "Regulation (EU) 2024/1689, Article 51(2)"
[[rule.case]]
name = "a date"
expect = "pass"
[[rule.case]]
name = "no date"
expect = "fail"
remove = ["/monitoring/next_review"]

[[rule]]
id = "licence-named"
summary = "The licence of the weights has a name that machines read."
severity = "error"
assert = '''manifest.weights.license.matches("^[A-Za-z0-9.-]+$")'''
message = "The licence is no SPDX id."
rationale = "Tools look licences up by their id."
remediation = "Set `weights.license` to an SPDX id."
[[rule.reference]]
title = "SPDX License List"
[[rule.case]]
name = "an id"
expect = "pass"
[[rule.case]]
name = "a sentence"
expect = "fail"
set = { "/weights/license" = "see the website" }

[[rule]]
id = "channel-dated"
summary = "Each public channel says since when it is open."
severity = "warning"
given = "/access/*"
when = 'this.audience == "public" && this.kind in ["weights", "api"]'
assert = 'has(this.from) && this.from <= today'
message = "{this.id}: no day of opening, or one that is still to come"
rationale = "What happened when cannot be told without it."
remediation = "Set `from` of the channel."
[[rule.reference]]
title = "Acme release handbook, chapter 3"
[[rule.case]]
name = "dated"
expect = "pass"
[[rule.case]]
name = "not dated, nor the release"
expect = "fail"
remove = ["/access/0/from", "/release/date"]
"""

_SECOND_RULE = """
[[rule]]
id = "opening-known"
summary = "Each channel says since when it is open."
severity = "SEVERITY"
given = "/access/*"
WHEN
assert = 'ASSERT'
message = "{this.id}: no day of opening"
rationale = "What happened when cannot be told without it."
remediation = "Set `from` of the channel."
[[rule.reference]]
title = "Acme release handbook, chapter 3"
[[rule.case]]
name = "dated"
expect = "pass"
[[rule.case]]
name = "not dated, nor the release"
expect = "fail"
remove = ["/access/0/from", "/release/date"]
"""


def second_rule(*, severity: str, assertion: str, when: str = "") -> str:
    """Write a rule about the same items as one of the good policy."""
    text = _SECOND_RULE.replace("SEVERITY", severity).replace("ASSERT", assertion)
    return text.replace("WHEN\n", f"when = '{when}'\n" if when else "")


WHEN = """when = 'this.audience == "public" && this.kind in ["weights", "api"]'"""
ASSERT = "assert = 'has(this.from) && this.from <= today'"
_CASES_OF_REACH = """\
[[assessment.case]]
name = "public"
expect = "wide"
[[assessment.case]]
name = "partners"
expect = "narrow"
set = { "/access/0/audience" = "partners" }
"""
_ANOTHER_DAY = """
[[rule.case]]
name = "later"
expect = "pass"
today = 2026-03-01"""

REFUSED: Mapping[str, tuple[str, str]] = {
    "no-toml": ('id = "acme"', "id = acme"),
    "unknown-key": ('version = "1.0.0"', 'versoin = "1.0.0"'),
    "unknown-severity": ('severity = "warning"', 'severity = "warn"'),
    "weakened-without-because": ('severity = "error"\n\n[base]', 'severity = "note"\n\n[base]'),
    "unknown-override": ("science-caveat-addressed", "science-caveat-adressed"),
    "unknown-extends": ('extends = ["benefits"]', 'extends = ["benefit"]'),
    "id-taken": ('id = "licence-named"', 'id = "review-scheduled"'),
    "unknown-field": ("has(this.from) && ", "has(this.since) && "),
    "unknown-word": ('this.audience == "public" &&', 'this.audience == "publik" &&'),
    "wrong-type": ("this.from <= today", "this.from <= 2025"),
    "syntax-error": ("this.from <= today", "this.from <= "),
    "no-truth-value": ("'has(this.from) && this.from <= today'", "'this.from'"),
    "empty-list-passes": (ASSERT, """assert = 'manifest.access.all(c, c.kind != "leak")'"""),
    "unknown-level": ('is = "wide"', 'is = "broad"'),
    "param-out-of-range": ("default = 1e25", "default = 1e22"),
    "message-of-nothing": ("{this.id}: no day", "{this.name}: no day"),
    "pattern-does-not-compile": ("^[A-Za-z0-9.-]+$", "^[A-Za-z0-9.-+$"),
    "given-is-nowhere": ('given = "/access/*"', 'given = "/channels/*"'),
    "three-at-once": ('audience == "public" && this.kind in ["weights", "api"]', 'audience == "all" && this.kid > 3'),
}
"""Policies that do not load, by the name of the file with what is said of them: a part of the good one, and another."""

WARNED: Mapping[str, tuple[str, str]] = {
    "no-rationale": ('rationale = "What happened when cannot be told without it."\n', ""),
    "no-remediation": ('remediation = "Set `from` of the channel."\n', ""),
    "no-reference": ('[[rule.reference]]\ntitle = "SPDX License List"\n', ""),
    "id-is-no-requirement-no": ('id = "licence-named"', 'id = "no-licence"'),
    "id-is-no-requirement-word": ('id = "licence-named"', 'id = "licence"'),
    "id-is-no-requirement-check": ('id = "licence-named"', 'id = "licence-check"'),
    "message-names-nothing": ("{this.id}: no day of opening", "There is no day of opening"),
    "message-is-missing": ('message = "{this.id}: no day of opening, or one that is still to come"\n', ""),
    "no-passing-case": ('[[rule.case]]\nname = "an id"\nexpect = "pass"\n', ""),
    "no-failing-case": (
        '[[rule.case]]\nname = "a sentence"\nexpect = "fail"\nset = { "/weights/license" = "see the website" }\n',
        "",
    ),
    "no-case": (
        _CASES_OF_REACH,
        "",
    ),
    "case-repeats": ('set = { "/weights/license" = "see the website" }', 'set = { "/weights/license" = "Apache-2.0" }'),
    "when-never-holds": (WHEN, """when = 'this.audience == "public" && this.audience in ["vetted", "internal"]'"""),
    "when-never-holds-dates": (WHEN, "when = 'this.from > today && today >= this.from'"),
    "when-never-holds-leak": (WHEN, """when = 'this.kind == "leak" && this.closed == "yes"'"""),
    "when-never-holds-numbers": (
        'when = "manifest.weights.training_compute_flop > params.threshold_flop"',
        'when = "manifest.weights.training_compute_flop < -params.threshold_flop"',
    ),
    "counts-never-holds": ("""'this.opened == "yes"'""", """'this.opened == "yes" && this.opened == "no"'"""),
    "never-fails": (ASSERT, """assert = 'this.audience != "internal"'"""),
    "never-fails-by-itself": (ASSERT, """assert = 'size(manifest.access) >= 0'"""),
    "never-fails-undecided": (ASSERT, """assert = 'this.gate == "none" || this.gate != "none"'"""),
    "never-passes": (ASSERT, """assert = 'this.audience == "internal"'"""),
    "level-never-reached": ("""'this.audience in ["vetted", "partners"]'""", """'this.audience == "public-gated"'"""),
    "implied-by-another-rule": (
        "[base]\n",
        second_rule(
            severity="warning", assertion="has(this.from)", when='this.audience == "public" && this.kind == "api"'
        )
        + "[base]\n",
    ),
    "asks-for-the-same": (
        "[base]\n",
        second_rule(
            severity="warning",
            assertion="!(this.from > today) && has(this.from)",
            when='this.kind in ["api", "weights"] && !(this.audience != "public")',
        )
        + "[base]\n",
    ),
    "unanchored-pattern": ("^[A-Za-z0-9.-]+$", "[A-Za-z0-9.-]+$"),
    "unanchored-alternative": ("^[A-Za-z0-9.-]+$", "^Apache-2.0|MIT$"),
    "param-never-read": ("[rule.params]\n", "[rule.params]\nmost_days = 90\n"),
    "accepted-not-needed": (
        'id = "licence-named"',
        'id = "licence-named"\naccepted = [{ lint = "no-reference", because = "it is our own" }]',
    ),
    "accepted-is-unknown": (
        'id = "licence-named"',
        'id = "licence-named"\naccepted = [{ lint = "no-refrence", because = "it is our own" }]',
    ),
}
"""Policies that load and could be better; none of them has another warning."""

FINE: Mapping[str, tuple[str, str]] = {
    "as it is": ("", ""),
    "an anchored alternative": ("^[A-Za-z0-9.-]+$", "^(Apache-2.0|MIT)$"),
    "a pattern without regard to case": ("^[A-Za-z0-9.-]+$", r"(?i)^[a-z0-9.-]+$"),
    "a case on another day": (
        'set = { "/weights/license" = "see the website" }',
        'set = { "/weights/license" = "see the website" }' + _ANOTHER_DAY,
    ),
    "days that need not exclude each other": (WHEN, "when = 'this.from >= today && today >= this.until'"),
    "a quantity that may be nought": ("flop > params.threshold_flop", "flop <= 0 || params.threshold_flop < 1"),
    "a condition that another value of a parameter switches on": (
        "flop > params.threshold_flop",
        "flop > params.threshold_flop && params.threshold_flop < 1e24",
    ),
    "an assert that another part of `when` leaves open": (ASSERT, """assert = 'this.kind == "weights"'"""),
    "a rule that weighs more than the one that implies it": (
        "[base]\n",
        second_rule(severity="error", assertion="has(this.from)", when='this.audience == "public"') + "[base]\n",
    ),
    "a rule that asks for more and weighs less": (
        "[base]\n",
        second_rule(severity="note", assertion="has(this.from) && this.from < today") + "[base]\n",
    ),
    "a rule that applies more often": (
        "[base]\n",
        second_rule(severity="warning", assertion="has(this.from) && this.from <= today", when='this.kind == "api"')
        + "[base]\n",
    ),
}
"""Policies beside which a wrong one stands, and of which there is nothing to say."""


def changed(change: tuple[str, str]) -> str:
    """Give the good policy with a part of it put otherwise; of several such parts, the last."""
    before, after = change
    if before not in GOOD:
        raise AssertionError(f"the good policy has no {before!r}")
    head, _, tail = GOOD.rpartition(before) if before else ("", "", GOOD)
    return head + after + tail
