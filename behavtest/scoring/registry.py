"""The scorers a suite can name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from behavtest.scoring.base import ScorerFactory
from behavtest.scoring.batch import Batched, BatchScorer
from behavtest.scoring.combine import All, Any, Not, NotExact, Weighted
from behavtest.scoring.exact import ExactScorer
from behavtest.scoring.hints import describe, listed
from behavtest.scoring.offered import Registry, SpecError, Step

if TYPE_CHECKING:
    from behavtest.scoring.base import Scorer

COMBINATORS: Final = ("not", "all", "any", "weighted")

_WEIGHTED: Final = "[{score: refusal, weight: 2}, {score: json, weight: 1}]"


class ScorerSpecError(SpecError):
    """A ``score`` cannot be read as written."""


class ScorerRegistry(Registry[ScorerFactory]):
    """Makes scorers from what suites write.

    Args:
        factories: Scorer factories by name; ``not``, ``all``, ``any`` and ``weighted``
            are always there.

    Raises:
        SettingsError: A name is reserved.
    """

    HOOK = "pytest_behavtest_scorers"
    KIND = "scorer"
    RESERVED: ClassVar[Mapping[str, str]] = dict.fromkeys(COMBINATORS, "that combines scorers")
    SEVERAL = "combine scorers with all or any: {all: [refusal, json]}"
    ERROR = ScorerSpecError

    def build(self, spec: object) -> Scorer | ExactScorer:
        """Make the scorer a suite asks for.

        Args:
            spec: A name, or ``{name: arguments}``; the arguments of ``not`` are a spec again,
                those of ``all`` and ``any`` a list of them, all about completions, those of
                ``weighted`` a list of ``{score: spec, weight: number}``.

        Raises:
            ScorerSpecError: It cannot be read; the message says what was expected.
        """
        return self._build(spec, ())

    def _build(self, spec: object, path: tuple[Step, ...]) -> Scorer | ExactScorer:
        asked = self._asked(spec, path)
        if asked.name == "not":
            other = self._build(asked.arguments, asked.path)
            return NotExact(other) if isinstance(other, ExactScorer) else Not(other)
        if asked.name == "weighted":
            return self._weighted(asked.arguments, asked.path)
        if asked.name in COMBINATORS:
            scorers = self._list(asked.arguments, asked.path, name=asked.name)
            return (All if asked.name == "all" else Any)(scorers)
        made = self._made(asked, path, lambda factory: factory(asked.arguments))
        named = isinstance(getattr(made, "name", None), str)
        if named and isinstance(made, ExactScorer):
            return made
        if named and isinstance(made, BatchScorer) and not callable(made):
            return Batched(made)
        if not callable(made) or not named:
            raise ScorerSpecError(
                f"the plugin's factory of {asked.name!r} made {describe(made)}; a scorer is "
                "callable or has a method `score_many`, and has a `name`",
                path=asked.path,
            )
        return cast("Scorer", made)

    def _list(self, specs: object, path: tuple[Step, ...], *, name: str) -> list[Scorer]:
        example = f"{{{name}: [refusal, json]}}"
        return [
            self._about_completions(spec, (*path, index), name=name)
            for index, spec in enumerate(_items(specs, path, example=example))
        ]

    def _weighted(self, specs: object, path: tuple[Step, ...]) -> Weighted:
        scorers, weights = [], []
        for index, item in enumerate(_items(specs, path, example=f"{{weighted: {_WEIGHTED}}}")):
            here = (*path, index)
            if not isinstance(item, Mapping) or item.keys() != {"score", "weight"}:
                found = f"a mapping of {listed(item)}" if isinstance(item, Mapping) else None
                raise ScorerSpecError(
                    f"found {found or describe(item)}, expected a score and its weight: "
                    "{score: refusal, weight: 2}",
                    path=here,
                )
            weights.append(_weight(item["weight"], (*here, "weight")))
            scorers.append(
                self._about_completions(item["score"], (*here, "score"), name="weighted")
            )
        return Weighted(scorers, weights)

    def _about_completions(self, spec: object, path: tuple[Step, ...], *, name: str) -> Scorer:
        made = self._build(spec, path)
        if isinstance(made, ExactScorer):
            raise ScorerSpecError(
                f"{made.name} scores texts that the suite gives, the others of {name} would "
                "score an answer: give it a behavior of its own",
                path=path,
            )
        return made


def _items(specs: object, path: tuple[Step, ...], *, example: str) -> Sequence[object]:
    if not isinstance(specs, Sequence) or isinstance(specs, str) or not specs:
        found = "an empty list" if specs == [] else describe(specs)
        raise ScorerSpecError(f"found {found}, expected a list of scorers: {example}", path=path)
    return specs


def _weight(value: object, path: tuple[Step, ...]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ScorerSpecError(f"found {describe(value)}, expected a number above 0", path=path)
    return float(value)
