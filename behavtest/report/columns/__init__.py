"""Several modified models of one base, each a run of its own, side by side."""

from behavtest.report.columns.column import Column, columns

__all__ = ["Column", "columns"]
