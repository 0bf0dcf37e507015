"""Steps as a CUDA graph would hold them: the operations, their numbers, and where memory lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch
from pretend_cuda import OnDevice, PretendCuda
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from behavtest.sampling.engine.graph import Graphs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Operation(NamedTuple):
    """One operation of a step.

    Args:
        name: torch's.
        addresses: Of the memory it works on that the step has not made itself.
        numbers: What else it was given; of tensors their shapes.
    """

    name: str
    addresses: tuple[int, ...]
    numbers: str


class Recording(TorchDispatchMode):
    """Writes down what is computed.

    Attributes:
        operations: It.
    """

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[Operation] = []
        self._kept: list[torch.Tensor] = []  # so that no address is used twice
        self._made: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: object, args: Any = (), kwargs: Any = None):
        kwargs = kwargs or {}
        with self:  # where no gradients are recorded, torch has not taken it apart yet
            parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        given = _memory((args, kwargs))
        known = {_address(each) for each in given}
        outside = tuple(each.data_ptr() for each in given if _address(each) not in self._made)
        numbers = tree_map(
            lambda each: each.shape if isinstance(each, torch.Tensor) else each, args
        )
        self.operations.append(Operation(str(func), outside, repr(numbers)))
        found = func(*args, **kwargs)
        for made in _memory(found):
            if _address(made) not in known:
                self._kept.append(made)
                self._made.add(_address(made))
        return found


def _memory(tree: object) -> list[torch.Tensor]:
    leaves = (each for each in tree_leaves(tree) if isinstance(each, torch.Tensor))
    return [each.host if isinstance(each, OnDevice) else each for each in leaves]


def _address(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


class Recorder:
    """What `Graphs` is replaced by: a step that is not what was recorded is a failure.

    Attributes:
        graphs: How many were recorded.
        replays: How often one was replayed, the first time included.
    """

    def __init__(self, device: PretendCuda | None) -> None:
        self._device = device
        self.graphs = 0
        self.replays = 0

    def record(
        self, step: Callable[[], None], _state: Sequence[torch.Tensor]
    ) -> Callable[[], None]:
        self.graphs += 1
        recorded: list[Operation] = []

        def replay() -> None:
            self.replays += 1
            if self._device is not None:
                self._device.recording = True
            with Recording() as now:
                step()
            if self._device is not None:
                self._device.recording = False
            recorded.extend(() if recorded else now.operations)
            for one, other in zip(recorded, now.operations, strict=True):
                assert one == other, "a replay would compute something else than this step"

        return replay


def record(monkeypatch: pytest.MonkeyPatch, device: PretendCuda | None = None) -> Recorder:
    """Record steps from now on, as a CUDA graph would."""
    recorder = Recorder(device)
    monkeypatch.setattr(Graphs, "record", lambda _, *step: recorder.record(*step))
    return recorder
