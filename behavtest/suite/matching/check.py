"""Whether a contrast's pairs match on everything but what they are about.

A contrast's score is the target's minus the baseline's: whatever else differs between the two,
and not only by chance, may be what the score answers to. So the finding that counts most is a
difference in one direction over all pairs (a confound); that one pair differs from the others is
a slip of its author.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from behavtest.stats.balance import Balance, balance
from behavtest.suite.matching.measures import Measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from behavtest.suite.matching.measures import PairMeasure, TextMeasure
    from behavtest.suite.matching.pairs import Pairs, TextPair

STANDARDIZED: Final = 0.25
"""A difference of the sides' means this many standard deviations large is systematic ..."""
SIGNIFICANCE: Final = 0.05
"""... if the sign test's p-value, times the number of measures (Bonferroni), is at most this ..."""
_NEGLIGIBLE: Final = 0.1
"""... and it is at least this share of what one pair is told of: prompts hardly vary in some."""
_FAR: Final = 6.0
"""A pair is also told of where it is this many (robust) deviations beyond the median distance."""
_NOTABLE: Final = 0.5
"""... and this share of what no pair may reach."""

Outlying = Literal["target", "baseline", "pair"]


class MeasureBalance(NamedTuple):
    """A measure over all pairs.

    Args:
        measure: Its name.
        unit: What it counts, possibly empty.
        balance: Means, difference, and the sign test.
        systematic: Whether one side has more of it, beyond `STANDARDIZED` and chance.
    """

    measure: str
    unit: str
    balance: Balance
    systematic: bool


class PairFinding(NamedTuple):
    """A pair that differs in a measure.

    Args:
        measure: Its name.
        pair: The pair.
        target: The target's number; the pair's distance for a measure of pairs.
        baseline: The baseline's; the median distance of all pairs for a measure of pairs.
        outlier: The side that is farther from the median of all texts; the pair itself for a
            measure of pairs.
        meaning: What it says, for people.
    """

    measure: str
    pair: TextPair
    target: float
    baseline: float
    outlier: Outlying
    meaning: str


class Matching(NamedTuple):
    """How well the pairs of one contrast match.

    Args:
        name: The contrast's.
        pairs: Pairs compared.
        population: Pairs there are.
        balances: Every measure of texts.
        distances: Every measure of pairs, with its median.
        findings: Pairs that differ in a measure that is not systematic, measure by measure.
        identical: Pairs whose two texts are one: they can show nothing.
        remark: What to know of how the cases came about.
    """

    name: str
    pairs: int
    population: int
    balances: tuple[MeasureBalance, ...]
    distances: tuple[tuple[str, float], ...]
    findings: tuple[PairFinding, ...]
    identical: tuple[TextPair, ...]
    remark: str = ""

    @property
    def systematic(self) -> tuple[MeasureBalance, ...]:
        """The measures of which one side has more."""
        return tuple(found for found in self.balances if found.systematic)

    @property
    def clean(self) -> bool:
        """Whether there is nothing to warn of."""
        return not (self.systematic or self.findings or self.identical)


def check_matching(
    name: str,
    pairs: Pairs,
    measures: Measures | None = None,
    *,
    remark: str = "",
) -> Matching:
    """Compare the two sides of a contrast's pairs.

    Args:
        name: The contrast's.
        pairs: Its pairs.
        measures: What they are compared by; the usual ones if left out.
        remark: What to know of how the cases came about.
    """
    measures = Measures() if measures is None else measures
    every = pairs.pairs
    balances: list[MeasureBalance] = []
    findings: list[PairFinding] = []
    medians: list[tuple[str, float]] = []
    for measure in measures.texts:
        targets = [measure.of(pair.target) for pair in every]
        baselines = [measure.of(pair.baseline) for pair in every]
        found = balance(targets, baselines)
        systematic = _is_systematic(measure, found, tests=len(measures.texts))
        balances.append(MeasureBalance(measure.name, measure.unit, found, systematic))
        if not systematic:  # else pair after pair would say once more what all of them say
            findings += _differing(measure, every, targets, baselines)
    for distance in measures.pairs:
        far = list(distance.of([p.target for p in every], [p.baseline for p in every]))
        medians.append((distance.name, statistics.median(far)))
        findings += _distant(distance, every, far)
    return Matching(
        name=name,
        pairs=len(every),
        population=pairs.population,
        balances=tuple(balances),
        distances=tuple(medians),
        findings=tuple(findings),
        identical=tuple(pair for pair in every if pair.target == pair.baseline),
        remark=remark,
    )


def _is_systematic(measure: TextMeasure, found: Balance, *, tests: int) -> bool:
    difference = found.mean_target - found.mean_baseline
    return (
        abs(found.standardized) > STANDARDIZED
        and abs(difference) >= _NEGLIGIBLE * measure.least
        and found.p_value * tests <= SIGNIFICANCE
    )


def _differing(
    measure: TextMeasure,
    pairs: Iterable[TextPair],
    targets: Sequence[float],
    baselines: Sequence[float],
) -> Iterator[PairFinding]:
    usual = statistics.median([*targets, *baselines])
    for pair, target, baseline in zip(pairs, targets, baselines, strict=True):
        if measure.differs(target, baseline):
            outlier: Outlying = (
                "target" if abs(target - usual) >= abs(baseline - usual) else "baseline"
            )
            yield PairFinding(measure.name, pair, target, baseline, outlier, measure.unit)


def _distant(
    measure: PairMeasure, pairs: Sequence[TextPair], distances: Sequence[float]
) -> Iterator[PairFinding]:
    median = statistics.median(distances)
    # 1.4826 makes of the median absolute deviation what a normal law's standard deviation is
    spread = 1.4826 * statistics.median(abs(distance - median) for distance in distances)
    limit = max(median + _FAR * spread, _NOTABLE * measure.most)
    for pair, distance in zip(pairs, distances, strict=True):
        if distance > min(limit, measure.most):
            yield PairFinding(measure.name, pair, distance, median, "pair", measure.meaning)
