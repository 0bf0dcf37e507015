"""Decode throughput as a share of what the memory's bandwidth allows."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from engine_arms.timing import Arm, alternate
from gpu_arms.workload import Workload, backend

if TYPE_CHECKING:
    from gpu_arms.models import Models
    from gpu_arms.scale import Scale

    from behavtest.sampling.local import LocalBackend

AIM = 0.6


class Step(NamedTuple):
    """One decoding step over all slots.

    Args:
        seconds: How long it takes.
        moved: Bytes it cannot do without reading or writing.
    """

    seconds: float
    moved: float


def measure(scale: Scale, models: Models, bandwidth: float) -> dict[str, object]:
    """Measure at every number of slots.

    Args:
        scale: The shape and the lengths.
        models: Its models.
        bandwidth: The device's, bytes per second.
    """
    parameters = models.parameters
    rows = []
    for slots in scale.slots:
        own = backend(scale, models.plain, slots=slots)
        step = one_step(scale, own, slots=slots, parameters=parameters)
        own.release()
        rows.append(
            {
                "slots": slots,
                "tokens_per_second": slots / step.seconds,
                "bytes_per_step": step.moved,
                "share_of_roofline": step.moved / step.seconds / bandwidth,
            }
        )
    return {"aim": AIM, "parameters": parameters, "rows": rows}


def one_step(scale: Scale, own: LocalBackend, *, slots: int, parameters: int) -> Step:
    """Time a step by the difference between long and short answers to prompts of one length.

    What they have in common, reading prompts above all, cancels. Random weights end an answer
    early about once in a vocabulary's worth of tokens, which is ignored.
    """
    short, long = scale.answers
    work = {
        length: Workload(scale, count=slots, longest=length, fixed=True) for length in scale.answers
    }
    arms = {
        str(length): Arm(lambda each=each: each.count(own), each.renew)
        for length, each in work.items()
    }
    times = alternate(arms, repeats=scale.repeats, finish=scale.finish)
    taken = median(
        more.wall - less.wall
        for more, less in zip(times[str(long)], times[str(short)], strict=True)
    )
    live = slots * (scale.prompt[1] + (short + long) / 2)
    return Step(taken / (long - short), moved_bytes(scale, parameters, live_tokens=live))


def moved_bytes(scale: Scale, parameters: int, *, live_tokens: float) -> float:
    """Return the bytes of a step: every weight, and the keys and values of every live token.

    An input embedding that is not also the output's is only looked up in.
    """
    shape = scale.shape
    read = parameters - (0 if shape.tied else shape.vocabulary * shape.hidden)
    return scale.torch_dtype.itemsize * (read + live_tokens * shape.kv_elements)
