"""The result as lines of text, for a terminal or a log: at most 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.audit import audit_meaning, audit_summary
from behavtest.report.extras import briefs
from behavtest.report.headline import headline, ranked
from behavtest.report.hostile import one_line
from behavtest.report.words import REDECIDED, procedure, replayed, texts_read
from behavtest.stats.expectation import ABSOLUTE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.experiment.behavior_result import BehaviorResult, VerdictName
    from behavtest.experiment.result import RunResult

_WIDTH = 80
_MOST_NAME = 31


class Line(NamedTuple):
    """A line of text.

    Args:
        text: What it says.
        verdict: The verdict whose color its first ``colored`` characters have, if any.
        colored: How many characters are colored.
        bold: Whether they are bold.
    """

    text: str
    verdict: VerdictName | None = None
    colored: int = 0
    bold: bool = False


def result_lines(result: RunResult, *, ruled_by: bool = True) -> Iterator[Line]:
    """Tabulate the verdicts, the gravest first, and say what the run took and how sure it is.

    Args:
        result: The run; terminal escapes in its texts are made visible.
        ruled_by: Whether alpha and the procedure are named.
    """
    order = ranked(result.behaviors)
    width = max([len("behavior"), *(len(named(found)) for found in order)])
    yield Line(
        f"{'verdict':<12}  {'behavior':<{width}}{'change':>10}  {'interval':^16}{'pairs':>7}"
    )
    for found in order:
        yield behavior_line(found, width)
    yield Line("")
    top = headline(result)
    yield _line(f"{top.title}.", top.verdict, len(top.title) + 1, bold=True)
    yield from taken(result)
    if ruled_by:
        yield from ruled(result)
    yield from remarks(result)


def behavior_line(found: BehaviorResult, width: int) -> Line:
    """Write a behavior's verdict, name and numbers.

    Args:
        found: The behavior.
        width: Of the column of names.
    """
    text = f"{found.verdict:<12}"
    return _line(text + _row(found, width), found.verdict, len(text))


def named(found: BehaviorResult) -> str:
    """Name a behavior by suite and id."""
    return one_line(f"{found.suite}/{found.behavior}", _MOST_NAME)


def estimated(found: BehaviorResult) -> str:
    """Write a behavior's estimate; ``at`` marks the mean of one model, beside changes."""
    if found.estimate is None:
        return fmt.NONE
    absolute = found.expectation in ABSOLUTE_KINDS
    return f"at {fmt.score(found.estimate)}" if absolute else fmt.change(found.estimate)


def ruled(result: RunResult) -> Iterator[Line]:
    """Say by which error rate and procedure the verdicts are."""
    yield from wrapped(f"alpha {result.alpha:g}, {one_line(procedure(result.procedure))}")


def taken(result: RunResult) -> Iterator[Line]:
    """Say what a run took."""
    models = [model for model in (result.model_a, result.model_b) if model is not None]
    pairs = sum(found.pairs for found in result.behaviors)
    generated = sum(model.generated for model in models)
    reused = sum(model.reused for model in models)
    said = [
        (
            f"{fmt.plural(pairs, 'pair')} ({result.pairing}), {generated:,} completions generated "
            f"and {reused:,} reused, {fmt.duration(result.seconds)}"
        ),
        texts_read(*models),
    ]
    if result.model_b is not None and result.model_b.replayed_tokens:
        completions = fmt.plural(result.model_b.generated, "completion")
        said.append(f"model B: {completions}, {replayed(result.model_b)}")
    for fact in filter(None, said):
        yield from wrapped(fact)


def remarks(result: RunResult) -> Iterator[Line]:
    """Say what else there is to know of a run: how sure it is, and what plugins found."""
    said = []
    if result.redecided:
        said.append(REDECIDED)
    if result.pairing_reason:
        said.append(f"{result.pairing} pairs: {one_line(result.pairing_reason)}")
    said += [one_line(fact) for fact in (audit_summary(result), audit_meaning(result)) if fact]
    said += briefs(result)
    for fact in said:
        yield from wrapped(fact)


def _line(
    text: str, verdict: VerdictName | None = None, colored: int = 0, *, bold: bool = False
) -> Line:
    """Write a line with ordinary spaces, so that a log can be searched for them."""
    return Line(text.replace(fmt.NBSP, " "), verdict, colored, bold)


def wrapped(fact: str) -> Iterator[Line]:
    """Break a fact at ordinary spaces: a number stays with its noun, an option whole."""
    for line in textwrap.wrap(fact, _WIDTH, break_on_hyphens=False):
        yield _line(line)


def _row(found: BehaviorResult, width: int) -> str:
    """Write a behavior's numbers."""
    name = f"  {named(found):<{width}}"
    if found.estimate is None or found.interval is None:
        return f"{name}{fmt.NONE:>10}"
    number = fmt.score if found.expectation in ABSOLUTE_KINDS else fmt.change
    interval = f"[{number(found.interval.lower)}, {number(found.interval.upper)}]"
    if found.exact:
        interval = "exact"
    return f"{name}{estimated(found):>10}  {interval:^16}{found.pairs:>7}"
