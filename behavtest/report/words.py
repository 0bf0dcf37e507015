"""What the codes in a result mean, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt

if TYPE_CHECKING:
    from behavtest.experiment.result import RunResult, StopReason, VerdictName

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
}

_ANY = "under any dependence between behaviors"
_FDR = "the expected share of false alarms among the behaviors declared violated is at most"
_PROCEDURES: dict[str, tuple[str, str]] = {
    "closed-e-bh": ("closed e-BH", _ANY),
    "e-bh": ("e-BH", _ANY),
    "by": ("Benjamini-Yekutieli", _ANY),
    "bh": ("Benjamini-Hochberg", "if the behaviors are independent or positively dependent"),
}


def stop(reason: StopReason) -> str:
    """Say why sampling stopped."""
    return _STOPS[reason]


def procedure(name: str) -> str:
    """Name a procedure as its papers do."""
    return _PROCEDURES.get(name, (name, ""))[0]


def violated_guarantee(run: RunResult) -> str:
    """Say what error rate the violated verdicts are held to."""
    known = _PROCEDURES.get(run.procedure)
    if known is None:
        return (
            f"Violated verdicts are declared by {run.procedure} at level {fmt.percent(run.alpha)}."
        )
    name, condition = known
    return f"By {name}, {_FDR} {fmt.percent(run.alpha)}, {condition}."


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
