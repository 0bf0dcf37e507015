"""Which model answers: its weights, and how it is asked."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from behavtest.core import Message, Prompt
from behavtest.errors import PromptError

if TYPE_CHECKING:
    from behavtest.sampling.backend import Backend

_PROBES = (
    Prompt((Message("user", "What is the capital of France?"),)),
    Prompt((Message("system", "Be brief."), Message("user", "Hello!"))),
    Prompt((Message("user", "Hi."), Message("assistant", "Hello!"), Message("user", "Bye."))),
)


def identity(backend: Backend) -> str:
    """Digest a model's fingerprint and how it renders prompts.

    A fingerprint is of the weights: two models with the same ones and different chat templates, or
    a system prompt built into one, answer differently all the same. Completions are stored under
    their rendered prompts, so only what compares whole models needs this.

    Args:
        backend: The model; it renders a few prompts and generates nothing.
    """
    rendered: list[object] = [backend.fingerprint]
    for prompt in _PROBES:
        try:
            rendered.append(backend.encode(prompt))
        except PromptError as error:
            rendered.append(type(error).__name__)
    return hashlib.blake2b(json.dumps(rendered).encode(), digest_size=16).hexdigest()
