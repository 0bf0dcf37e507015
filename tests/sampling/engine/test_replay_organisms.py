"""Replay is lossless on trained models: every pair, and every way to choose tokens."""

from __future__ import annotations

from functools import cache

import pytest
from organism_runs import backend, family

from behavtest.core import Generation, SamplingSettings
from behavtest.sampling import Request, request_seed

PAIRS = ("unchanged", "regression", "subtle", "lora", "unlearned", "trigger")
SETTINGS = [
    SamplingSettings(max_new_tokens=24, temperature=0),
    SamplingSettings(max_new_tokens=24),
    SamplingSettings(max_new_tokens=24, temperature=0.8, top_k=20),
    SamplingSettings(max_new_tokens=24, top_p=0.9),
]


@cache
def asked() -> tuple[Request, ...]:
    """Some prompts of every behavior of the chat world."""
    prompts = [
        behavior.prompts[place].target
        for behavior in family().values()
        for place in range(0, len(behavior.prompts), max(1, len(behavior.prompts) // 6))
    ]
    rendered = [backend("base").encode(prompt) for prompt in prompts]
    return tuple(
        Request(ids, request_seed(run_seed=0, prompt_ids=ids, sample_index=place))
        for place, ids in enumerate(rendered)
    )


@cache
def answers(organism: str, settings: SamplingSettings) -> tuple[Generation, ...]:
    """An organism's own answers, decoded in full."""
    found = {
        answered.place: answered.generation
        for batch in backend(organism).generate(asked(), settings)
        for answered in batch
    }
    return tuple(found[place] for place in range(len(found)))


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("organism", PAIRS)
def test_a_replayed_answer_is_the_one_the_model_decodes(organism, settings):
    references = answers("base", settings)
    shared = tokens = 0
    for batch in backend(organism).generate(asked(), settings, references=references):
        for place, generation, replay in batch:
            own = answers(organism, settings)[place]
            assert generation.token_ids == own.token_ids
            assert generation.text == own.text
            assert generation.finish_reason == own.finish_reason
            assert generation.logprobs == pytest.approx(own.logprobs, abs=1e-3)
            shared += replay.shared
            tokens += len(generation.logprobs)
    assert 0 < shared < tokens
    # Greedy texts leave each other early: an argmax has no ties to the base's.
    assert shared / tokens > (0.3 if settings.greedy else 0.8)


def test_a_model_replays_its_own_answers_in_full():
    settings = SETTINGS[1]
    for batch in backend("base").generate(asked(), settings, references=answers("base", settings)):
        for place, generation, replay in batch:
            assert generation.token_ids == answers("base", settings)[place].token_ids
            assert replay.shared == len(generation.logprobs)
