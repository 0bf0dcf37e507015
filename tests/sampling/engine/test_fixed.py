"""Fixed slots: what the sampler does not prove is computed again."""

from __future__ import annotations

import torch
from by_definition import END, answer, requests

from behavtest.core import SamplingSettings
from behavtest.sampling.choose import Choice, choose_flagged
from behavtest.sampling.engine import steps
from behavtest.sampling.engine.desk import EngineOptions
from behavtest.sampling.engine.engine import Engine
from behavtest.sampling.engine.graph import captured


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


def test_off_cuda_a_step_is_not_recorded():
    state = torch.zeros(1)

    def step() -> None:
        state.add_(1)

    assert captured(step, [state], device=torch.device("cpu")) is step
    assert state.item() == 0
