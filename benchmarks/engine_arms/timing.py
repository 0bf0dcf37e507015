"""Times of arms that take turns, and their ratios."""

from __future__ import annotations

import gc
import os
import time
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Clocked(NamedTuple):
    """Seconds of one run.

    Args:
        wall: On the wall's clock.
        cpu: Of all its threads and processes; what else the machine does lengthens it far less.
    """

    wall: float
    cpu: float


Times = dict[str, list[Clocked]]


class Arm(NamedTuple):
    """What is timed.

    Args:
        run: It.
        before: Done first each time, while the clock stands: loads the model anew, say, so that
            nothing is remembered of the last time.
    """

    run: Callable[[], object]
    before: Callable[[], object] = lambda: None


def alternate(
    arms: Mapping[str, Arm], *, repeats: int, finish: Callable[[], object] = lambda: None
) -> Times:
    """Time every arm once per repeat, so that whatever slows the machine slows all of them.

    The order is turned round every other repeat. Every arm runs once before, untimed.

    Args:
        arms: Name -> what to time.
        repeats: At least 1.
        finish: Called before the clock is read; waits for a device.

    Returns:
        Name -> seconds, one for each repeat.
    """
    for arm in arms.values():
        clock(arm, finish)
    times: Times = {name: [] for name in arms}
    for repeat in range(repeats):
        for name in list(arms)[:: -1 if repeat % 2 else 1]:
            times[name].append(clock(arms[name], finish))
    return times


def clock(arm: Arm, finish: Callable[[], object] = lambda: None) -> Clocked:
    """Return the seconds of one run."""
    arm.before()
    gc.collect()
    finish()
    start, start_cpu = time.perf_counter(), cpu_seconds()
    arm.run()
    finish()
    return Clocked(time.perf_counter() - start, cpu_seconds() - start_cpu)


def cpu_seconds() -> float:
    """Return the CPU time of this process and of those it has waited for."""
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def ratio(top: Sequence[Clocked], bottom: Sequence[Clocked]) -> dict[str, float]:
    """Divide two arms' times, repeat by repeat.

    Returns:
        Of wall times the median, the least and the greatest; of CPU times the median.
    """
    ratios = [one.wall / other.wall for one, other in zip(top, bottom, strict=True)]
    cpu = [one.cpu / other.cpu for one, other in zip(top, bottom, strict=True)]
    return {
        "median": median(ratios),
        "least": min(ratios),
        "greatest": max(ratios),
        "cpu": median(cpu),
    }


def seconds(times: Times) -> dict[str, dict[str, float]]:
    """Return each arm's median, least and greatest wall time, and its median CPU time."""
    return {
        name: {
            "median": median(one.wall for one in clocked),
            "least": min(one.wall for one in clocked),
            "greatest": max(one.wall for one in clocked),
            "cpu": median(one.cpu for one in clocked),
        }
        for name, clocked in times.items()
    }
