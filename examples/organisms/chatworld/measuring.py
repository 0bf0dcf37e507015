"""True rates: large samples from a model, scored by the suites' scorers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean
from typing import TYPE_CHECKING

from chatworld.sampling import Asked, sample
from chatworld.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from chatworld.suites import Behavior, Question

SAMPLES = 12_000
"""The least number of completions behind a rate (behind each half of a contrast)."""


@dataclass(frozen=True)
class Rate:
    """A measured mean score, the completions behind it, and its standard error."""

    rate: float
    n: int
    se: float


def measure(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    behaviors: Iterable[Behavior],
    samples: int = SAMPLES,
) -> dict[str, Rate]:
    """Measure every behavior's mean score, each prompt asked equally often.

    Sampling is plain, at temperature 1. Models measured one after the other
    meet the same random numbers, so their differences are less noisy than the
    standard errors say.
    """
    behaviors = list(behaviors)
    completions = sample(model, tokenizer, _counts(behaviors, samples))
    return {behavior.id: _rate(behavior, completions, samples) for behavior in behaviors}


def _counts(behaviors: Iterable[Behavior], samples: int) -> Mapping[Asked, int]:
    counts: dict[Asked, int] = defaultdict(int)
    for behavior in behaviors:
        for questions in (behavior.questions, behavior.baseline):
            for question in questions:
                asked = _asked(question, behavior)
                counts[asked] = max(counts[asked], ceil(samples / len(questions)))
    return counts


def _asked(question: Question, behavior: Behavior) -> Asked:
    return Asked(question.prompt, question.system, behavior.max_new_tokens)


def _rate(behavior: Behavior, completions: Mapping[Asked, list[str]], samples: int) -> Rate:
    target = _half(behavior, behavior.questions, completions, samples)
    if not behavior.baseline:
        return target
    baseline = _half(behavior, behavior.baseline, completions, samples)
    return Rate(
        target.rate - baseline.rate,
        target.n + baseline.n,
        sqrt(target.se**2 + baseline.se**2),
    )


def _half(
    behavior: Behavior,
    questions: tuple[Question, ...],
    completions: Mapping[Asked, list[str]],
    samples: int,
) -> Rate:
    count = ceil(samples / len(questions))
    scores = [
        score(behavior.scorer, text, question.fields)
        for question in questions
        for text in completions[_asked(question, behavior)][:count]
    ]
    rate = fmean(scores)
    return Rate(rate, len(scores), sqrt(rate * (1 - rate) / len(scores)))
