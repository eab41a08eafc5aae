"""Text that denies evidence: a cell that is filled, and says that there is nothing.

"Not specified" in a manifest or a registry is no answer. This is the one list of such texts; the
importers and normalisation use it alike.
"""

from __future__ import annotations

import functools
import re
import unicodedata

DENIALS = frozenset({
    "absent", "citation", "citation needed", "coming soon", "confidential", "fixme", "forthcoming",
    "information needed", "insert citation", "insert citation here", "insert link", "insert link here",
    "insert source", "link", "lorem ipsum", "missing", "more info needed", "more information needed", "n a",
    "n a at this time", "n a confidential", "n d", "n k", "na", "nan", "needs more information", "nil", "no",
    "no answer", "no citation", "no data", "no evidence", "no info", "no information", "no link", "no reference",
    "no report", "no source", "none", "none available", "none given", "none known", "none provided", "none stated",
    "not available at this time", "not yet", "nothing", "null", "pending", "placeholder", "redacted", "reference",
    "source", "source needed", "tba", "tbc", "tbd", "to be added", "to be announced", "to be completed",
    "to be confirmed", "to be decided", "to be defined", "to be determined", "to be done", "to be filled",
    "to be filled in", "todo", "unavailable", "unclear", "undefined", "undetermined", "undisclosed", "unidentified",
    "unknkown", "unknokwn", "unknow", "unknown", "unkown", "unpublished", "unreported", "unspecified", "unstated",
    "wip", "withheld", "work in progress", "x", "xxx",
})  # fmt: skip
"""Whole texts, in lower case and without punctuation; misspellings are those of the registries."""

LONGEST_DENIAL = 160
"""Beyond this many characters a text is taken to say something. The longest in the registries has 70."""

_LONGEST_KEPT = 1_000
"""Characters of the longest text whose answer is kept: a manifest says the same thing in several places."""

_DONE = (
    "(?:announced|applicable|assessed|available|completed|conducted|described|determined|disclosed|documented|"
    "evaluated|explained|found|given|included?|known|listed|measured|mentioned|performed|provided|published|released|"
    "reported|shared|specified|stated|tested)"
)
_DENYING = re.compile(
    rf"(?:\w+ ){{0,5}}(?:not|never) (?:(?:been|currently|explicitly|publicly|yet) )*{_DONE}"
    rf"(?: (?:and|anywhere|been|here|not|or|publicly|yet|{_DONE}))*(?: by the \w+)?"
    rf"|no (?:\w+ ){{1,7}}{_DONE}(?: (?:here|publicly|yet))?"
    r"|unknown (?:at|how|if|of|whether) .*"
)
_MARKER = re.compile(r"(?:[a-z]+://)?(?:www\.)?(?:fixme|placeholder|tbd|todo|xxx)(?:[^a-z0-9].*)?")
_MARKED_ADDRESS = re.compile(r"(?:[a-z]+:(?:\S*[/:.])?|10[.]\S*[/.])(?:fixme|placeholder|tbd|todo|x{2,})/?")
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_INITIALS = re.compile(r"\b(?:[a-z][.]){2,}(?:[a-z]\b)?")
_INITIAL = re.compile(r"\.[a-z]\.")
_BRACKETS = re.compile(r"[()\[\]{}<>]")
_NO_ADDRESS = re.compile(r"[a-z]+:/*[.\u2026]*")
_WORD = re.compile(r"\w+")
_MOST_WORDS = max(len(denial.split()) for denial in DENIALS)
_MORE_WORDS = re.compile(rf"(?:\W*+\w++){{{_MOST_WORDS + 1}}}")
_SENTENCE_END = re.compile(r"[.;!?](?:\s|$)")


def denies(text: str) -> bool:
    """Tell whether a text says no more than that there is nothing to say."""
    return _kept_answer(text) if len(text) <= _LONGEST_KEPT else _denies(text)


def _denies(text: str) -> bool:
    folded = " ".join(_folded(text).split())
    if len(folded) > LONGEST_DENIAL:
        return not any(character.isalnum() for character in folded)
    if _INITIAL.search(folded):
        folded = _INITIALS.sub(lambda match: match.group().replace(".", ""), folded)
    if (
        _NO_ADDRESS.fullmatch(folded)
        or _MARKER.fullmatch(folded.lstrip("([{<\"' "))
        or _MARKED_ADDRESS.fullmatch(folded)
    ):
        return True
    return all(_says_nothing(sentence) for sentence in _SENTENCE_END.split(_BRACKETS.sub(" ", folded)))


_kept_answer = functools.lru_cache(maxsize=1024)(_denies)


def _folded(text: str) -> str:
    if text.isascii():  # then all of it shows, in its one form
        return text.lower()
    return _shown(unicodedata.normalize("NFKC", _shown(text))).casefold()


def _shown(text: str) -> str:
    """Leave out what a reader cannot see."""
    return _INVISIBLE.sub("", "".join(each for each in text if unicodedata.category(each) != "Cf"))


def _says_nothing(sentence: str) -> bool:
    shown = sentence.replace("_", " ").replace("'", "")
    # Every form of a denying sentence has one of these words; "no" is also in "not" and "unknown".
    may_deny = "no" in shown or "never" in shown
    if not may_deny and _MORE_WORDS.match(shown):
        return False
    words = " ".join(_WORD.findall(shown))
    return not words or words in DENIALS or (may_deny and _DENYING.fullmatch(words) is not None)
