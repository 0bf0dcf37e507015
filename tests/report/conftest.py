from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import report_samples

from behavtest.report.html import render

if TYPE_CHECKING:
    from behavtest.experiment.result import RunResult


@pytest.fixture
def sample() -> RunResult:
    """A realistic run of 14 behaviors."""
    return report_samples.sample_run()


@pytest.fixture
def single() -> RunResult:
    """A run of one model alone."""
    return report_samples.single_run()


@pytest.fixture(scope="module")
def sample_page() -> str:
    """The realistic run, rendered."""
    return render(report_samples.sample_run())


@pytest.fixture(scope="module")
def hostile_page() -> str:
    """The run whose every text attacks the page, rendered."""
    return render(report_samples.hostile_run())
