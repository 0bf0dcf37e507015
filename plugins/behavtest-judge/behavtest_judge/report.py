"""What the report says of the judges of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.core import ReportSection, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Cell
    from behavtest_judge.labelled import ErrorRate
    from behavtest_judge.scorer import Judge

_TITLE: Final = "Judges"
_ABOUT: Final = (
    "Scores of these behaviors are a language model's opinions. It was not told which model wrote "
    "what; the order of its options was drawn by a hash of what it saw. An opinion that could not "
    "be had is missing and makes its behavior an error; it is never counted as a score."
)
_MEANING: Final = (
    "Sensitivity is the share of the examples labelled 1 that the judge scores at least 0.5, "
    "specificity the share of those labelled 0 that it scores below; with exact intervals at 95 %. "
    "Where the judge errs alike on both models, a change of x in what people would say shows as "
    "(sensitivity + specificity - 1) x in its scores (Rogan and Gladen, 1978): an unreliable judge "
    "hides changes."
)
_UNMEASURED: Final = (
    "No error rate is known where no labelled examples were given: name a file as `labelled`."
)


def judges_section(judges: Sequence[Judge]) -> list[ReportSection]:
    """Describe the judges that were asked in a run; none if none was."""
    used = {judge.name: judge for judge in judges if judge.tally.asked or judge.tally.cached}
    if not used:
        return []
    measured = [(name, judge, judge.measured()) for name, judge in used.items()]
    unmeasured = any(rate is None for _, _, rate in measured)
    columns = (
        "judge",
        "sensitivity",
        "specificity",
        "no verdict on examples",
        "judged",
        "from cache",
        "failed",
        "replied as",
    )
    return [
        ReportSection(
            _TITLE,
            (_ABOUT, _MEANING, _UNMEASURED) if unmeasured else (_ABOUT, _MEANING),
            (Table(columns, tuple(_row(*one) for one in measured)),),
            brief="; ".join(_brief(judge, rate) for _, judge, rate in measured),
        )
    ]


def _row(name: str, judge: Judge, rate: ErrorRate | None) -> tuple[Cell, ...]:
    tally = judge.tally
    return (
        name,
        "not measured" if rate is None else str(rate.sensitivity),
        "not measured" if rate is None else str(rate.specificity),
        "" if rate is None else rate.missing,
        tally.asked + tally.cached,
        tally.cached,
        tally.failed,
        ", ".join(sorted(tally.models)),
    )


def _brief(judge: Judge, rate: ErrorRate | None) -> str:
    failed = f", {judge.tally.failed} without a verdict" if judge.tally.failed else ""
    if rate is None:
        return f"{judge.question!r} has an unknown error rate: no labelled examples{failed}"
    rates = f"sensitivity {rate.sensitivity}, specificity {rate.specificity}"
    return f"{judge.question!r} has {rates}{failed}"
