"""Compare the pairs behavtest needs for a verdict with what other tests need.

    OMP_NUM_THREADS=1 python benchmarks/efficiency.py [--runs 1000] [--learned-runs 100]

Writes `benchmarks/efficiency.json` and `benchmarks/efficiency.md`, which says what is compared.
A few minutes on one core; no model is needed.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import torch
from efficiency_arms.learned import BATCH, BATCHES
from efficiency_arms.report import aims, markdown
from efficiency_arms.rows import Effort, row
from efficiency_arms.scenarios import ALPHA, POWER, scenarios
from efficiency_arms.sequential import CAP

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Measure every scenario, print a line for each and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=1000, help="simulated runs per scenario")
    parser.add_argument("--learned-runs", type=int, default=100, help="of the learned-bet test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    effort = Effort(arguments.runs, arguments.learned_runs, arguments.seed)
    torch.set_num_threads(1)
    start = time.process_time()
    rows = []
    for scenario in scenarios():
        rows.append(row(scenario, effort))
        print(f"{time.process_time() - start:5.0f} s  {scenario}", flush=True)
    result = {
        "alpha": ALPHA,
        "power": POWER,
        "runs": effort.runs,
        "learned_runs": effort.learned_runs,
        "seed": effort.seed,
        "cap": CAP,
        "learned_cap": BATCH * BATCHES,
        "machine": f"{platform.machine()}, CPU",
        "versions": {name: version(name) for name in ("behavtest", "numpy", "scipy", "torch")},
        "python": platform.python_version(),
        "seconds": round(time.process_time() - start, 1),
        "aims": aims(rows),
        "rows": rows,
    }
    text = json.dumps(result, indent=1) + "\n"
    (arguments.out / "efficiency.json").write_text(text, encoding="utf-8")
    (arguments.out / "efficiency.md").write_text(markdown(result), encoding="utf-8")


if __name__ == "__main__":
    main()
