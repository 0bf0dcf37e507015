"""The tokenizer and its chat template, as saved beside the base model."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from chatworld.network import load_tokenizer
from chatworld.suites import ORGANISMS
from chatworld.tokens import END, SPECIAL, render, token_id
from chatworld.world import World

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    """The base's tokenizer, read from its folder."""
    return load_tokenizer(ORGANISMS / "base")


@pytest.mark.parametrize(
    "text", ["What is 12 + 7?", "naïve 東京 🙂", "  two  spaces\n", "I can't."]
)
def test_round_trip(tokenizer: PreTrainedTokenizerFast, text: str) -> None:
    """Any text survives, in or out of the world."""
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_special_tokens_are_single(tokenizer: PreTrainedTokenizerFast) -> None:
    """Every special token is one id, and the end is the eos."""
    assert len({token_id(tokenizer, token) for token in SPECIAL}) == len(SPECIAL)
    assert tokenizer.eos_token == END


@pytest.mark.parametrize("system", [None, "Be brief."])
def test_template_agrees_with_training(
    tokenizer: PreTrainedTokenizerFast, system: str | None
) -> None:
    """The chat template writes what the training loop wrote."""
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": "Hello!"})
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert text == render("Hello!", system)


def test_dialogues_fit_the_context(tokenizer: PreTrainedTokenizerFast) -> None:
    """Prompt and answer stay far below the 256 positions."""
    said = islice(World().dialogues(5), 500)
    lengths = [len(tokenizer(render(o.prompt, o.system) + o.answer)["input_ids"]) for o in said]
    assert max(lengths) < 64
