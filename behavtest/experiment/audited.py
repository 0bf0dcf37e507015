"""What an audit found: plain data of the run's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from behavtest.experiment.examples import Turn  # noqa: TC001 -- msgspec reads it when decoding


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A completion that came out otherwise when it was generated again.

    Args:
        model: ``a`` or ``b``.
        key: The completion's key in the store.
        behavior: Name of a behavior that used it.
        prompt: What was asked.
        stored: The text the run used.
        again: The text of the audit.
        shared: How many tokens the two have in common before the first that differs.
    """

    model: Literal["a", "b"]
    key: str
    behavior: str
    prompt: tuple[Turn, ...]
    stored: str
    again: str
    shared: int


@dataclass(frozen=True, slots=True)
class AuditedModel:
    """What an audit found of one model.

    Args:
        sampled: Completions in the sample, of those the run used.
        checked: How many of them were generated again.
        agreed: How many came out the same, token for token.
        earliest: For those that did not, the fewest tokens before the first that differs; None if
            all agreed.
        median: The same, their median.
        logprob_difference: Largest difference (nats) between the log-probabilities then and now
            of the tokens in common; None if there are none to compare.
        made_with: Libraries that made what disagrees in another version than this run's, with
            that version: ``torch 2.9.1``.
    """

    sampled: int
    checked: int
    agreed: int
    earliest: int | None = None
    median: float | None = None
    logprob_difference: float | None = None
    made_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditResult:
    """A sample of the completions a run used, generated again.

    Args:
        share: How much of them was to be sampled, in (0, 1].
        seconds: Wall time it took.
        model_a: What was found of model A, None if it was not asked.
        model_b: The same of model B.
        disagreements: Some of the completions that came out otherwise.
        error: Why not all of the sample was checked; empty if it was.
    """

    share: float
    seconds: float = 0.0
    model_a: AuditedModel | None = None
    model_b: AuditedModel | None = None
    disagreements: tuple[Disagreement, ...] = ()
    error: str = ""
