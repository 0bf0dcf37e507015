"""A CUDA device that is none: its tensors lie on the host, and the host's waits for it are counted.

An operation that mixes tensors of the host and of the device fails, as it does on a GPU. Which
kernels a GPU would pick, and how fast they are, nothing here tells.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DEVICE = torch.device("cuda", 0)
_aten = torch.ops.aten
_UNKNOWN = {torch.Tag.dynamic_output_shape, torch.Tag.data_dependent_output}
_INDEXING = {_aten.index, _aten.index_put, _aten.index_put_}  # have the tags for masks alone


class OnDevice(torch.Tensor):
    """A tensor that says it is on the device; its numbers are in ``host``."""

    host: torch.Tensor

    @staticmethod
    def __new__(cls, host: torch.Tensor) -> Self:
        made = torch.Tensor._make_wrapper_subclass(
            cls,
            host.size(),
            strides=host.stride(),
            storage_offset=host.storage_offset(),
            dtype=host.dtype,
            device=DEVICE,
        )
        made.host = host
        return made

    def __repr__(self) -> str:  # torch's own would copy it to the host
        return f"OnDevice({tuple(self.shape)}, {self.dtype})"

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        """Do without the device's own guard, which these methods want and only CUDA builds have."""
        if func in _INSTEAD:
            return _INSTEAD[func](*args)
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        raise AssertionError(f"{func} on the pretended device, but nobody pretends")


def _laid_out(whole: torch.Tensor) -> torch.Tensor:
    return whole if whole.is_contiguous() else whole.clone(memory_format=torch.contiguous_format)


def _picked(whole: torch.Tensor, index: object) -> torch.Tensor:
    part, indices = _select(whole, index)
    return part if indices is None else _aten.index.Tensor(part, indices)


def _put(whole: torch.Tensor, index: object, value: torch.Tensor | float) -> None:
    part, indices = _select(whole, index)
    if indices is not None:
        _aten.index_put_.default(part, indices, value)
    elif isinstance(value, torch.Tensor):
        part.copy_(value)
    else:
        part.fill_(value)


def _select(
    whole: torch.Tensor, index: object
) -> tuple[torch.Tensor, list[torch.Tensor | None] | None]:
    """Do the slices and numbers of an index; return what is left of it, if anything."""
    parts = list(index) if isinstance(index, tuple) else [index]
    dots = [place for place, part in enumerate(parts) if part is Ellipsis]
    for place in dots:
        taken = sum(part is not None for part in parts) - 1
        parts[place : place + 1] = [slice(None)] * (whole.dim() - taken)
    left: list[torch.Tensor | None] = []
    for part in parts:
        if isinstance(part, int):
            whole = whole.select(len(left), part)
        elif isinstance(part, torch.Tensor):
            left.append(part)
        elif part is None:
            whole = whole.unsqueeze(len(left))
            left.append(None)
        else:
            assert isinstance(part, slice)
            whole = _aten.slice.Tensor(whole, len(left), part.start, part.stop, part.step or 1)
            left.append(None)
    return whole, left if any(part is not None for part in left) else None


def _told(function: Callable[..., object]) -> Callable[..., object]:
    return lambda tensor: function(tensor.to("cpu"))


_INSTEAD = {
    torch.Tensor.contiguous: _laid_out,
    torch.Tensor.copy_: _aten.copy_.default,
    torch.Tensor.nonzero: _aten.nonzero.default,
    torch.Tensor.__invert__: _aten.bitwise_not.default,
    torch.Tensor.__getitem__: _picked,
    torch.Tensor.__setitem__: _put,
    **{each: _told(each) for each in (torch.Tensor.item, torch.Tensor.tolist)},
    **{each: _told(each) for each in (torch.Tensor.__bool__, torch.Tensor.__int__)},
    **{each: _told(each) for each in (torch.Tensor.__float__, torch.Tensor.__index__)},
}


class PretendCuda(TorchDispatchMode):
    """Computes what is on ``cuda:0``; `pretend_cuda` switches it on.

    Attributes:
        waits: Every wait of the host for the device so far, by the operation that caused it.
        recording: Whether a CUDA graph is being recorded, which can hold no wait and no copy.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[str] = []
        self.recording = False

    def __torch_dispatch__(self, func: Any, types: object, args: Any = (), kwargs: Any = None):
        kwargs = dict(kwargs or {})
        with self:  # where no gradients are recorded, torch has not taken it apart yet
            parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        given = [each for each in tree_leaves((args, kwargs)) if isinstance(each, torch.Tensor)]
        here = [each for each in given if isinstance(each, OnDevice)]
        target = kwargs.get("device")
        on_device = bool(here) if target is None else target.type == "cuda"
        if func is _aten._to_copy.default:
            free = kwargs.pop("non_blocking", False) and on_device
            if bool(here) != on_device:
                self._copied(func, waiting=not free)
        elif func is _aten.copy_.default:
            if 0 < len(here) < len(given):
                self._copied(func, waiting=True)
        elif here:
            self._check(func, given, args)
        if target is not None and on_device:
            kwargs["device"] = torch.device("cpu")
        host_args, host_kwargs = tree_map(_host, (args, kwargs))
        found = func(*host_args, **host_kwargs)
        written = {id(each.host): each for each in here}

        def placed(out: object) -> object:
            if not on_device or not isinstance(out, torch.Tensor):
                return out
            return written[id(out)] if id(out) in written else OnDevice(out)

        return tree_map(placed, found)

    def _copied(self, func: object, *, waiting: bool) -> None:
        assert not self.recording, f"a recorded step copies between host and device: {func}"
        if waiting:
            self.waits.append(str(func))

    def _check(self, func: Any, given: Sequence[torch.Tensor], args: object) -> None:
        # a kernel takes a plain number along, but no more than that
        strange = [each for each in given if not isinstance(each, OnDevice)]
        mixed = [tuple(each.shape) for each in strange if each.dim() or self.recording]
        assert not mixed, f"{func} mixes tensors of host and device: on the host are {mixed}"
        if func.overloadpacket in _INDEXING:
            unknown = any(each.dtype == torch.bool for each in given[1:2])
        else:
            unknown = bool(_UNKNOWN & set(func.tags))
        if unknown:
            assert not self.recording, f"a recorded step waits for the device: {func}"
            self.waits.append(str(func))


def _host(each: object) -> object:
    return each.host if isinstance(each, OnDevice) else each


@contextmanager
def pretend_cuda() -> Iterator[PretendCuda]:
    """Let ``cuda:0`` be computed on, whatever torch was built with."""
    # as torch's own fake tensors do it
    before, start = torch._C._only_lift_cpu_tensors(), torch.cuda._lazy_init
    torch._C._set_only_lift_cpu_tensors(True)
    torch.cuda._lazy_init = lambda: None
    try:
        with PretendCuda() as device:
            yield device
    finally:
        torch.cuda._lazy_init = start
        torch._C._set_only_lift_cpu_tensors(before)


def to_device(model: torch.nn.Module) -> torch.nn.Module:
    """Move a model to the pretended device, in place; what was tied stays so."""
    moved: dict[int, OnDevice] = {}
    with torch.inference_mode():  # which is how the engine meets them
        for module in model.modules():
            for tensors in (module._parameters, module._buffers):
                for name, tensor in tensors.items():
                    if tensor is not None:
                        tensors[name] = moved.setdefault(id(tensor), OnDevice(tensor.detach()))
    return model
