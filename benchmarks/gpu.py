"""Measure the generation engine on a CUDA GPU, with random 1B and 8B Llama shapes in bf16.

    python benchmarks/gpu.py [--shapes 1B,8B] [--only check,decode,generate,...] [--out FOLDER]
                             [--without-cudnn]
    python benchmarks/gpu.py --smoke      # every part with a tiny shape on the CPU; writes nothing

Writes `gpu.json`, after each part, beside what is in it already: whether the device gives the
CPU's answers; decode throughput as a share of what the memory bandwidth allows; the kernels that
take longest; against `model.generate`; against transformers' continuous batching; replay against
decoding, and how much is accepted where B is A with noise on its weights. Parts that were not run,
or failed, are named in it. It needs torch and transformers, and of behavtest's other needs only
those of its engine; behavtest itself need not be installed.

Reckoned from the bytes and operations of each part, not measured: 1B takes 7 minutes in all; 8B
takes 3 for decode, 2 for kernels, 5 for generate, 3 for continuous and 6 for replay. The 8B shape
needs 35 GB where temporary files go (`TMPDIR`; memory does) and 60 GB of GPU memory.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # all models are made here

from engine_arms.machine import machine  # noqa: E402 - found through the line above
from gpu_arms import check, continuous, decode, generate, kernels, replay  # noqa: E402
from gpu_arms.bandwidth import copy_bandwidth  # noqa: E402
from gpu_arms.models import Models  # noqa: E402
from gpu_arms.scale import SHAPES, SMOKE, Scale, full  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARTS = {
    "check": check.measure,
    "decode": decode.measure,
    "kernels": kernels.measure,
    "generate": generate.measure,
    "continuous": continuous.measure,
    "replay": replay.measure,
}


def measure(scale: Scale, parts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Measure one shape.

    Args:
        scale: The shape and how much is asked of it.
        parts: Names of `PARTS`.

    Yields:
        What each part found. One that fails says so, and the others go on.
    """
    bandwidth = copy_bandwidth(scale.device, scale.copied_bytes)
    yield {"copy_bytes_per_second": bandwidth}
    with tempfile.TemporaryDirectory() as folder:
        models = Models(scale, Path(folder))
        for name in parts:
            start = time.perf_counter()
            try:
                found = PARTS[name](scale, models, bandwidth)
            except Exception as error:  # noqa: BLE001 -- the GPU's time goes on, whatever it is
                traceback.print_exc()
                found = {"error": f"{type(error).__name__}: {error}"[:1000]}
            found["seconds"] = round(time.perf_counter() - start)
            print(f"{scale.shape.name}, {name}: {json.dumps(found)}", flush=True)
            yield {name: found}
            gc.collect()
            if scale.device != "cpu":
                torch.cuda.empty_cache()


def not_run(result: dict[str, Any]) -> list[str]:
    """Name what `gpu.json` lacks or tells to have failed."""
    return [
        f"{shape}: {part}"
        for shape in SHAPES
        for part in PARTS
        if "error" in result.get(shape, {}).get(part, {"error": "not run"})
    ]


def main() -> int:
    """Measure what was asked for and write it, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shapes", default=",".join(SHAPES), help="comma-separated")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma-separated")
    parser.add_argument("--smoke", action="store_true", help="a tiny shape on the CPU")
    parser.add_argument(
        "--without-cudnn",
        action="store_true",
        help="attention by torch's own kernels, where it would take cuDNN's; kept apart",
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    parts, shapes = arguments.only.split(","), arguments.shapes.split(",")
    if unknown := (set(parts) - set(PARTS)) | (set(shapes) - set(SHAPES)):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if arguments.smoke:
        found = {name: each for part in measure(SMOKE, parts) for name, each in part.items()}
        print(json.dumps(found, indent=1))
        return int(any("error" in found[part] for part in parts))
    if not torch.cuda.is_available():
        print(
            "No CUDA device here, so nothing was measured and nothing written; "
            "--smoke tries the code with a tiny shape on the CPU."
        )
        return 1
    file = arguments.out / "gpu.json"
    result = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    failed = False
    torch.backends.cuda.enable_cudnn_sdp(not arguments.without_cudnn)
    for name in shapes:
        kept = f"{name} without cuDNN" if arguments.without_cudnn else name
        of_shape = result.setdefault(kept, {})
        of_shape["machine"] = machine()
        for found in measure(full(SHAPES[name]), parts):
            of_shape.update(found)
            failed |= any(isinstance(each, dict) and "error" in each for each in found.values())
            result["not_run"] = not_run(result)
            file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
