"""The published JSON Schemas: of suite files as they are without any plugin, and of results.

Run by ``make docs``; alone: ``python docs/schema.py``.
"""

from __future__ import annotations

from pathlib import Path

from behavtest.report.result_schema import result_schema
from behavtest.report.schema_text import as_text
from behavtest.suite.schema.document import builtin_offered, suite_schema

SCHEMA = Path(__file__).resolve().parent / "suite.schema.json"
RESULT = SCHEMA.with_name("result.schema.json")


def main() -> None:
    """Write the schemas."""
    SCHEMA.write_text(as_text(suite_schema(builtin_offered())), encoding="utf-8")
    RESULT.write_text(as_text(result_schema()), encoding="utf-8")


if __name__ == "__main__":
    main()
