"""A behavior in lines of text: the verdict, how sure it is, and pairs to read."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.headline import certainty, movement
from behavtest.report.hostile import plain
from behavtest.report.pair_lines import pair_lines
from behavtest.report.words import decides_on_p, decides_over_releases, quantity, scored, stop

if TYPE_CHECKING:
    from behavtest.experiment import BehaviorResult, RunResult

PAIRS = 3
"""Pairs that a failing test shows."""

_WIDTH = 78


def behavior_text(found: BehaviorResult, run: RunResult, *, most_pairs: int = PAIRS) -> str:
    """Explain a verdict: what a test that fails prints, and what is shown of a stored run.

    Args:
        found: The behavior; not one that could not be measured.
        run: The run it belongs to.
        most_pairs: How many of its pairs are shown.

    Returns:
        Lines of at most about 80 columns, free of terminal escapes.
    """
    lines = [
        *_first_lines(found),
        "",
        *_lines("expected", found.statement),
        *_lines("measured", _measured(found)),
        f"  evidence   {_evidence(found, run)}",
        *_lines("stopped", f"after {fmt.plural(found.pairs, 'pair')}: {stop(found.stop)}"),
        *_lines("scorer", scored(found)),
        *(_lines("cases", found.remark) if found.remark else []),
    ]
    if found.verdict == "inconclusive":
        lines += _lines("way out", _way_out(found))
    for number, example in enumerate(found.examples[:most_pairs], start=1):
        lines += ["", *pair_lines(example, number, found)]
    return "\n".join(lines).replace(fmt.NBSP, " ")  # a log is searched for "48 pairs"


def _first_lines(found: BehaviorResult) -> list[str]:
    """Say the verdict in one line, or how sure it is in a second: pytest repeats the first."""
    said = f"{found.verdict}: {movement(found)}"
    sure = f"({certainty(found)})" if certainty(found) else ""
    whole = f"{said} {sure}".rstrip()
    return [whole] if len(whole) <= _WIDTH else [said, sure]


def _lines(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        plain(text),
        _WIDTH,
        initial_indent=f"  {label:<11}",
        subsequent_indent=" " * 13,
        break_on_hyphens=False,
    )


def _measured(found: BehaviorResult) -> str:
    means = [
        f"{name} {fmt.score(mean)}"
        for name, mean in (("A", found.mean_a), ("B", found.mean_b))
        if mean is not None
    ]
    changed = ""
    if found.changed is not None:
        changed = f"; {found.changed} of {fmt.plural(found.pairs, 'pair')} changed"
    return f"mean {quantity(found.relation)} " + ", ".join(means) + changed


def _evidence(found: BehaviorResult, run: RunResult) -> str:
    if found.exact:
        return "exact: every prompt was seen, nothing is left to chance"
    strength = fmt.e_value(found.e_violated)
    name, enough = "e-value", fmt.e_value(found.enough or 1 / run.alpha)  # 0: not recorded then
    if decides_on_p(run):
        name, strength = "p-value", fmt.p_value(found.p_violated)
        enough = fmt.p_value(1 / (found.enough or 1 / run.alpha))
    test = "its stream" if found.ledger is None else f"test {found.ledger.test} of its stream"
    what = f"what {test} takes" if decides_over_releases(run) else "enough alone"
    lines = [
        f"{name} {strength} for violated; {enough} is {what}",
        f"e-value {fmt.e_value(found.e_holds)} for holds; {1 / run.alpha:g} is enough",
    ]
    if found.verdict == "violated" and not decides_over_releases(run):
        alone = max(found.e_violated, 1 / found.p_violated if name == "p-value" else 0.0)
        if alone < found.enough:
            lines.insert(1, "(less is enough beside the run's other violations)")
    return f"\n{'':<13}".join(lines)


def _way_out(found: BehaviorResult) -> str:
    if found.estimate is None:
        return "no pair was drawn within the budget; raise --behavtest-budget"
    if found.forecast is None:
        return "the estimate is too near the boundary to say how many more pairs would decide"
    option = "max-pairs" if found.stop == "max_pairs" else "budget"
    return (
        f"about {fmt.plural(found.forecast, 'more pair')} would likely decide "
        f"(--behavtest-{option})"
    )
