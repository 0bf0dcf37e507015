"""The examples in docs/outputs.md, from the latest run in this checkout's store.

Run by ``make docs``; alone, after a run: ``python docs/outputs.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from behavtest.experiment.stored import stored_result
from behavtest.report.annotations import commands
from behavtest.report.markdown import summary
from behavtest.report.sarif import sarif

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "outputs.md"
STORE = ROOT / ".behavtest" / "store.duckdb"
MOST_LINES = 30


def main() -> None:
    """Write every example."""
    run = stored_result(STORE, "last")
    head = "\n".join(summary(run).splitlines()[:MOST_LINES])
    result = json.dumps(sarif([run])["runs"][0]["results"][:1], indent=1, ensure_ascii=False)
    notes = "\n".join(commands([run], inconclusive_fails=True))
    page = PAGE.read_text(encoding="utf-8")
    for name, language, text in (
        ("markdown", "markdown", f"{head}\n…"),
        ("sarif", "json", result),
        ("annotations", "text", notes),
    ):
        page = placed(page, name, f"```{language}\n{text}\n```")
    PAGE.write_text(page, encoding="utf-8")


def placed(page: str, name: str, block: str) -> str:
    """Return the page with a block between its marks."""
    begin, end = f"<!-- {name}: written by `make docs` -->\n", f"<!-- end of {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    assert pattern.search(page), name
    return pattern.sub(lambda _: f"{begin}{block}\n{end}", page)


if __name__ == "__main__":
    main()
