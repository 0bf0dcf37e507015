"""True rates: large samples from a model, scored by the suites' scorers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean
from typing import TYPE_CHECKING

import torch

from chatworld.scoring import score
from chatworld.tokens import render

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from chatworld.suites import Behavior, Question

BATCH = 400
SAMPLES = 4000
"""The least number of completions behind a rate (behind each half of a contrast)."""

Asked = tuple[str, str | None, int]
Completions = Mapping[Asked, list[str]]


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
    completions = _sample(model, tokenizer, _rounds(behaviors, samples))
    return {behavior.id: _rate(behavior, completions, samples) for behavior in behaviors}


def _rounds(behaviors: Iterable[Behavior], samples: int) -> Mapping[Asked, int]:
    rounds: dict[Asked, int] = defaultdict(int)
    for behavior in behaviors:
        for questions in (behavior.questions, behavior.baseline):
            for question in questions:
                asked = _asked(question, behavior)
                rounds[asked] = max(rounds[asked], ceil(samples / len(questions)))
    return rounds


def _asked(question: Question, behavior: Behavior) -> Asked:
    return question.prompt, question.system, behavior.max_new_tokens


def _sample(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, rounds: Mapping[Asked, int]
) -> Completions:
    queue = [asked for asked, count in sorted(rounds.items(), key=_cost) for _ in range(count)]
    completions: dict[Asked, list[str]] = defaultdict(list)
    for number, start in enumerate(range(0, len(queue), BATCH)):
        torch.manual_seed(number)
        batch = queue[start : start + BATCH]
        for asked, text in zip(batch, _complete(model, tokenizer, batch), strict=True):
            completions[asked].append(text)
    return completions


def _cost(item: tuple[Asked, int]) -> tuple[int, int, str, str]:
    (prompt, system, limit), _ = item
    return limit, len(prompt), prompt, system or ""


def _complete(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, batch: list[Asked]
) -> Iterator[str]:
    prompts = [render(prompt, system) for prompt, system, _ in batch]
    ids = tokenizer(prompts, return_tensors="pt", padding=True, padding_side="left")
    with torch.inference_mode():
        out = model.generate(  # type: ignore[misc]  # its self type is a protocol
            input_ids=ids["input_ids"],
            attention_mask=ids["attention_mask"],
            max_new_tokens=batch[0][2],
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
        )
    new = out[:, ids["input_ids"].shape[1] :]
    return iter(tokenizer.batch_decode(new, skip_special_tokens=True))


def _rate(behavior: Behavior, completions: Completions, samples: int) -> Rate:
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
    completions: Completions,
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
