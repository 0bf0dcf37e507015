"""The ledger as lines of text: which behaviors raised alarms, when, and on how much evidence."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from behavtest.experiment.ledger import next_level
from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.hostile import one_line
from behavtest.stats import GREATEST_E, Procedure
from behavtest.store import Lineage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.store import LedgerEntry

_WIDTH = 80
_MOST_NAME = 38
_MOST_MODEL = 16
_DATE = 10
_RUN = 8


def ledger_lines(entries: Sequence[LedgerEntry], *, every: bool = False) -> Iterator[str]:
    """Tabulate streams of tests, those with an alarm in their latest test first.

    Args:
        entries: Tests, each stream's all there and in order.
        every: Whether every test is listed, not the alarms alone.

    Raises:
        ValueError: A procedure is unknown, or a value is not one it takes.
    """

    def kind(entry: LedgerEntry) -> tuple[str, float]:
        return entry.procedure, entry.alpha

    for _, group in groupby(sorted(entries, key=kind), key=kind):
        streams = [list(tests) for _, tests in groupby(group, key=_lineage)]
        for line in (*_table(streams, every=every), "", *_meaning(streams[0][0]), ""):
            yield line.replace(fmt.NBSP, " ")
    more = "" if every else "--all lists every test; "
    yield f"{more}`behavtest decide RUN` shows the verdicts of a run."


def _lineage(entry: LedgerEntry) -> Lineage:
    return Lineage(entry.suite, entry.behavior)


def _table(streams: list[list[LedgerEntry]], *, every: bool) -> Iterator[str]:
    first = streams[0][0]
    tests = sum(map(len, streams))
    alarms = sum(test.alarm for stream in streams for test in stream)
    yield (
        f"{words.procedure(first.procedure)} at alpha {first.alpha:g}: "
        f"{fmt.plural(len(streams), 'behavior')}, {fmt.plural(tests, 'test')}, "
        f"{fmt.plural(alarms, 'alarm')}"
    )
    yield ""
    yield _columns("behavior", "tests", "alarms", "last evidence", "next needs")
    if every:
        yield _test_columns("", "test", "date", "run", "evidence", "needed", "model")
    # Sorting is stable: within each kind of stream the names stay in order.
    for stream in sorted(streams, key=_calm):
        yield _columns(
            one_line("/".join(_lineage(stream[-1])), _MOST_NAME),
            str(len(stream)),
            str(sum(test.alarm for test in stream)),
            fmt.e_value(_evidence(stream[-1])),
            fmt.e_value(1 / next_level(stream)),
        )
        if every:
            yield from map(_test, stream)
        else:
            for test in stream:
                if test.alarm:
                    yield from _alarm(test, latest=test is stream[-1])


def _calm(stream: list[LedgerEntry]) -> tuple[bool, bool]:
    return not stream[-1].alarm, not any(test.alarm for test in stream)


def _columns(name: str, tests: str, alarms: str, evidence: str, needs: str) -> str:
    return f"{name:<{_MOST_NAME}}{tests:>7}{alarms:>8}{evidence:>15}{needs:>12}"


def _alarm(test: LedgerEntry, *, latest: bool) -> Iterator[str]:
    which = "the latest test" if latest else f"test {test.test}"
    needed = fmt.e_value(1 / test.level)
    yield f"  ALARM in {which}: evidence {fmt.e_value(_evidence(test))}, {needed} was needed"
    place = f"{'':8}{_started(test)}, run {_run(test)}, model "
    yield place + one_line(test.model_b, _WIDTH - len(place))


def _test(test: LedgerEntry) -> str:
    return _test_columns(
        "ALARM" if test.alarm else "",
        str(test.test),
        _started(test),
        _run(test),
        fmt.e_value(_evidence(test)),
        fmt.e_value(1 / test.level),
        one_line(test.model_b, _MOST_MODEL),
    )


def _test_columns(*cells: str) -> str:
    return "  {:<5} {:>5}  {:<10}  {:<8}  {:>11} of {:>10}  {}".format(*cells)


def _meaning(test: LedgerEntry) -> list[str]:
    procedure = Procedure(test.procedure)
    evidence = (
        "the e-value of “violated” at the stop"
        if procedure.takes == "e-value"
        else "1 over the p-value of “violated”"
    )
    text = (
        "Each behavior is a stream with one test for each release. Among a stream's alarms the "
        f"expected share of false ones is at most {fmt.percent(test.alpha)}, "
        f"{words.condition(procedure)}: in each stream, not in all of them together. Evidence is "
        f"{evidence}. What an alarm needs is fixed by the tests before it, and can be more than "
        "“violated” needs in a run."
    )
    return textwrap.wrap(text, _WIDTH)


def _evidence(test: LedgerEntry) -> float:
    """Return the evidence as an e-value, or as 1 / p."""
    if Procedure(test.procedure).takes == "e-value":
        return test.value
    return min(1 / test.value, GREATEST_E) if test.value else GREATEST_E


def _started(test: LedgerEntry) -> str:
    return one_line(test.started)[:_DATE]


def _run(test: LedgerEntry) -> str:
    return one_line(test.run_id)[:_RUN]
