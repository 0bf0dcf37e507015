"""The published JSON Schemas: of suite files without any plugin, and of what behavtest writes.

Run by ``make docs``; alone: ``python docs/schema.py``.
"""

from __future__ import annotations

from pathlib import Path

from behavtest.release.schemas import acceptances_schema, decision_schema, sign_off_schema
from behavtest.report.result_schema import result_schema
from behavtest.report.schema_text import as_text
from behavtest.suite.schema.document import builtin_offered, suite_schema

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Write the schemas."""
    schemas = {
        "suite": suite_schema(builtin_offered()),
        "result": result_schema(),
        "decision": decision_schema(),
        "sign-off": sign_off_schema(),
        "acceptances": acceptances_schema(),
    }
    for name, schema in schemas.items():
        (FOLDER / f"{name}.schema.json").write_text(as_text(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
