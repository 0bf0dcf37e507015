"""Which devices a run is spread over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.errors import SettingsError
from behavtest.models.loading import pick_device

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALL = "cuda:all"


def names_several(requested: str | None) -> bool:
    """Whether an option's text asks for engine processes rather than for one device."""
    return requested is not None and ("," in requested or requested == _ALL)


def pick_devices(requested: str) -> tuple[str, ...]:
    """Read a list of devices of one kind.

    A GPU is asked after without a context on it: one takes hundreds of megabytes, in a process that
    computes nothing.

    Args:
        requested: Names, comma-separated (``cuda:0,cuda:1``, ``cpu,cpu``), or ``cuda:all``.

    Returns:
        The devices, each GPU with its number.

    Raises:
        SettingsError: A device is not to be had on this machine or named twice, or they are of
            different kinds.
    """
    if requested == _ALL:
        return tuple(f"cuda:{number}" for number in range(_cuda_devices()))
    devices = tuple(_full_name(name.strip()) for name in requested.split(","))
    _check_together(devices, requested)
    for device in dict.fromkeys(devices):
        if _kind(device) == "cuda":
            _check_gpu(device)
        else:
            pick_device(device)
    return devices


def _full_name(name: str) -> str:
    return "cuda:0" if name == "cuda" else name


def _kind(device: str) -> str:
    return device.partition(":")[0]


def _check_together(devices: Sequence[str], requested: str) -> None:
    given = f"--behavtest-device is {requested!r}"
    if "" in devices:
        raise SettingsError(f"{given}; put one device between two commas")
    kinds = dict.fromkeys(_kind(device) for device in devices)
    if len(kinds) > 1:
        raise SettingsError(
            f"{given}: {' and '.join(kinds)} round differently, so an answer would depend on where "
            "it was computed; name devices of one kind"
        )
    for device in devices:
        if _kind(device) != "cpu" and devices.count(device) > 1:
            raise SettingsError(
                f"{given}, which names {device} twice: two processes would hold the same weights "
                "and wait for each other; name it once"
            )


def _check_gpu(device: str) -> None:
    count = _cuda_devices()
    number = device.partition(":")[2]
    if not number.isdecimal() or int(number) >= count:
        raise SettingsError(
            f"device {device!r} cannot be used here: the GPUs go from cuda:0 to cuda:{count - 1}; "
            "see --behavtest-device"
        )


def _cuda_devices() -> int:
    import torch

    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not found:
        raise SettingsError(
            "torch sees no GPU here, and --behavtest-device asks for some; cpu,cpu starts two "
            "engine processes on the CPU"
        )
    return found
