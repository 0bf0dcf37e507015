"""Several modified models of one base, each a run of its own, side by side."""

from behavtest.report.columns.column import Column, aligned, columns
from behavtest.report.columns.decision import Decision, decision

__all__ = ["Column", "Decision", "aligned", "columns", "decision"]
