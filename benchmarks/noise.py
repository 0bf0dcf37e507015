"""Measure what keyed noise costs: searched for against drawn in full, and beside a model's step.

    OMP_NUM_THREADS=1 python benchmarks/noise.py [--repeats 5]

Writes `benchmarks/noise.json`: times in milliseconds, and ratios of arms that take turns in one
run. It uses a CUDA device where there is one, and says where there was none. Ten minutes on one
core; no model is downloaded.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from engine_arms.machine import machine
from noise_arms import sampler, step

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Measure both, print a line for each figure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.inference_mode():
        result = {
            "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU",
            "cuda": "measured" if device.type == "cuda" else "not measured: there was no device",
            "machine": machine(),
            "repeats": arguments.repeats,
            "sampler": sampler.measure(device, repeats=arguments.repeats),
            "step": step.measure(device, repeats=arguments.repeats),
        }
    result["load_average_at_the_end"] = machine()["load_average"]
    text = json.dumps(result, indent=1) + "\n"
    (arguments.out / "noise.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
