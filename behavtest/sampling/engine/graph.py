"""CUDA graphs: a step recorded once and replayed, so that launching it costs next to nothing."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch

from behavtest.models.loading import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WARM_UPS = 3


class Graphs:
    """Records steps, where the device can.

    The graphs work in one pool of memory: one runs at a time, and what a step leaves behind lies
    outside of it.

    Args:
        device: Where the steps run.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        # One stream for all: a library keeps a workspace for each that it has run on.
        self._stream: torch.cuda.Stream | None = None
        self._pool: torch.cuda._POOL_HANDLE | None = None

    def record(self, step: Callable[[], None], state: Sequence[torch.Tensor]) -> Callable[[], None]:
        """Record a step.

        Args:
            step: Reads and writes tensors that stay where they are; no shape depends on data. What
                it writes elsewhere is the same however often it runs.
            state: The tensors it advances; they are put back after the runs that recording takes.

        Returns:
            What does the step: a graph's replay on CUDA; the step itself elsewhere, or where it
            cannot be recorded.

        Raises:
            RuntimeError: Memory runs out.
        """
        if self._device.type != "cuda":
            return step
        with torch.cuda.device(self._device):  # what names no device records on the current one
            return self._recorded(step, state)

    def _recorded(
        self, step: Callable[[], None], state: Sequence[torch.Tensor]
    ) -> Callable[[], None]:
        if self._stream is None:
            self._stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]  # torch's
            self._pool = torch.cuda.graph_pool_handle()
        saved = [tensor.clone() for tensor in state]

        def restore() -> None:
            for tensor, old in zip(state, saved, strict=True):
                tensor.copy_(old)

        # Libraries choose and allocate on their first runs, which must not be recorded.
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            for _ in range(_WARM_UPS):
                step()
                restore()
            waits = _waits(step)
            restore()
        torch.cuda.current_stream().wait_stream(self._stream)
        if waits:
            return step
        try:
            return self._graph(step)
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            self._pool = torch.cuda.graph_pool_handle()  # that of a failed recording stays taken
            message = str(error).splitlines()[0]
            warnings.warn(f"a step is run without a CUDA graph: {message}", stacklevel=2)
            return step

    def _graph(self, step: Callable[[], None]) -> Callable[[], None]:
        graph = torch.cuda.CUDAGraph()
        with (
            torch.cuda.stream(torch.cuda.current_stream()),  # comes back after a failure, too
            torch.cuda.graph(
                graph,
                pool=self._pool,
                stream=self._stream,
                capture_error_mode="thread_local",  # other threads may do what they like meanwhile
            ),
        ):
            step()
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
