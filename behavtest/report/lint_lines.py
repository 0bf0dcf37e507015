"""What is wrong or odd about suites, as lines of text and as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.hostile import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.errors import SuiteError
    from behavtest.suite.advice import Advice


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at suites found.

    Args:
        errors: What keeps behaviors from being run; one mistake each.
        advice: What their author may want to change.
        behaviors: How many behaviors can be run.
    """

    errors: tuple[SuiteError, ...]
    advice: tuple[Advice, ...]
    behaviors: int

    def document(self) -> dict[str, object]:
        """Return the same for programs."""
        errors = [
            {"file": one.file, "line": one.line, "field": one.field, "message": one.message}
            for one in self.errors
        ]
        warnings = [one._asdict() for one in self.advice]
        return {"behaviors": self.behaviors, "errors": errors, "warnings": warnings}


def lint_lines(findings: Findings) -> Iterator[str]:
    """Say each finding on a line of its own, as editors and CI logs can jump to, then the sum."""
    for error in findings.errors:
        yield one_line(str(error))
    for one in findings.advice:
        yield one_line(f"{one.file}:{one.line}: warning: {one.behavior}: {one.message}")
    counts = [fmt.plural(findings.behaviors, "behavior")] if findings.behaviors else []
    counts += [fmt.plural(len(findings.errors), "error") if findings.errors else "no errors"]
    counts += [fmt.plural(len(findings.advice), "warning")] if findings.advice else []
    yield plain(", ".join(counts)).replace(fmt.NBSP, " ")
