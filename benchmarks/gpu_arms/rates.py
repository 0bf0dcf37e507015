"""Tokens per second of arms that take turns."""

from __future__ import annotations

import time
import traceback
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Rates = dict[str, list[float]]


def rates(
    arms: Mapping[str, Callable[[], int]],
    *,
    repeats: int,
    renew: Callable[[], None],
    finish: Callable[[], None],
) -> Rates:
    """Run every arm once per repeat on the same new requests; each runs once before, untimed.

    One that fails then, since it cannot be compiled say, is left out.

    Args:
        arms: Name -> what answers the requests and returns how many tokens that took.
        repeats: At least 1.
        renew: Draws new requests.
        finish: Waits for the device.

    Returns:
        Name -> tokens per second, one for each repeat; without the arms that failed.
    """
    found: Rates = {}
    for name, run in arms.items():  # records or compiles
        try:
            run()
        except Exception:  # noqa: BLE001 -- the others' figures are wanted, whatever it is
            print(f"{name} is left out:", flush=True)
            traceback.print_exc()
        else:
            found[name] = []
    for repeat in range(repeats):
        renew()
        for name in list(found)[:: -1 if repeat % 2 else 1]:
            finish()
            start = time.perf_counter()
            tokens = arms[name]()
            finish()
            found[name].append(tokens / (time.perf_counter() - start))
    return found


def times_faster(own: Sequence[float], other: Sequence[float]) -> dict[str, float]:
    """Divide two arms' rates repeat by repeat: the median, and the least and greatest."""
    ratios = [one / two for one, two in zip(own, other, strict=True)]
    return {"median": median(ratios), "least": min(ratios), "greatest": max(ratios)}
