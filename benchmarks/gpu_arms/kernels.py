"""Which kernels the time goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from gpu_arms.recorded import summary, watched
from gpu_arms.workload import Workload, backend
from torch.profiler import ProfilerActivity, profile

if TYPE_CHECKING:
    from gpu_arms.models import Models
    from gpu_arms.scale import Scale

MOST, NAME = 25, 100


def measure(scale: Scale, models: Models, _bandwidth: float) -> dict[str, object]:
    """Profile reading prompts and decoding short answers, once everything is recorded."""
    slots = max(scale.slots)
    own = backend(scale, models.plain, slots=slots)
    work = Workload(scale, count=slots, longest=scale.answers[0], fixed=True)
    with watched() as steps:
        work.count(own)
    work.renew()
    cuda = scale.device != "cpu"
    with profile(activities=[ProfilerActivity.CUDA if cuda else ProfilerActivity.CPU]) as profiled:
        work.count(own)
        scale.finish()
    times = {
        one.key[:NAME]: (one.self_device_time_total if cuda else one.self_cpu_time_total, one.count)
        for one in profiled.key_averages()
    }
    found: dict[str, object] = {
        "slots": slots,
        "answer_tokens": work.longest,
        "recorded_steps": summary(steps),
        "peak_gigabytes": torch.cuda.max_memory_allocated() / 1e9 if cuda else None,
        "total_ms": sum(time for time, _ in times.values()) / 1e3,
        "rows": [
            {"kernel": name, "ms": times[name][0] / 1e3, "calls": times[name][1]}
            for name in sorted(times, key=lambda name: -times[name][0])[:MOST]
        ],
    }
    own.release()
    return found
