"""The organisms, and what the chat-world suite asks them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from engine_arms.answers import Job, answers
from organism_runs import ORGANISMS, family

from behavtest.core import SamplingSettings
from behavtest.sampling import BackendOptions, Request, request_seed
from behavtest.sampling.local import LocalBackend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


NO_CHANGE = "unchanged"
SPARSE = ("subtle", "regression", "lora", "unlearned", "trigger")
MODIFIED = (NO_CHANGE, *SPARSE)
OPTIONS = BackendOptions(device="cpu")

SUITE_WAY = "temperature 1"
WAYS: dict[str, dict[str, float | int]] = {
    SUITE_WAY: {},
    "greedy": {"temperature": 0.0},
    "top-k 50": {"top_k": 50},
    "top-p 0.95": {"top_p": 0.95},
}
"""Ways of sampling: the suite's own, and changes to it."""


class Asked(NamedTuple):
    """What one behavior asks.

    Args:
        settings: How its answers are sampled.
        prompts: Rendered; a contrast's baselines are among them.
    """

    settings: SamplingSettings
    prompts: list[tuple[int, ...]]


def organism(
    name: str, *, base: LocalBackend | None = None, options: BackendOptions = OPTIONS
) -> LocalBackend:
    """Return an example model; an adapter needs the base's backend."""
    return LocalBackend(str(ORGANISMS / name), options, base=base)


def suite_prompts(backend: LocalBackend, *, way: str) -> dict[str, Asked]:
    """Render what every behavior of the chat-world suite asks, target and baseline alike."""
    asked = {}
    for name, behavior in family().items():
        cases = [behavior.prompts[index] for index in range(len(behavior.prompts))]
        prompts = [prompt for case in cases for prompt in (case.target, case.baseline) if prompt]
        settings = replace(behavior.settings, **WAYS[way])
        asked[name] = Asked(settings, [backend.encode(prompt) for prompt in prompts])
    return asked


def suite_jobs(asked: Mapping[str, Asked], *, seed: int = 0) -> list[Job]:
    """Ask every prompt of the suite once, at the behaviors' own lengths; one job per setting."""
    prompts: dict[SamplingSettings, dict[tuple[int, ...], None]] = {}
    for settings, ids in asked.values():
        prompts.setdefault(settings, {}).update(dict.fromkeys(ids))
    return [
        Job(settings, [request(one, seed=seed, greedy=settings.greedy) for one in ids])
        for settings, ids in prompts.items()
    ]


def request(
    prompt: tuple[int, ...], *, seed: int, greedy: bool = False, sample: int = 0
) -> Request:
    """Ask one rendered prompt, with noise of its own."""
    noise = request_seed(run_seed=seed, prompt_ids=prompt, sample_index=sample)
    return Request(prompt, 0 if greedy else noise)


def reload(backend: LocalBackend, jobs: Sequence[Job]) -> None:
    """Load a model anew, so that it remembers no prompt it has read and no answer it gave.

    Args:
        backend: The model.
        jobs: What it is about to be asked: it makes room for that.
    """
    backend.release()
    tokens = max(
        max(len(one.prompt_ids) for one in job.requests) + job.settings.max_new_tokens
        for job in jobs
    )
    longest = Request((0,) * (tokens - 1), 0)
    answers(backend, Job(SamplingSettings(max_new_tokens=1), [longest]))
