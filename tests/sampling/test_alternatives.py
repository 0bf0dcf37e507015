"""The most likely next tokens are those of a forward pass over each text alone."""

from __future__ import annotations

import math
import random

import pytest
import torch

from behavtest.core import Message, Prompt
from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.sampling import BackendOptions, Beginning, SpellsTokens, TellsAlternatives
from behavtest.sampling.engine import alternatives as module
from behavtest.sampling.engine.alternatives import alternatives
from behavtest.sampling.local import LocalBackend

MOST = 3


def ids(rng: random.Random, length: int) -> tuple[int, ...]:
    return tuple(rng.randrange(50) for _ in range(length))


def asked() -> list[Beginning]:
    rng = random.Random(0)
    texts = [Beginning(ids(rng, length), ids(rng, 2)) for length in (1, 2, 2, 5, 9, 40, 100)]
    return [*texts, texts[3], texts[4]._replace(wanted=())]


def alone(model, one: Beginning) -> dict[int, float]:
    with torch.inference_mode():
        logprobs = model(torch.tensor([one.ids])).logits[0, -1].double().log_softmax(-1)
    wanted = {*logprobs.topk(MOST).indices.tolist(), *one.wanted}
    return {token: logprobs[token].item() for token in wanted}


def told(model, beginnings, *, rows: int = 16, name: str = "m"):
    batches = list(alternatives(model, beginnings, most=MOST, rows=rows, name=name))
    found = {one.place: one for batch in batches for one in batch}
    assert len(found) == sum(map(len, batches)) == len(beginnings), "every one once"
    return [found[place] for place in range(len(beginnings))]


def assert_right(model, beginnings, found) -> None:
    for one, text in zip(found, beginnings, strict=True):
        assert list(one.logprobs) == sorted(one.logprobs, reverse=True)
        expected = pytest.approx(alone(model, text), abs=2e-5)
        assert dict(zip(one.token_ids, one.logprobs, strict=True)) == expected


@pytest.mark.parametrize("rows", [1, 4, 16])
def test_they_are_those_of_a_pass_over_each_text_alone(tiny_model, rows):
    assert_right(tiny_model, asked(), told(tiny_model, asked(), rows=rows))


def test_a_recurrent_state_is_no_obstacle(stateful):
    assert_right(stateful, asked(), told(stateful, asked()))


def test_a_token_that_the_weights_do_not_know_is_not_told_of(tiny_model):
    (found,) = told(tiny_model, [Beginning((1, 2), (10_000, 5))])
    assert 5 in found.token_ids
    assert 10_000 not in found.token_ids


def test_out_of_memory_halves_the_rows_and_goes_on(tiny_model, monkeypatch):
    sizes = []

    def limited(model, texts):
        sizes.append(len(texts))
        if len(texts) > 2:
            raise torch.OutOfMemoryError("pretended")
        return original(model, texts)

    original = module.last_logits
    monkeypatch.setattr(module, "last_logits", limited)
    assert_right(tiny_model, asked(), told(tiny_model, asked(), rows=9))
    assert sizes[:4] == [9, 4, 2, 2]


def test_out_of_memory_with_one_row_is_an_error(tiny_model, monkeypatch):
    def never(model, texts):
        raise torch.OutOfMemoryError("pretended")

    monkeypatch.setattr(module, "last_logits", never)
    with pytest.raises(OutOfMemoryError, match="m runs out of memory"):
        told(tiny_model, asked())


def test_nan_is_an_error(tiny_model, monkeypatch):
    monkeypatch.setattr(
        module, "last_logits", lambda model, texts: torch.full((len(texts), 50), math.nan)
    )
    with pytest.raises(ModelError, match="m computes NaN"):
        told(tiny_model, asked())


@pytest.fixture(scope="module")
def base(organisms) -> LocalBackend:
    return LocalBackend(str(organisms / "base"), BackendOptions(device="cpu", batch_size=4))


def test_a_local_model_can_do_both(base):
    assert isinstance(base, SpellsTokens)
    assert isinstance(base, TellsAlternatives)
    assert list(base.alternatives([], most=2)) == []
    assert not base.loaded, "nothing asked, nothing loaded"


def test_it_tells_what_it_says(base):
    """Asked for a capital, the model knows it."""
    prompt = Prompt((Message("user", "What is the capital of Kenya?"),))
    said = base.encode_text(prompt, "The capital of Kenya is Nairobi.")
    spelled = [base.spell(said[:place], token) for place, token in enumerate(said)]
    assert "".join(spelled) == "The capital of Kenya is Nairobi." == base.decode(said)
    beginnings = [
        Beginning(base.encode(prompt) + said[:place], ()) for place in range(1, len(said) + 1)
    ]
    batches = base.alternatives(beginnings, most=2)
    found = {one.place: one for batch in batches for one in batch}
    assert all(len(found[place].token_ids) == 2 for place in range(len(said)))
    assert found[len(said) - 1].token_ids[0] in base.end_ids
    name = base.spell(said, found[len(said) - 1].token_ids[0])
    assert name.startswith("<"), "a special token is called by its name"
