"""A test function about one completion, as the scorer of a behavior."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from behavtest.errors import ScoreError, SuiteError
from behavtest.suite import Source, behavior_from_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

    from behavtest.core import Completion
    from behavtest.suite import Behavior

COMPLETION = "completion"


class FunctionScorer:
    """Scores a completion by calling a test function on it.

    A failed assertion is 0, returning nothing is 1, returning a number is that score.

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
            ScoreError: The function raises anything but an AssertionError, or returns something
                that is not a number.
        """
        try:
            score = self._function(**self._parameters, completion=completion)
        except AssertionError:
            return 0.0
        except Exception as error:  # the user's code may raise anything
            raise ScoreError(
                f"{self.name} raised {type(error).__name__}: {error} "
                f"(on the completion {completion.text!r})"
            ) from error
        if score is None:
            return 1.0
        if not isinstance(score, (bool, int, float)):
            raise ScoreError(
                f"{self.name} returned {score!r}; a behavior test asserts, or returns a score "
                "between 0 and 1"
            )
        return float(score)


def function_behavior(item: pytest.Function, mark: pytest.Mark, *, file: str) -> Behavior:
    """Build the behavior a marked test function states.

    Args:
        item: The function's item.
        mark: Its ``behavior`` mark.
        file: Its file as the user knows it.

    Raises:
        SuiteError: The mark or the function's arguments cannot be used.
    """
    source = Source(file, item.function.__code__.co_firstlineno)
    if mark.args:
        raise SuiteError(
            "@pytest.mark.behavior takes keyword arguments only, prompts=... for one",
            file=source.file,
            line=source.line,
        )
    parameters = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    _check_arguments(item, parameters, source)
    return behavior_from_mark(
        mark.kwargs,
        id=item.name,
        suite=item.path.stem,
        source=source,
        folder=item.path.parent,
        scorer=FunctionScorer(item.obj, parameters, name=item.name),
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
    arguments = set(inspect.signature(item.obj).parameters)
    if COMPLETION not in arguments:
        raise SuiteError(
            f"{item.name} is marked as a behavior but has no argument `completion`, "
            "the answer it is to judge",
            file=source.file,
            line=source.line,
        )
    fixtures = sorted(arguments - {COMPLETION} - set(parameters))
    if fixtures:
        raise SuiteError(
            f"{item.name} asks for {', '.join(fixtures)}; a behavior test is called once per "
            "completion, before fixtures exist, so it may take only `completion` and "
            "parametrized arguments",
            file=source.file,
            line=source.line,
        )
