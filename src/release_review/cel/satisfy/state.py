"""What the search takes to be so, and what follows from it."""

from __future__ import annotations

from release_review.cel.satisfy.bounds import Bounds
from release_review.cel.satisfy.forms import NULL, Among, Bound, Domain, Fact, Fits, Free, Names, Tie, opposite
from release_review.cel.satisfy.texts import passes

_ANYTHING = Domain(frozenset(), only=False)


class State:
    """What is taken to be so: what cells may hold, how far quantities lie apart, what is free and was chosen."""

    def __init__(self, names: Names, bounds: Bounds) -> None:
        self._names = names
        self.bounds = bounds
        self._domains: dict[int, Domain] = {}
        self._facts: dict[int, tuple[Tie | Fits, ...]] = {}
        self._chosen: dict[Tie | Fits | Free, None] = {}

    def copy(self) -> State:
        """Give a state that can go on without changing this one."""
        other = State(self._names, self.bounds.copy())
        other._domains = dict(self._domains)
        other._facts = dict(self._facts)
        other._chosen = dict(self._chosen)
        return other

    def domain(self, cell: int) -> Domain:
        """Give what a cell may still hold."""
        return self._domains.get(cell) or self._names.domains[cell]

    def decided(self, fact: Fact) -> bool | None:
        """Tell whether a fact follows, or its opposite does; None where both are open."""
        match fact:
            case Bound():
                return True if self.bounds.holds(fact) else False if self.bounds.excludes(fact) else None
            case Among(cell=cell, domain=domain):
                held = self.domain(cell)
                if held.meet(domain).is_empty:
                    return False
                return True if held.meet(domain.complement()).is_empty else None
            case Tie(left=left, right=right, holds=holds):
                same = self._same(left, right)
                if same is not None:
                    return same is holds
            case Fits(test=test, cell=cell, argument=argument, holds=holds):
                held = self.domain(cell)
                if held.only and NULL not in held.values:
                    found = {passes(test, str(value), argument) for value in held.values}
                    if len(found) == 1:
                        return found.pop() is holds
        if fact in self._chosen:
            return True
        return False if opposite(fact) in self._chosen else None

    def take(self, fact: Fact) -> bool:
        """Take a fact to be so; tell whether it fits what was taken before."""
        if self.decided(fact) is False:
            return False
        match fact:
            case Bound():
                return self.bounds.add(fact)
            case Among(cell=cell, domain=domain):
                return self._narrow(cell, domain)
        self._chosen[fact] = None
        if isinstance(fact, Free):
            return True
        cells = (fact.left, fact.right) if isinstance(fact, Tie) else (fact.cell,)
        for cell in cells:
            self._facts[cell] = (*self._facts.get(cell, ()), fact)
        return all(self._narrow(cell, _ANYTHING) for cell in cells)

    def _same(self, left: int, right: int) -> bool | None:
        if left == right:
            return True
        one, other = self.domain(left), self.domain(right)
        if one.meet(other).is_empty:
            return False
        alone = one.only and other.only and len(one.values) == 1 and one.values == other.values
        return True if alone else None

    def _narrow(self, cell: int, domain: Domain) -> bool:
        """Let a cell hold less, and draw the conclusions for those it is tied to."""
        waiting = [(cell, domain)]
        while waiting:
            at, allowed = waiting.pop()
            before = self.domain(at)
            held = self._tested(at, before.meet(allowed))
            if held.is_empty:
                return False
            if held == before and at in self._domains and at != cell:
                continue
            self._domains[at] = held
            for fact in self._facts.get(at, ()):
                if not isinstance(fact, Tie):
                    continue
                beside = fact.right if fact.left == at else fact.left
                if fact.holds and self.domain(beside).meet(held) != self.domain(beside):
                    waiting.append((beside, held))
                elif not fact.holds and held.only and len(held.values) == 1:
                    if self.domain(beside) == held:
                        return False
                    if not self.domain(beside).meet(held).is_empty:
                        waiting.append((beside, held.complement()))
        return True

    def _tested(self, cell: int, domain: Domain) -> Domain:
        """Leave out the values that fail a test which the cell passes, or pass one that it fails."""
        if not domain.only:
            return domain
        tests = [each for each in self._facts.get(cell, ()) if isinstance(each, Fits)]
        kept = {
            value
            for value in domain.values
            if value is NULL or all(passes(each.test, value, each.argument) is each.holds for each in tests)
        }
        return Domain(frozenset(kept), only=True)
