"""The forms a result can be written in, each to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report.html import write_html
from behavtest.report.jsonfile import write_json
from behavtest.report.markdown import write_markdown
from behavtest.report.sarif import write_sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from behavtest.experiment.result import RunResult

WRITERS: Mapping[str, Callable[[Sequence[RunResult], Path], None]] = {
    "report": write_html,
    "json": write_json,
    "markdown": write_markdown,
    "sarif": write_sarif,
}
"""The form's name, as in ``--behavtest-NAME`` and ``--NAME`` -> what writes it.

A writer takes one run or several of one model A, in the order their modified models were given;
`behavtest.models.labels` names them.
"""
