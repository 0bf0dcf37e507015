"""How much memory a device has left, and what the models loaded here take of it."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary, WeakSet

from behavtest.models.host_memory import host_free

if TYPE_CHECKING:
    from torch import nn


def device_free(device: str) -> int | None:
    """Measure the bytes that tensors may still take on a device; None if nothing tells.

    Memory that torch holds for reuse counts as free.
    """
    import torch

    kind = torch.device(device).type
    if kind == "cpu":
        return host_free()
    if kind == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        held = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return free + held
    if kind == "mps":
        return max(0, torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory())
    return None


def release_held() -> None:
    """Give back what no tensor uses any more."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def model_bytes(model: nn.Module) -> int:
    """Measure a loaded model: its parameters and buffers, what they share counted once."""
    storages = {
        tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
        for tensors in (model.parameters(), model.buffers())
        for tensor in tensors
    }
    return sum(storages.values())


class Tenant(Protocol):
    """Who computes in a device's memory."""

    def give_back(self) -> bool:
        """Free what is not needed to go on later; return whether there was any."""
        ...


class DeviceMemory:
    """One device's memory, shared by the models of a run.

    Args:
        device: Where the models are.
        limit: Most bytes to use for them and what they compute; None is whatever is free.
    """

    def __init__(self, device: str, limit: int | None) -> None:
        self.device = device
        self.limit = limit
        self._crowded = False
        self._taken: WeakKeyDictionary[object, int] = WeakKeyDictionary()
        self._tenants: WeakSet[Tenant] = WeakSet()

    def join(self, tenant: Tenant) -> None:
        """Count somebody among those who are asked to make room."""
        self._tenants.add(tenant)

    def make_room(self, asker: Tenant | None = None) -> bool:
        """Have all others free what they work with; return whether that was anything."""
        gave = [tenant.give_back() for tenant in tuple(self._tenants) if tenant is not asker]
        if any(gave):
            release_held()
        return any(gave)

    def take(self, owner: object, size: int) -> None:
        """Note what an owner takes now, weights or room to work in; 0 if nothing."""
        self._taken.pop(owner, None)
        if size:
            self._taken[owner] = size

    def taken(self, *, apart_from: object = None) -> int:
        """Return the bytes that have been noted, those of one owner left out."""
        return sum(size for owner, size in self._taken.items() if owner is not apart_from)

    def crowds(self, owner: object) -> bool:
        """Whether an owner's weights must not be loaded now: beside others memory has run out."""
        return self._crowded and self.taken(apart_from=owner) > 0

    def ran_out(self, owner: object) -> None:
        """Note that an owner ran out of memory; if others were there, none goes beside another."""
        self._crowded = self._crowded or self.taken(apart_from=owner) > 0

    def free(self) -> int | None:
        """Measure the bytes that may still be used; None if there is no limit and nothing tells."""
        measured = device_free(self.device)
        if self.limit is None:
            return measured
        left = max(0, self.limit - self._used())
        return left if measured is None else min(left, measured)

    def _used(self) -> int:
        """Return what this process uses: all its tensors where torch counts them, else notes."""
        import torch

        kind = torch.device(self.device).type
        if kind == "cuda":
            return torch.cuda.memory_allocated(self.device)
        return torch.mps.current_allocated_memory() if kind == "mps" else self.taken()
