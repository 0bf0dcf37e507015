"""Against transformers' `model.generate` at its best, on answers of mixed length."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from engine_arms.hf_generate import HuggingFace, Way
from engine_arms.shapes import save
from gpu_arms.rates import rates, times_faster
from gpu_arms.workload import Workload, backend

if TYPE_CHECKING:
    from pathlib import Path

    from gpu_arms.scale import Scale

AIM = 3.0


def measure(scale: Scale, folder: Path, _bandwidth: float) -> dict[str, object]:
    """Measure at every number of slots; `generate` may have a batch of any of them."""
    save(scale.shape, folder, ends=scale.ends, dtype=scale.torch_dtype)
    other = HuggingFace(str(folder), scale.device, scale.torch_dtype)
    ways = [Way("sdpa", batch, cache) for batch in scale.slots for cache in scale.caches]
    rows = []
    for slots in scale.slots:
        own = backend(scale, folder, slots=slots)
        work = Workload(scale, count=scale.requests * max(scale.slots), longest=scale.longest)
        arms = {
            "own": lambda own=own, work=work: work.count(own),
            **{str(way): partial(generate, other, work, way) for way in ways},
        }
        found = rates(arms, repeats=scale.repeats, renew=work.renew, finish=scale.finish)
        own.release()
        medians = {name: median(each) for name, each in found.items()}
        best = max(medians.keys() - {"own"}, key=medians.__getitem__)
        rows.append(
            {
                "slots": slots,
                "generate_at": best,
                "times_faster": times_faster(found["own"], found[best]),
                "tokens_per_second": medians,
            }
        )
    return {"aim": AIM, "mean_answer": scale.mean_answer, "rows": rows}


def generate(other: HuggingFace, work: Workload, way: Way) -> int:
    """Answer the requests as they are now; return how many tokens that took."""
    return other.count(work.prompts, most=work.longest, way=way)
