"""One behavior as the report tells it: a row of the table and a section of its own."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.chart import Row, Scale, row
from behavtest.report.evidence import EvidenceChart, evidence_chart
from behavtest.report.excerpt import Fragment, clipped
from behavtest.report.headline import certainty, movement
from behavtest.report.pairs import Pairs, pairs
from behavtest.report.zone import is_absolute
from behavtest.stats import Procedure

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.experiment.result import RunResult
    from behavtest.report.trend import Trend


_ALPHA = 0.05
"""What the command line means if it names no alpha."""


class Fact(NamedTuple):
    """A labeled line.

    Args:
        label: What it is.
        text: What it says.
        code: Whether it is to be copied, not read.
    """

    label: str
    text: str
    code: bool = False


class Section(NamedTuple):
    """One behavior, ready to be laid out.

    Args:
        anchor: Its id in the page.
        verdict: The verdict.
        title: The behavior's id.
        suite: The suite's name.
        tags: The behavior's tags.
        description: One sentence, possibly empty.
        statement: The expectation in words.
        estimate: The estimate.
        estimate_label: What it is an estimate of; empty if it is one of the means.
        interval: Its interval, or that it is exact.
        evidence: The telling e-value.
        evidence_note: What it is evidence for.
        pairs: Observations used.
        population: Of how many cases.
        changed: Share of the pairs whose texts, or exact scores, differ.
        row: The marks in the forest plot.
        chart_text: The same in words.
        means: Model A's mean and model B's, each labeled with what it is a mean of.
        facts: Everything else worth knowing.
        error: What failed, else empty.
        forecast: What a decision would likely take, else empty.
        path: The evidence along the way.
        examples: The pairs side by side.
        trend: What became of it from run to run; None without earlier runs.
    """

    anchor: str
    verdict: VerdictName
    title: str
    suite: str
    tags: tuple[str, ...]
    description: str
    statement: str
    estimate: str
    estimate_label: str
    interval: str
    evidence: str
    evidence_note: str
    pairs: str
    population: str
    changed: str
    row: Row
    chart_text: str
    means: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    error: tuple[Fragment, ...]
    forecast: str
    path: EvidenceChart | None
    examples: Pairs
    trend: Trend | None = None


def section(
    behavior: BehaviorResult, run: RunResult, *, anchor: str, scale: Scale, budget: int
) -> Section:
    """Prepare one behavior.

    Args:
        behavior: The behavior.
        run: The run it belongs to.
        anchor: Its id in the page.
        scale: The scale of all changes.
        budget: Bytes of pairs to show.

    Returns:
        Everything the templates print about it.
    """
    absolute = is_absolute(behavior)
    evidence, note = _evidence(behavior, run)
    sure = certainty(behavior)
    return Section(
        anchor=anchor,
        verdict=behavior.verdict,
        title=behavior.behavior,
        suite=behavior.suite,
        tags=behavior.tags,
        description=behavior.description,
        statement=behavior.statement,
        estimate=(fmt.score if absolute else fmt.change)(behavior.estimate),
        estimate_label="" if absolute else f"change B {fmt.MINUS} A",
        interval=_interval(behavior),
        evidence=evidence,
        evidence_note=note,
        pairs=fmt.count(behavior.pairs),
        population=fmt.count(behavior.population),
        changed=fmt.NONE
        if behavior.changed is None
        else fmt.share(behavior.changed, behavior.pairs),
        row=row(behavior, scale=scale),
        chart_text=movement(behavior) + (f", {sure}" if sure else ""),
        means=_means(behavior, run),
        facts=_facts(behavior, run),
        error=clipped(behavior.error or "(no message)") if behavior.verdict == "error" else (),
        forecast=_forecast(behavior),
        path=evidence_chart(behavior, alpha=run.alpha),
        examples=pairs(behavior, budget=budget),
    )


def _interval(behavior: BehaviorResult) -> str:
    if behavior.exact:
        return "exact"
    if behavior.interval is None:
        return ""
    ends = behavior.interval
    return fmt.span(ends.lower, ends.upper, signed=not is_absolute(behavior))


def _evidence(behavior: BehaviorResult, run: RunResult) -> tuple[str, str]:
    """Choose the e-value or p-value that tells most, and say what it speaks for."""
    if behavior.verdict == "error" or not behavior.pairs:
        return fmt.NONE, ""
    if behavior.exact:
        return "exact", "every prompt seen"
    on_p = words.decides_on_p(run)
    violated = f"p {fmt.p_value(behavior.p_violated)}" if on_p else fmt.e_value(behavior.e_violated)
    if behavior.verdict == "violated":
        return violated, "violated"
    if behavior.verdict == "holds":
        return fmt.e_value(behavior.e_holds), "holds"
    if behavior.e_holds >= behavior.e_violated:
        return fmt.e_value(behavior.e_holds), f"holds, {fmt.e_value(1.0 / run.alpha)} needed"
    needed = behavior.enough or 1.0 / run.alpha
    bar = fmt.p_value(1 / needed) if on_p else fmt.e_value(needed)
    return violated, f"violated, {bar} needed alone"


def _means(behavior: BehaviorResult, run: RunResult) -> tuple[Fact, ...]:
    means = (("A", behavior.mean_a), ("B", behavior.mean_b))
    shown = means if run.model_b is not None else means[:1]
    what = words.quantity(behavior.relation)
    of_what = "mean" if what == "score" else f"mean {what},"
    return tuple(Fact(f"{of_what} {name}", fmt.score(mean)) for name, mean in shown)


def _facts(behavior: BehaviorResult, run: RunResult) -> tuple[Fact, ...]:
    observed = f"{fmt.count(behavior.pairs)} from a set of {fmt.count(behavior.population)}"
    facts = [
        Fact("Sampling", behavior.sampling),
        Fact("Scorer", words.scored(behavior)),
        Fact("Observations" if run.model_b is None else "Pairs", observed),
    ]
    if behavior.remark:
        facts.append(Fact("Cases", behavior.remark))
    if behavior.changed is not None and behavior.pairs:
        share = fmt.share(behavior.changed, behavior.pairs)
        facts.append(Fact("Pairs that differ", f"{fmt.count(behavior.changed)} ({share})"))
    if behavior.pairs and not behavior.exact:
        sides = (
            f"holds {fmt.e_value(behavior.e_holds)}, violated {fmt.e_value(behavior.e_violated)}"
        )
        facts.append(Fact("E-values", sides))
    if behavior.enough and not behavior.exact:
        facts.append(Fact("Violated alone at", words.bar(behavior, run)))
    if behavior.weighted:
        facts.append(Fact("Prompts", words.ACTIVE))
    if behavior.prior_weight != 1:
        facts.append(Fact("Prior weight", f"{behavior.prior_weight:g}"))
    if behavior.ledger is not None:
        facts.append(Fact("Ledger", words.ledger(behavior.ledger)))
    facts.append(Fact("Stopped because", words.stop(behavior.stop)))
    if behavior.tags:
        facts.append(Fact("Tags", ", ".join(behavior.tags)))
    if behavior.suite_version:
        facts.append(Fact("Suite version", behavior.suite_version))
    facts.append(Fact("Written in", f"{behavior.file}:{behavior.line}", code=True))
    facts.append(Fact("Run it alone", _command(behavior, run), code=True))
    return tuple(facts)


def _command(behavior: BehaviorResult, run: RunResult) -> str:
    words_of_it = ["pytest", f"--model-a={run.model_a.name}"]
    if run.model_b is not None:
        words_of_it.append(f"--model-b={run.model_b.name}")
    words_of_it.append(f"--behavtest-seed={run.seed}")
    if run.alpha != _ALPHA:
        words_of_it.append(f"--behavtest-alpha={run.alpha:g}")
    if run.procedure != Procedure.CLOSED_E_BH:
        words_of_it.append(f"--behavtest-fdr={run.procedure}")
    if behavior.weighted:
        words_of_it.append("--behavtest-active")
    # no node id: it is seen from pytest's rootdir, where the models' paths need not lead anywhere
    words_of_it.append("::".join([behavior.file, *behavior.name.split("::")[1:]]))
    return shlex.join(words_of_it)


def _forecast(behavior: BehaviorResult) -> str:
    if behavior.verdict != "inconclusive":
        return ""
    if behavior.forecast is None:
        return "How many more pairs a decision would take cannot be foreseen."
    return f"A decision would likely take about {fmt.plural(behavior.forecast, 'more pair')}."
