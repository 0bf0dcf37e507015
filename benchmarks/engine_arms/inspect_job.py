"""The job through inspect_ai and its local Hugging Face provider.

What its source says is fastest: the provider's batch is `max_connections` and it waits two seconds
for more requests unless a batch is full, so the batch is a divisor of the number of prompts;
`max_samples` must not be less; the terminal display, the live view of samples (`log_realtime`) and
the records of raw model calls are off; the log is written once, at the end. Batch sizes are tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine_arms.jobs import LONGEST, MODEL, PROMPTS
from inspect_ai import Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import FieldSpec, json_dataset
from inspect_ai.model import get_model
from inspect_ai.scorer import accuracy, includes
from inspect_ai.solver import generate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Way(NamedTuple):
    """How it is run.

    Args:
        batch: Connections, samples at once, and the provider's batch; None leaves it to inspect_ai.
        log_samples: Whether the log holds the samples.
    """

    batch: int | None
    log_samples: bool = True

    def __str__(self) -> str:
        """Say it for people."""
        kept = "samples logged" if self.log_samples else "samples not logged"
        return f"max_connections {self.batch or 'left to it'}, {kept}"


def prepare(prompts: Path, folder: Path) -> Callable[[Way], float]:
    """Load the model; the function returned runs the job and returns the mean score."""
    model = get_model(
        "hf/base", model_path=str(MODEL), device="cpu", dtype="float32", memoize=False
    )

    def run(way: Way) -> float:
        task = Task(
            dataset=json_dataset(str(prompts), FieldSpec(input="prompt", target="answer")),
            solver=generate(),
            scorer=includes(ignore_case=False),
            metrics=[accuracy()],
        )
        (log,) = evaluate(
            task,
            model=model,
            display="none",
            log_dir=str(folder / "inspect"),
            log_samples=way.log_samples,
            log_realtime=False,
            log_buffer=PROMPTS,
            log_model_api=False,
            score_display=False,
            acp_server=False,
            ctl_server=False,
            max_connections=way.batch,
            max_samples=way.batch and PROMPTS,
            max_tokens=LONGEST,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
        )
        if log.status != "success" or log.results is None:
            raise RuntimeError(f"inspect_ai: {log.status}: {log.error}")
        return float(log.results.scores[0].metrics["accuracy"].value)

    return run
