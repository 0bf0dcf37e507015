"""What the codes in a result mean, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.zone import is_contrast
from behavtest.stats import Dependence, Procedure
from behavtest.suite import Relation

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import (
        BehaviorResult,
        LedgerNote,
        StopReason,
        VerdictName,
    )
    from behavtest.experiment.result import ModelRecord, RunResult

VERDICTS: dict[VerdictName, str] = {
    "violated": "violated",
    "error": "error",
    "inconclusive": "inconclusive",
    "holds": "holds",
}
"""Every verdict, the most important first."""

ICONS: dict[VerdictName, str] = {
    "violated": "✕",
    "error": "!",
    "inconclusive": "?",
    "holds": "✓",
}
"""A sign for each verdict, so that color is never the only one."""

_STOPS: dict[StopReason, str] = {
    "holds": "the evidence that it holds was strong enough",
    "violated": "the evidence that it is violated was strong enough",
    "max_pairs": "the most pairs allowed per behavior were used",
    "budget": "the run's budget was used up",
    "census": "every prompt of the set was seen",
    "error": "a computation failed",
    "redecided": "the run had stopped, by the rule it was made with",
}

_BREAKS: dict[str, tuple[str, str]] = {
    Relation.INVARIANCE: ("strays", "from the baseline"),
    Relation.NOT_LOWER: ("falls", "below the baseline"),
    Relation.NOT_HIGHER: ("rises", "above the baseline"),
}
"""What a target does that breaks its relation; the size stands in between."""

_PROCEDURES: dict[str, str] = {
    Procedure.CLOSED_E_BH: "closed e-BH",
    Procedure.E_BH: "e-BH",
    Procedure.BH: "Benjamini-Hochberg",
    Procedure.BY: "Benjamini-Yekutieli",
    Procedure.SAFFRON: "SAFFRON",
    Procedure.ADDIS: "ADDIS",
    Procedure.LORD_PLUS_PLUS: "LORD++",
    Procedure.LOND: "LOND",
    Procedure.E_LOND: "e-LOND",
}


def stop(reason: StopReason) -> str:
    """Say why sampling stopped."""
    return _STOPS[reason]


def quantity(relation: str | None) -> str:
    """Name what a behavior's mean is a mean of: the score, or what its relation makes of two."""
    return Relation(relation).quantity if relation in _BREAKS else "score"


def gap(nats: float | None) -> str:
    """Say how far apart the models are on one text; nothing if that is not known."""
    return "" if nats is None else f"log-probability gap {fmt.nats(nats)}"


def breaks(relation: str | None, amount: str) -> str:
    """Say by how much a target breaks its relation; empty if it has none that can break."""
    if relation not in _BREAKS:
        return ""
    verb, where = _BREAKS[relation]
    return f"{verb} {amount} {where}"


def scored(behavior: BehaviorResult) -> str:
    """Name the scorer, and say what becomes of a contrast's two scores."""
    if behavior.relation in _BREAKS:
        verb, where = _BREAKS[behavior.relation]
        return f"{behavior.scorer}, how far the target {verb} {where}"
    return behavior.scorer + (", target minus baseline" * is_contrast(behavior))


def procedure(name: str) -> str:
    """Name a procedure as its papers do."""
    return _PROCEDURES.get(name, name)


def violated_guarantee(run: RunResult) -> str:
    """Say what error rate the violated verdicts are held to."""
    if run.procedure not in _PROCEDURES:
        return (
            f"Violated verdicts are declared by {run.procedure} at level {fmt.percent(run.alpha)}."
        )
    known = Procedure(run.procedure)
    share = "the expected share of false alarms among"
    limit = f"is at most {fmt.percent(run.alpha)}, {condition(known)}"
    if known.stream:
        return (
            f"By {_PROCEDURES[known]}, over the stream of one behavior's tests in all releases "
            f"recorded in the ledger, {share} those raised {limit}. Nothing is promised about the "
            "behaviors of this run as a family."
        )
    return f"By {_PROCEDURES[known]}, {share} the behaviors declared violated {limit}."


def condition(known: Procedure) -> str:
    """Say under which dependence a procedure keeps its promise."""
    tests = "tests" if known.stream else "behaviors"
    match known.guarantee.dependence:
        case Dependence.ANY:
            return f"under any dependence between {tests}"
        case Dependence.POSITIVE:
            text = f"if the {tests} are independent or positively dependent"
            # A shared budget ties to each other what would be independent.
            return text if known.stream else f"{text} and no budget limits the run"
        case Dependence.INDEPENDENT:
            text = f"if the {tests} are independent"
    if known.guarantee.uniformly_conservative:
        text += (
            " and their p-values uniformly conservative, which those of evidence that grows in "
            "jumps need not be"
        )
    return text


ACTIVE = "drawn more often where the models were seen to differ, and weighted accordingly"
"""How prompts were chosen under active choice."""


REDECIDED = (
    "Decided again from the store. A changed scorer, alpha, tolerance or procedure keeps its error "
    "rate if it was chosen before the results were seen."
)
"""How verdicts by another rule than the run's own are to be read."""


def decides_on_p(run: RunResult) -> bool:
    """Say whether p-values decided what is violated; not known of a procedure not known here."""
    return run.procedure in _PROCEDURES and Procedure(run.procedure).takes == "p-value"


def decides_over_releases(run: RunResult) -> bool:
    """Say whether a stream of releases decided what is violated; not known of others."""
    return run.procedure in _PROCEDURES and Procedure(run.procedure).stream


def bar(behavior: BehaviorResult, run: RunResult) -> str:
    """Say what evidence for "violated" would have been enough whatever the others showed."""
    if decides_on_p(run):
        found = fmt.p_value(behavior.p_violated)
        return f"a p-value of {fmt.p_value(1 / behavior.enough)}; it is {found}"
    return f"an e-value of {fmt.e_value(behavior.enough)}"


def ledger(note: LedgerNote) -> str:
    """Say what the stream of a behavior's releases makes of this one."""
    takes = f"an e-value of {fmt.e_value(1 / note.level)}"
    if Procedure(note.procedure).takes == "p-value":
        takes = f"a p-value of {fmt.p_value(note.level)}"
    return (
        f"test {note.test} of its releases by {procedure(note.procedure)}: an alarm takes {takes}; "
        f"{'raised' if note.alarm else 'not raised'}"
        + ("" if note.counts else " by an earlier run of this release, which stands")
    )


def holds_guarantee(run: RunResult) -> str:
    """Say what error rate the answer "every behavior holds" is held to."""
    if len(run.behaviors) == 1:
        return (
            "Were the expectation false, it would be found to hold with probability "
            f"at most {fmt.percent(run.alpha)}."
        )
    return (
        f"Were any of the {fmt.plural(len(run.behaviors), 'expectation')} false, every behavior "
        f"would be found to hold with probability at most {fmt.percent(run.alpha)}."
    )


def interval_guarantee(run: RunResult) -> str:
    """Say what the intervals promise."""
    return (
        "Each end of an interval is wrong with probability at most "
        f"{fmt.percent(run.alpha)}, whenever sampling stops."
    )


def pairing(run: RunResult) -> str:
    """Say how the two models' samples are related."""
    match run.pairing:
        case "coupled":
            text = "coupled: both models drew with the same random numbers"
        case "independent":
            text = "independent: each model drew its own random numbers"
        case "single":
            text = "one model alone"
    return f"{text} ({run.pairing_reason})" if run.pairing_reason else text


def replayed(model: ModelRecord) -> str:
    """Say how much of what model B answered in this run was checked rather than decoded."""
    tokens = model.generated_tokens + model.replayed_tokens
    return f"{fmt.share(model.replayed_tokens, tokens)} of tokens replayed or guessed"


def texts_read(*models: ModelRecord) -> str:
    """Say how many given texts were read for exact scores; empty if there were none."""
    read = sum(model.texts_read for model in models)
    reused = sum(model.texts_reused for model in models)
    return f"{fmt.plural(read, 'given text')} read and {reused:,} reused" if read + reused else ""
