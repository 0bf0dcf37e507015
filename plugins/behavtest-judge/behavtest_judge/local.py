"""A judge on this machine: the option that the model finds likeliest."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from behavtest.core import Message, Prompt
from behavtest.errors import ModelError, PromptError, ScoreError
from behavtest.sampling import Continuation, identity
from behavtest_judge.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.sampling import Backend
    from behavtest_judge.posing import Posed


class LocalJudge:
    """A model that is asked how likely each option's letter is; nothing is sampled.

    Args:
        backend: The model.
    """

    def __init__(self, backend: Backend) -> None:
        self.name = backend.name
        self._backend = backend

    @property
    def identity(self) -> str:
        """All that determines a reply besides what is posed."""
        return json.dumps(["local", identity(self._backend)])

    def replies(self, posed: Sequence[Posed]) -> Iterator[tuple[int, Reply | ScoreError]]:
        """Judge completions: one forward pass for each option."""
        asked: list[tuple[int, str]] = []
        continuations: list[Continuation] = []
        for place, one in enumerate(posed):
            try:
                found = [self._continuation(one, letter) for letter in one.letters]
            except PromptError as error:
                yield place, ScoreError(f"judge: {error}")
                continue
            asked += [(place, letter) for letter in one.letters]
            continuations += found
        scores: dict[int, dict[str, float]] = {}
        try:
            for batch in self._backend.measure(continuations) if continuations else ():
                for measured in batch:
                    place, letter = asked[measured.place]
                    scores.setdefault(place, {})[letter] = math.fsum(measured.logprobs)
        except ModelError as error:
            for place in dict.fromkeys(place for place, _ in asked):
                yield place, ScoreError(f"judge: {error}")
            return
        for place, by_letter in scores.items():
            yield place, self._chosen(by_letter)

    def _continuation(self, posed: Posed, letter: str) -> Continuation:
        prompt = Prompt((Message("user", posed.text),))
        ids = self._backend.encode(prompt)
        text = self._backend.encode_text(prompt, letter)
        most = self._backend.context
        if most is not None and len(ids) + len(text) > most:
            raise PromptError(
                f"{self.name} takes {most} tokens, and what it is asked has {len(ids)}: judge "
                "shorter completions, or with another model"
            )
        return Continuation(ids, text)

    def _chosen(self, by_letter: dict[str, float]) -> Reply | ScoreError:
        best = max(by_letter.values())
        chosen = [letter for letter, score in by_letter.items() if score == best]
        if len(chosen) != 1 or math.isnan(best):
            return ScoreError(
                f"judge: {self.name} finds {' and '.join(sorted(chosen) or by_letter)} equally "
                "likely: it has no verdict"
            )
        return Reply(chosen[0], chosen[0], self.name)
