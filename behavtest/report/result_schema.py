"""The JSON Schema of what ``--behavtest-json`` writes."""

from __future__ import annotations

from typing import Any

from behavtest.core import sections
from behavtest.experiment import audited, behavior_result, examples, past, result
from behavtest.report.document_schema import several_schema


def result_schema() -> dict[str, Any]:
    """Return the schema of a result file."""
    return several_schema(
        "run",
        "runs",
        result.RunResult,
        [result, behavior_result, examples, audited, past, sections],
        title="A result of behavtest",
        about="What `pytest --behavtest-json=FILE` writes. Infinite numbers are 1e300.",
    )
