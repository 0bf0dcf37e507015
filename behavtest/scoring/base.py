"""What a scorer is, how one is made, and what a score must be."""

from __future__ import annotations

import math
import numbers
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from behavtest.errors import ScoreError
from behavtest.scoring.hints import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from behavtest.core import Completion, Prompt
    from behavtest.scoring.batch import BatchScorer
    from behavtest.scoring.exact import ExactScorer

ON_FIELDS = " on a prompt's fields"

_MOST_SHOWN = 200


class Named(Protocol):
    """What every kind of scorer has."""

    @property
    def name(self) -> str:
        """A short description of the scorer and its arguments, stable across runs.

        ``contains('Paris')``, say; it is stored with the run.
        """
        ...


class Scorer(Named, Protocol):
    """Scores one completion."""

    def __call__(self, completion: Completion, /) -> float:
        """Score a completion.

        Args:
            completion: What the model answered, with the prompt and its row's fields.

        Returns:
            A score in [0, 1].

        Raises:
            ScoreError: The completion cannot be scored (a missing field, say).
        """
        ...


@runtime_checkable
class ChecksPrompts(Protocol):
    """A scorer that can tell from a prompt, before any model runs, that it will fail."""

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt that could not be scored.

        Raises:
            ScoreError: The prompt's fields lack something the scorer needs.
        """
        ...


class ScorerFactory(Protocol):
    """Makes a scorer from the arguments written in a suite."""

    def __call__(self, arguments: object, /) -> Scorer | BatchScorer | ExactScorer:
        """Make a scorer.

        Args:
            arguments: As written: ``{name: arguments}``; None if the name stands alone.

        Raises:
            ValueError: The arguments are wrong; the message is a sentence for the author.
        """
        ...


def check_prompt(scorer: Named, prompt: Prompt) -> None:
    """Let a scorer refuse a prompt, if it is able to tell.

    Args:
        scorer: Any kind of scorer.
        prompt: What would be asked.

    Raises:
        ScoreError: The prompt could not be scored.
    """
    # isinstance of a protocol takes 10 to 20 µs, and every row of a suite comes by here
    check: Callable[[Prompt], None] | None = getattr(scorer, "check", None)
    if check is not None:
        with own_code(scorer, on=ON_FIELDS):
            check(prompt)


@contextmanager
def own_code(scorer: Named, *, on: str = "") -> Iterator[None]:
    """Run a scorer's own code; whatever it raises, only its behavior fails.

    Args:
        scorer: Any kind of scorer.
        on: What it runs on, for the message.

    Raises:
        ScoreError: It raised something.
    """
    try:
        yield
    except ScoreError:
        raise
    except (Exception, SystemExit) as error:  # a plugin's code may raise anything
        raise ScoreError(f"{scorer.name} raised {type(error).__name__}{on}: {error}") from error


def raised_on(completion: Completion, error: BaseException, *, name: str) -> ScoreError:
    """Say that a scorer's own code raised, where, and on what.

    Args:
        completion: What was being scored.
        error: What was raised.
        name: The scorer's.
    """
    place = traceback.extract_tb(error.__traceback__)[-1]
    return ScoreError(
        f"{name} raised {type(error).__name__}: {error} "
        f"({Path(place.filename).name}:{place.lineno}, on the completion "
        f"{completion.text[:_MOST_SHOWN]!r})"
    )


def checked_score(scorer: Scorer, completion: Completion) -> float:
    """Score a completion and hold the scorer to its range; a score is never clipped.

    Args:
        scorer: The scorer; it may return a bool, or a number of any numeric type.
        completion: What the model answered.

    Returns:
        A score in [0, 1].

    Raises:
        ScoreError: The scorer failed, or did not return a number in [0, 1].
    """
    try:
        score: object = scorer(completion)
    except ScoreError:
        raise
    except (
        Exception,
        SystemExit,
    ) as error:  # a plugin's code may raise anything; only its behavior fails
        raise raised_on(completion, error, name=scorer.name) from error
    return checked_value(score, name=scorer.name)


def checked_value(score: object, *, name: str) -> float:
    """Hold a score to its range.

    Args:
        score: What a scorer returned.
        name: The scorer's.

    Raises:
        ScoreError: It is not a number in [0, 1].
    """
    if not isinstance(score, numbers.Real) and hasattr(score, "item") and hasattr(score, "shape"):
        # a NumPy bool or an array of one number, as a comparison of arrays gives
        score = score.item() if score.shape == () else score
    if score is None:
        raise ScoreError(f"{name} returned nothing; a score in [0, 1] or a bool is expected")
    if not isinstance(score, numbers.Real):
        raise ScoreError(
            f"{name} returned {describe(score)}; a score in [0, 1] or a bool is expected"
        )
    value = float(score)
    if math.isnan(value) or not 0 <= value <= 1:
        raise ScoreError(f"{name} returned {value:g}; a score lies in [0, 1]")
    return value
