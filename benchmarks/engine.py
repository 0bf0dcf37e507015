"""Measure the generation engine on the CPU: replay, coupling, the decode loop, and two harnesses.

    pip install -c constraints.txt -r benchmarks/requirements.txt -e ".[lora]"
    OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 python benchmarks/engine.py [--only replay,jobs]

Writes `benchmarks/engine.json` and `benchmarks/engine.md`, which says what is compared. About half
an hour on one core. With `--only`, the other parts stay as they were; each names its own machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

from engine_arms import loop, replay, variance  # noqa: E402 - found through the line above
from engine_arms.machine import installed, machine  # noqa: E402
from engine_arms.report import markdown  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("replay", "variance", "loop", "jobs")
HARNESSES = ("inspect_ai", "lm_eval")


def parts(*, small: bool, repeats: int) -> dict[str, Callable[[], dict[str, object]]]:
    """Return what can be measured.

    Args:
        small: Whether to measure as little as shows that the code runs.
        repeats: Times each arm is timed.
    """

    def jobs() -> dict[str, object]:
        from engine_arms import jobs

        return jobs.measure(repeats=repeats)

    return {
        "replay": lambda: replay.measure(repeats=repeats),
        "variance": lambda: variance.measure(draws=50 if small else 1000),
        "loop": lambda: loop.measure(
            most=64 if small else 2048, most_medium=8 if small else 96, repeats=repeats
        ),
        "jobs": jobs,
    }


def main() -> None:
    """Measure the parts asked for and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma-separated")
    parser.add_argument("--repeats", type=int, default=5, help="times each arm is timed")
    parser.add_argument("--small", action="store_true", help="as little as shows that it runs")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"--only knows {', '.join(PARTS)}, not {', '.join(sorted(unknown))}")
    if "jobs" in chosen and not all(installed(name) for name in HARNESSES):
        parser.error("jobs needs pip install -r benchmarks/requirements.txt")
    torch.set_num_threads(1)
    file = arguments.out / "engine.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    measuring = parts(small=arguments.small, repeats=1 if arguments.small else arguments.repeats)
    for name in chosen:
        before, start = machine(*HARNESSES, "duckdb", "peft"), time.perf_counter()
        result[name] = measuring[name]() | {"machine": before}
        result[name]["wall_seconds"] = round(time.perf_counter() - start, 1)
        print(f"{name}: {result[name]['wall_seconds']} s", flush=True)
        result = {part: result[part] for part in PARTS if part in result}
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (arguments.out / "engine.md").write_text(markdown(result), encoding="utf-8")


if __name__ == "__main__":
    main()
