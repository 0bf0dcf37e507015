"""One judge with its cache: asks only what was never answered, and counts what became of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from behavtest.errors import ScoreError
from behavtest_judge.posing import FORMAT
from behavtest_judge.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest_judge.cache import VerdictCache
    from behavtest_judge.posing import Posed
    from behavtest_judge.respondent import Respondent


@dataclass(slots=True)
class Tally:
    """What became of the questions to a judge.

    Args:
        asked: Questions put to the judge.
        cached: Questions answered from the cache.
        failed: Questions without a verdict.
        models: The models that replied, as the server names them.
    """

    asked: int = 0
    cached: int = 0
    failed: int = 0
    models: set[str] = field(default_factory=set)


class Bench:
    """A judge and the cache of its verdicts.

    Args:
        respondent: The judge.
        cache: Where verdicts are kept.
    """

    def __init__(self, respondent: Respondent, cache: VerdictCache) -> None:
        self.name = respondent.name
        self._respondent = respondent
        self._cache = cache

    def judge(self, posed: Sequence[Posed], tally: Tally) -> list[float | ScoreError]:
        """Judge completions.

        Args:
            posed: The completions as they are put to the judge.
            tally: Counts what became of them.

        Returns:
            For each the score of the option chosen, or why there is none.
        """
        keys = [self._key(one) for one in posed]
        try:
            found: dict[str, Reply | ScoreError] = dict(self._cache.lookup(keys))
            tally.cached += sum(key in found for key in keys)
            new = {key: one for key, one in zip(keys, posed, strict=True) if key not in found}
            found |= self._asked(new)
        except ScoreError as error:
            tally.failed += len(posed)
            return [error] * len(posed)
        tally.asked += len(new)
        outcomes = [_score(found[key], one) for key, one in zip(keys, posed, strict=True)]
        tally.failed += sum(isinstance(outcome, ScoreError) for outcome in outcomes)
        tally.models |= {one.model for one in found.values() if isinstance(one, Reply)} - {""}
        return outcomes

    def _asked(self, new: dict[str, Posed]) -> dict[str, Reply | ScoreError]:
        keys = list(new)
        found: dict[str, Reply | ScoreError] = {}
        for place, reply in self._respondent.replies(list(new.values())):
            found[keys[place]] = reply
            if isinstance(reply, Reply):
                self._cache.keep([(keys[place], reply)])
        return found

    def _key(self, posed: Posed) -> str:
        """Digest all that determines a reply: the judge, and every word it is shown."""
        seen = json.dumps([FORMAT, self._respondent.identity, posed.text, posed.levels])
        return hashlib.blake2b(seen.encode(), digest_size=24).hexdigest()


def _score(reply: Reply | ScoreError, posed: Posed) -> float | ScoreError:
    if isinstance(reply, ScoreError):
        return reply
    return posed.scores[posed.letters.index(reply.letter)]
