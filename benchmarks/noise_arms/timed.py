"""Arms on a device, timed by turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from engine_arms.timing import Arm, alternate, ratio, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine_arms.timing import Times

CALLS = 3  # of an arm each time the clock runs, because one takes a millisecond or so


def timed(arms: Mapping[str, Callable[[], object]], device: torch.device, *, repeats: int) -> Times:
    """Time several calls of every arm by turns."""

    def several(call: Callable[[], object]) -> Arm:
        return Arm(lambda: [call() for _ in range(CALLS)])

    return alternate(
        {name: several(call) for name, call in arms.items()},
        repeats=repeats,
        finish=torch.cuda.synchronize if device.type == "cuda" else lambda: None,
    )


def milliseconds(times: Times) -> dict[str, float]:
    """Return the median of one call of each arm."""
    return {
        name: round(spread["median"] / CALLS * 1e3, 3) for name, spread in seconds(times).items()
    }


def times_as_long(times: Times, slow: str, fast: str) -> dict[str, float]:
    """Return how many times as long one arm takes as the other: median, least and greatest."""
    spread = ratio(times[slow], times[fast])
    return {name: round(spread[name], 3) for name in ("median", "least", "greatest")}
