"""Reports to decide from: real result models, written as JSON and read back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from release_runs import NOW, run_of

from behavtest.experiment.behavior_result import BehaviorResult
from behavtest.release.evidence import Report, read_reports
from behavtest.report import write_json


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def report(tmp_path: Path):
    """Write a run's report and read it as the gate does."""

    def make(*behaviors: BehaviorResult, file: str = "report.json", **changes) -> Report:
        path = tmp_path / file
        write_json([run_of(*behaviors, **changes)], path)
        (found,) = read_reports([path])
        return found

    return make
