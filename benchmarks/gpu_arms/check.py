"""Whether the device gives the CPU's answers, in float32, and whether its steps are recorded."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from engine_arms.answers import Job, answers
from engine_arms.shapes import ORGANISMS, Shape, save
from gpu_arms.recorded import summary, watched
from gpu_arms.workload import Workload

from behavtest.sampling import BackendOptions
from behavtest.sampling.local import LocalBackend

if TYPE_CHECKING:
    from gpu_arms.models import Models
    from gpu_arms.scale import Scale

    from behavtest.core import Generation

SHAPE = Shape(  # a vocabulary that is searched, not drawn in full
    name="check",
    hidden=256,
    layers=4,
    heads=8,
    kv_heads=2,
    intermediate=512,
    vocabulary=16_384,
    context=256,
)
REQUESTS, LONGEST = 64, 32
WAYS: dict[str, dict[str, float | int]] = {
    "temperature 1": {},
    "greedy": {"temperature": 0.0},
    "top-k 50": {"top_k": 50},
    "top-p 0.9": {"top_p": 0.9},
}


def measure(scale: Scale, _models: Models, _bandwidth: float) -> dict[str, object]:
    """Answer the same requests on the device and on the CPU, decoded and replayed.

    Rounding differs, so an answer in some hundreds may differ too.
    """
    with tempfile.TemporaryDirectory() as name:
        save(SHAPE, Path(name))
        rows = compare(scale, [name], SHAPE.vocabulary)
        models = [str(ORGANISMS / "base"), str(ORGANISMS / "lora")]
        rows += compare(scale, models, 1000)
    return {"requests": REQUESTS, "answer_tokens": LONGEST, "rows": rows}


def compare(scale: Scale, models: list[str], vocabulary: int) -> list[dict[str, object]]:
    """Compare models, the second an adapter on the first."""
    here, there = (opened(models, device) for device in (scale.device, "cpu"))
    shape = replace(SHAPE, vocabulary=vocabulary)
    work = Workload(replace(scale, shape=shape, prompt=(4, 32)), count=REQUESTS, longest=LONGEST)
    names = {str(folder): folder.name for folder in ORGANISMS.iterdir()}
    rows = []
    for way, changes in WAYS.items():
        job = Job(replace(work.job.settings, **changes), work.job.requests)
        for own, exact in zip(here, there, strict=True):
            right = [one.generation for one in answers(exact, job)]
            with watched() as steps:
                found = [one.generation for one in answers(own, job)]
            replayed = [one.generation for one in answers(own, job, right)]
            rows.append(
                {
                    "model": names.get(own.name, "random"),
                    "way": way,
                    "same_answer_share": same(found, right),
                    "same_when_replayed_share": same(replayed, right),
                    "recorded_steps": summary(steps),
                }
            )
    return rows


def opened(models: list[str], device: str) -> list[LocalBackend]:
    """Open models on a device, all on the first one's weights."""
    options = BackendOptions(device=device, dtype="float32", batch_size=REQUESTS // 2)
    found: list[LocalBackend] = []
    for name in models:
        found.append(LocalBackend(name, options, base=found[0] if found else None))
    return found


def same(found: list[Generation], right: list[Generation]) -> float:
    """Return which share of the answers has the same tokens."""
    return fmean(one.token_ids == other.token_ids for one, other in zip(found, right, strict=True))
