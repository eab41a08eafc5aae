"""A stand-in for GitHub's runner: it runs the steps of a composite action, each script in bash as the runner does."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:'([^']*)'|([\w.-]+(?:\(\))?)|(\|\||&&|==|!=|[()!]))")
_BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a run of the action leaves.

    Attributes:
        status: What the job ends with: of the first step that failed, or 0.
        outputs: The outputs of the action.
        summary: What the page of the run shows.
        log: Everything that the scripts said, on either stream.
        steps: The names of the steps that ran, in their order.
        uses: What the steps that are actions of others were given, by action.
    """

    status: int
    outputs: dict[str, str]
    summary: str
    log: str
    steps: list[str]
    uses: dict[str, dict[str, str]]


@dataclass(kw_only=True)
class Runner:
    """A machine with a workspace, on which an action is run.

    Attributes:
        folder: Where the machine keeps its own files.
        workspace: The checkout under review.
        event: The name of the event.
        variables: More variables of the job.
        github: The context `github`, by dotted name.
        instead: Functions that stand in for steps, by the name of the step; each gives the outputs of its step.
    """

    folder: Path
    workspace: Path
    event: str = "pull_request"
    variables: Mapping[str, str] = field(default_factory=dict)
    github: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Callable[[], Mapping[str, str]]] = field(default_factory=dict)

    @property
    def temporary(self) -> Path:
        """The folder that the machine has for the files of a job."""
        return self.folder / "temp"

    def run(self, action: Path, **inputs: str) -> Ran:
        """Run every step of an action, as its conditions say."""
        definition = yaml.safe_load(action.read_text(encoding="utf-8"))
        self.temporary.mkdir(parents=True, exist_ok=True)
        (self.folder / "home").mkdir(exist_ok=True)
        settings = {name: str(each.get("default", "")) for name, each in definition["inputs"].items()}
        context = {f"github.{name}": value for name, value in self.github.items()} | {"github.event_name": self.event}
        for name, value in (settings | inputs).items():
            context[f"inputs.{name}"] = expand(value, context)
        status, log, summary, names, uses = 0, "", "", [], {}
        for number, step in enumerate(definition["runs"]["steps"]):
            if not _holds(step.get("if", ""), context, failed=status != 0):
                continue
            names.append(step["name"])
            if "uses" in step:
                uses[step["uses"]] = {key: expand(str(value), context) for key, value in step["with"].items()}
                continue
            if step["name"] in self.instead:
                for name, value in self.instead[step["name"]]().items():
                    context[f"steps.{step['id']}.outputs.{name}"] = value
                continue
            files = {name: self.folder / f"{name}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
            done = self._run(step, files, context, action.parent)
            status = status or done.returncode
            log += done.stdout
            summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
            for line in files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines():
                name, _, value = line.partition("=")
                context[f"steps.{step['id']}.outputs.{name}"] = value
        outputs = {name: expand(each["value"], context) for name, each in definition["outputs"].items()}
        return Ran(status=status, outputs=outputs, summary=summary, log=log, steps=names, uses=uses)

    def _run(
        self, step: Mapping[str, Any], files: Mapping[str, Path], context: Mapping[str, str], action: Path
    ) -> subprocess.CompletedProcess[str]:
        for file in files.values():
            file.write_text("", encoding="utf-8")  # each step of each run has one of its own
        script = self.folder / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        given = {name: expand(str(value), context) for name, value in step.get("env", {}).items()}
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary),
            **{name: str(file) for name, file in files.items()},
            **self.variables,
            **given,
        }
        return subprocess.run(
            [*_BASH, script],
            cwd=self.workspace,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=300,
        )


def expand(text: str, context: Mapping[str, str]) -> str:
    """Put the values of `${{ ... }}` into a text; what the context does not have is empty."""
    return _EXPRESSION.sub(lambda match: str(evaluate(match[1], context)), text)


def evaluate(expression: str, context: Mapping[str, str]) -> str | bool:
    """Evaluate the part of GitHub's expressions that we use: names, strings, `==`, `!=`, `&&`, `||`, parentheses.

    Raises:
        ValueError: It is another expression.
    """
    words: list[str] = []
    position = 0
    while position < len(expression.rstrip()):
        token = _TOKEN.match(expression, position)
        if token is None:
            raise ValueError(f"no expression of ours: {expression}")
        text, name, sign = token.groups()
        if text is not None:
            words.append(repr(text))
        elif name is not None:
            words.append({"true": "True", "false": "False", "always()": "True"}.get(name, repr(context.get(name, ""))))
        else:
            words.append({"||": "or", "&&": "and", "!": "not"}.get(sign, sign))
        position = token.end()
    result = eval(" ".join(words), {"__builtins__": {}})  # noqa: S307 - made of strings and six signs, above
    return result if isinstance(result, bool) else str(result)


def _holds(condition: str, context: Mapping[str, str], *, failed: bool) -> bool:
    text = condition.strip().removeprefix("${{").removesuffix("}}")
    if "always()" not in text and failed:
        return False
    return bool(evaluate(text, context)) if text.strip() else True
