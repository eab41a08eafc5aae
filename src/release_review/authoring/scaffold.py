"""A policy to start from: a folder, one file, or a distribution that brings a policy once it is installed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from release_review.authoring.template import filled
from release_review.errors import UsageError
from release_review.escape import markdown, markdown_prose, shorten, toml_string
from release_review.files import read_file
from release_review.hooks import Importer
from release_review.model import GATE, LIMITS, Limits
from release_review.policy import BASE_FILE, POLICY_FILE, load_policy

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NO_WORD = re.compile(r"[-_.]+")
_FIRST_RULE = "rules/release-dated.toml"
_WITH_IT = ("README.md", "LICENSE", "CHANGELOG.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPolicy:
    """What a policy is to be called, and what it builds on.

    Attributes:
        id: Its id.
        title: What a report calls it.
        extends: Ids of the policies that it extends.
    """

    id: str
    title: str
    extends: tuple[str, ...] = ()

    @property
    def distribution(self) -> str:
        """The name of the distribution that brings it."""
        return f"release-review-{_NO_WORD.sub('-', self.id).strip('-')}"

    @property
    def module(self) -> str:
        """The name of the module in that distribution."""
        return self.distribution.replace("-", "_")


def new_policy(name: str, *, title: str = "", extends: Sequence[str] = (), installed: Collection[str]) -> NewPolicy:
    """Name a policy that does not exist yet.

    Args:
        name: Its id.
        title: What a report calls it; the words of the id if it is empty.
        extends: Ids of the policies that it extends.
        installed: Ids of the policies there are.

    Raises:
        UsageError: The id is none, or means something else already; or a policy to extend is not there.
    """
    if not _ID.fullmatch(name):
        hint = "begin with a lower-case letter or digit, and go on with those, '.', '_' and '-', at most 64"
        raise UsageError(f"'{shorten(name)}' is no id of a policy", hint=hint)
    if name == GATE:
        raise UsageError(f"'{GATE}' names the rules of the gate itself", hint="give the policy another id")
    if name.endswith(".toml"):
        raise UsageError(f"'{name}' would be read as a path", hint="leave out the ending; --single-file adds it")
    if name in installed:
        hint = "give this one another id, and build on the other with --extends"
        raise UsageError(f"a policy '{name}' is installed already", hint=hint)
    for other in extends:
        if other not in installed:
            hint = f"install it first; there are {', '.join(sorted(installed))}"
            raise UsageError(f"there is no policy '{shorten(other)}' to extend", hint=hint)
    title = " ".join(title.split()) or _NO_WORD.sub(" ", name).strip().capitalize()
    return NewPolicy(id=name, title=title, extends=tuple(dict.fromkeys(extends)))


def policy_folder(new: NewPolicy) -> Mapping[str, bytes]:
    """Give the files of a policy with one rule, by their paths in its folder."""
    values = _values(new)
    return {name: filled(f"policy/{name}", values).encode() for name in ("README.md", *_parts())}


def policy_file(new: NewPolicy) -> bytes:
    """Give a policy with one rule as one file."""
    return filled("policy-file/policy.toml", _values(new)).encode()


def policy_package(new: NewPolicy, policy: Mapping[str, bytes] | None = None) -> Mapping[str, bytes]:
    """Give the files of a distribution that brings a policy, by their paths in its folder.

    Args:
        new: The policy.
        policy: Its files, by their paths in its folder, or one without a folder, by the path `ID.toml`; those of a
            policy with one rule if there are none.
    """
    parts = policy or {name: filled(f"policy/{name}", _values(new)).encode() for name in _parts()}
    source = f"src/{new.module}"
    is_folder = POLICY_FILE in parts
    name = new.id if is_folder else next(iter(parts))
    within = f"{source}/{name}/" if is_folder else f"{source}/"
    values = {
        **_values(new),
        "distribution": toml_string(new.distribution),
        "distribution_prose": markdown(new.distribution),
        "folder": toml_string(name),
        "key": new.id if re.fullmatch("[a-z0-9_-]+", new.id) else toml_string(new.id),
        "module": toml_string(new.module),
        "name": new.id,
        "packages": toml_string(source),
        "policy_path": f"./{source}/{name}",
        "version_file": toml_string(within + POLICY_FILE if is_folder else within + name),
    }
    files = {
        "README.md": "policy-package/README.md",
        "pyproject.toml": "policy-package/pyproject.toml",
        f"{source}/__init__.py": "policy-package/src/init.py",
        "tests/test_policy.py": "policy-package/tests/test_policy.py",
    }
    made = {path: filled(template, values).encode() for path, template in files.items()}
    made |= {within + path: content for path, content in parts.items()}
    return dict(sorted(made.items()))


def files_of_policy(
    path: Path, *, importers: Sequence[Importer], limits: Limits = LIMITS
) -> tuple[NewPolicy, Mapping[str, bytes]]:
    """Read a policy that is to be packaged: what it is called, and its files by their paths in its folder.

    Raises:
        ReleaseReviewError: It cannot be read, or is no policy.
    """
    policy = load_policy(path, importers=importers, limits=limits)
    new = NewPolicy(id=policy.id, title=policy.title, extends=policy.extends)
    if not path.is_dir():
        return new, {f"{policy.id}.toml": read_file(path, limits)}
    files = [path / POLICY_FILE, path / BASE_FILE, *path.glob("rules/*.toml"), *path.glob("assessments/*.toml")]
    files += [path / name for name in _WITH_IT]
    found = sorted(file for file in files if file.is_file())
    return new, {file.relative_to(path).as_posix(): read_file(file, limits) for file in found}


def _parts() -> tuple[str, ...]:
    return (BASE_FILE, POLICY_FILE, _FIRST_RULE)


def _values(new: NewPolicy) -> Mapping[str, str]:
    description = f"What {new.title} asks of a release."
    extended = ", ".join(toml_string(name) for name in new.extends)
    return {
        "description": toml_string(description),
        "description_prose": markdown_prose(description),
        "extends": f"extends     = [{extended}]" if extended else "",
        "id": toml_string(new.id),
        "path": f"./{new.id}",
        "release": toml_string(f"{new.id}/example"),
        "title": toml_string(new.title),
        "title_prose": markdown_prose(new.title),
    }
