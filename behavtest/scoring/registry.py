"""The scorers a suite can name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from behavtest.errors import BehavtestError, SettingsError
from behavtest.scoring.batch import Batched, BatchScorer
from behavtest.scoring.combine import All, Any, Not, NotExact, Weighted
from behavtest.scoring.exact import ExactScorer
from behavtest.scoring.hints import describe, did_you_mean, listed

if TYPE_CHECKING:
    import pluggy

    from behavtest.scoring.base import Scorer, ScorerFactory

HOOK: Final = "pytest_behavtest_scorers"
COMBINATORS: Final = ("not", "all", "any", "weighted")

_WEIGHTED: Final = "[{score: refusal, weight: 2}, {score: json, weight: 1}]"

Step = str | int


class ScorerSpecError(ValueError):
    """A ``score`` cannot be read as written.

    Args:
        message: What is wrong, in a sentence for the suite's author.
        path: Keys and indices that lead from the ``score`` to the place.
        line: Line within the text at that place, if it is a template with an error there.
    """

    def __init__(
        self, message: str, *, path: tuple[Step, ...] = (), line: int | None = None
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line


class ScorerRegistry:
    """Makes scorers from what suites write.

    Args:
        factories: Scorer factories by name; ``not``, ``all``, ``any`` and ``weighted``
            are always there.

    Raises:
        SettingsError: A name is reserved.
    """

    def __init__(self, factories: Mapping[str, ScorerFactory]) -> None:
        for name in COMBINATORS:
            if name in factories:
                raise SettingsError(f"a scorer cannot be named {name!r}: that combines scorers")
        self._factories = dict(factories)

    @classmethod
    def from_plugins(cls, plugins: pluggy.PluginManager) -> ScorerRegistry:
        """Collect what every registered plugin offers.

        Args:
            plugins: Knows `behavtest.hookspecs`, and has `behavtest.scoring.builtin` among its
                plugins.

        Raises:
            SettingsError: Two plugins offer one name, or a plugin offers something else.
        """
        factories: dict[str, ScorerFactory] = {}
        owners: dict[str, str] = {}
        # each implementation by itself, so that a clash can be told with both plugins' names
        for implementation in getattr(plugins.hook, HOOK).get_hookimpls():
            owner = implementation.plugin_name
            offered: object = implementation.function()
            if not isinstance(offered, Mapping):
                raise SettingsError(
                    f"plugin {owner!r}: {HOOK} returned {describe(offered)}, expected a mapping "
                    "of scorer factories by name"
                )
            for name, factory in offered.items():
                if name in owners:
                    raise SettingsError(
                        f"two plugins offer a scorer named {name!r}: {owners[name]!r} and "
                        f"{owner!r}; turn one off with -p no:NAME"
                    )
                owners[name] = owner
                factories[name] = factory
        return cls(factories)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a suite can use, sorted."""
        return tuple(sorted([*self._factories, *COMBINATORS]))

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
        name, arguments, inner = _name_and_arguments(spec, path)
        if name == "not":
            other = self._build(arguments, inner)
            return NotExact(other) if isinstance(other, ExactScorer) else Not(other)
        if name == "weighted":
            return self._weighted(arguments, inner)
        if name in COMBINATORS:
            return (All if name == "all" else Any)(self._list(arguments, inner, name=name))
        if name not in self._factories:
            raise ScorerSpecError(
                f"there is no scorer {name!r}{did_you_mean(name, self.names)} "
                f"(scorers: {listed(self.names)})",
                path=path,
            )
        try:
            made: object = self._factories[name](arguments)
        except (ValueError, BehavtestError) as error:
            line = getattr(error, "line", None)
            raise ScorerSpecError(str(error), path=inner, line=line) from error
        except Exception as error:  # a plugin's code may raise anything
            raise ScorerSpecError(
                f"the scorer {name!r} cannot be made: {type(error).__name__}: {error}", path=inner
            ) from error
        named = isinstance(getattr(made, "name", None), str)
        if named and isinstance(made, ExactScorer):
            return made
        if named and isinstance(made, BatchScorer) and not callable(made):
            return Batched(made)
        if not callable(made) or not named:
            raise ScorerSpecError(
                f"the plugin's factory of {name!r} made {describe(made)}; a scorer is callable "
                "or has a method `score_many`, and has a `name`",
                path=inner,
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


def _name_and_arguments(
    spec: object, path: tuple[Step, ...]
) -> tuple[str, object, tuple[Step, ...]]:
    if isinstance(spec, str):
        return spec, None, path
    if not isinstance(spec, Mapping):
        raise ScorerSpecError(
            f"found {describe(spec)}, expected the name of a scorer or {{name: arguments}}",
            path=path,
        )
    if len(spec) != 1:
        raise ScorerSpecError(
            f"found a mapping with {len(spec)} names ({listed(spec)}), expected one; combine "
            "scorers with all or any: {all: [refusal, json]}",
            path=path,
        )
    ((name, arguments),) = spec.items()
    return str(name), arguments, (*path, str(name))
