"""A calibration as lines of text, for a terminal or a log: at most 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.calibration import words
from behavtest.report.hostile import plain
from behavtest.report.words import procedure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.experiment.calibration.result import CalibratedBehavior, Calibration

_WIDTH = 80
_MOST_NAME = 31
_COLUMNS = "{:<{width}}  {:>8}  {:>6}  {:>5}  {:>11}  {:>7}"


def calibration_lines(found: Calibration) -> Iterator[str]:
    """Tabulate the behaviors, and say what was measured and what was not.

    Args:
        found: The calibration.
    """
    for line in (*_table(found.behaviors), "", *_sentences(found)):
        yield line.replace(fmt.NBSP, " ").rstrip()


def _table(behaviors: tuple[CalibratedBehavior, ...]) -> Iterator[str]:
    names = [" ".join(plain(words.name(behavior)).split()) for behavior in behaviors]
    width = min(_MOST_NAME, max(len("behavior"), *map(len, names)))
    over = _COLUMNS.format("", "", "", "", "", "", width=width)
    yield over[: len(over) - 20] + f"{'detectable change':>20}"
    yield _COLUMNS.format(
        "behavior", "alarms", "holds", "pairs", "independent", "coupled", width=width
    )
    for name, behavior in zip(names, behaviors, strict=True):
        yield _row(name if len(name) <= width else f"…{name[1 - width :]}", behavior, width)


def _row(shown: str, behavior: CalibratedBehavior, width: int) -> str:
    if behavior.error is not None or behavior.power is None:
        return f"{shown:<{width}}  {'error' if behavior.error else fmt.NONE:>8}"
    runs = behavior.false_alarms + behavior.holds + behavior.inconclusive
    return _COLUMNS.format(
        shown,
        f"{behavior.false_alarms} of {runs}",
        fmt.share(behavior.holds, runs),
        f"{behavior.median_pairs:.0f}",
        words.detectable(behavior.power.independent),
        words.detectable(behavior.power.coupled),
        width=width,
    )


def _sentences(found: Calibration) -> Iterator[str]:
    for behavior in found.behaviors:
        if behavior.error is not None:
            first = behavior.error.partition("\n")[0]
            yield from _wrapped(f"error: {words.name(behavior)}: {first}")
        if words.impossible(behavior):
            yield from _wrapped(f"{words.name(behavior)}: {words.impossible(behavior)}")
    yield from _wrapped(words.left_out(found))
    yield from _wrapped(words.detectable_means(found))
    yield ""
    yield from _wrapped(words.headline(found))
    yield from _wrapped(words.what_runs_show(found))
    yield from _wrapped(words.simulated(found))
    yield from _wrapped(
        f"{found.generated:,} completions generated and {found.reused:,} reused, "
        f"{fmt.duration(found.seconds)}; {procedure(found.procedure)}"
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(plain(text).replace(fmt.NBSP, " "), _WIDTH)
