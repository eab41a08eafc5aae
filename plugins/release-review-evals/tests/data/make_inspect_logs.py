"""Make the logs of Inspect in this folder with Inspect itself; README.md says how to run this.

Each is a real run of a task of three samples against a model that answers from a table, so that nothing is fetched.
What it says of the machine and the moment it was made on is then taken out, and Inspect writes it again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval  # noqa: A004 - it is called so
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.model._providers.mockllm import MockLLM
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

HERE = Path(__file__).parent
DAY = "2026-02-10T09:30:00+00:00"
LATER = "2026-02-10T09:31:00+00:00"
ANSWERS = {"2 + 2": "4", "3 * 3": "9", "7 - 5": "1"}
COMMIT = "5f1c2e9a7b3d4c6e8f0a1b2c3d4e5f60718293a4"


@modelapi(name="table")
class Table(ModelAPI):
    """A model that answers from a table."""

    def __init__(self, model_name: str, *_: Any, config: GenerateConfig | None = None, **args: Any) -> None:
        super().__init__(model_name, None, None, [], config or GenerateConfig())
        self.args = args

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002
        """Answer the last message."""
        return ModelOutput.from_content(self.model_name, ANSWERS[input[-1].text])

    async def count_text_tokens(self, text: str) -> int:
        """Count without a tokenizer, which would be fetched."""
        return len(text)


async def _count(_self: MockLLM, text: str) -> int:
    return len(text)


MockLLM.count_text_tokens = _count  # type: ignore[method-assign]


@solver
def breaks_on(question: str) -> Solver:
    """Raise on one of the samples."""

    async def solve(state: TaskState, _generate: Generate) -> TaskState:
        if state.input_text == question:
            raise RuntimeError("the tool gave no answer")
        return state

    return solve


def run(model: str, *, broken: str = "", **options: Any) -> EvalLog:
    """Run the task once, and read the log that Inspect wrote."""
    samples = [Sample(id=number, input=asked, target=right) for number, (asked, right) in enumerate(RIGHT.items(), 1)]
    solvers = [breaks_on(broken), generate()] if broken else [generate()]
    with tempfile.TemporaryDirectory() as folder:
        task = Task(name="arithmetic", dataset=samples, solver=solvers, scorer=match(numeric=True))
        arguments = {"revision": COMMIT} if model.startswith("table/") else {}
        (log,) = eval(task, model=model, model_args=arguments, log_dir=folder, display="none", **options)
        return read_eval_log(log.location)


RIGHT = {"2 + 2": "4", "3 * 3": "9", "7 - 5": "2"}


def write(log: EvalLog, name: str) -> None:
    """Take out what tells of the machine and the moment, and let Inspect write the log."""
    log.eval.created = DAY
    log.eval.revision = log.eval.task_file = log.eval.dataset.location = None
    log.stats.started_at, log.stats.completed_at = DAY, LATER
    for error in (log.error, *(sample.error for sample in log.samples or ())):
        if error is not None:
            error.traceback = error.traceback_ansi = "RuntimeError: the tool gave no answer"
    for sample in log.samples or ():
        sample.events, sample.attachments = [], {}
        sample.started_at, sample.completed_at = DAY, LATER
    write_eval_log(log, str(HERE / name))


def main() -> int:
    """Make all of them."""
    finished = run("table/example/hawthorn")
    write(finished, "finished.eval")
    write(finished, "finished.json")
    write(run("table/example/hawthorn", limit=1), "limited.eval")
    write(run("table/example/hawthorn", broken="3 * 3"), "broken-off.eval")
    write(run("table/example/hawthorn", broken="3 * 3", fail_on_error=False), "one-sample-failed.eval")
    write(run("mockllm/model"), "mock.eval")
    return 0


if __name__ == "__main__":
    sys.exit(main())
