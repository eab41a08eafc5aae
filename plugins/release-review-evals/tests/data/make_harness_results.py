"""Make the results of lm-evaluation-harness in this folder with the harness itself; README.md says how to run this.

Each is a real run of a task of three documents against a model that answers from a table, so that nothing is fetched.
What it says of the machine and the moment it was made on is then taken out.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.api.registry import register_model
from lm_eval.loggers import EvaluationTracker
from lm_eval.models import dummy as _registered  # noqa: F401
from lm_eval.tasks import TaskManager

HERE = Path(__file__).parent
DAY = 1_770_715_800.0  # 2026-02-10T09:30:00 UTC
COMMIT = "5f1c2e9a7b3d4c6e8f0a1b2c3d4e5f60718293a4"
RIGHT = {"2 + 2": "4", "3 * 3": "9", "7 - 5": "2"}
ANSWERS = {"2 + 2": "4", "3 * 3": "9", "7 - 5": "1"}
TASK = """
task: arithmetic_by_table
dataset_path: json
dataset_kwargs: {data_files: {test: documents.jsonl}}
test_split: test
output_type: generate_until
doc_to_text: "{{asked}}"
doc_to_target: "{{right}}"
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""
_OF_THE_MACHINE = ("pretty_env_info", "transformers_version", "git_hash", "upper_git_hash")


@register_model("table")
class Table(LM):
    """A model that answers from a table."""

    def __init__(self, pretrained: str, revision: str, **_: Any) -> None:
        super().__init__()
        self.pretrained, self.revision = pretrained, revision

    def generate_until(self, requests: Any, disable_tqdm: bool = False) -> list[str]:  # noqa: FBT001, FBT002
        """Answer each request."""
        return [ANSWERS[request.args[0]] for request in requests]

    def loglikelihood(self, requests: Any) -> Any:
        """Do nothing: no task here asks for it."""
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood

    def get_model_info(self) -> Mapping[str, Any]:
        """Give what the harness's own models for Hugging Face give."""
        return {"model_num_parameters": 3, "model_dtype": "", "model_revision": self.revision, "model_sha": COMMIT}


def run(name: str, *, model: str = "table", pretrained: str = "example/hawthorn", **options: Any) -> None:
    """Run the task once, have the harness write its results, and take out what tells of the machine."""
    arguments = f"pretrained={pretrained},revision={COMMIT}" if model == "table" else f"pretrained={pretrained}"
    with tempfile.TemporaryDirectory() as folder:
        lines = [json.dumps({"asked": asked, "right": right}) for asked, right in RIGHT.items()]
        (Path(folder) / "documents.jsonl").write_text("\n".join(lines), encoding="utf-8")
        documents = str(Path(folder) / "documents.jsonl")
        (Path(folder) / "task.yaml").write_text(TASK.replace("documents.jsonl", documents), encoding="utf-8")
        tracker = EvaluationTracker(output_path=folder)
        results = simple_evaluate(
            model=model,
            model_args=arguments,
            tasks=["arithmetic_by_table"],
            task_manager=TaskManager(include_path=folder, include_defaults=False),
            bootstrap_iters=0,
            **options,
        )
        samples = results.pop("samples")
        tracker.general_config_tracker.log_experiment_args(model, arguments, None, None, False)  # noqa: FBT003
        tracker.save_results_aggregated(results=results, samples=samples)
        (file,) = Path(folder).rglob("results_*.json")
        written = json.loads(file.read_text(encoding="utf-8").replace(documents, "documents.jsonl"))
    written["date"], written["total_evaluation_time_seconds"] = DAY, "60.0"
    for key in _OF_THE_MACHINE:
        written[key] = None
    text = json.dumps(written, indent=2, ensure_ascii=False).replace(folder + "/", "")
    (HERE / name).write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """Make all of them."""
    run("results_finished.json")
    run("results_limited.json", limit=1)
    run("results_other.json", pretrained="example/rowan")
    run("results_dummy.json", model="dummy")
    return 0


if __name__ == "__main__":
    sys.exit(main())
