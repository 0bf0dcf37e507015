"""The measured tables of docs/statistics.md, from the benchmarks' JSON.

Run by ``make docs``; alone: ``python docs/tables.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "statistics.md"
SCENARIOS = {
    "all-null": "all null",
    "sparse": "sparse",
    "dependent": "shared prompts",
    "skewed": "skewed",
    "rare": "rare events",
    "every-step": "every step",
    "one-draw": "near-copies of one draw",
    "fixed-one-draw": "the same, fixed-sample p-values",
    "fixed-least-favorable": "BH's worst case, fixed-sample p-values",
}


def main() -> None:
    """Rewrite the tables."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in (("calibration", calibration()), ("efficiency", efficiency())):
        begin, end = f"<!-- {name} table -->", f"<!-- end of {name} table -->"
        table = "\n".join([begin, "", *lines, "", end])
        pattern = re.compile(f"{re.escape(begin)}(.*?{re.escape(end)})?", re.DOTALL)
        text = pattern.sub(lambda _, table=table: table, text)
    PAGE.write_text(text, encoding="utf-8")


def calibration() -> list[str]:
    """Tabulate every procedure's false discovery rate in every scenario, in percent."""
    measured = json.loads((ROOT / "benchmarks" / "calibration.json").read_text())
    scenarios = [one for one in measured["scenarios"] if one["name"] in SCENARIOS]
    titles = [SCENARIOS[one["name"]] for one in scenarios]
    cells = {
        (row["procedure"], one["name"]): _percent(row, measured["alpha"])
        for one in scenarios
        for row in one["rows"]
    }
    procedures = dict.fromkeys(procedure for procedure, _ in cells)
    return [
        f"| FDR in %, alpha {100 * measured['alpha']:g} % | {' | '.join(titles)} |",
        f"| --- |{' --: |' * len(titles)}",
        *(
            f"| {name} | {' | '.join(cells.get((name, one['name']), '') for one in scenarios)} |"
            for name in procedures
        ),
        "",
        f"{measured['families']:,} families of 20 behaviors a scenario; ± Monte Carlo error.",
        "`*` not promised there; **bold**: more than two errors above alpha.",
    ]


def _percent(row: dict[str, Any], alpha: float) -> str:
    value, error = row["fdr"]["value"], row["fdr"]["error"]
    text = f"{100 * value:.2f} ± {100 * error:.2f}"
    if value > alpha + 2 * error:
        text = f"**{text}**"
    return text if row["promised"] else f"{text}*"


def efficiency() -> list[str]:
    """Quote the page's own table of aims."""
    text = (ROOT / "benchmarks" / "efficiency.md").read_text(encoding="utf-8")
    aims = text.partition("## The aims")[2].partition("\n## ")[0]
    return [line for line in aims.splitlines() if line.startswith("|")]


if __name__ == "__main__":
    main()
