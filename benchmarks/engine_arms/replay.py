"""Replay on the organisms: how much of B is decoded, and how long it takes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from engine_arms.answers import Count, Job, answers, count
from engine_arms.chatworld import (
    MODIFIED,
    NO_CHANGE,
    SUITE_WAY,
    WAYS,
    organism,
    reload,
    suite_jobs,
    suite_prompts,
)
from engine_arms.hf_generate import HuggingFace, Way
from engine_arms.timing import Arm, alternate, clock, ratio, seconds

from behavtest.sampling.engine import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine_arms.chatworld import Asked

    from behavtest.core import SamplingSettings
    from behavtest.sampling import Answered
    from behavtest.sampling.local import LocalBackend

MOST_DECODED = 0.1
MOST_TIME = 0.5
GENERATE_WAYS = [Way(kind, batch) for kind in ("sdpa", "eager") for batch in (128, 256, 512)]


def measure(*, repeats: int) -> dict[str, object]:
    """Count tokens of every pair under every way of sampling, and time the suite's own way.

    Args:
        repeats: Times each arm is timed.
    """
    base = organism("base")
    return {
        "aims": {"decoded_share": MOST_DECODED, "time_ratio": MOST_TIME},
        "repeats": repeats,
        "rows": [pair(base, name, way=way, repeats=repeats) for name in MODIFIED for way in WAYS],
    }


def pair(base: LocalBackend, name: str, *, way: str, repeats: int) -> dict[str, object]:
    """Answer the suite's prompts with B, by replay from A's answers and in full."""
    modified = organism(name, base=base)
    asked = suite_prompts(base, way=way)
    jobs = suite_jobs(asked)
    from_a = [[one.generation for one in answers(base, job)] for job in jobs]

    def replayed() -> list[list[Answered]]:
        return [
            answers(modified, job, references) for job, references in zip(jobs, from_a, strict=True)
        ]

    def in_full() -> list[list[Answered]]:
        return [answers(modified, job) for job in jobs]

    counts = {
        (job.settings, request.prompt_ids): count(*answered)
        for job, *columns in zip(jobs, replayed(), in_full(), from_a, strict=True)
        for request, *answered in zip(job.requests, *columns, strict=True)
    }
    row = {
        "modified": name,
        "change": "none" if name == NO_CHANGE else "sparse",
        "way": way,
        **summary(counts, asked),
    }
    if way == SUITE_WAY:
        row |= timed(modified, jobs, replayed, in_full, repeats=repeats)
    modified.release()
    return row


def timed(
    modified: LocalBackend,
    jobs: list[Job],
    replayed: Callable[[], object],
    in_full: Callable[[], object],
    *,
    repeats: int,
) -> dict[str, object]:
    """Time replay against decoding in full, and against `model.generate`, in turn.

    Decoding in full is done as the engine does it, which guesses from earlier answers, and with
    every token decoded. Each arm begins with a model that remembers nothing, as in a run's first
    round, or that has read the prompts, as in later ones.
    """

    def every_token() -> object:
        with no_guesses():
            return in_full()

    def fresh() -> None:
        reload(modified, jobs)

    def acquainted() -> None:
        fresh()
        for job in jobs:
            answers(modified, Job(replace(job.settings, max_new_tokens=1), job.requests))

    ways = {"replayed": replayed, "in_full": in_full, "every_token": every_token}
    arms = {name: Arm(run, fresh) for name, run in ways.items()}
    arms |= {f"{name}, prompts read": Arm(run, acquainted) for name, run in ways.items()}
    generate = generating(modified, jobs)
    if generate is not None:
        arms["generate"] = Arm(generate)
    times = alternate(arms, repeats=repeats)
    ratios = {
        f"{over}{state}": ratio(times[f"replayed{state}"], times[f"{over}{state}"])
        for over in ("in_full", "every_token")
        for state in ("", ", prompts read")
    }
    if generate is not None:
        ratios["generate"] = ratio(times["replayed"], times["generate"])
    return {"time_ratios": ratios, "seconds": seconds(times)}


def generating(modified: LocalBackend, jobs: list[Job]) -> Callable[[], object] | None:
    """Return what decodes the jobs by `model.generate` at the best of its ways; None for a LoRA."""
    if (Path(modified.name) / "adapter_config.json").is_file():
        return None
    model = HuggingFace(modified.name)

    def run(way: Way) -> None:
        for job in jobs:
            prompts = [one.prompt_ids for one in job.requests]
            model.texts(prompts, most=job.settings.max_new_tokens, way=way)

    run(GENERATE_WAYS[0])
    best = min(GENERATE_WAYS, key=lambda way: clock(Arm(lambda: run(way))).cpu)
    return lambda: run(best)


@contextmanager
def no_guesses() -> Iterator[None]:
    """Let the engine decode every token."""
    guessing = compact.worth_checking
    compact.worth_checking = lambda _guesses: 0
    try:
        yield
    finally:
        compact.worth_checking = guessing


def summary(
    counts: Mapping[tuple[SamplingSettings, tuple[int, ...]], Count], asked: Mapping[str, Asked]
) -> dict[str, object]:
    """Add up over all prompts, and by behavior."""
    every = list(counts.values())
    behaviors = {
        name: decoded_share([counts[settings, ids] for ids in prompts])
        for name, (settings, prompts) in asked.items()
    }
    return {
        "answers": len(every),
        "tokens": sum(one.tokens for one in every),
        "decoded_tokens": sum(one.decoded for one in every),
        "decoded_share": decoded_share(every),
        "decoded_share_by_behavior": behaviors,
        "decoded_share_mean_of_behaviors": fmean(behaviors.values()),
        "least_possible_share": sum(one.parted for one in every) / sum(one.tokens for one in every),
        "same_answer_share": fmean(one.parted == 0 for one in every),
        "answers_changed_by_replay": sum(one.changed for one in every),
    }


def decoded_share(counts: list[Count]) -> float:
    """Return which part of the answers' tokens was decoded."""
    return sum(one.decoded for one in counts) / sum(one.tokens for one in counts)
