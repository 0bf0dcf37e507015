"""Runs that a release is decided from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from report_samples import sample_run

from behavtest.experiment.behavior_result import BehaviorResult
from behavtest.experiment.result import RunResult

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def run_of(*behaviors: BehaviorResult, **changes) -> RunResult:
    """A run of these behaviors, of the day before."""
    changes = {"started": "2026-11-30T08:00:00+00:00", "alpha": 0.05} | changes
    return replace(sample_run(), behaviors=behaviors, **changes)
