"""What an audit came to as a whole: every number that its reports show, counted once, in one pass over its rows."""

from release_review.audit.summary.counting import Counting, summarise
from release_review.audit.summary.records import (
    Answers,
    Audit,
    Claimed,
    Conflict,
    Coverage,
    Filled,
    Group,
    Kind,
    RuleCount,
    SourceShown,
    Summary,
    Trouble,
    Way,
)

__all__ = [
    "Answers",
    "Audit",
    "Claimed",
    "Conflict",
    "Counting",
    "Coverage",
    "Filled",
    "Group",
    "Kind",
    "RuleCount",
    "SourceShown",
    "Summary",
    "Trouble",
    "Way",
    "summarise",
]
