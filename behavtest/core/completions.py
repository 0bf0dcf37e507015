"""What a model answers, and under which settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from behavtest.errors import SettingsError

if TYPE_CHECKING:
    from behavtest.core.prompts import Prompt

FinishReason = Literal["stop", "length"]

MOST_TOKENS: Final = 1_000_000
"""Largest ``max_new_tokens`` and ``top_k``."""


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How tokens are chosen from a model's logits.

    Args:
        max_new_tokens: Length limit of a completion in tokens, at least 1.
        temperature: Divides the logits; 0 is greedy decoding.
        top_k: Only the k most likely tokens may be drawn; 0 is no limit.
        top_p: Only the smallest set of tokens with this total probability may be drawn; in (0, 1].

    Raises:
        SettingsError: A value is outside its range.
    """

    max_new_tokens: int = 64
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.max_new_tokens <= MOST_TOKENS:
            raise SettingsError(
                f"max_new_tokens is {self.max_new_tokens}; it must be between 1 and {MOST_TOKENS:,}"
            )
        if not 0 <= self.temperature < float("inf"):
            raise SettingsError(f"temperature is {self.temperature}; it must be 0 or more")
        if not 0 <= self.top_k <= MOST_TOKENS:
            raise SettingsError(
                f"top_k is {self.top_k}; it must be between 0 (no limit) and {MOST_TOKENS:,}"
            )
        if not 0 < self.top_p <= 1:
            raise SettingsError(f"top_p is {self.top_p}; it must be in (0, 1]")

    @property
    def greedy(self) -> bool:
        """Whether the completion is a function of the prompt alone."""
        return self.temperature == 0 or self.top_k == 1

    def __str__(self) -> str:
        """Say it for people: ``temperature 0.7, top-k 50, at most 64 tokens``."""
        if self.greedy:
            parts = ["greedy"]
        else:
            parts = [f"temperature {self.temperature:g}"]
            parts += [f"top-k {self.top_k}"] if self.top_k else []
            parts += [f"top-p {self.top_p:g}"] if self.top_p < 1 else []
        return ", ".join([*parts, f"at most {self.max_new_tokens} tokens"])


@dataclass(frozen=True, slots=True)
class Generation:
    """What a backend returns for one request.

    Args:
        token_ids: The generated tokens, the end token excluded.
        logprobs: Log-probability (nats) of each chosen token under the model's own distribution
            at temperature 1, the end token's last if there is one; empty if the backend cannot say.
        text: The decoded tokens, special tokens skipped.
        finish_reason: ``stop`` if the model ended its turn, ``length`` if the limit did.
    """

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    text: str
    finish_reason: FinishReason


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion as scorers and behavior tests see it.

    It holds nothing that may differ between two models that gave the same answer, because equal
    answers are scored once for both.

    Args:
        prompt: What was asked.
        text: What the model answered.
        token_ids: The answer's tokens.
        finish_reason: Why the answer ended.
    """

    prompt: Prompt
    text: str
    token_ids: tuple[int, ...] = ()
    finish_reason: FinishReason = "stop"
