"""A calibration's page, put in order and in words; the template only lays it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from behavtest.experiment.calibration.result import CONFIDENCE
from behavtest.report import format as fmt
from behavtest.report.calibration import words
from behavtest.report.calibration.chart import (
    Mark,
    PowerPanel,
    RangeRow,
    RateChart,
    power_panel,
    range_axis,
    range_row,
    range_ticks,
    rate_chart,
)
from behavtest.report.section import Fact
from behavtest.report.words import procedure

if TYPE_CHECKING:
    from behavtest.experiment.calibration.result import CalibratedBehavior, Calibration
    from behavtest.report.calibration.chart import Axis


class BehaviorRow(NamedTuple):
    """One behavior: a row of the table and a panel of the curves.

    Args:
        name: Suite and behavior.
        statement: The expectation in words.
        alarms: False alarms of all runs.
        alarmed: Whether there was any.
        holds: Share of the runs in which it held.
        inconclusive: Share of the runs that decided nothing.
        pairs: Median pairs of a run.
        mean: Model A's mean score.
        independent: The detectable change with independent noise.
        coupled: The same with shared noise.
        marks: Both on the scale of all behaviors; None without power.
        panel: The power curves; None without power, or if there is nothing to notice.
        text: The curves in words.
        note: Why nothing was measured, or why nothing can be noticed; else empty.
    """

    name: str
    statement: str
    alarms: str
    alarmed: bool
    holds: str
    inconclusive: str
    pairs: str
    mean: str
    independent: str
    coupled: str
    marks: RangeRow | None
    panel: PowerPanel | None
    text: str
    note: str


class CalibrationPage(NamedTuple):
    """Everything the page says, in order.

    Args:
        tone: The color of the headline.
        title: What was measured.
        sentences: How sure it is, what is promised, and what that does not show.
        started: When it began, for people.
        started_iso: The same for programs.
        model: Model A, as the user gave it.
        description: What it is.
        glance: The calibration in a few facts.
        rates: The false-alarm rates.
        rates_note: How to read them.
        axis: The scale of the detectable changes; empty if there are none.
        rows: The behaviors.
        meaning: What a detectable change is.
        left_out: What was left out, name and reason.
        left_out_note: The same in a sentence.
        provenance: Everything needed to repeat it.
        versions: Libraries.
    """

    tone: Literal["violated", "calibration"]
    title: str
    sentences: tuple[str, ...]
    started: str
    started_iso: str
    model: str
    description: str
    glance: tuple[Fact, ...]
    rates: RateChart
    rates_note: str
    axis: tuple[Mark, ...]
    rows: tuple[BehaviorRow, ...]
    meaning: str
    left_out: tuple[tuple[str, str], ...]
    left_out_note: str
    provenance: tuple[Fact, ...]
    versions: tuple[Fact, ...]


def calibration_page(found: Calibration) -> CalibrationPage:
    """Prepare the page of a calibration.

    Args:
        found: The calibration.
    """
    powers = [behavior.power for behavior in found.behaviors if behavior.power is not None]
    axis = range_axis(powers) if powers else None
    return CalibrationPage(
        tone=words.tone(found),
        title=words.title(found),
        sentences=_sentences(found),
        started=fmt.moment(found.started),
        started_iso=found.started,
        model=found.model,
        description=found.description,
        glance=_glance(found),
        rates=_rates(found),
        rates_note=(
            f"Bars reach to the ends of exact intervals, each wrong with probability at most "
            f"{fmt.percent(1 - CONFIDENCE)}. A model that has not changed is well inside every "
            "tolerance above 0, so fewer alarms than alpha allows are to be expected. "
            f"{words.at_boundary(found)}"
        ),
        axis=() if axis is None else range_ticks(axis),
        rows=tuple(_row(behavior, axis) for behavior in found.behaviors),
        meaning=words.detectable_means(found),
        left_out=tuple((one.name, words.why_left_out(one)) for one in found.left_out),
        left_out_note=words.left_out(found),
        provenance=_provenance(found),
        versions=tuple(Fact(name, found.versions[name]) for name in sorted(found.versions)),
    )


def _sentences(found: Calibration) -> tuple[str, ...]:
    bound = words.at_most(found.runs)
    sentences = (
        f"{bound[:1].upper()}{bound[1:]}; {words.allowed(found)}.",
        words.what_runs_show(found),
        words.simulated(found),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _row(behavior: CalibratedBehavior, axis: Axis | None) -> BehaviorRow:
    runs = behavior.false_alarms + behavior.holds + behavior.inconclusive
    power, impossible = behavior.power, words.impossible(behavior)
    return BehaviorRow(
        name=words.name(behavior),
        statement=behavior.statement,
        alarms=f"{behavior.false_alarms} of {runs}",
        alarmed=behavior.false_alarms > 0,
        holds=fmt.share(behavior.holds, runs),
        inconclusive=fmt.share(behavior.inconclusive, runs),
        pairs=fmt.count(round(behavior.median_pairs)),
        mean=fmt.score(behavior.mean),
        independent=fmt.NONE if power is None else words.detectable(power.independent),
        coupled=fmt.NONE if power is None else words.detectable(power.coupled),
        marks=None if power is None or axis is None else range_row(power, axis),
        panel=None if power is None or impossible else power_panel(power),
        text="" if power is None else words.curves(power),
        note=behavior.error or impossible,
    )


def _rates(found: Calibration) -> RateChart:
    rates = [("measured", words.rate(found.runs), found.runs)]
    if found.simulated is not None:
        rates.append(("simulated", words.rate(found.simulated), found.simulated))
    return rate_chart(rates, alpha=found.alpha)


def _glance(found: Calibration) -> tuple[Fact, ...]:
    return (
        Fact("Runs", fmt.count(found.runs.total)),
        Fact("Behaviors", fmt.count(len(found.behaviors))),
        Fact(f"Error rate {fmt.ALPHA}", fmt.percent(found.alpha)),
        Fact("Most pairs of a behavior", fmt.count(found.max_pairs)),
        Fact("Took", fmt.duration(found.seconds)),
    )


def _provenance(found: Calibration) -> tuple[Fact, ...]:
    work = f"{fmt.count(found.generated)} generated, {fmt.count(found.reused)} reused"
    total = "none" if found.total_pairs is None else fmt.count(found.total_pairs)
    return (
        Fact("Fingerprint", found.fingerprint, code=True),
        Fact("Seed of the first run", str(found.seed), code=True),
        Fact("Pairs", "independent: the model drew its own random numbers on each side"),
        Fact("Procedure", f"{procedure(found.procedure)} at {fmt.ALPHA} = {found.alpha:g}"),
        Fact("Limit on all pairs of a run", total),
        Fact("Completions", work),
        Fact("Store", found.store, code=True),
    )
