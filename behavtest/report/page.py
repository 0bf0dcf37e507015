"""The whole report, put in order and in words; the templates only lay it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.anchors import anchors
from behavtest.report.audit import Audit, audit
from behavtest.report.budget import budgets
from behavtest.report.chart import Tick, shared_scale, ticks
from behavtest.report.extras import Extra, extras
from behavtest.report.headline import Headline, headline, ranked
from behavtest.report.past import past, present
from behavtest.report.provenance import Model, libraries, models, provenance
from behavtest.report.rest import Rest, rest
from behavtest.report.section import Fact, Section, section
from behavtest.report.trend import trend
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.experiment.result import RunResult
    from behavtest.report.chart import Scale


class Count(NamedTuple):
    """How many behaviors have a verdict.

    Args:
        verdict: The verdict.
        number: How many.
        anchor: The first of them in the page; empty if there is none.
    """

    verdict: VerdictName
    number: int
    anchor: str


class Page(NamedTuple):
    """Everything the report says, in order.

    Args:
        headline: The decision.
        reasons: Its reasons: anchor, behavior and sentence.
        counts: Behaviors by verdict.
        models: One or two.
        started: When the run began, for people.
        started_iso: The same for programs.
        glance: The run in a few facts.
        level: Coverage of the intervals; empty if there is none.
        axis: The axis of all changes; empty if no behavior is about a change.
        suites: Names of the suites, to filter by.
        tags: All tags, to filter by.
        sections: The behaviors, the most important first.
        rest: Those that hold, if there are too many to have a row each at once.
        audit: What became of completions generated again; None if none were.
        extras: Sections that plugins have added.
        provenance: Everything needed to repeat the run.
        versions: Libraries.
    """

    headline: Headline
    reasons: tuple[tuple[str, str, str], ...]
    counts: tuple[Count, ...]
    models: tuple[Model, ...]
    started: str
    started_iso: str
    glance: tuple[Fact, ...]
    level: str
    axis: tuple[Tick, ...]
    suites: tuple[str, ...]
    tags: tuple[str, ...]
    sections: tuple[Section, ...]
    rest: Rest | None
    audit: Audit | None
    extras: tuple[Extra, ...]
    provenance: tuple[Fact, ...]
    versions: tuple[Fact, ...]


def page(run: RunResult) -> Page:
    """Prepare the report of a run.

    Args:
        run: The run.

    Returns:
        The report's content.
    """
    order = ranked(run.behaviors)
    places = anchors(order)
    scale = shared_scale(order)
    earlier = past([run], [behavior.name for behavior in order])
    sections = tuple(
        section(behavior, run, anchor=anchor, scale=scale, budget=budget)._replace(
            trend=trend(behavior, before, present(run, behavior))
        )
        for behavior, anchor, budget, before in zip(
            order, places, budgets(b.verdict for b in order), earlier, strict=True
        )
    )
    decision = headline(run)
    # The reasons are the first behaviors of the same order.
    reasons = tuple(
        (anchor, reason.behavior.behavior, reason.sentence)
        for anchor, reason in zip(places, decision.reasons, strict=False)
    )
    return Page(
        headline=decision,
        reasons=reasons,
        counts=counts(sections),
        models=models(run),
        started=fmt.moment(run.started),
        started_iso=run.started,
        glance=_glance(run),
        level=interval_level(order),
        axis=axis(order, scale=scale),
        suites=tuple(sorted({b.suite for b in order})),
        tags=tuple(sorted({tag for b in order for tag in b.tags})),
        sections=sections,
        rest=rest(order, sections, scale=scale),
        audit=audit(run),
        extras=extras(run),
        provenance=provenance(run),
        versions=libraries(run),
    )


def counts(sections: Iterable[Section]) -> tuple[Count, ...]:
    """Count the sections of each verdict."""
    found: dict[VerdictName, list[str]] = {verdict: [] for verdict in words.VERDICTS}
    for each in sections:
        found[each.verdict].append(each.anchor)
    return tuple(
        Count(verdict, len(places), places[0] if places else "")
        for verdict, places in found.items()
    )


def interval_level(behaviors: Sequence[BehaviorResult]) -> str:
    """Say the coverage of the intervals; empty if there is none."""
    return next((fmt.percent(b.interval.level) for b in behaviors if b.interval), "")


def axis(behaviors: Sequence[BehaviorResult], *, scale: Scale) -> tuple[Tick, ...]:
    """Return the axis of all changes; empty if no behavior is about a change."""
    return () if all(is_absolute(b) for b in behaviors) else ticks(scale)


def _glance(run: RunResult) -> tuple[Fact, ...]:
    observed = sum(behavior.pairs for behavior in run.behaviors)
    noun = "Observations" if run.model_b is None else "Pairs"
    return (
        Fact(noun, f"{fmt.count(observed)}, {run.pairing}" if run.model_b else fmt.count(observed)),
        Fact(f"Error rate {fmt.ALPHA}", fmt.percent(run.alpha)),
        Fact("Took", fmt.duration(run.seconds)),
    )
