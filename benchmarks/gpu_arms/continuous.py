"""Against transformers' continuous batching, on answers of mixed length."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from engine_arms.hf_generate import HuggingFace
from gpu_arms.rates import rates, times_faster
from gpu_arms.workload import Workload, backend
from transformers import ContinuousBatchingConfig

if TYPE_CHECKING:
    from gpu_arms.models import Models
    from gpu_arms.scale import Scale

SHARE_OF_MEMORY = 0.5
PAGE, SMOKE_BLOCKS = 64, 64


def measure(scale: Scale, models: Models, _bandwidth: float) -> dict[str, object]:
    """Measure at the greatest number of slots; its manager is kept, so it is set up only once."""
    folder, slots = models.ending, max(scale.slots)
    other = HuggingFace(str(folder), scale.device, scale.torch_dtype)
    own = backend(scale, folder, slots=slots)
    work = Workload(scale, count=scale.requests * slots, longest=scale.longest)
    found = rates(
        {
            "own": partial(work.count, own),
            "continuous": partial(batched, other, work, settings(scale, slots)),
        },
        repeats=scale.repeats,
        renew=work.renew,
        finish=scale.finish,
    )
    own.release()
    other.model.destroy_cached_continuous_batching_manager()
    return {
        "mean_answer": scale.mean_answer,
        "slots": slots,
        "times_faster": times_faster(found["own"], found["continuous"]),
        "tokens_per_second": {name: median(each) for name, each in found.items()},
    }


def settings(scale: Scale, slots: int) -> ContinuousBatchingConfig:
    """Return its settings: its own choices, but for what must be equal or must leave room."""
    if scale.device == "cpu":  # its choices would take all the memory there is
        return ContinuousBatchingConfig(
            page_size=PAGE,
            num_blocks=SMOKE_BLOCKS,
            max_batch_tokens=PAGE,
            max_requests_per_batch=slots,
        )
    return ContinuousBatchingConfig(
        max_memory_percent=SHARE_OF_MEMORY, max_requests_per_batch=slots
    )


def batched(other: HuggingFace, work: Workload, how: ContinuousBatchingConfig) -> int:
    """Answer the requests as they are now; return how many tokens that took.

    Raises:
        RuntimeError: A request failed.
    """
    found = other.model.generate_batch(
        inputs=[list(prompt) for prompt in work.prompts],
        generation_config=other.settings(work.longest),
        continuous_batching_config=how,
        persistent_manager=True,
    )
    if len(found) != len(work.prompts) or any(one.error for one in found.values()):
        raise RuntimeError("continuous batching failed a request")
    return sum(len(one.generated_tokens) for one in found.values())
