"""The decode loop against transformers' `model.generate`, on answers of mixed length."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from engine_arms.answers import Job, answers
from engine_arms.chatworld import reload, request, suite_prompts
from engine_arms.hf_generate import HuggingFace, Way
from engine_arms.shapes import FIRST_END, Shape, save
from engine_arms.timing import Arm, alternate, clock, ratio, seconds
from organism_runs import ORGANISMS

from behavtest.core import SamplingSettings
from behavtest.sampling import BackendOptions
from behavtest.sampling.local import LocalBackend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LEAST_RATIO = 2.0
BATCHES = (8, 16, 32, 64, 128, 256, 512)
"""Batch sizes tried; those beyond the number of requests are left out."""

ATTENTIONS = ("sdpa", "eager")

MEDIUM = Shape(
    name="random Llama",
    hidden=512,
    layers=8,
    heads=8,
    kv_heads=4,
    intermediate=1536,
    vocabulary=32_000,
    context=1024,
)
MEAN_ANSWER = 24
LONGEST_ANSWER = 96
SHORTEST_PROMPT, LONGEST_PROMPT = 8, 128


Key = TypeVar("Key")


class Workload(NamedTuple):
    """What both arms answer.

    Args:
        model: For people.
        folder: The model.
        job: The requests.
    """

    model: str
    folder: str
    job: Job


def measure(*, most: int, most_medium: int, repeats: int) -> dict[str, object]:
    """Measure on the organism `base` and on a bigger model with random weights.

    Args:
        most: Prompts for the organism.
        most_medium: Prompts for the bigger model.
        repeats: Times each arm is timed.
    """
    with tempfile.TemporaryDirectory() as folder:
        parameters = save(MEDIUM, Path(folder), ends=MEDIUM.vocabulary // MEAN_ANSWER)
        name = f"{MEDIUM.name}, {parameters / 1e6:.0f} M parameters, {MEDIUM.vocabulary} tokens"
        return {
            "aims": {"generate_over_own": LEAST_RATIO},
            "repeats": repeats,
            "rows": [
                *(against_generate(work, repeats=repeats) for work in organism_workloads(most)),
                against_generate(Workload(name, folder, mixed_job(most_medium)), repeats=repeats),
            ],
        }


def organism_workloads(most: int) -> Iterator[Workload]:
    """Ask the organism `base` at the suite's longest setting, in random order.

    Once every prompt of the suite, and once what a run's first draws ask: each behavior equally
    often, prompts drawn with replacement, so that some are asked several times.

    Args:
        most: Requests.
    """
    folder = str(ORGANISMS / "base")
    backend = LocalBackend(folder, BackendOptions(device="cpu"))
    asked = suite_prompts(backend, way="temperature 1")
    settings = max((one.settings for one in asked.values()), key=lambda one: one.max_new_tokens)
    rng = random.Random(0)
    once = list(dict.fromkeys(prompt for one in asked.values() for prompt in one.prompts))
    rng.shuffle(once)
    each = [request(prompt, seed=0) for prompt in once[:most]]
    yield Workload("organism `base`, every prompt once", folder, Job(settings, each))
    drawn = [
        request(rng.choice(one.prompts), seed=0, sample=place)
        for place in range(-(-most // len(asked)))
        for one in asked.values()
    ]
    yield Workload("organism `base`, a run's draws", folder, Job(settings, drawn[:most]))


def mixed_job(count: int) -> Job:
    """Ask random prompts whose lengths are spread evenly on a log scale.

    The model's many end tokens make the answers' lengths geometric, cut off at the longest.
    """
    rng = random.Random(0)
    spread = LONGEST_PROMPT / SHORTEST_PROMPT
    prompts = [
        tuple(
            rng.randrange(FIRST_END, MEDIUM.vocabulary)
            for _ in range(round(SHORTEST_PROMPT * spread ** rng.random()))
        )
        for _ in range(count)
    ]
    settings = SamplingSettings(max_new_tokens=LONGEST_ANSWER, temperature=1.0)
    return Job(settings, [request(prompt, seed=0) for prompt in prompts])


def against_generate(work: Workload, *, repeats: int) -> dict[str, object]:
    """Find both arms' best batch sizes, then time them in turn."""
    other = HuggingFace(work.folder)
    prompts = [one.prompt_ids for one in work.job.requests]
    most = work.job.settings.max_new_tokens

    def generate(way: Way) -> Arm:
        return Arm(lambda: other.texts(prompts, most=most, way=way))

    def own(batch: int | None) -> Arm:
        options = BackendOptions(device="cpu", **({"batch_size": batch} if batch else {}))
        backend = LocalBackend(work.folder, options)
        return Arm(lambda: answers(backend, work.job), lambda: reload(backend, [work.job]))

    batches = [batch for batch in BATCHES if batch <= len(prompts)]
    clock(generate(Way(ATTENTIONS[0], batches[-1])))
    ways = [Way(attention, batch) for attention in ATTENTIONS for batch in batches]
    tried_generate = {way: clock(generate(way)).wall for way in ways}
    tried_own = {batch: clock(own(batch)).wall for batch in batches}
    best, best_own = fastest(tried_generate), fastest(tried_own)
    arms = {"generate": generate(best), "own": own(None), "own_at_its_best": own(best_own)}
    times = alternate(arms, repeats=repeats)
    found = answers(LocalBackend(work.folder, BackendOptions(device="cpu")), work.job)
    return {
        "model": work.model,
        "requests": len(prompts),
        "distinct_prompts": len(set(prompts)),
        "prompt_tokens": spread(map(len, prompts)),
        "answer_tokens": spread(len(one.generation.token_ids) for one in found),
        "longest_answer_allowed": most,
        "generate_at": str(best),
        "own_at": BackendOptions().batch_size,
        "own_best_at": best_own,
        "generate_over_own": ratio(times["generate"], times["own"]),
        "generate_over_own_at_its_best": ratio(times["generate"], times["own_at_its_best"]),
        "seconds": seconds(times),
        "tried": {
            "generate": {str(way): time_ for way, time_ in tried_generate.items()},
            "own": {str(batch): time_ for batch, time_ in tried_own.items()},
        },
    }


def fastest(tried: dict[Key, float]) -> Key:
    """Return what took least."""
    return min(tried, key=tried.__getitem__)


def spread(lengths: Iterable[int]) -> dict[str, float]:
    """Return the least, mean and greatest of some lengths."""
    every = list(lengths)
    return {"least": min(every), "mean": fmean(every), "greatest": max(every)}
