"""CUDA graphs: a step recorded once and replayed, so that launching it costs next to nothing."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WARM_UPS = 3


def captured(
    step: Callable[[], None], state: Sequence[torch.Tensor], *, device: torch.device
) -> Callable[[], None]:
    """Record a step, where the device can.

    Args:
        step: Reads and writes tensors that stay where they are; no shape depends on data. What it
            writes elsewhere is the same however often it runs.
        state: The tensors it advances; they are put back after the runs that recording takes.
        device: Where it runs.

    Returns:
        What does the step: a graph's replay on CUDA, the step itself elsewhere, or where the host
        is asked in it.
    """
    if device.type != "cuda":
        return step
    saved = [tensor.clone() for tensor in state]

    def restore() -> None:
        for tensor, old in zip(state, saved, strict=True):
            tensor.copy_(old)

    with torch.cuda.device(device):  # a capture on another device's stream would record nothing
        # Libraries choose and allocate on their first runs, which must not be recorded.
        side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # torch's own gap
        side.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(side):
            for _ in range(_WARM_UPS):
                step()
                restore()
            waits = _waits(step)
            restore()
        torch.cuda.current_stream(device).wait_stream(side)
        if waits:
            return step
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=side):
            step()
        restore()
    return graph.replay


def _waits(step: Callable[[], None]) -> bool:
    """Run a step; tell whether the host waits for the device in it, which cannot be recorded.

    Some models do: those that scale their positions as texts grow, some mixtures of experts.
    """
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls the mode a prototype
        torch.cuda.set_sync_debug_mode("error")
    try:
        step()
    except RuntimeError as error:
        if "synchronizing CUDA operation" not in str(error):
            raise
        return True
    finally:
        torch.cuda.set_sync_debug_mode(before)
    return False
