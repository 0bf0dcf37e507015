"""The engine's loops against the definition of an answer, for every kind of model."""

from __future__ import annotations

import random
from functools import cache

import pytest
import torch
from by_definition import END, answer, perturbed, requests

from behavtest.core import Generation, SamplingSettings
from behavtest.sampling.engine.desk import EngineOptions
from behavtest.sampling.engine.engine import Engine
from behavtest.sampling.engine.sampler import Sampler
from behavtest.sampling.requests import Request

SETTINGS = [
    SamplingSettings(max_new_tokens=12, temperature=0),
    SamplingSettings(max_new_tokens=12),
    SamplingSettings(max_new_tokens=12, temperature=0.7, top_k=10),
    SamplingSettings(max_new_tokens=12, top_p=0.8),
    SamplingSettings(max_new_tokens=1),
]
LOOPS = {"free": {}, "fixed": {"canonical": True}, "strided": {"canonical": True, "stride": 5}}


def engine(model, *, rows: int, **options) -> Engine:
    made = Engine(model, EngineOptions(end_ids=END, **options))
    made.plan(rows=rows, tokens=64)
    return made


def run(made: Engine, asked, settings, references=None, *, shuffle: int | None = None):
    """Every answer, in the order of the requests, whatever the order they were asked in."""
    order = list(range(len(asked)))
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)
    found = {}
    given = None if references is None else [references[place] for place in order]
    for batch in made.run([asked[place] for place in order], settings, given):
        for finished in batch:
            assert order[finished.place] not in found
            found[order[finished.place]] = finished
    assert len(found) == len(asked)
    return [found[place] for place in range(len(asked))]


@cache
def by_definition(model, settings, scale: float = 0) -> tuple[Generation, ...]:
    """The right answers to `requests(24)`, of the model or of one near it."""
    model = perturbed(model, scale=scale) if scale else model
    return tuple(answer(model, request, settings) for request in requests(24))


def texts(answers):
    return [(answer.token_ids, answer.finish_reason) for answer in answers]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_batch_gives_what_each_request_gives_by_definition(tiny_model, settings, loop):
    asked = requests(24)
    expected = by_definition(tiny_model, settings)
    found = run(engine(tiny_model, rows=10, **LOOPS[loop]), asked, settings)
    assert texts(found) == texts(expected)
    for row, right in zip(found, expected, strict=True):
        assert row.logprobs == pytest.approx(right.logprobs, abs=1e-4)
        assert row.replay is None


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_replayed_answer_is_the_models_own(tiny_model, settings, loop):
    """Whatever the reference: a near model's answer, one of another request, or none at all."""
    asked = requests(24)
    references: list[Generation | None] = [*by_definition(tiny_model, settings, 0.1)]
    references[3:6] = references[4:7]
    references[7] = None
    references[8] = Generation((), (), "", "stop")
    expected = by_definition(tiny_model, settings)
    found = run(engine(tiny_model, rows=10, **LOOPS[loop]), asked, settings, references)
    assert texts(found) == texts(expected)
    for row, right in zip(found, expected, strict=True):
        assert row.logprobs == pytest.approx(right.logprobs, abs=1e-4)


def test_a_replay_counts_what_was_shared_and_reads_the_whole_reference(tiny_model):
    settings = SamplingSettings(max_new_tokens=12)
    asked = requests(24)
    references = by_definition(tiny_model, settings, 0.1)
    found = run(engine(tiny_model, rows=24), asked, settings, references)
    shares = set()
    for request, reference, row in zip(asked, references, found, strict=True):
        assert row.replay is not None
        own = [*row.token_ids, *(["end"] if row.finish_reason == "stop" else [])]
        theirs = [*reference.token_ids, *(["end"] if reference.finish_reason == "stop" else [])]
        alike = [mine == other for mine, other in zip(own, theirs, strict=False)]
        assert row.replay.shared == (alike.index(False) if False in alike else len(alike))
        shares.add(row.replay.shared == len(own))
        with torch.inference_mode():
            logits = tiny_model(torch.tensor([[*request.prompt_ids, *reference.token_ids]])).logits
        spread = logits[0, len(request.prompt_ids) - 1 : -1].log_softmax(-1)
        expected = [float(spread[place, token]) for place, token in enumerate(reference.token_ids)]
        assert row.replay.logprobs == pytest.approx(expected, abs=1e-4)
    assert shares == {True, False}


def test_rows_of_the_sample_end_at_different_steps(tiny_model):
    """Without this the places of finished rows would never be taken above."""
    found = run(engine(tiny_model, rows=10), requests(24), SETTINGS[1])
    assert len({len(row.token_ids) for row in found if row.finish_reason == "stop"}) >= 3


def test_greedy_matches_generate(tiny_model):
    request = requests(1)[0]
    expected = tiny_model.generate(
        torch.tensor([request.prompt_ids]),
        attention_mask=torch.ones(1, len(request.prompt_ids), dtype=torch.int64),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=sorted(END),
        pad_token_id=0,
    )[0, len(request.prompt_ids) :].tolist()
    found = run(engine(tiny_model, rows=1), [request], SETTINGS[0])[0]
    assert list(found.token_ids) == [token for token in expected if token not in END]


@pytest.mark.parametrize("loop", LOOPS)
def test_an_answer_is_the_same_alone_in_any_batch_and_in_any_order(tiny_model, loop):
    settings = SamplingSettings(max_new_tokens=10)
    asked = requests(30)
    made = engine(tiny_model, rows=8, **LOOPS[loop])
    together = texts(run(made, asked, settings))
    assert texts(run(made, asked, settings, shuffle=1)) == together
    assert texts(run(engine(tiny_model, rows=30, **LOOPS[loop]), asked, settings)) == together
    alone = [texts(run(made, [request], settings))[0] for request in asked]
    assert alone == together


@cache
def tied(model):
    """A model like another, but with two tokens nearly as good as each other at every step."""
    model = perturbed(model, scale=0)
    with torch.no_grad():
        heads = model.get_output_embeddings().weight
        heads[9:] = heads[9 + torch.arange(len(heads) - 9) // 2 * 2]
        heads[10::2] *= 1 + 3e-7
    return model


@pytest.mark.parametrize("settings", SETTINGS[:4], ids=str)
def test_near_ties_fall_as_they_do_for_a_text_alone(tiny_model, settings):
    model, asked = tied(tiny_model), requests(60)
    expected = texts(answer(model, request, settings) for request in asked)
    decoded = run(engine(model, rows=20), asked, settings)
    assert texts(decoded) == expected
    own = [Generation(one.token_ids, one.logprobs, "", one.finish_reason) for one in decoded]
    for references in (own, own[1:] + own[:1]):
        assert texts(run(engine(model, rows=20), asked, settings, references)) == expected


def test_left_to_the_batch_some_near_ties_fall_otherwise(tiny_model, monkeypatch):
    """Else the test above could not fail."""
    if tiny_model.config.model_type != "llama":
        pytest.skip("one kind of model is enough")
    monkeypatch.setattr(Engine, "_sampler", lambda _self, settings: Sampler(settings))
    model, asked = tied(tiny_model), requests(60)
    expected = texts(answer(model, request, SETTINGS[0]) for request in asked)
    assert texts(run(engine(model, rows=20), asked, SETTINGS[0])) != expected


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_in_half_precision_canonical_shapes_make_answers_equal_to_the_last_bit(tiny_model, dtype):
    """Of the models that run over slots; alone, in any order, and beside other requests."""
    half = perturbed(tiny_model, scale=0).to(dtype)
    settings = SamplingSettings(max_new_tokens=10)
    asked = requests(30)
    made = engine(half, rows=8, canonical=True)
    if not made.over_slots:
        pytest.skip("runs with padding")
    together = run(made, asked, settings)
    shuffled = run(engine(half, rows=8, canonical=True), asked, settings, shuffle=2)
    alone = [run(engine(half, rows=8, canonical=True), [one], settings)[0] for one in asked[:6]]
    for other in (shuffled, alone):
        for row, same in zip(other, together, strict=False):
            assert (row.token_ids, row.logprobs) == (same.token_ids, same.logprobs)


def test_prompts_with_a_common_beginning_and_repeated_prompts_are_answered_the_same(tiny_model):
    head = tuple(range(10, 30))
    asked = [Request((*head, *request.prompt_ids[:4]), request.seed) for request in requests(12)]
    asked += [Request(asked[0].prompt_ids, seed) for seed in range(5)]
    settings = SamplingSettings(max_new_tokens=6)
    expected = [answer(tiny_model, request, settings) for request in asked]
    made = engine(tiny_model, rows=9)
    assert texts(run(made, asked, settings)) == texts(expected)
    assert texts(run(made, asked, settings)) == texts(expected)


def test_a_reference_with_tokens_the_model_does_not_know_is_used_up_to_them(tiny_model):
    settings = SamplingSettings(max_new_tokens=8)
    asked = requests(6)
    expected = [answer(tiny_model, request, settings) for request in asked]
    references = [
        Generation((*right.token_ids[:2], 5000, *right.token_ids[2:]), (), "", "stop")
        for right in expected
    ]
    found = run(engine(tiny_model, rows=6), asked, settings, references)
    assert texts(found) == texts(expected)


class _RunsOut:
    """Raises what torch raises when memory is used up, at the passes it is told."""

    def __init__(self, at: set[int]) -> None:
        self._at = at
        self.passes = 0
        self.rows: list[int] = []

    def __call__(self, _module, _args, kwargs) -> None:
        self.passes += 1
        self.rows.append(len(kwargs["input_ids"]))
        if self.passes in self._at:
            raise torch.OutOfMemoryError("out of memory (pretended)")


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("references", [False, True])
def test_out_of_memory_halves_the_rows_and_goes_on(tiny_model, loop, references):
    settings = SamplingSettings(max_new_tokens=8)
    asked = requests(24)
    expected = by_definition(tiny_model, settings)
    made = engine(tiny_model, rows=16, **LOOPS[loop])
    pretence = _RunsOut({2, 3})
    with tiny_model.register_forward_pre_hook(pretence, with_kwargs=True):
        found = run(made, asked, settings, expected if references else None)
    assert pretence.passes > 3
    assert texts(found) == texts(expected)
    assert made.rows <= 4


def test_out_of_memory_with_a_single_row_is_raised(tiny_model):
    made = engine(tiny_model, rows=4)
    with (
        tiny_model.register_forward_pre_hook(_RunsOut(set(range(99))), with_kwargs=True),
        pytest.raises(torch.OutOfMemoryError),
    ):
        run(made, requests(8), SETTINGS[1])


def test_an_abandoned_run_leaves_nothing_behind(tiny_model):
    settings = SamplingSettings(max_new_tokens=10)
    asked = requests(30)
    made = engine(tiny_model, rows=4)
    expected = texts(run(engine(tiny_model, rows=4), asked, settings))
    abandoned = made.run(asked, settings)
    next(abandoned)
    abandoned.close()
    assert texts(run(made, asked, settings)) == expected


def test_two_runs_at_a_time_do_not_disturb_each_other(tiny_model):
    settings = SamplingSettings(max_new_tokens=10)
    asked = requests(30)
    made = engine(tiny_model, rows=4)
    expected = texts(run(made, asked, settings))
    found = {}
    for batch in made.run(asked, settings):
        found |= {row.place: row for row in batch}
        assert texts(run(made, asked[:5], settings)) == expected[:5]
        assert not torch.is_inference_mode_enabled()
    assert texts([found[place] for place in range(30)]) == expected


def test_nothing_asked_gives_nothing(tiny_model):
    assert list(engine(tiny_model, rows=4).run([], SETTINGS[1])) == []
