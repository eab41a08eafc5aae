"""Names and paths: each leads to a field that the schema declares, or the expression does not load."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from release_review.cel import syntax
from release_review.cel.advice import field_hint, meant, name_hint, named, quoted
from release_review.cel.question import NAMES, Question
from release_review.cel.scope import Context, Reach
from release_review.cel.syntax import Refusal
from release_review.cel.tree import (
    Constant,
    LevelOf,
    Path,
    Term,
)
from release_review.cel.types import BOOL, DOUBLE, INT, STRING, TIMESTAMP, manifest_type
from release_review.dates import midnight


class Names(Context):
    """The part of the check that follows names."""

    def _name(self, tree: syntax.Name) -> Term | Reach:
        if tree.name in self._variables:
            item, nodes = self._variables[tree.name]
            self._spend(nodes, tree.at)
            return item
        match tree.name:
            case "manifest":
                return Path("manifest", (), manifest_type())
            case "this":
                return Path("this", (), self._scope.this)
            case "as_of" | "today":
                return Path(tree.name, (), TIMESTAMP)
            case "assessments":
                if self._scope.assessments is None:
                    raise Refusal("an assessment reads no assessment", tree.at, "read the facts themselves")
                return Reach()
            case "params":
                raise Refusal("params stands alone", tree.at, "write params.name")
        homes = (
            ("this", self._scope.this.fields),
            ("params", self._scope.params),
            ("manifest", manifest_type().fields),
        )
        hint = name_hint(tree.name, (*NAMES, *self._variables), homes=homes)
        raise Refusal(f"there is no name {named(tree.name)}", tree.at, hint)

    def _param(self, tree: syntax.Select) -> Constant:
        param = self._scope.params.get(tree.field)
        if param is None:
            hint = meant(tree.field, self._scope.params) if self._scope.params else "declare it under [params]"
            raise Refusal(f"there is no parameter {named(tree.field)}", tree.at, hint)
        match param.type:
            case "number":
                return Constant(float(param.value), DOUBLE)
            case "integer":
                return Constant(int(param.value), INT)
            case "string":
                return Constant(str(param.value), STRING)
            case "boolean":
                return Constant(bool(param.value), BOOL)
            case "date":
                return Constant(midnight(param.value), TIMESTAMP)
        raise Refusal("a list of words stands where one value is asked", tree.at, "use in, exists() or size()")

    def _select(self, tree: syntax.Select) -> Term | Reach:
        if isinstance(tree.base, syntax.Name) and tree.base.name == "params":
            constant = self._param(tree)
            if constant.type == BOOL:
                raise Refusal("a truth value stands where a value is asked", tree.at, "join conditions with && or ||")
            return constant
        base = self.reach(tree.base)
        if isinstance(base, Reach):
            return self._select_assessment(tree, base)
        if not isinstance(base, Path) or base.type.name not in ("table", "opaque"):
            what = f"{base.type.label} has no field {named(tree.field)}"
            raise Refusal(what, tree.at, field_hint(tree, base.type))
        if base.type.name == "opaque":
            hint = "read it in a rule in Python, or propose a field"
            raise Refusal(f"{base.type.at} is free space without types", tree.at, hint)
        inner = base.type.fields.get(tree.field)
        if inner is None:
            what = f"{_name_of(base)} has no field {named(tree.field)}"
            raise Refusal(what, tree.at, meant(tree.field, base.type.fields))
        return Path(base.root, (*base.steps, tree.field), inner)

    def _select_assessment(self, tree: syntax.Select, base: Reach) -> Term | Reach:
        if not base.assessment:
            raise Refusal("an assessment is named in brackets", tree.at, self._assessment_hint(tree.field))
        if tree.field == "items" and not base.items:
            return dataclasses.replace(base, items=True)
        if tree.field == "level" and (not base.items or base.item is not None):
            return LevelOf(base.assessment, base.item, self._questions[base.assessment].level)
        raise Refusal(
            f"an assessment has no {named(tree.field)} here", tree.at, "write .level, or .items[this.id].level"
        )

    def _index(self, tree: syntax.Index) -> Reach:
        base = self.reach(tree.base)
        if not isinstance(base, Reach):
            hints = {"list": "use exists(x, ...)", "table": "write .field"}
            hint = hints.get(base.type.name, "ask about the value itself")
            raise Refusal(f"{base.type.label} is read with brackets", tree.at, hint)
        if not base.assessment:
            return self._named_assessment(tree)
        question = self._questions[base.assessment]
        if not base.items or base.item is not None:
            raise Refusal("brackets stand where .items or .level is asked", tree.at, "write .items[this.id].level")
        item = self.reach(tree.key.base) if isinstance(tree.key, syntax.Select) and tree.key.field == "id" else None
        if not isinstance(item, Path) or item.type.at != question.over or "id" not in item.type.fields:
            what = f"the items of {base.assessment} are {question.over}, and this is not the id of one of them"
            raise Refusal(what, tree.at, f'write given = "{question.over}" and .items[this.id]')
        return dataclasses.replace(base, item=item)

    def _named_assessment(self, tree: syntax.Index) -> Reach:
        key = tree.key
        if not isinstance(key, syntax.Literal) or key.kind != "string":
            raise Refusal("the name of an assessment is computed", tree.at, "write it out, in quotes")
        name = str(key.value)
        if name not in self._questions:
            hint = meant(name, self._questions) if self._questions else "name its policy in `extends`"
            raise Refusal(f"there is no assessment {named(name)} in this policy or what it extends", tree.at, hint)
        return Reach(assessment=name)

    def _assessment_hint(self, written: str) -> str:
        """Tell which assessment was meant by what stands behind a dot: the beginning of its id, or a part of it."""
        if not self._questions:
            return "name its policy in `extends`"
        ids = sorted(self._questions)
        begun = [name for name in ids if any(part.startswith(written) for part in (name, *name.split("/")))]
        found = begun or [name for name in ids if written in name] or ids
        if len(found) == 1 or found is ids:
            return f"write {'' if found is not ids else 'it as in '}assessments[{quoted(found[0])}]"
        return "write one of: " + ", ".join(f"assessments[{quoted(name)}]" for name in found[:3])

    @property
    def _questions(self) -> Mapping[str, Question]:
        return self._scope.assessments or {}


def _name_of(table: Path) -> str:
    """Name a table as an expression does; one in a list, which has no such name, by its pattern."""
    pattern = table.type.at
    if not pattern and table.steps:
        return table.steps[-1]
    if "*" in pattern:
        return pattern
    return "manifest" + pattern.replace("/", ".") if pattern else "the manifest"
