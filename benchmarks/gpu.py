"""Measure the generation engine on a CUDA GPU, with random 1B and 8B Llama shapes in bf16.

    python benchmarks/gpu.py [--shapes 1B,8B] [--only decode,generate,continuous,replay]
    python benchmarks/gpu.py --smoke      # every arm with a tiny shape on the CPU; writes nothing

Writes `benchmarks/gpu.json`: decode throughput as a share of what the memory bandwidth allows,
against `model.generate`, against transformers' continuous batching, replay against decoding, and
how much is accepted where B is A with noise on its weights. Parts that were not run are named in
it. The 8B shape needs 35 GB of disk and 50 GB of GPU memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "tests" / "support"))

from engine_arms.machine import machine  # noqa: E402 - found through the line above
from gpu_arms import continuous, decode, generate, replay  # noqa: E402
from gpu_arms.bandwidth import copy_bandwidth  # noqa: E402
from gpu_arms.scale import SHAPES, SMOKE, Scale, full  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = {
    "decode": decode.measure,
    "generate": generate.measure,
    "continuous": continuous.measure,
    "replay": replay.measure,
}


def measure(scale: Scale, parts: Sequence[str]) -> dict[str, object]:
    """Measure one shape.

    Args:
        scale: The shape and how much is asked of it.
        parts: Names of `PARTS`.
    """
    bandwidth = copy_bandwidth(scale.device, scale.copied_bytes)
    found: dict[str, object] = {"copy_bytes_per_second": bandwidth}
    for name in parts:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found[name] = PARTS[name](scale, Path(folder), bandwidth)
        print(f"{scale.shape.name}, {name}: {time.perf_counter() - start:.0f} s", flush=True)
    return found


def not_run(result: dict[str, Any]) -> list[str]:
    """Name what `gpu.json` lacks."""
    return [
        f"{shape}: {part}"
        for shape in SHAPES
        for part in PARTS
        if part not in result.get(shape, {})
    ]


def main() -> int:
    """Measure what was asked for and write it, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shapes", default=",".join(SHAPES), help="comma-separated")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma-separated")
    parser.add_argument("--smoke", action="store_true", help="a tiny shape on the CPU")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    parts, shapes = arguments.only.split(","), arguments.shapes.split(",")
    if unknown := (set(parts) - set(PARTS)) | (set(shapes) - set(SHAPES)):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if arguments.smoke:
        print(json.dumps(measure(SMOKE, parts), indent=1))
        return 0
    if not torch.cuda.is_available():
        print(
            "No CUDA device here, so nothing was measured and nothing written; "
            "--smoke tries the code with a tiny shape on the CPU."
        )
        return 1
    file = arguments.out / "gpu.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for name in shapes:
        before = {"machine": machine()}
        result[name] = result.get(name, {}) | measure(full(SHAPES[name]), parts) | before
        result["not_run"] = not_run(result)
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
