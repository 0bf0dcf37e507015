"""How well the pairs of contrasts match, as lines of text and as data."""

from __future__ import annotations

import shlex
import textwrap
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.hostile import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.suite.matching import Matching, MeasureBalance, PairFinding, TextPair

_WIDTH = 78
_MOST_PAIRS = 5
_MOST_TEXT = 300
_FEW = 9
"""With fewer pairs no two-sided sign test has a p-value of 0.05 / 7 or less."""


def matching_lines(found: Matching) -> Iterator[str]:
    """Show what was found of one contrast.

    Args:
        found: Its pairs compared.
    """
    for line in _lines(found):
        yield line.replace(fmt.NBSP, " ")


def matching_document(every: Sequence[Matching]) -> list[dict[str, object]]:
    """Return all that was found, for programs."""
    return [
        {
            **found._asdict(),
            "clean": found.clean,
            "balances": [
                {
                    "measure": one.measure,
                    "unit": one.unit,
                    "systematic": one.systematic,
                    **one.balance._asdict(),
                }
                for one in found.balances
            ],
            "distances": dict(found.distances),
            "findings": [{**one._asdict(), "pair": one.pair._asdict()} for one in found.findings],
            "identical": [pair._asdict() for pair in found.identical],
        }
        for found in every
    ]


def _lines(found: Matching) -> Iterator[str]:
    compared = fmt.plural(found.pairs, "pair")
    if found.pairs < found.population:
        compared = f"{compared} drawn of {fmt.count(found.population)}"
    yield f"{one_line(found.name)}: {compared}, {'they match' if found.clean else 'not matched'}"
    if found.remark:
        yield from _wrapped(found.remark)
    yield f"  {'':<16}{'targets':>9}{'baselines':>11}{'difference':>12}{'in SDs':>9}"
    for one in found.balances:
        yield _row(one)
    for name, median in found.distances:
        yield f"  {name:<16}median distance of target and baseline {median:.2f}"
    for one in found.systematic:
        yield from _wrapped(_confound(one))
    if found.systematic:
        yield from _wrapped(
            "A score may answer to that, and not to what the contrast is about. (If it is what the "
            f"contrast is about: --ignore {shlex.quote(found.systematic[0].measure)})"
        )
    yield from _pair_lines(found)
    if found.pairs < _FEW:
        yield from _wrapped(
            f"{compared} are too few to tell a systematic difference from chance; read the means."
        )


def _row(one: MeasureBalance) -> str:
    target, baseline = one.balance.mean_target, one.balance.mean_baseline
    mark = "  systematic" if one.systematic else ""
    return (
        f"  {one.measure:<16}{target:>9.2f}{baseline:>11.2f}{_signed(target - baseline):>12}"
        f"{_signed(one.balance.standardized):>9}{mark}"
    )


def _signed(value: float) -> str:
    """Format with two decimals, so that a column lines up."""
    rounded = round(value, 2)
    return f"{rounded:+.2f}".replace("-", fmt.MINUS) if rounded else "0.00"


def _confound(one: MeasureBalance) -> str:
    balance = one.balance
    more, most, least = "target", balance.higher, balance.lower
    if balance.standardized < 0:
        more, most, least = "baseline", balance.lower, balance.higher
    return (
        f"Systematic: {one.measure}. The {more} has more in {fmt.plural(most, 'pair')} and less in "
        f"{least} (sign test p {fmt.p_value(balance.p_value)})."
    )


def _pair_lines(found: Matching) -> Iterator[str]:
    for pair in found.identical[:_MOST_PAIRS]:
        yield f"  {pair.place}: target and baseline are the same text, and can show nothing"
        yield from _text("both", pair.target)
    by_pair: dict[TextPair, list[PairFinding]] = {}
    for one in found.findings:
        by_pair.setdefault(one.pair, []).append(one)
    shown = sorted(by_pair.items(), key=lambda item: -len(item[1]))[:_MOST_PAIRS]
    for pair, findings in shown:
        yield f"  {one_line(pair.place)}"
        for one in findings:
            yield from _wrapped(_finding(one), indent=4)
        yield from _text("target", pair.target)
        yield from _text("baseline", pair.baseline)
    hidden = len(by_pair) - len(shown) + max(0, len(found.identical) - _MOST_PAIRS)
    if hidden:
        yield f"  ... and {fmt.plural(hidden, 'more pair')}; --json FILE has all"


def _finding(one: PairFinding) -> str:
    if one.outlier == "pair":
        return (
            f"{one.measure}: distance {one.target:.2f} where the median is {one.baseline:.2f}: "
            f"{one.meaning}"
        )
    return (
        f"{one.measure}: target {one.target:.3g}, baseline {one.baseline:.3g}; the {one.outlier} "
        "is unlike the others"
    )


def _text(label: str, text: str) -> Iterator[str]:
    cut = text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
    for number, line in enumerate(plain(cut).splitlines() or ["(empty)"]):
        head = f"    {label if number == 0 else '':<10}"
        yield from textwrap.wrap(line, _WIDTH, initial_indent=head, subsequent_indent=" " * 14)


def _wrapped(text: str, *, indent: int = 2) -> Iterator[str]:
    yield from textwrap.wrap(
        plain(text), _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent
    )
