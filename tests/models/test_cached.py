"""What a model's code calls its cache is asked of the model, not of the library's version."""

from __future__ import annotations

import pytest
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

from behavtest.models.cached import cache_argument, takes_cache


class OldName:
    """Code as transformers before 5.24 has it, or shipped with a model."""

    def forward(self, input_ids, past_key_values=None):
        """Compute nothing."""


class NewName:
    """Code as transformers has it since."""

    def forward(self, input_ids, cache=None, **kwargs):
        """Compute nothing."""


class Neither:
    """A model that would ignore a cache without a word."""

    def forward(self, input_ids, state=None, **kwargs):
        """Compute nothing."""


class StateOnly(NewName):
    """A state-space model: its code takes no positions, and padding is not all it ignores."""

    _is_stateful = True


@pytest.mark.parametrize(("model", "name"), [(OldName(), "past_key_values"), (NewName(), "cache")])
def test_a_cache_is_given_under_the_name_the_code_has_for_it(model, name):
    cache = DynamicCache()
    assert takes_cache(model)
    assert cache_argument(model, cache) == {name: cache}


@pytest.mark.parametrize("model", [Neither(), StateOnly()])
def test_a_model_that_would_answer_wrongly_is_known(model):
    assert not takes_cache(model)


def test_what_is_installed_takes_one():
    config = LlamaConfig(
        vocab_size=8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1
    )
    assert takes_cache(LlamaForCausalLM(config))
