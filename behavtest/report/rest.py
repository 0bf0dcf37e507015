"""The behaviors that hold, put together where there are too many to read one by one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.report.chart import Scale
    from behavtest.report.section import Section

MOST_ROWS = 30
"""Behaviors in a table that is still read at a glance, whatever their verdicts."""

BAR = 4
"""Width of a bar, in chart units."""

_TALLEST = 26
_LEAST = 3


class Bar(NamedTuple):
    """How many of the estimates lie about one place.

    Args:
        x: Left end, in chart coordinates.
        height: Its height; the tallest is 26, and none is too small to see.
    """

    x: float
    height: float


class Crowd(NamedTuple):
    """The estimates of many behaviors.

    Args:
        text: Where they lie, in words; empty if none is about a change.
        bars: The same drawn, on the scale of all changes.
    """

    text: str
    bars: tuple[Bar, ...]


class Rest(NamedTuple):
    """The behaviors that hold, behind one row.

    Args:
        sections: The behaviors.
        title: How many there are.
        text: Where their estimates lie, in words; empty if none is about a change.
        bars: The same drawn, on the scale of all changes.
    """

    sections: tuple[Section, ...]
    title: str
    text: str
    bars: tuple[Bar, ...]


def rest(
    behaviors: Sequence[BehaviorResult], sections: Sequence[Section], *, scale: Scale
) -> Rest | None:
    """Put the behaviors that hold together, if there are too many rows to read.

    Args:
        behaviors: All behaviors.
        sections: The same, prepared, in the same order.
        scale: The scale of all changes.

    Returns:
        Those that hold; None if every behavior can have its own row, or none holds.
    """
    holding = [b.verdict == "holds" for b in behaviors]
    if len(behaviors) <= MOST_ROWS or not any(holding):
        return None
    number = sum(holding)
    title = f"{fmt.plural(number, 'behavior')} {'holds' if number == 1 else 'hold'}"
    held = tuple(s for s, holds in zip(sections, holding, strict=True) if holds)
    together = crowd([b for b, h in zip(behaviors, holding, strict=True) if h], scale=scale)
    return Rest(held, title, *together)


def crowd(behaviors: Iterable[BehaviorResult], *, scale: Scale) -> Crowd:
    """Draw the estimates of many behaviors together.

    Args:
        behaviors: Those about one model's mean are left aside.
        scale: The scale of all changes.
    """
    changes = [b.estimate for b in behaviors if not is_absolute(b) and b.estimate is not None]
    ends = (fmt.change(min(changes)), fmt.change(max(changes))) if changes else None
    return Crowd("estimates from {} to {}".format(*ends) if ends else "", _bars(changes, scale))


def _bars(changes: Sequence[float], scale: Scale) -> tuple[Bar, ...]:
    places = Counter(round(scale.at(change) / BAR) for change in changes)
    most = max(places.values(), default=1)
    return tuple(
        Bar(place * BAR - BAR / 2, round(max(_LEAST, _TALLEST * number / most), 1))
        for place, number in sorted(places.items())
    )
