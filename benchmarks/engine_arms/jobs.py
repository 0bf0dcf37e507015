"""The same 200 prompts through behavtest, inspect_ai and lm-evaluation-harness."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from engine_arms.timing import Arm, alternate, ratio, seconds
from organism_runs import ORGANISMS, SUITES

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPTS = 200
LONGEST = 24
INSPECT, LM_EVAL = "inspect_ai", "lm-evaluation-harness"
BARE_LM_EVAL = "lm-evaluation-harness, evaluate() alone"
FORGETFUL_INSPECT = "inspect_ai, answers not kept"
AIMS = {INSPECT: 20.0, FORGETFUL_INSPECT: 20.0, LM_EVAL: 3.0, BARE_LM_EVAL: 3.0}
BATCHES = (25, 50, 100, 200)
SOURCES = ("capitals-europe.jsonl", "capitals-asia.jsonl")
MODEL = ORGANISMS / "base"


def measure(*, repeats: int) -> dict[str, object]:
    """Find the two harnesses' best settings, then time the three in turn.

    Every arm reads the prompts from a file, renders, answers, scores and writes down; models are
    loaded before the clock starts.

    Args:
        repeats: Times each arm is timed.

    Raises:
        ImportError: A harness is not installed; `benchmarks/requirements.txt` names them.
    """
    from engine_arms import behavtest_job

    with tempfile.TemporaryDirectory() as name, quiet():
        folder = Path(name)
        prompts = write_prompts(folder / "prompts.jsonl")
        tried = harnesses(prompts, folder)
        best = {arm: min(times, key=lambda way: times[way][1]) for arm, times in tried.items()}
        arms = {"behavtest": behavtest_job.prepare(prompts, folder)}
        arms |= {arm: tried[arm][way][0] for arm, way in best.items()}
        scores = {arm: arms[arm].run() for arm in arms}
        times = alternate(arms, repeats=repeats)
    return {
        "aims": AIMS,
        "prompts": PROMPTS,
        "max_new_tokens": LONGEST,
        "temperature": 1.0,
        "repeats": repeats,
        "settings": {"behavtest": behavtest_job.SETTINGS, **best},
        "mean_scores": scores,
        "over_behavtest": {arm: ratio(times[arm], times["behavtest"]) for arm in tried},
        "seconds": seconds(times),
        "tried": {
            arm: {way: time for way, (_, time) in times.items()} for arm, times in tried.items()
        },
    }


def harnesses(prompts: Path, folder: Path) -> dict[str, dict[str, tuple[Arm, float]]]:
    """Return each harness's ways of running, and the median seconds each took."""
    from engine_arms import inspect_job, lm_eval_job

    inspect, lm_eval = inspect_job.prepare(prompts, folder), lm_eval_job.prepare(prompts)

    def inspected(*batches: int | None, kept: bool = True) -> dict[str, Arm]:
        ways = [inspect_job.Way(batch, kept) for batch in batches]
        return {str(way): Arm(partial(inspect, way)) for way in ways}

    def evaluated(*batches: int, described: bool = True) -> dict[str, Arm]:
        ways = [lm_eval_job.Way(batch, described) for batch in batches]
        return {str(way): Arm(partial(lm_eval, way)) for way in ways}

    arms = {
        INSPECT: inspected(*BATCHES),
        FORGETFUL_INSPECT: inspected(*BATCHES, kept=False),
        "inspect_ai, batch left to it": inspected(None),
        LM_EVAL: evaluated(*BATCHES),
        BARE_LM_EVAL: evaluated(*BATCHES, described=False),
        "lm-evaluation-harness, its default batch": evaluated(1),
    }
    tried = {}
    for harness, those in arms.items():
        times = alternate(those, repeats=2)
        tried[harness] = {
            way: (arm, median(one.wall for one in times[way])) for way, arm in those.items()
        }
    return tried


def write_prompts(file: Path) -> Path:
    """Write the first 200 questions about European and Asian capitals, with their answers."""
    lines = [
        line
        for source in SOURCES
        for line in (SUITES / "prompts" / source).read_text(encoding="utf-8").splitlines()
    ]
    rows = [json.loads(line) for line in lines[:PROMPTS]]
    kept = [json.dumps({"prompt": row["prompt"], "answer": row["answer"]}) for row in rows]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return file


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what the harnesses print; a terminal costs them time."""
    logging.disable(logging.WARNING)
    try:
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nothing,
            redirect_stdout(nothing),
            redirect_stderr(nothing),
        ):
            yield
    finally:
        logging.disable(logging.NOTSET)
