"""Pairs with the places where their answers part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.examples import Fork, PairExample, Side


class PairKeys(NamedTuple):
    """Keys of two answers to one prompt that differ."""

    a: str
    b: str


Shown = dict[tuple[str, int], tuple[PairKeys | None, PairKeys | None]]
"""Behavior and place in its schedule -> the target's answers, and the baseline's."""


def marked(found: BehaviorResult, shown: Shown, forks: Mapping[PairKeys, Fork]) -> BehaviorResult:
    """Put the places where answers part into a behavior's pairs.

    Args:
        found: The behavior.
        shown: The answers of its pairs.
        forks: Where they part.
    """

    def with_forks(example: PairExample) -> PairExample:
        keys = shown.get((found.name, example.index), (None, None))
        target, baseline = (None if each is None else forks.get(each) for each in keys)
        return _forked(example, target, baseline)

    return replace(found, examples=tuple(map(with_forks, found.examples)))


def carried_over(found: BehaviorResult, before: BehaviorResult) -> BehaviorResult:
    """Take over where answers part from an earlier result with the same completions.

    Args:
        found: A behavior, decided again.
        before: What was found of it before; other pairs may have been the most telling then.
    """
    known = {example.index: example for example in before.examples}

    def with_forks(example: PairExample) -> PairExample:
        old = known.get(example.index)
        if old is None:
            return example
        baseline = _known(example.baseline, old.baseline)
        return _forked(example, _known(example.target, old.target), baseline)

    return replace(found, examples=tuple(map(with_forks, found.examples)))


def _known(side: Side | None, old: Side | None) -> Fork | None:
    if side is None or old is None:
        return None
    return old.fork if (side.text_a, side.text_b) == (old.text_a, old.text_b) else None


def _forked(example: PairExample, target: Fork | None, baseline: Fork | None) -> PairExample:
    if example.baseline is not None and baseline is not None:
        example = replace(example, baseline=replace(example.baseline, fork=baseline))
    if target is not None:
        example = replace(example, target=replace(example.target, fork=target))
    return example
