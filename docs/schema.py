"""The published JSON Schema of suite files, docs/suite.schema.json, as it is without any plugin.

Run by ``make docs``; alone: ``python docs/schema.py``.
"""

from __future__ import annotations

from pathlib import Path

from behavtest.report.schema_text import as_text
from behavtest.suite.schema.document import builtin_offered, suite_schema

SCHEMA = Path(__file__).resolve().parent / "suite.schema.json"


def main() -> None:
    """Write the schema."""
    SCHEMA.write_text(as_text(suite_schema(builtin_offered())), encoding="utf-8")


if __name__ == "__main__":
    main()
