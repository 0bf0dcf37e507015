"""The whole report, put in order and in words; the templates only lay it out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.audit import Audit, audit
from behavtest.report.budget import budgets
from behavtest.report.chart import Tick, shared_scale, ticks
from behavtest.report.extras import Extra, extras
from behavtest.report.headline import Headline, headline, ranked
from behavtest.report.rest import Rest, rest
from behavtest.report.section import Fact, Section, section
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.result import BehaviorResult, ModelRecord, RunResult, VerdictName

_SLUG_LENGTH = 60


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


class Model(NamedTuple):
    """One model of the comparison.

    Args:
        letter: ``A`` or ``B``.
        name: As the user gave it.
        description: What it is.
        fingerprint: The beginning of its digest.
        digest: All of it.
        work: What was generated with it and what was reused.
    """

    letter: str
    name: str
    description: str
    fingerprint: str
    digest: str
    work: str


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
    anchors = _anchors(order)
    scale = shared_scale(order)
    sections = tuple(
        section(behavior, run, anchor=anchor, scale=scale, budget=budget)
        for behavior, anchor, budget in zip(
            order, anchors, budgets(b.verdict for b in order), strict=True
        )
    )
    decision = headline(run)
    # The reasons are the first behaviors of the same order.
    reasons = tuple(
        (anchor, reason.behavior.behavior, reason.sentence)
        for anchor, reason in zip(anchors, decision.reasons, strict=False)
    )
    return Page(
        headline=decision,
        reasons=reasons,
        counts=_counts(sections),
        models=_models(run),
        started=fmt.moment(run.started),
        started_iso=run.started,
        glance=_glance(run),
        level=next((fmt.percent(b.interval.level) for b in order if b.interval), ""),
        axis=() if all(is_absolute(b) for b in order) else ticks(scale),
        suites=tuple(sorted({b.suite for b in order})),
        tags=tuple(sorted({tag for b in order for tag in b.tags})),
        sections=sections,
        rest=rest(order, sections, scale=scale),
        audit=audit(run),
        extras=extras(run),
        provenance=_provenance(run),
        versions=tuple(Fact(name, run.versions[name]) for name in sorted(run.versions)),
    )


def _anchors(behaviors: Iterable[BehaviorResult]) -> list[str]:
    """Name each behavior's place in the page after the behavior, so that links last.

    Behaviors of one name have the digest of their node ids added: what a link leads to must not
    depend on which of them comes first.
    """
    order = list(behaviors)
    slugs = [_slug(behavior) for behavior in order]
    times = Counter(slugs)
    # Two underscores cannot occur in a slug, so that what is added is never part of another.
    return [
        slug if times[slug] == 1 else f"{slug}__{_digest(behavior.name)}"
        for slug, behavior in zip(slugs, order, strict=True)
    ]


def _slug(behavior: BehaviorResult) -> str:
    words_only = re.sub(r"[^a-z0-9]+", "-", f"{behavior.suite} {behavior.behavior}".lower())
    return f"b-{words_only.strip('-')[:_SLUG_LENGTH]}"


def _digest(node_id: str) -> str:
    # A node id may hold what UTF-8 cannot, a lone surrogate say; "n" keeps it from being a pair.
    return f"n{hashlib.sha256(node_id.encode(errors='backslashreplace')).hexdigest()[:8]}"


def _counts(sections: tuple[Section, ...]) -> tuple[Count, ...]:
    counts = []
    for verdict in words.VERDICTS:
        anchors = [section.anchor for section in sections if section.verdict == verdict]
        counts.append(Count(verdict, len(anchors), anchors[0] if anchors else ""))
    return tuple(counts)


def _models(run: RunResult) -> tuple[Model, ...]:
    models = [_model("A", run.model_a)]
    if run.model_b is not None:
        models.append(_model("B", run.model_b))
    return tuple(models)


def _model(letter: str, record: ModelRecord) -> Model:
    decoded = fmt.plural(record.generated_tokens, "token")
    tokens = f" ({decoded})" if record.generated_tokens else ""
    if record.replayed_tokens:
        tokens = f" ({decoded} decoded, {words.replayed(record)})"
    texts = words.texts_read(record)
    return Model(
        letter=letter,
        name=record.name,
        description=record.description,
        fingerprint=fmt.fingerprint(record.fingerprint),
        digest=record.fingerprint,
        work=f"{fmt.count(record.generated)} generated{tokens}, {fmt.count(record.reused)} reused"
        + (f"; {texts}" if texts else ""),
    )


def _glance(run: RunResult) -> tuple[Fact, ...]:
    observed = sum(behavior.pairs for behavior in run.behaviors)
    noun = "Observations" if run.model_b is None else "Pairs"
    return (
        Fact(noun, f"{fmt.count(observed)}, {run.pairing}" if run.model_b else fmt.count(observed)),
        Fact(f"Error rate {fmt.ALPHA}", fmt.percent(run.alpha)),
        Fact("Took", fmt.duration(run.seconds)),
    )


def _provenance(run: RunResult) -> tuple[Fact, ...]:
    facts = [
        Fact("Run", run.run_id, code=True),
        Fact("Seed", str(run.seed), code=True),
        Fact("Pairs", words.pairing(run)),
        Fact("Procedure", f"{words.procedure(run.procedure)} at {fmt.ALPHA} = {run.alpha:g}"),
        Fact("Violated means", words.violated_guarantee(run)),
        Fact("Intervals mean", words.interval_guarantee(run)),
    ]
    if run.redecided:
        facts.insert(0, Fact("These verdicts", words.REDECIDED))
    if run.behaviors:
        facts.append(Fact("All holding means", words.holds_guarantee(run)))
    facts.append(Fact("Store", run.store, code=True))
    return tuple(facts)
