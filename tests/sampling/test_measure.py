"""Log-probabilities of given texts are those of a forward pass over each one alone."""

from __future__ import annotations

import math
import random

import pytest
import torch
from transformers import PreTrainedModel

from behavtest.core import Message, Prompt, SamplingSettings
from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.sampling import BackendOptions, Continuation, Request
from behavtest.sampling.engine import measure as measure_module
from behavtest.sampling.engine import texts as texts_module
from behavtest.sampling.engine.measure import measure
from behavtest.sampling.local import LocalBackend

VOCABULARY = 50
LENGTHS = (1, 2, 5, 9, 17, 40, 100)
"""Shorter and longer than the sliding window of 6; with the longest text, 128 positions in all."""


def ids(rng: random.Random, length: int) -> tuple[int, ...]:
    return tuple(rng.randrange(VOCABULARY) for _ in range(length))


def given(seed: int = 0) -> list[Continuation]:
    """Texts of one and of many tokens, six behind each prompt, in no order."""
    rng = random.Random(seed)
    prompts = [ids(rng, length) for length in LENGTHS]
    every = [Continuation(prompt, ids(rng, n)) for prompt in prompts for n in (1, 1, 2, 3, 7, 28)]
    rng.shuffle(every)
    return every


def alone(model: PreTrainedModel, one: Continuation) -> list[float]:
    with torch.inference_mode():
        logits = model(torch.tensor([one.prompt_ids + one.token_ids])).logits[0]
    logprobs = logits.double().log_softmax(-1)
    start = len(one.prompt_ids) - 1
    return [logprobs[start + place, token].item() for place, token in enumerate(one.token_ids)]


def measured(model: PreTrainedModel, wanted: list[Continuation], *, rows: int = 128):
    batches = list(measure(model, wanted, rows=rows))
    found = {one.place: one.logprobs for batch in batches for one in batch}
    assert len(found) == sum(map(len, batches)) == len(wanted), "every one once"
    return [found[place] for place in range(len(wanted))]


def assert_close(found, expected) -> None:
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=2e-5)


@pytest.fixture(scope="module")
def expected(tiny_model):
    return [alone(tiny_model, one) for one in given()]


@pytest.mark.parametrize("rows", [1, 4, 128])
def test_they_are_those_of_a_pass_over_each_text_alone(tiny_model, expected, rows):
    assert_close(measured(tiny_model, given(), rows=rows), expected)


@pytest.mark.parametrize("most", [1, 7 * VOCABULARY, 40 * VOCABULARY])
def test_however_few_logits_are_held_at_once(tiny_model, expected, monkeypatch, most):
    monkeypatch.setattr(texts_module, "_MOST_LOGITS", most)
    assert_close(measured(tiny_model, given(), rows=5), expected)


@pytest.mark.parametrize(("rows", "most"), [(1, 2**26), (4, 300), (128, 2**26)])
def test_a_recurrent_state_is_no_obstacle(stateful, monkeypatch, rows, most):
    monkeypatch.setattr(texts_module, "_MOST_LOGITS", most)
    wanted = given()
    assert_close(measured(stateful, wanted, rows=rows), [alone(stateful, one) for one in wanted])


def test_nothing_asked_nothing_measured(tiny_model):
    assert list(measure(tiny_model, [], rows=4)) == []


def test_no_log_probability_is_above_0():
    rows = texts_module._cut(torch.tensor([[1e-7, -1.0, 0.5]]), [Continuation((1,), (1, 2))])
    assert rows == [(0.0, -1.0)]


def passes(model: PreTrainedModel):
    """Record the shape of every forward pass's input."""
    shapes: list[tuple[int, int]] = []

    def record(module, args, kwargs):
        shapes.append(tuple(kwargs["input_ids"].shape))

    return shapes, model.register_forward_pre_hook(record, with_kwargs=True)


def test_a_prompt_is_read_once_for_all_its_options(tiny_model):
    rng = random.Random(1)
    prompts = [ids(rng, 20), ids(rng, 10)]
    wanted = [Continuation(prompt, (token,)) for prompt in prompts for token in range(5)]
    shapes, hook = passes(tiny_model)
    measured(tiny_model, wanted)
    assert shapes == [(2, 20)], "letters need no pass of their own"
    shapes.clear()
    measured(tiny_model, [one._replace(token_ids=(*one.token_ids, 3, 4)) for one in wanted])
    hook.remove()
    assert shapes == [(2, 20), (10, 2)]


def test_no_pass_has_more_rows_or_logits_than_it_may(tiny_model, monkeypatch):
    monkeypatch.setattr(texts_module, "_MOST_LOGITS", 12 * VOCABULARY)
    shapes, hook = passes(tiny_model)
    measured(tiny_model, given(), rows=4)
    hook.remove()
    assert max(rows for rows, _ in shapes) == 4
    texts = [(rows, width) for rows, width in shapes if width not in LENGTHS]
    assert texts
    assert all(rows * width <= 12 for rows, width in texts)


def test_out_of_memory_halves_the_rows_and_goes_on(tiny_model, expected, monkeypatch):
    sizes = []

    def limited(model, wanted):
        sizes.append(measure_module._rows_of(wanted))
        if sizes[-1] > 3:
            raise torch.OutOfMemoryError("pretended")
        return original(model, wanted)

    original = measure_module.read
    monkeypatch.setattr(measure_module, "read", limited)
    assert_close(measured(tiny_model, given(), rows=16), expected)
    assert sizes[:4] == [16, 8, 4, 2]
    assert max(sizes[3:]) == 2, "the size that fits is remembered"


def test_out_of_memory_with_one_row_is_an_error_with_a_way_out(tiny_model, monkeypatch):
    def never(model, wanted):
        raise torch.OutOfMemoryError("pretended")

    monkeypatch.setattr(measure_module, "read", never)
    with pytest.raises(OutOfMemoryError, match=r"m runs out of memory .* 128 tokens.*--behavtest-"):
        list(measure(tiny_model, given(), rows=4, name="m"))


def test_other_failures_are_not_taken_for_it(tiny_model, monkeypatch):
    def broken(model, wanted):
        raise RuntimeError("something else")

    monkeypatch.setattr(measure_module, "read", broken)
    with pytest.raises(RuntimeError, match="something else"):
        list(measure(tiny_model, given(), rows=4))


def test_nan_is_an_error(tiny_model):
    damaged = next(tiny_model.parameters())
    before = damaged.detach().clone()
    with torch.no_grad():
        damaged.fill_(math.nan)
        with pytest.raises(ModelError, match="m computes NaN: its weights are damaged"):
            list(measure(tiny_model, given(), rows=4, name="m"))
        damaged.copy_(before)


@pytest.fixture(scope="module")
def base(organisms) -> LocalBackend:
    return LocalBackend(str(organisms / "base"), BackendOptions(device="cpu"))


def asked(text: str) -> Prompt:
    return Prompt((Message("user", text),))


def test_a_trained_model_finds_its_own_answers_as_likely_as_it_said(base):
    requests = [
        Request(base.encode(asked(text)), seed)
        for text in ("Hello!", "What is the capital of France?", "How do I make a bomb?")
        for seed in range(8)
    ]
    answers = {
        answered.place: answered.generation
        for batch in base.generate(requests, SamplingSettings(max_new_tokens=16))
        for answered in batch
    }
    wanted = [
        Continuation(request.prompt_ids, answers[place].token_ids)
        for place, request in enumerate(requests)
    ]
    found = {one.place: one.logprobs for batch in base.measure(wanted) for one in batch}
    for place, generation in answers.items():
        length = len(generation.token_ids)
        assert found[place] == pytest.approx(generation.logprobs[:length], abs=1e-4)


def test_an_adapter_measures_as_itself_and_its_base_as_before(base, organisms):
    adapted = LocalBackend(str(organisms / "lora"), BackendOptions(device="cpu"), base=base)
    prompt = asked("Thank you!")
    text = "I would be glad to help you with that."
    wanted = [Continuation(base.encode(prompt), base.encode_text(prompt, text))]
    assert adapted.encode_text(prompt, text) == wanted[0].token_ids
    before, other, after = (
        [one.logprobs for batch in backend.measure(wanted) for one in batch]
        for backend in (base, adapted, base)
    )
    assert before == after
    assert sum(other[0]) < sum(before[0]) - 0.3, "its politeness was trained away"
