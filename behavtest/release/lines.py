"""A decision as lines of text; the first says which behavior, by how much, how sure, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.release.coverage import State
from behavtest.release.decision import Outcome
from behavtest.release.policy import Role
from behavtest.report import format as fmt
from behavtest.report.headline import ranked
from behavtest.report.hostile import one_line
from behavtest.report.words import procedure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from behavtest.release.coverage import Coverage
    from behavtest.release.decision import Decision, Judged
    from behavtest.release.evidence import Report

_MOST_RUN: Final = 8


class Finding(NamedTuple):
    """One thing that fails a release, or is told with it.

    Args:
        what: Which behavior and by how much, or what is missing.
        look: Where to look.
    """

    what: str
    look: str

    def __str__(self) -> str:
        return f"{self.what}; see {self.look}"


def failures(decision: Decision) -> list[Finding]:
    """Return what fails a release, the gravest first: violated, missing, then all else."""
    behaviors = _ranked(decision.failing)
    violated = [one for one in behaviors if one.found.verdict == "violated"]
    others = [one for one in behaviors if one.found.verdict != "violated"]
    missing = [Finding(one.text, one.look) for one in decision.objections if one.fails]
    return [*map(_finding, violated), *missing, *map(_finding, others)]


def warnings(decision: Decision) -> list[Finding]:
    """Return what does not hold and does not fail the release either."""
    told = [Finding(one.text, one.look) for one in decision.objections if not one.fails]
    return [*map(_finding, _ranked(decision.having(Outcome.WARNS))), *told]


def accepted(decision: Decision) -> list[str]:
    """Say what passes because somebody accepted it, until when, and why."""
    lines = []
    for one in _ranked(decision.having(Outcome.ACCEPTED)):
        assert one.coverage is not None, "an accepted behavior says by what"
        what = one.coverage.acceptance
        lines.append(
            f"{one.title} {one.reason}; accepted until {what.until} by {what.by}: {what.reason} "
            f"({what.place})"
        )
    return lines


def idle(decision: Decision) -> list[str]:
    """Say which acceptances did nothing, and why."""
    return [_idle(one) for one in decision.coverages if one.state is not State.USED]


def first_line(decision: Decision) -> str:
    """Say whether the release passes, and if not, the gravest reason and where to look."""
    failing = failures(decision)
    return brief(decision) + (_shown(f"; see {failing[0].look}") if failing else "")


def brief(decision: Decision) -> str:
    """Say whether the release passes, and if not, the gravest reason."""
    failing = failures(decision)
    if failing:
        return _shown(f"gate fails: {failing[0].what}")
    blocking = [one for one in decision.judged if one.role is Role.BLOCKING]
    parts = [f"{fmt.count(sum(one.outcome is Outcome.PASSES for one in blocking))} held"]
    for outcome, words in ((Outcome.ACCEPTED, "accepted"), (Outcome.WARNS, "warned of")):
        number = len(decision.having(outcome))
        if number:
            parts.append(f"{fmt.count(number)} {words}")
    total = fmt.plural(len(blocking), "blocking behavior")
    return _shown(f"gate passes: of {total}, {', '.join(parts)}")


def decision_lines(decision: Decision) -> Iterator[str]:
    """Say all of a decision, the first line first; terminal escapes are made visible."""
    yield first_line(decision)
    for label, found in (
        ("fails", failures(decision)[1:]),
        ("warns", warnings(decision)),
        ("accepted", accepted(decision)),
        ("acceptance", idle(decision)),
    ):
        for text in found:
            yield f"  {label:<10}  {_shown(str(text))}"
    for report in decision.reports:
        yield _shown(_about(report))


def _finding(judged: Judged) -> Finding:
    found = judged.found
    return Finding(
        f"{judged.shown} {judged.reason}", f"{found.file}:{found.line}, {judged.report.shown}"
    )


def _ranked(behaviors: Iterable[Judged]) -> list[Judged]:
    """Sort by verdict, then by how far each is from what is allowed."""
    every = list(behaviors)
    order = {id(found): place for place, found in enumerate(ranked(one.found for one in every))}
    return sorted(every, key=lambda one: order[id(one.found)])


def _idle(coverage: Coverage) -> str:
    what = coverage.acceptance
    model = f"[{what.model}]" if what.model else ""
    return f"{coverage.state}: {what.behavior}{model}: {coverage.remark} ({what.place})"


def _about(report: Report) -> str:
    run = report.run
    models = run.model_a.name + ("" if run.model_b is None else f" against {run.model_b.name}")
    holds = sum(found.verdict == "holds" for found in run.behaviors)
    verb = "holds" if 1 in {holds, len(run.behaviors)} else "hold"
    return (
        f"{report.path}: run {run.run_id[:_MOST_RUN]} of {fmt.moment(run.started)}, {models}: "
        f"{fmt.count(holds)} of {fmt.plural(len(run.behaviors), 'behavior')} {verb}, "
        f"alpha {run.alpha:g}, {procedure(run.procedure)}"
    )


def _shown(text: str) -> str:
    """Make a text fit for a terminal and a log: one line, ordinary spaces."""
    return one_line(text).replace(fmt.NBSP, " ")
