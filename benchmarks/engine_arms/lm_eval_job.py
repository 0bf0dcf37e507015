"""The job through lm-evaluation-harness and its local Hugging Face backend.

What its source says is fastest: a fixed batch size (`auto` spends five forward passes of the full
context on finding one), no index of the tasks it ships with, no bootstrap, no request cache. The
end of an answer is its one stop sequence, which it always adds. Batch sizes are tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import datasets
from engine_arms.jobs import LONGEST, MODEL
from lm_eval import evaluate, simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "capitals"


class Way(NamedTuple):
    """How it is run.

    Args:
        batch: Rows at once.
        described: Whether through `simple_evaluate`, as its command line goes, which also
            describes the machine (git, pip and others are run), not through `evaluate` alone.
    """

    batch: int
    described: bool = True

    def __str__(self) -> str:
        """Say it for people."""
        entry = "simple_evaluate" if self.described else "evaluate"
        return f"{entry}, batch_size {self.batch}, samples logged"


def contains(row: dict[str, str], results: list[str]) -> dict[str, float]:
    """Score one answer."""
    return {"contains": float(row["answer"] in results[0])}


def task(prompts: Path) -> dict[str, object]:
    """Define the task, as a file would."""

    def rows(**_: object) -> dict[str, datasets.Dataset]:
        return {"test": datasets.Dataset.from_list(read(prompts))}

    return {
        "task": NAME,
        "num_fewshot": 0,
        "custom_dataset": rows,
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{prompt}}",
        "doc_to_target": "{{answer}}",
        "process_results": contains,
        "metric_list": [{"metric": "contains", "aggregation": "mean", "higher_is_better": True}],
        "generation_kwargs": {
            "until": [],
            "do_sample": True,
            "temperature": 1.0,
            "top_k": 0,
            "top_p": 1.0,
            "max_gen_toks": LONGEST,
        },
    }


def read(file: Path) -> list[dict[str, str]]:
    """Read rows of JSON."""
    import json

    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def prepare(prompts: Path) -> Callable[[Way], float]:
    """Load the model; the function returned runs the job and returns the mean score."""
    model = HFLM(pretrained=str(MODEL), device="cpu", dtype="float32", batch_size=1)
    manager = TaskManager(include_defaults=False)

    def run(way: Way) -> float:
        model.batch_size_per_gpu = way.batch
        same = {
            "apply_chat_template": True,
            "bootstrap_iters": 0,
            "log_samples": True,
        }
        if way.described:
            found = simple_evaluate(model, tasks=[task(prompts)], task_manager=manager, **same)
        else:
            found = evaluate(model, manager.load([task(prompts)]), **same)
        return float(found["results"][NAME]["contains,none"])

    return run
