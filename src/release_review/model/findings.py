"""What was found at one place, and the parts of the conditions that made it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from release_review.model.answers import LevelRead
from release_review.model.decided import Waiver
from release_review.model.documents import Site
from release_review.model.words import Outcome, PartForm, PartOutcome


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing for a condition to come out one way; empty where it comes out so already.

    Attributes:
        facts: Pointers of the facts to state; behind the level of an assessment, of those that it hangs on.
        evidence: Pointers of facts that are stated, for which the level of an assessment asks for evidence.
        enough: Whether to state the facts could be enough; not where the level of an assessment stands between, which
            may take more than the facts that it hangs on now.
    """

    facts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    enough: bool = True

    @property
    def count(self) -> int:
        """How many facts are to be stated, or to be given evidence for."""
        return len(self.facts) + len(self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A condition as it was evaluated, or a part of one.

    Attributes:
        text: The part as CEL, with the values of parameters in place of their names.
        outcome: What it comes to; `not asked` where the parts before it settle the matter.
        name: What the part is to the one around it: the item it is about, a branch. A whole condition is named for
            what it is to its rule (`CONDITION` or `REQUIREMENT`) or assessment (`counts`, or the level).
        form: How it is made of the parts below it.
        notes: What it reads, in words: `access[hub].kind is "weights"`; given for decisive parts alone.
        decisive: Whether the condition comes to what it does because of this part.
        parts: The parts below it, in the order in which they are asked; of many items, the most telling ones.
        more: Items that are left out.
        to_hold: A smallest set of unknown facts that could make it surely true once they are stated: empty where it is
            so already, None where no unknown fact can.
        to_fail: The same for surely false.
    """

    text: str
    outcome: PartOutcome
    name: str = ""
    form: PartForm = PartForm.PLAIN
    notes: tuple[str, ...] = ()
    decisive: bool = False
    parts: tuple[Part, ...] = ()
    more: int = 0
    to_hold: Missing | None = None
    to_fail: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where a rule was not met.

    Attributes:
        message: What is missing or contradicts, in one sentence.
        pointer: Where in the manifest; the manifest as a whole where empty.
        reads: Pointers of the facts it rests on: a sequence that may be worked out when it is first looked at; take
            `tuple(reads)` for a plain one.
        outcome: `fail`, or `unknown` where the manifest does not say enough to tell.
        why: The conditions that made it so, taken apart; filled in on request, and by the engine alone, like all below.
        basis: Pointers of all facts that the rule looks at there, whether it applies included: what a waiver that is
            bound to facts is bound to. Worked out when it is looked at.
        levels: The levels of assessments that the rule looks at there, which such a waiver is bound to as well. Worked
            out like the basis.
        subject: Pointer of what it is about, where that is not where it is shown: a finding about the manifest as a
            whole (an empty subject) is shown at the first fact that it misses.
        waiver: The waiver that lifts it.
        known: Whether a baseline lists it, so that it does not block.
        site: Where it stands, if that is a file other than the manifest: a waiver, an entry of a baseline.
    """

    message: str
    pointer: str = ""
    reads: Sequence[str] = ()
    outcome: Outcome = Outcome.FAIL
    why: tuple[Part, ...] = ()
    basis: Sequence[str] = field(default=(), compare=False, repr=False)
    levels: Sequence[LevelRead] = field(default=(), compare=False, repr=False)
    subject: str | None = None
    waiver: Waiver | None = None
    known: bool = False
    site: Site | None = None

    @property
    def about(self) -> str:
        """Pointer of what it is about: its identity, whatever else is stated by then."""
        return self.pointer if self.subject is None else self.subject

    @property
    def lifted(self) -> bool:
        """Whether it stands in nobody's way: a waiver lifts it, or a baseline lists it."""
        return self.waiver is not None or self.known
