"""Fixed slots: what the sampler does not prove is computed again."""

from __future__ import annotations

import pytest
import torch
from by_definition import END, answer, requests
from transformers import AutoModelForCausalLM, GPT2Config

from behavtest.core import Generation, SamplingSettings
from behavtest.sampling.choose import Choice, choose_flagged
from behavtest.sampling.engine import replay, shapes, steps
from behavtest.sampling.engine.desk import EngineOptions
from behavtest.sampling.engine.engine import Engine
from behavtest.sampling.engine.graph import Graphs
from behavtest.sampling.requests import Request

VOCABULARY = 50


def test_a_choice_in_doubt_is_made_again_and_what_follows_it_forgotten(tiny_model, monkeypatch):
    """The sampler's doubts are far too rare to wait for, so every fifth choice is spoiled."""
    spoiled = []

    def doubting(logits, *, seeds, positions, settings):
        choice, doubtful = choose_flagged(
            logits, seeds=seeds, positions=positions, settings=settings
        )
        here = (seeds + positions) % 5 == 0
        spoiled.append(int(here.sum()))
        return Choice(torch.where(here, 20, choice.tokens), choice.logprobs), doubtful | here

    settings = SamplingSettings(max_new_tokens=10)
    asked = requests(24)
    expected = [answer(tiny_model, request, settings) for request in asked]
    monkeypatch.setattr(steps, "choose_flagged", doubting)
    made = Engine(tiny_model, EngineOptions(end_ids=END, canonical=True, stride=3))
    made.plan(rows=8, tokens=40)
    found = {row.place: row for batch in made.run(asked, settings) for row in batch}
    assert [(found[place].token_ids, found[place].finish_reason) for place in range(24)] == [
        (right.token_ids, right.finish_reason) for right in expected
    ]
    assert all(row.replay is None for row in found.values())
    assert sum(spoiled) > 10 or not made.over_slots


def test_requests_of_very_different_lengths_are_answered_in_buckets(tiny_model):
    settings = SamplingSettings(max_new_tokens=5)
    short, long = requests(4), requests(4, longest=90)
    expected = [answer(tiny_model, request, settings) for request in [*short, *long]]
    made = Engine(tiny_model, EngineOptions(end_ids=END, canonical=True))
    made.plan(rows=3, tokens=100)
    found = {row.place: row for batch in made.run([*short, *long], settings) for row in batch}
    assert [found[place].token_ids for place in range(8)] == [right.token_ids for right in expected]


@pytest.mark.parametrize("replayed", [False, True])
def test_no_pass_goes_beyond_the_positions_that_a_model_has(replayed):
    """Idle slots, padding and a stride's last steps are no reason to: buckets end at 96 and 128."""
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_positions=90)
    model = AutoModelForCausalLM.from_config(config).eval()
    settings = SamplingSettings(max_new_tokens=20)
    asked = [Request(tuple(range(10, 45)) * 2, 1), Request((5,), 2)]
    expected = [answer(model, request, settings, end_ids=()) for request in asked]
    options = EngineOptions(end_ids=frozenset(), canonical=True, stride=8)
    made = Engine(model, options)
    made.plan(rows=3, tokens=90)
    references = [Generation((3,) * 40, (), "", "length")] * 2 if replayed else None
    found = {row.place: row for batch in made.run(asked, settings, references) for row in batch}
    assert [found[place].token_ids for place in range(2)] == [right.token_ids for right in expected]


@pytest.mark.parametrize("canonical", [False, True])
def test_the_logits_of_drafts_are_bounded(tiny_model, monkeypatch, canonical):
    settings = SamplingSettings(max_new_tokens=12)
    asked = requests(24)
    expected = [answer(tiny_model, request, settings) for request in asked]
    monkeypatch.setattr(shapes, "_MOST_LOGITS", 3 * 16 * VOCABULARY)
    monkeypatch.setattr(replay, "_LOGITS_AT_ONCE", 5 * VOCABULARY)
    made = Engine(
        tiny_model,
        EngineOptions(end_ids=END, canonical=canonical, logit_bytes=16 * 3 * 16 * VOCABULARY),
    )
    made.plan(rows=20, tokens=40)
    sizes = []
    hook = tiny_model.register_forward_hook(lambda *passed: sizes.append(passed[2].logits.numel()))
    found = {row.place: row for batch in made.run(asked, settings, expected) for row in batch}
    hook.remove()
    assert max(sizes) <= 3 * 16 * VOCABULARY
    assert all(found[place].token_ids == expected[place].token_ids for place in range(24))
    for place, right in enumerate(expected):
        assert found[place].replay.logprobs == pytest.approx(
            right.logprobs[: len(right.token_ids)], abs=1e-4
        )


def test_off_cuda_a_step_is_not_recorded():
    state = torch.zeros(1)

    def step() -> None:
        state.add_(1)

    assert Graphs(torch.device("cpu")).record(step, [state]) is step
    assert state.item() == 0
