"""Texts are read as if each were read alone, whatever they begin with."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import LlamaConfig, LlamaForCausalLM

from behavtest.sampling.engine.network import Network, reach
from behavtest.sampling.engine.reading import read, shared_heads

TOKENS = st.integers(0, 2)
TEXTS = st.lists(st.lists(TOKENS, min_size=1, max_size=8).map(tuple), unique=True, max_size=40)
SYSTEM = tuple(range(10, 40))


def network() -> Network:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=50,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        initializer_range=0.5,
    )
    model = LlamaForCausalLM(config).eval()
    far = reach(model)
    assert far is not None
    return Network(model, far)


def questions(count: int) -> list[tuple[int, ...]]:
    """Texts with one long beginning, and beginnings of their own after it."""
    return [
        (*SYSTEM, *[kind] * 4, one, *[7] * (one % 3)) for kind in (1, 2) for one in range(count)
    ]


def test_a_system_prompt_and_the_templates_after_it_are_shared():
    heads = shared_heads(questions(20))
    assert set(heads.values()) == {(*SYSTEM, *[1] * 4), (*SYSTEM, *[2] * 4)}


def test_what_saves_little_is_not_shared():
    assert shared_heads(questions(2)) == {}
    assert shared_heads([(1, 2, place) for place in range(20)]) == {}
    assert shared_heads([]) == {}


@given(TEXTS)
def test_a_head_is_a_beginning_of_its_text_and_shorter(texts):
    long = [(*SYSTEM, *text) for text in texts]
    for text, head in shared_heads(long).items():
        assert head
        assert head == text[: len(head)]
        assert len(head) < len(text)


def test_what_is_read_does_not_depend_on_what_is_shared():
    one = network()
    texts = [*questions(20), (5, 6), (7,)]
    with torch.inference_mode():
        together = dict(read(one, one.cache(rows=16, columns=1), texts))
        for text in texts:
            ((_, alone),) = read(one, one.cache(rows=1, columns=1), [text])
            torch.testing.assert_close(together[text], alone, rtol=1e-4, atol=1e-5)
    assert set(together) == set(texts)


def test_the_shared_beginning_is_read_once(monkeypatch):
    one, read_tokens = network(), []
    run = Network.run

    def counted(self, cache, **more):
        read_tokens.append(int(more["counts"].sum()))
        return run(self, cache, **more)

    monkeypatch.setattr(Network, "run", counted)
    texts = questions(20)
    with torch.inference_mode():
        list(read(one, one.cache(rows=16, columns=1), texts))
    heads = 2 * (len(SYSTEM) + 4)
    assert sum(read_tokens) == heads + sum(len(text) - len(SYSTEM) - 4 for text in texts)
