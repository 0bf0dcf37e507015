"""What pairs cost: the tokens of their completions, and the time to decode them."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from behavtest.experiment.planning.result import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from behavtest.experiment.planning.subject import Side, Subject
    from behavtest.store.history import History


class _Asked(NamedTuple):
    """What one model is asked for one behavior: tokens to decode, or texts to read."""

    tokens: float
    seconds: float | None
    texts: float


class Prices:
    """What completions cost by all that is known of them.

    They are as long as they were on average, or as max_new_tokens allows; a token takes as long as
    it did, or as one of the other model.

    Args:
        history: What the store knows.
    """

    def __init__(self, history: History) -> None:
        self._pasts = history.pasts
        self._paces: dict[Side, float | None] = {"a": history.pace_a, "b": history.pace_b}
        self._pace = next((pace for pace in self._paces.values() if pace is not None), None)

    def same_pace(self, subjects: Iterable[Subject]) -> bool:
        """Return whether a model that is asked has no pace of its own and is given the other's."""
        asked = {side for subject in subjects for side in subject.sides}
        return self._pace is not None and any(self._paces[side] is None for side in asked)

    def cost(self, drawn: Mapping[Subject, int]) -> Cost:
        """Add up what behaviors ask for; the same completions, asked for by several, count once."""
        most: defaultdict[tuple[str, Side], list[_Asked]] = defaultdict(list)
        for subject, pairs in drawn.items():
            for side in subject.sides:
                most[subject.shared, side].append(self._asked(subject, side, pairs))
        asked = [max(group, key=lambda item: item.tokens + item.texts) for group in most.values()]
        seconds = [item.seconds for item in asked if item.seconds is not None]
        return Cost(
            pairs=sum(drawn.values()),
            tokens=math.ceil(sum(item.tokens for item in asked)),
            seconds=sum(seconds) if len(seconds) == len(asked) else None,
            texts=math.ceil(sum(item.texts for item in asked)),
        )

    def _asked(self, subject: Subject, side: Side, pairs: int) -> _Asked:
        if subject.texts:
            return _Asked(0.0, 0.0, pairs * subject.texts)
        past = self._pasts.get(subject.name)
        length = None if past is None else past.tokens_of(side)
        tokens = pairs * subject.prompts * (subject.max_new_tokens if length is None else length)
        pace = self._pace if self._paces[side] is None else self._paces[side]
        return _Asked(tokens, None if pace is None else tokens * pace, 0.0)
