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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.experiment.result import BehaviorResult, RunResult, VerdictName

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


def result_lines(result: RunResult) -> Iterator[Line]:
    """Tabulate the verdicts, the gravest first, and say what the run took and how sure it is.

    Args:
        result: The run; terminal escapes in its texts are made visible.
    """
    order = ranked(result.behaviors)
    width = max([len("behavior"), *(len(_name(found)) for found in order)])
    yield Line(
        f"{'verdict':<12}  {'behavior':<{width}}{'change':>10}  {'interval':^16}{'pairs':>7}"
    )
    for found in order:
        text = f"{found.verdict:<12}"
        yield _line(text + _row(found, width), found.verdict, len(text))
    yield Line("")
    top = headline(result)
    yield _line(f"{top.title}.", top.verdict, len(top.title) + 1, bold=True)
    for fact in _facts(result):
        yield _line(fact)


def _line(
    text: str, verdict: VerdictName | None = None, colored: int = 0, *, bold: bool = False
) -> Line:
    """Write a line with ordinary spaces, so that a log can be searched for them."""
    return Line(text.replace(fmt.NBSP, " "), verdict, colored, bold)


def _row(found: BehaviorResult, width: int) -> str:
    """Write a behavior's numbers; ``at`` marks the mean of one model, beside changes."""
    absolute = found.expectation in {"at_least", "at_most"}
    name = f"  {_name(found):<{width}}"
    if found.estimate is None or found.interval is None:
        return f"{name}{fmt.NONE:>10}"
    number = fmt.score if absolute else fmt.change
    estimate = ("at " if absolute else "") + number(found.estimate)
    interval = f"[{number(found.interval.lower)}, {number(found.interval.upper)}]"
    if found.exact:
        interval = "exact"
    return f"{name}{estimate:>10}  {interval:^16}{found.pairs:>7}"


def _name(found: BehaviorResult) -> str:
    return one_line(f"{found.suite}/{found.behavior}", _MOST_NAME)


def _facts(result: RunResult) -> list[str]:
    """Say what the run took, how sure its verdicts are, and what made it take more."""
    models = [model for model in (result.model_a, result.model_b) if model is not None]
    pairs = sum(found.pairs for found in result.behaviors)
    generated = sum(model.generated for model in models)
    reused = sum(model.reused for model in models)
    facts = [
        (
            f"{fmt.plural(pairs, 'pair')} ({result.pairing}), {generated:,} completions generated "
            f"and {reused:,} reused, {fmt.duration(result.seconds)}"
        ),
    ]
    texts = texts_read(*models)
    if texts:
        facts.append(texts)
    if result.model_b is not None and result.model_b.replayed_tokens:
        completions = fmt.plural(result.model_b.generated, "completion")
        facts.append(f"model B: {completions}, {replayed(result.model_b)}")
    facts.append(f"alpha {result.alpha:g}, {one_line(procedure(result.procedure))}")
    if result.redecided:
        facts.append(REDECIDED)
    if result.pairing_reason:
        facts.append(f"{result.pairing} pairs: {one_line(result.pairing_reason)}")
    facts += [one_line(said) for said in (audit_summary(result), audit_meaning(result)) if said]
    facts += briefs(result)
    # Only ordinary spaces are places to break: a number stays with its noun, an option whole.
    return [line for fact in facts for line in textwrap.wrap(fact, _WIDTH, break_on_hyphens=False)]
