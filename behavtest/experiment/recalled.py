"""A behavior's evidence from what a stored run drew, scored as its suite says now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.errors import SettingsError, StoreError, SuiteError
from behavtest.experiment.answers import Question
from behavtest.experiment.observe import Batch, Planned, observations
from behavtest.experiment.pairing import Noise, Replies, Twin
from behavtest.experiment.trial import Trial
from behavtest.sampling import Request
from behavtest.scoring import ExactScorer
from behavtest.store import read_made, stored_draws, stored_replays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult
    from behavtest.experiment.schedule import Draw
    from behavtest.store import Made, StoredDraw
    from behavtest.suite.behavior import Behavior

_NO_NOISE = Noise((), 0)
"""Nothing is drawn anew, so nobody asks what it was drawn with."""


class UnscorableError(SettingsError):
    """A behavior cannot be scored from a stored run."""


class Recalled:
    """Takes behaviors through the draws they had in a run.

    Attributes:
        used_a: Keys of model A's completions scored.
        used_b: Keys of model B's.

    Args:
        connection: The open store.
        result: The run's.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, result: RunResult) -> None:
        self.used_a: set[str] = set()
        self.used_b: set[str] = set()
        self._connection = connection
        self._seed = result.seed
        self._found = {found.name: found for found in result.behaviors}
        self._draws = stored_draws(connection, result.run_id)

    def trial(self, name: str, behavior: Behavior) -> Trial:
        """Return a behavior with its evidence by the scorer of today.

        A failure of the scorer is recorded in the trial.

        Raises:
            UnscorableError: The run's completions cannot tell of the behavior.
            StoreError: They are not all there.
        """
        found, stored = self._found.get(name), self._draws.get(name, ())
        if found is None or not stored:
            raise UnscorableError("the run has no pairs of it; run pytest with it selected")
        _check(behavior, found, stored[0])
        trial = Trial(name, behavior, seed=self._seed)
        drawn = _redrawn(trial, stored)
        if behavior.expectation.absolute and stored[0].target_b is not None:
            stored = tuple(draw.without_a() for draw in stored)
        keys = [key for draw in stored for key in draw.keys]
        made = {one.key: one for one in read_made(self._connection, keys)}
        if len(made) < len(set(keys)):
            raise StoreError(f"completions of {name} are missing from the store; run pytest again")
        planned = [_planned(draw, keys, made) for draw, keys in zip(drawn, stored, strict=True)]
        answers = {key: one.generation for key, one in made.items()}
        replays = stored_replays(self._connection, answers)
        replies = Replies(answers, answers, {}, {}, replays)
        trial.add(observations(Batch(trial, planned), replies))
        self.used_a.update(key for one in stored for key in (one.target_a, one.baseline_a) if key)
        self.used_b.update(key for one in stored for key in (one.target_b, one.baseline_b) if key)
        return trial


def _check(behavior: Behavior, found: BehaviorResult, first: StoredDraw) -> None:
    """Refuse what a run's completions cannot tell of a behavior.

    Raises:
        UnscorableError: It needs others, or none.
    """
    if isinstance(behavior.scorer, ExactScorer):
        raise UnscorableError(
            "it scores the likelihood of given texts, which the models compute; run pytest, which "
            "reads only texts that are not in the store"
        )
    if found.sampling != behavior.sampling:
        raise UnscorableError(
            f"the run sampled otherwise ({found.sampling}; now {behavior.sampling}); run pytest"
        )
    if found.weighted:
        raise UnscorableError(
            "its prompts were chosen by what the earlier scorer had shown; run pytest"
        )
    if not behavior.expectation.absolute and None in {first.target_a, first.target_b}:
        raise UnscorableError("it is about a change, and the run asked one model; run pytest")


def _redrawn(trial: Trial, stored: Sequence[StoredDraw]) -> list[Draw]:
    """Walk the schedule again; it is the run's only where what is asked is.

    Raises:
        UnscorableError: It is not.
    """
    try:
        drawn = trial.schedule.take(len(stored))
    except SuiteError as error:
        raise UnscorableError(str(error)) from error
    same = [draw.case_index for draw in drawn] == [draw.case_index for draw in stored]
    contrast = stored[0].baseline_a is not None or stored[0].baseline_b is not None
    if not same or contrast != trial.behavior.prompts.contrast:
        raise UnscorableError("its prompts have changed since; run pytest, which asks the new ones")
    return drawn


def _planned(draw: Draw, stored: StoredDraw, made: Mapping[str, Made]) -> Planned:
    target = _twin(stored.target_a, stored.target_b, made)
    if draw.case.baseline is None:
        return Planned(draw, target, None)
    return Planned(draw, target, _twin(stored.baseline_a, stored.baseline_b, made))


def _twin(key_a: str | None, key_b: str | None, made: Mapping[str, Made]) -> Twin:
    to_a, to_b = (None if key is None else _question(made[key]) for key in (key_a, key_b))
    return Twin(to_a, to_b, _NO_NOISE)


def _question(made: Made) -> Question:
    return Question(made.key, Request(made.prompt_ids, made.seed), made.settings)
