"""Which behaviors draw in the coming round, when not all can draw as much as they would."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from behavtest.errors import PromptError, SuiteError
from behavtest.experiment.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from behavtest.experiment.pairing import ModelPair
    from behavtest.experiment.trial import Trial
    from behavtest.suite.behavior import Case, PromptSet


def groups(trials: Sequence[Trial], models: ModelPair, *, seed: int, most: int) -> dict[str, int]:
    """Group behaviors that may have something random in common.

    That is the draws from a prompt set, where they have one set, and the noise of a prompt that
    both may ask, told apart by the token ids that key it (see `behavtest.experiment.pairing.Noise`;
    greedy decoding and exact scores have no noise).

    Args:
        trials: The behaviors.
        models: Who is asked.
        seed: The run's seed.
        most: Most observations of one behavior.

    Returns:
        Name -> number of its group. They all are one group if a behavior chooses actively from
        more prompts than it can ask, since nobody knows then which ones it will ask.
    """
    if any(trial.evidence.weighted and trial.population > most for trial in trials):
        return dict.fromkeys((trial.name for trial in trials), 0)
    asked: dict[str, set[Hashable]] = {}
    known: set[Hashable] = set()
    for trial in trials:
        behavior = trial.behavior
        questions = behavior.prompts.asked
        kind = (questions, behavior.expectation.absolute)
        asked[trial.name] = {questions}
        if kind not in known and not behavior.deterministic:
            asked[trial.name] |= _askable(trial, models, seed=seed, most=most)
            known.add(kind)
    return components(asked)


def _askable(trial: Trial, models: ModelPair, *, seed: int, most: int) -> set[tuple[int, ...]]:
    """Return the token ids, as they key the noise, of every prompt a behavior may ask."""
    encode = models.asked(absolute=trial.behavior.expectation.absolute)[0].backend.encode
    asked: set[tuple[int, ...]] = set()
    for case in _cases(trial.behavior.prompts, seed=seed, most=most):
        with suppress(PromptError):  # such a case is never asked: drawing it is an error
            asked.update(encode(prompt) for prompt in case if prompt is not None)
    return asked


def _cases(prompts: PromptSet, *, seed: int, most: int) -> Iterator[Case]:
    """Yield the cases that may be asked: all, or of more than ``most`` those that would be drawn.

    A case that cannot be rendered is left out of a population, and ends a schedule, as drawing it
    will end the behavior.
    """
    if len(prompts) <= most:
        for index in range(len(prompts)):
            with suppress(SuiteError):
                yield prompts[index]
        return
    schedule = Schedule(prompts, seed=seed, without_replacement=False)
    with suppress(SuiteError):
        for _ in range(most):
            yield from (draw.case for draw in schedule.take(1))


def components(prompts: Mapping[str, Iterable[Hashable]]) -> dict[str, int]:
    """Group behaviors that are linked by a prompt they have in common, however far round.

    Args:
        prompts: Name of a behavior -> the prompts it may ask.

    Returns:
        Name -> number of its group.
    """
    leader = {name: name for name in prompts}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    first: dict[Hashable, str] = {}
    for name, asked in prompts.items():
        for prompt in asked:
            leader[find(name)] = find(first.setdefault(prompt, name))
    numbers: dict[str, int] = {}
    return {name: numbers.setdefault(find(name), len(numbers)) for name in prompts}


def closest_first(
    forecasts: Sequence[int | None], groups: Sequence[int], *, left: float
) -> list[int]:
    """Choose who draws in the coming round: the groups nearest to a decision.

    A group is granted its round if, in the order of what the next decision in it is forecast to
    take, its forecast and those before it still fit into what is left; the first always is. So the
    last pairs of a budget are spent where they decide something, not spread so that they decide
    nothing.

    Validity: the forecasts depend on the past, that is on the draws and the noise of the places
    passed so far. The undecided of one group have always passed the same places: they are granted
    their rounds together, each round as long for all (`behavtest.experiment.rounds`), and one that
    is cut short is the run's last (`behavtest.experiment.budget.Spending`). A member that stopped
    goes on, if at all, only where none has been further. So the draws and the noise of a member's
    next places are not part of what the run has seen: not from its group, which has not been
    there, nor from another, which shares nothing random with it (`groups`). Its next observation
    therefore has mean Delta given everything the run has seen, not only given its own past
    (without replacement: it is uniform over the cases left). Its e-process is one in the run's
    filtration, the pairs it gets are a stopping time there, and E[e-value at the stop] <= 1 under
    its null by optional stopping.

    Args:
        forecasts: For each undecided behavior, how many more pairs would likely decide it; None
            if nobody knows.
        groups: For each of them its group, see `groups`.
        left: Pairs left to spend.

    Returns:
        The places of those granted, nearest group first, at least one if there is any.
    """
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    prices = {
        group: len(places) * min(_price(forecasts[place]) for place in places)
        for group, places in members.items()
    }
    granted: list[int] = []
    spent = 0.0
    for group in sorted(members, key=prices.__getitem__):
        spent += prices[group]
        if granted and spent > left:
            break
        granted += members[group]
    return granted


def _price(forecast: int | None) -> float:
    return float("inf") if forecast is None else float(max(forecast, 1))
