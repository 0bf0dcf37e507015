"""Against transformers' `model.generate` at its best, on answers of mixed length."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from engine_arms.hf_generate import HuggingFace, Way
from gpu_arms.rates import rates, times_faster
from gpu_arms.workload import Workload, backend

if TYPE_CHECKING:
    from gpu_arms.models import Models
    from gpu_arms.scale import Scale

    from behavtest.sampling.local import LocalBackend

AIM = 3.0


def measure(scale: Scale, models: Models, _bandwidth: float) -> dict[str, object]:
    """Measure every number of slots against `generate` in batches of the greatest."""
    folder, batch = models.ending, max(scale.slots)
    other = HuggingFace(str(folder), scale.device, scale.torch_dtype)
    ways = [Way("sdpa", batch, cache) for cache in scale.caches]
    owns: dict[str, LocalBackend] = {}
    for slots in scale.slots:
        first = next(iter(owns.values()), None)
        owns[f"own, {slots} slots"] = backend(scale, folder, slots=slots, base=first)
    work = Workload(scale, count=scale.requests * batch, longest=scale.longest)
    arms = {name: partial(work.count, own) for name, own in owns.items()}
    arms |= {str(way): partial(generate, other, work, way) for way in ways}
    found = rates(arms, repeats=scale.repeats, renew=work.renew, finish=scale.finish)
    for own in owns.values():
        own.release()
    medians = {name: median(each) for name, each in found.items()}
    best = max(medians.keys() - owns.keys(), key=medians.__getitem__)
    return {
        "aim": AIM,
        "mean_answer": scale.mean_answer,
        "generate_at": best,
        "left_out": sorted(arms.keys() - found.keys()),
        "times_faster": {
            name: times_faster(found[name], found[best]) for name in owns.keys() & found.keys()
        },
        "tokens_per_second": medians,
    }


def generate(other: HuggingFace, work: Workload, way: Way) -> int:
    """Answer the requests as they are now; return how many tokens that took."""
    return other.count(work.prompts, most=work.longest, way=way)
