"""Runs: schedule, budget, rounds, verdicts."""

from behavtest.experiment.behavior_result import BehaviorResult
from behavtest.experiment.budget import Budget, parse_budget
from behavtest.experiment.progress import Progress, ProgressState
from behavtest.experiment.result import RunResult

__all__ = ["BehaviorResult", "Budget", "Progress", "ProgressState", "RunResult", "parse_budget"]
