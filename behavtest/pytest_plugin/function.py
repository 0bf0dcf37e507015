"""A test function about one completion, as the scorer of a behavior."""

from __future__ import annotations

import inspect
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from behavtest.errors import ScoreError, SuiteError
from behavtest.pytest_plugin.mark import COMPLETION
from behavtest.scoring import raised_on
from behavtest.suite import Source, behavior_from_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from behavtest.core import Completion
    from behavtest.suite import Behavior, PerturbationRegistry, PromptSourceRegistry


class FunctionScorer:
    """Scores a completion by calling a test function on it.

    A failed assertion (or `pytest.fail`) is 0, returning nothing is 1, returning a number is that
    score.

    Args:
        function: The test function.
        parameters: Values of its other arguments, from ``parametrize``.
        name: What the run's records call it.
    """

    def __init__(
        self, function: Callable[..., object], parameters: Mapping[str, object], *, name: str
    ) -> None:
        self._function = function
        self._parameters = parameters
        self.name = name

    def __call__(self, completion: Completion) -> float:
        """Score a completion.

        Raises:
            ScoreError: The function raises anything else, or returns something that is not a
                number.
        """
        try:
            score = self._function(**self._parameters, completion=completion)
        except (AssertionError, pytest.fail.Exception) as failure:
            if isinstance(failure, pytest.xfail.Exception):
                raise raised_on(completion, failure, name=self.name) from failure
            return 0.0
        except pytest.skip.Exception as skipped:
            raise ScoreError(
                f"{self.name} skips a completion; a pair is never dropped for what the models "
                "said: return a score"
            ) from skipped
        except (Exception, SystemExit) as error:  # the user's code may raise anything
            raise raised_on(completion, error, name=self.name) from error
        if score is None:
            return 1.0
        if not isinstance(score, Real):
            raise ScoreError(
                f"{self.name} returned {score!r}; a behavior test asserts, or returns a score "
                "between 0 and 1"
            )
        return float(score)


class Naming(NamedTuple):
    """What a function's behavior is called, whichever model it is asked of.

    Args:
        id: The behavior.
        scorer: Its scorer.
    """

    id: str
    scorer: str


def function_behavior(  # noqa: PLR0913 -- the function, its mark, and what both are read with
    item: pytest.Function,
    mark: pytest.Mark,
    *,
    naming: Naming,
    file: str,
    sources: PromptSourceRegistry,
    perturbations: PerturbationRegistry,
) -> Behavior:
    """Build the behavior a marked test function states.

    Args:
        item: The function's item.
        mark: Its ``behavior`` mark.
        naming: What the behavior is called.
        file: Its file as the user knows it.
        sources: The prompt sources it can name.
        perturbations: The perturbations it can name.

    Raises:
        SuiteError: The mark or the function's arguments cannot be used.
    """
    source = Source(file, (item.reportinfo()[1] or 0) + 1)
    if mark.args:
        raise SuiteError(
            "@pytest.mark.behavior takes keyword arguments only, prompts=... for one",
            file=source.file,
            line=source.line,
        )
    parameters = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    parameters.pop(COMPLETION, None)  # it says which model is asked
    _check_arguments(item, parameters, source)
    return behavior_from_mark(
        mark.kwargs,
        id=naming.id,
        suite=item.path.stem,
        source=source,
        folder=Path(file).parent,
        scorer=FunctionScorer(item.obj, parameters, name=naming.scorer),
        sources=sources,
        perturbations=perturbations,
    )


def _check_arguments(
    item: pytest.Function, parameters: Mapping[str, object], source: Source
) -> None:
    if inspect.iscoroutinefunction(item.function):
        raise SuiteError(
            f"{item.name} is async; a behavior test is a plain function",
            file=source.file,
            line=source.line,
        )
    arguments = inspect.signature(item.obj).parameters
    if COMPLETION not in arguments:
        raise SuiteError(
            f"{item.name} is marked as a behavior but has no argument `completion`, "
            "the answer it is to judge",
            file=source.file,
            line=source.line,
        )
    asked = [name for name, value in arguments.items() if value.default is value.empty]
    fixtures = sorted(set(asked) - {COMPLETION} - set(parameters))
    if fixtures:
        raise SuiteError(
            f"{item.name} asks for {', '.join(fixtures)}; a behavior test is called once per "
            "completion, before fixtures exist, so it may take only `completion` and "
            "parametrized arguments",
            file=source.file,
            line=source.line,
        )
