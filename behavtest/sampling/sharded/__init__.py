"""Several devices: one engine process on each, and the requests split between them."""

from behavtest.sampling.sharded.backend import ShardedBackend
from behavtest.sampling.sharded.devices import names_several, pick_devices

__all__ = ["ShardedBackend", "names_several", "pick_devices"]
