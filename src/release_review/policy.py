"""From the files of a policy to the policy: a folder, or one TOML file with the same tables."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, TypeVar

from release_review import schema
from release_review.dates import day_of
from release_review.errors import PolicyError, ReleaseReviewError
from release_review.files import read_file
from release_review.hooks import Importer
from release_review.load import digest_of, importer_of, read_document
from release_review.model import (
    LIMITS,
    LONGEST_WAIVER_DAYS,
    Accepted,
    Assessment,
    Case,
    Chosen,
    Document,
    ExpectedFinding,
    Layout,
    Level,
    Limits,
    Origin,
    Overall,
    Override,
    Param,
    Policy,
    Reference,
    Rule,
    Severity,
)
from release_review.params import ORDERED_TYPES, as_param, with_value
from release_review.pointer import pointer_to
from release_review.store import Store, key_of
from release_review.validate import check_shape

POLICY_FILE = "policy.toml"
BASE_FILE = "base.toml"
_PARTS = {"assessments": schema.ASSESSMENT, "rules": schema.RULE}
_BESIDE = frozenset({"README.md", "LICENSE", "CHANGELOG.md", ".gitignore", ".gitattributes", ".DS_Store"})
_NOT_WAIVABLE = False
_KIND = "documents"

S = TypeVar("S")
T = TypeVar("T")


def load_policy(
    path: Path, *, importers: Sequence[Importer], limits: Limits = LIMITS, store: Store | None = None
) -> Policy:
    """Read a policy: the folder that holds `policy.toml`, or a policy in one file.

    Args:
        path: The folder or the file.
        importers: The formats there are.
        limits: Bounds on size and shape of each file.
        store: What earlier runs made of the same files, and a place to keep it; None to read them anew.

    Raises:
        PolicyError: A file does not fit its schema, lies where nothing reads it, or repeats an id.
        InputError: A file cannot be read.
    """
    if not path.is_dir():
        _check_suffix(path)
        _check_stands_alone(path)
        content = read_file(path, limits)
        document = read_document(content, name=str(path), importer=importer_of(str(path), importers), limits=limits)
        return _policy(document, [document], base=document.data.get("base", {}))
    if not (path / POLICY_FILE).is_file():
        raise PolicyError(f"no {POLICY_FILE} in it", where=str(path), hint="name a policy folder, or one policy file")
    contents, errors = _gather(_files_of(path), lambda file: (str(file), read_file(file, limits)))
    # What a file is follows from its name too: another role, and nobody has looked whether it fits it.
    named = [(PurePath(name).relative_to(path).as_posix(), digest_of(content)) for name, content in contents]
    key = key_of([repr(limits), *(part for pair in named for part in pair)])
    fitting: Mapping[str, Any] = _fitting(store, key) if _is_own(importers) else {}
    documents, more = _gather(
        contents,
        lambda file: read_document(
            file[1], name=file[0], importer=importer_of(file[0], importers), limits=limits, known=fitting
        ),
    )
    if errors or more:
        raise PolicyError.join(
            PolicyError(each.what, where=each.where, hint=each.hint) for e in (*errors, *more) for each in e.flat()
        )
    base: Mapping[str, Any] = next((each.data for each in documents if each.name == str(path / BASE_FILE)), {})
    head = next(each for each in documents if each.name == str(path / POLICY_FILE))
    policy = _policy(head, documents, base=base, folder=path, fitting=fitting)
    if store is not None and not fitting and _is_own(importers):
        store.keep(_KIND, key, {each.digest: each.data for each in documents})
    return policy


def _gather(items: Iterable[S], step: Callable[[S], T]) -> tuple[list[T], list[ReleaseReviewError]]:
    """Do something for each of some files; an error of one keeps none of the others from being told."""
    done: list[T] = []
    errors: list[ReleaseReviewError] = []
    for item in items:
        try:
            done.append(step(item))
        except ReleaseReviewError as error:
            errors.append(error)
    return done, errors


def _fitting(store: Store | None, key: str) -> Mapping[str, Any]:
    """Give what an earlier run made of the same files, by their digest: it read them, and they fitted their schemas."""
    found = next(store.find(_KIND, key), None) if store is not None else None
    return found if isinstance(found, Mapping) and all(isinstance(each, dict) for each in found.values()) else {}


def _is_own(importers: Iterable[Importer]) -> bool:
    """Tell whether only our own importers read policies: what a plugin's would make of a file is not known."""
    return all(each.read.__module__.startswith("release_review.") for each in importers)


def _check_suffix(path: Path) -> None:
    if path.suffix != ".toml":
        raise PolicyError(
            "a policy is written in TOML", where=str(path), hint="name a folder, or a file that ends in .toml"
        )


def _check_stands_alone(path: Path) -> None:
    """Refuse the head of a folder: by itself it would be a policy without the rules that lie beside it."""
    beside = parts_beside(path)
    if path.name == POLICY_FILE and beside:
        what = f"it is the head of a policy folder, and {beside[0]} beside it would not be read"
        raise PolicyError(what, where=str(path), hint=f"name the folder: {_typed_path(path.parent)}")


def parts_beside(head: Path) -> list[str]:
    """Give the names of what makes the folder of a `policy.toml` that of a policy; none where it stands alone."""
    return [name for name in (*sorted(_PARTS), BASE_FILE) if (head.parent / name).exists()]


def _typed_path(path: Path) -> str:
    """Give a path as an option takes it for one, and not for the id of a policy."""
    return str(path) if path.is_absolute() or path.parts[:1] in ((), ("..",)) else f"./{path}"


def _files_of(folder: Path) -> Iterator[Path]:
    """Give the files of a policy folder, sorted; whatever nothing would read is an error."""
    for entry in sorted(folder.iterdir()):
        if entry.name in _PARTS and entry.is_dir():
            yield from _parts_in(entry)
        elif entry.name in (POLICY_FILE, BASE_FILE):
            yield entry
        elif entry.name not in _BESIDE:
            hint = "put a rule under rules/, an assessment under assessments/, and anything else outside the folder"
            raise PolicyError("not read as part of the policy", where=str(entry), hint=hint)


def _parts_in(folder: Path) -> Iterator[Path]:
    for part in sorted(folder.iterdir()):
        if part.suffix != ".toml" or part.name.startswith("."):
            hint = f"a file here is one of the {folder.name} and ends in .toml; move it out of the folder"
            raise PolicyError("not read as part of the policy", where=str(part), hint=hint)
        yield part


def _policy(
    head: Document,
    documents: Sequence[Document],
    *,
    base: Mapping[str, Any],
    folder: Path | None = None,
    fitting: Collection[str] = (),
) -> Policy:
    errors: list[PolicyError] = []
    if head.digest not in fitting:
        _collect(errors, head, schema.POLICY)
    parts: dict[str, list[tuple[Document, str, Mapping[str, Any]]]] = {"assessments": [], "rules": []}
    for kind, table in (("assessments", "assessment"), ("rules", "rule")):
        for index, data in enumerate(_tables(head.data.get(table))):
            parts[kind].append((head, pointer_to(table, index), data))
    if folder is not None:
        for document in documents:
            kind = Path(document.name).parent.name
            if kind in _PARTS and Path(document.name).parent.parent == folder:
                if document.digest not in fitting:
                    _collect(errors, document, _PARTS[kind])
                _check_file_name(errors, document)
                parts[kind].append((document, "", document.data))
    if errors:
        raise PolicyError.join(errors)
    _check_unique(parts["assessments"] + parts["rules"])
    data = head.data
    return Policy(
        id=data["id"],
        title=data["title"],
        version=data["version"],
        description=data.get("description", ""),
        layout=Layout(data.get("layout", Layout.LIST)),
        extends=tuple(data.get("extends", ())),
        assessments=tuple(_assessment(*part) for part in parts["assessments"]),
        rules=tuple(_rule(*part) for part in parts["rules"]),
        overrides=tuple(_override(head, target, each) for target, each in data.get("override", {}).items()),
        choices=tuple(_chosen(head, name, each) for name, each in data.get("choose", {}).items()),
        base=base,
        digest=_digest(documents, folder or Path(head.name).parent),
        origin=Origin(document=head),
    )


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _collect(errors: list[PolicyError], document: Document, name: str) -> None:
    try:
        check_shape(document, name, error=PolicyError)
    except PolicyError as error:
        errors.extend(each for each in error.flat() if isinstance(each, PolicyError))


def _check_file_name(errors: list[PolicyError], document: Document) -> None:
    name = document.data.get("id")
    stem = Path(document.name).stem
    if isinstance(name, str) and name != stem:
        hint = f"rename the file to {name}.toml, or the id to {stem!r}"
        errors.append(
            PolicyError(f"the id {name!r} is not the name of its file", where=document.where("/id"), hint=hint)
        )


def _check_unique(parts: Sequence[tuple[Document, str, Mapping[str, Any]]]) -> None:
    seen: dict[str, tuple[Document, str]] = {}
    for document, pointer, data in parts:
        first, place = seen.setdefault(data["id"], (document, pointer + "/id"))
        if (first, place) != (document, pointer + "/id"):
            what, where = f"the id {data['id']!r} is taken by {first.where(place)}", document.where(pointer + "/id")
            raise PolicyError(what, where=where, hint="give one of the two another id")


def _digest(documents: Sequence[Document], folder: Path) -> str:
    """Give one digest over all files, whatever the order in which they were listed."""
    lines = sorted(f"{Path(each.name).relative_to(folder).as_posix()} {each.digest}" for each in documents)
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _assessment(document: Document, pointer: str, data: Mapping[str, Any]) -> Assessment:
    return Assessment(
        id=data["id"],
        title=data["title"],
        label=data.get("label", data["title"]),
        order=data.get("order", 0),
        scale=tuple(data["scale"]),
        overall=Overall(data.get("overall", Overall.STRONGEST)),
        over=data["over"],
        counts=data.get("counts", ""),
        none=data["none"],
        empty=data["empty"],
        default=data["default"],
        levels=tuple(Level(name=each["is"], when=each["when"], because=each["because"]) for each in data["level"]),
        rationale=data.get("rationale", "").strip(),
        params=_params(document, pointer, data),
        references=_references(data),
        cases=_cases(data),
        accepted=_accepted(document, pointer, data),
        origin=Origin(document=document, pointer=pointer),
    )


def _rule(document: Document, pointer: str, data: Mapping[str, Any]) -> Rule:
    waivable = data.get("waivable", {"max_days": LONGEST_WAIVER_DAYS})
    return Rule(
        id=data["id"],
        summary=data["summary"],
        severity=Severity(data.get("severity", Severity.ERROR)),
        given=data.get("given"),
        when=data.get("when", ""),
        assertion=data["assert"],
        message=data.get("message", "") or data["summary"],
        empty=data.get("empty"),
        rationale=data.get("rationale", "").strip(),
        remediation=data.get("remediation", "").strip(),
        effective=_day(document, pointer, data, "effective"),
        waivable=None if waivable is _NOT_WAIVABLE else waivable["max_days"],
        references=_references(data),
        params=_params(document, pointer, data),
        cases=_cases(data),
        accepted=_accepted(document, pointer, data),
        origin=Origin(document=document, pointer=pointer),
    )


def _references(data: Mapping[str, Any]) -> tuple[Reference, ...]:
    return tuple(Reference(title=each["title"], url=each.get("url", "")) for each in data.get("reference", ()))


def _cases(data: Mapping[str, Any]) -> tuple[Case, ...]:
    return tuple(
        Case(
            name=each["name"],
            expect=each["expect"],
            set=each.get("set", {}),
            remove=tuple(each.get("remove", ())),
            as_of=day_of(each["as_of"]) if "as_of" in each else None,
            today=day_of(each["today"]) if "today" in each else None,
            findings=_expected(each["finding"]) if "finding" in each else None,
        )
        for each in data.get("case", ())
    )


def _expected(findings: Iterable[Mapping[str, Any]]) -> tuple[ExpectedFinding, ...]:
    return tuple(
        ExpectedFinding(pointer=each.get("pointer"), message=each.get("message", ""), outcome=each.get("outcome", ""))
        for each in findings
    )


def _accepted(document: Document, pointer: str, data: Mapping[str, Any]) -> tuple[Accepted, ...]:
    accepted = []
    for index, each in enumerate(data.get("accepted", ())):
        origin = Origin(document=document, pointer=pointer + pointer_to("accepted", index))
        if ("lint" in each) == ("mutant" in each):
            what = "what is accepted is one warning of lint or one mutant"
            excerpt = document.excerpt(origin.pointer)
            raise PolicyError(
                what, where=origin.where(), hint="give it the key lint or the key mutant", excerpt=excerpt
            )
        lint, mutant = each.get("lint", ""), each.get("mutant", "")
        accepted.append(Accepted(lint=lint, mutant=mutant, because=each["because"], origin=origin))
    return tuple(accepted)


def _day(document: Document, pointer: str, data: Mapping[str, Any], key: str) -> dt.date | None:
    if key not in data:
        return None
    try:
        return day_of(data[key])
    except ValueError as error:
        where, excerpt = document.where(f"{pointer}/{key}"), document.excerpt(f"{pointer}/{key}")
        raise PolicyError(str(error), where=where, hint="write it as 2026-01-31", excerpt=excerpt) from None


def _params(document: Document, pointer: str, data: Mapping[str, Any]) -> Mapping[str, Param]:
    params, errors = {}, []
    for name, given in data.get("params", {}).items():
        try:
            params[name] = _param(given)
        except _ParamError as error:
            place = pointer + pointer_to("params", name) + error.key
            what = f"the {error.part} of the parameter {name!r} does not fit: {error}"
            errors.append(
                PolicyError(what, where=document.where(place), hint=error.hint, excerpt=document.excerpt(place))
            )
    if errors:
        raise PolicyError.join(errors)
    return params


class _ParamError(Exception):
    """Why a declared parameter does not fit: the part that is wrong, its pointer from there, and what to write."""

    def __init__(self, problem: ValueError, part: str, key: str, hint: str) -> None:
        super().__init__(str(problem))
        self.part = part
        self.key = key
        self.hint = hint


def _param(given: Any) -> Param:
    """Read a parameter: a plain value, or a table with `type`, `default`, `min`, `max` and `description`.

    Raises:
        _ParamError: Its value or one of its bounds is of another type, or the value is out of them.
    """
    if not isinstance(given, Mapping):
        try:
            return as_param(given)
        except ValueError as error:
            raise _ParamError(error, "value", "", "write a number, text, truth value or list of texts") from None
    kind = given["type"]
    if "stricter" in given and kind not in ORDERED_TYPES:
        raise _ParamError(ValueError(f"a {kind} has no order"), "stricter", pointer_to("stricter"), "leave it out")
    bounds: dict[str, Any] = {"min": None, "max": None}
    for key in [each for each in bounds if each in given]:
        try:
            bounds[key] = with_value(Param(type=kind, value=None), given[key]).value
        except ValueError as error:
            hint = "give it the type of the parameter"
            raise _ParamError(error, key, pointer_to(key), hint) from None
    param = Param(
        type=kind,
        value=None,
        minimum=bounds["min"],
        maximum=bounds["max"],
        description=given.get("description", ""),
        stricter=given.get("stricter", ""),
    )
    try:
        return with_value(param, given["default"])
    except ValueError as error:
        hint = "give it a value of its type, between min and max"
        raise _ParamError(error, "default", pointer_to("default"), hint) from None


def _override(document: Document, target: str, data: Mapping[str, Any]) -> Override:
    return Override(
        target=target,
        severity=Severity(data["severity"]) if "severity" in data else None,
        params=data.get("params", {}),
        because=data.get("because", ""),
        origin=Origin(document=document, pointer=pointer_to("override", target)),
    )


def _chosen(document: Document, name: str, data: Mapping[str, Any]) -> Chosen:
    return Chosen(
        policy=name,
        rules=tuple(data["rules"]),
        assessments=tuple(data.get("assessments", ())),
        because=data["because"],
        origin=Origin(document=document, pointer=pointer_to("choose", name)),
    )
