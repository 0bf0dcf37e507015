"""The results of `benchmarks/engine.py` as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine_arms.report_tables import jobs, loop, replay, variance
from engine_arms.verdicts import aims

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = """\
# The generation engine, measured

Written by `benchmarks/engine.py`; the same numbers with more digits, and every setting that was
tried, are in `engine.json`. Each ratio is of arms that took turns in one process, each run once
before the clock started; medians, with the least and greatest repeat in brackets.

{machines}

## The aims

{aims}
"""

TAIL = """
## CUDA

Not run: no CUDA device was at hand. `benchmarks/gpu.py` measures there, with random 1B and 8B Llama
shapes in bf16, the share of the memory-bandwidth roofline at 64 and 256 slots, `model.generate`,
transformers' continuous batching, replay against decoding, and coupled acceptance under weight
noise; it writes `gpu.json` and has run only as `--smoke`, with tiny shapes on the CPU. None of the
issue's CUDA figures is therefore known.
"""

TABLES = {"replay": replay, "variance": variance, "loop": loop, "jobs": jobs}


def markdown(result: Mapping[str, Any]) -> str:
    """Return the page."""
    head = HEAD.format(machines=machines(result), aims="\n".join(aims(result)))
    return head + "".join(TABLES[name](result[name]) for name in TABLES if name in result) + TAIL


def machines(result: Mapping[str, Any]) -> str:
    """Say what each part was measured on, parts with one machine together."""
    said: dict[str, list[str]] = {}
    for name, part in result.items():
        it = part["machine"]
        versions = ", ".join(f"{key} {value}" for key, value in it["versions"].items() if value)
        text = (
            f"{it['cpu']} ({it['architecture']}, {it['cores']} cores, shared with other work), "
            f"{it['torch_threads']} torch thread, OMP_NUM_THREADS={it['omp_num_threads']}; "
            f"Python {it['python']}, {versions}."
        )
        said.setdefault(text, []).append(f"{name} (load {it['load_average']})")
    return "\n\n".join(f"{', '.join(names)}: {text}" for text, names in said.items())
