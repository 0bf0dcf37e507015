"""What a suite may say and its author hardly means: found before anything is spent."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from behavtest.errors import BehavtestError, ScoreError
from behavtest.scoring import ChecksPrompts, check_prompt
from behavtest.scoring.hints import listed, shortened
from behavtest.stats import Evidence, Kind
from behavtest.suite.perturbed_prompts import PerturbedTemplate
from behavtest.suite.prompt_sets import TemplatePrompts
from behavtest.suite.relation import observation_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.core import Message, Prompt
    from behavtest.suite.behavior import Behavior, PromptSet

_BY_TOLERANCE: Final = frozenset({Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED})
_MOST_RENDERED: Final = 10_000
_MOST_PAIRS: Final = 100_000


class Advice(NamedTuple):
    """One thing that an author may want to change.

    Args:
        file: The suite, as the user knows it.
        line: The behavior's line.
        behavior: Its id.
        message: What was found and the way out.
    """

    file: str
    line: int
    behavior: str
    message: str


def advice(behavior: Behavior, *, alpha: float, max_pairs: int) -> Iterator[Advice]:
    """Tell what is odd about a behavior that can be run as it is.

    Args:
        behavior: The behavior.
        alpha: Error rate of its verdict, in (0, 1).
        max_pairs: Most observations it may have.
    """
    distinct = _distinct(behavior.prompts)
    unused = list(_unused(behavior))
    messages = [
        *(unused or _repeated(behavior.prompts, distinct)),
        *_few(behavior, distinct),
        *_undecidable(behavior, alpha=alpha, max_pairs=max_pairs),
    ]
    for message in messages:
        yield Advice(behavior.source.file, behavior.source.line, behavior.id, message)


class _Distinct(NamedTuple):
    """The different prompts of a set.

    Args:
        different: How many there are.
        repeated: How many stand there again.
        first: One of those, shortened.
    """

    different: int
    repeated: int = 0
    first: str = ""


def _distinct(prompts: PromptSet) -> _Distinct:
    size = len(prompts)
    if size > _MOST_RENDERED:  # a list this long is not written by hand, a template is not a list
        return _Distinct(size)
    seen: Counter[tuple[tuple[Message, ...], ...]] = Counter()
    try:
        for index in range(size):
            seen[tuple(prompt.messages for prompt in prompts[index] if prompt is not None)] += 1
    except BehavtestError:  # a run will tell
        return _Distinct(size)
    twice = next((case for case, times in seen.items() if times > 1), None)
    first = "" if twice is None else shortened(twice[0][-1].content)
    return _Distinct(len(seen), size - len(seen), first)


def _repeated(prompts: PromptSet, distinct: _Distinct) -> Iterator[str]:
    if distinct.repeated:
        yield (
            f"{distinct.repeated:,} of {len(prompts):,} prompts stand there twice "
            f"({distinct.first!r}), and each time counts in the mean; leave repeats out"
        )


def _few(behavior: Behavior, distinct: _Distinct) -> Iterator[str]:
    """Tell if the score of a single prompt can move the mean by more than the tolerance."""
    kind, tolerance = behavior.expectation.kind, behavior.expectation.margin
    if kind not in _BY_TOLERANCE or not 0 < tolerance < 1 / distinct.different:
        return
    yield (
        f"a change in one prompt alone of the {distinct.different:,} moves the mean by up to "
        f"{1 / distinct.different:.2g}, beyond the tolerance of {tolerance:g}; write at least "
        f"{math.ceil(1 / tolerance):,} different ones"
    )


def _unused(behavior: Behavior) -> Iterator[str]:
    prompts = behavior.prompts
    if isinstance(prompts, PerturbedTemplate):
        prompts = prompts.template
    if not isinstance(prompts, TemplatePrompts):
        return
    templates = [turn.content.template for turn in (*prompts.turns, *prompts.baseline)]
    templates += [prompts.system.template] if prompts.system else []
    named = {name for template in templates for name in template.variables}
    idle = [name for name in prompts.variables if name not in named]
    idle = [name for name in idle if not _scorer_may_use(behavior, name)]
    if idle:
        yield (
            f"no template uses the variable{'s' if len(idle) > 1 else ''} {listed(idle)}, so every "
            "prompt is there once for each value; leave it out or use it"
        )


def _scorer_may_use(behavior: Behavior, name: str) -> bool:
    """Whether the scorer misses a field, or could do with it unseen."""
    scorer = behavior.scorer
    prompt = behavior.prompts[0].target
    without = _without(prompt, name)
    try:
        check_prompt(scorer, without)
    except ScoreError:
        return True
    ours = type(scorer).__module__.startswith("behavtest.scoring")
    return not (ours or isinstance(scorer, ChecksPrompts))


def _without(prompt: Prompt, name: str) -> Prompt:
    fields = {field: value for field, value in prompt.fields.items() if field != name}
    return replace(prompt, fields=fields)


def _undecidable(behavior: Behavior, *, alpha: float, max_pairs: int) -> Iterator[str]:
    """Tell if the best that can be expected does not show in time that the expectation holds."""
    if _pairs_at_best(behavior, alpha=alpha, limit=max_pairs) is not None:
        return
    needed, limit = None, max_pairs
    while needed is None and limit < _MOST_PAIRS:
        limit = min(4 * limit, _MOST_PAIRS)
        needed = _pairs_at_best(behavior, alpha=alpha, limit=limit)
    takes = f"more than {_MOST_PAIRS:,} pairs" if needed is None else f"{needed:,} pairs"
    case = "models whose every score is the best there is"
    if behavior.expectation.kind in _BY_TOLERANCE:
        case = "models that never differ"
        takes = takes if behavior.expectation.margin else "more pairs than there can be"
    yield (
        f"to show that it holds takes {takes} even for {case}, and --behavtest-max-pairs is "
        f"{max_pairs:,}; allow more, or a larger margin"
    )


def _pairs_at_best(behavior: Behavior, *, alpha: float, limit: int) -> int | None:
    """Return after how many of the best observations to expect "holds" is shown, if in time.

    Those of models that never differ, where that is what is claimed; else the extreme one.
    """
    expectation = behavior.expectation
    bounds = observation_bounds(
        contrast=behavior.prompts.contrast,
        absolute=expectation.absolute,
        relation=behavior.relation,
    )
    population = len(behavior.prompts) if behavior.deterministic else None
    evidence = Evidence(expectation, bounds, population=population)
    best = 0.0
    if expectation.kind not in _BY_TOLERANCE:
        above = expectation.kind in {Kind.INCREASES, Kind.AT_LEAST}
        best = bounds.upper if above else bounds.lower
    path = evidence.update(np.full(min(limit, population or limit), best))
    shown = np.flatnonzero(path.log_e_holds >= -math.log(alpha))
    return int(shown[0]) + 1 if len(shown) else None
