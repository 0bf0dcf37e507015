"""From a verdict to what pytest makes of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from behavtest.pytest_plugin.exceptions import BehaviorErrored, BehaviorFailed
from behavtest.pytest_plugin.modified import SUBJECT
from behavtest.pytest_plugin.not_run import NOT_RUN
from behavtest.pytest_plugin.state import BEHAVIOR, STATE
from behavtest.report.behavior_text import behavior_text
from behavtest.report.hostile import obeyed_by_none, plain

if TYPE_CHECKING:
    from behavtest.experiment import BehaviorResult
    from behavtest.pytest_plugin.state import State


def check_ready(item: pytest.Item) -> None:
    """Skip or fail an item whose behavior has no verdict.

    Raises:
        pytest.skip.Exception: The models it needs were not given.
        BehaviorErrored: Its computation failed.
    """
    if BEHAVIOR not in item.stash:
        pytest.fail(
            "@pytest.mark.behavior is for test functions and methods of plain classes, "
            "not for unittest.TestCase",
            pytrace=False,
        )
    state = item.config.stash[STATE]
    behavior = item.stash[BEHAVIOR]
    place = item.stash[SUBJECT].place
    lacks_b = not (state.options.modified or behavior.expectation.absolute)
    if state.options.model_a is None or lacks_b:
        item.user_properties.append(NOT_RUN)
    if state.options.model_a is None:
        pytest.skip("no model was given: --model-a BASE --model-b MODIFIED")
    if lacks_b:
        pytest.skip(f"{behavior.expectation.kind.value} compares two models: give --model-b too")
    if place in state.failures:
        raise BehaviorErrored(state.failures[place])
    found = _result(state, item)
    item.user_properties.extend(_properties(found, state.results[place].run_id))
    if found.verdict == "error":
        raise BehaviorErrored(obeyed_by_none(plain(found.error or "")))


def judge(item: pytest.Item) -> None:
    """Make an item's verdict its outcome.

    Raises:
        BehaviorFailed: The behavior is violated, or inconclusive and that fails.
        pytest.skip.Exception: It is inconclusive and that skips.
    """
    state = item.config.stash[STATE]
    found = _result(state, item)
    run = state.results[item.stash[SUBJECT].place]
    if found.verdict == "violated":
        raise BehaviorFailed(behavior_text(found, run))
    if found.verdict == "inconclusive":
        text = behavior_text(found, run)
        if state.options.inconclusive == "fail":
            raise BehaviorFailed(text)
        if state.options.inconclusive == "skip":
            pytest.skip(text.splitlines()[0])


def shorten(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Show our own failures as the text they carry, and a skip at the item's own place."""
    if report.skipped and isinstance(report.longrepr, tuple):
        file, line, _ = report.location
        report.longrepr = (file, (line or 0) + 1, report.longrepr[2])
    if call.excinfo is not None and isinstance(
        call.excinfo.value, (BehaviorFailed, BehaviorErrored)
    ):
        report.longrepr = str(call.excinfo.value)


def _result(state: State, item: pytest.Item) -> BehaviorResult:
    found = state.found(item.stash[SUBJECT])
    if found is None:
        raise BehaviorErrored(
            "the run has no result for this behavior: it was not selected when the run started"
        )
    return found


def _properties(found: BehaviorResult, run_id: str) -> list[tuple[str, object]]:
    properties: list[tuple[str, object]] = [
        ("behavtest_run", run_id),
        ("behavtest_verdict", found.verdict),
        ("behavtest_pairs", found.pairs),
    ]
    if found.estimate is not None and found.interval is not None:
        properties += [
            ("behavtest_estimate", round(found.estimate, 6)),
            ("behavtest_lower", round(found.interval.lower, 6)),
            ("behavtest_upper", round(found.interval.upper, 6)),
        ]
    return [*properties, ("behavtest_e_violated", float(f"{found.e_violated:.6g}"))]
