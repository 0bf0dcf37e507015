"""The decode loop where shapes may change freely: the rows at work are kept together."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from behavtest.sampling.engine.replay import check
from behavtest.sampling.engine.shapes import PASS_TOKENS, alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.core import SamplingSettings
    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.phrases import Phrases
    from behavtest.sampling.engine.prompts import PromptMemory
    from behavtest.sampling.engine.rows import Row

# A pass has a fixed cost, so rows are admitted many at a time.
_ADMIT_FROM = 4
_LONGEST_GUESS = 8


class CompactLoop:
    """Decodes rows: new ones take the places of finished ones, none waits for another.

    Args:
        network: The model.
        prompts: What it has read.
        phrases: What has been answered.
        cache: Room for the rows at work.
        positions: Most positions whose logits may be held at once.
        settings: How tokens are chosen.
    """

    def __init__(  # noqa: PLR0913 -- what the loop works with
        self,
        network: Network,
        prompts: PromptMemory,
        phrases: Phrases,
        cache: SlotCache,
        *,
        positions: int,
        settings: SamplingSettings,
    ) -> None:
        self._network = network
        self._prompts = prompts
        self._phrases = phrases
        self._cache = cache
        self._most = cache.rows
        self._positions = positions
        self._settings = settings
        self._active: list[Row] = []

    def run(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Answer the rows, longest first so that memory runs out early or not at all.

        Yields:
            Finished rows, some at a time.
        """
        self._prompts.read_ahead(row.request.prompt_ids[:-1] for row in rows)
        groups = deque(self._groups(rows))
        done: list[Row] = []
        while groups or self._active:
            if groups and (not self._active or len(self._active) + len(groups[0]) <= self._most):
                done += self._work(groups.popleft(), new=True)
            else:
                done += self._work([], new=False)
            if len(done) >= max(1, self._most // 2):
                yield done
                done = []
        if done:
            yield done

    def _groups(self, rows: Sequence[Row]) -> list[list[Row]]:
        """Group the rows that are admitted together: alike in their drafts, then in prompts."""
        drafted = [row for row in rows if row.draft is not None]
        plain = [row for row in rows if row.draft is None]
        longest = max((len(row.reading) for row in drafted), default=1)
        most = max(1, min(self._most // 2, self._positions // longest))
        plain.sort(key=lambda row: -len(row.request.prompt_ids))
        size = max(1, self._most // _ADMIT_FROM)
        return [
            *alike(drafted, width=lambda row: len(row.reading), most=most),
            *(plain[first : first + size] for first in range(0, len(plain), size)),
        ]

    def _work(self, group: list[Row], *, new: bool) -> list[Row]:
        """Run one pass over new rows, or over those at work; return the rows it finishes."""
        first = len(self._active) if new else 0
        if new:
            prompts = [row.request.prompt_ids[:-1] for row in group]
            self._cache.reserve(max(map(len, prompts)) + 1)
            self._prompts.lay_out(prompts, self._cache, rows=range(first, first + len(group)))
            self._active += group
        else:
            group = self._active
            self._guess(group)
        check(self._network, self._cache, group, settings=self._settings, first=first)
        finished = [row for row in group if row.finish_reason]
        for row in finished:
            self._phrases.learn(row.tokens)
        self._active = pack(self._active, self._cache)
        return finished

    def _guess(self, rows: Sequence[Row]) -> None:
        """Give rows drafts where checking them costs next to nothing."""
        most = min(_LONGEST_GUESS, PASS_TOKENS // len(rows) - 1)
        if most > 0:
            for row in rows:
                row.draft = self._phrases.guess(row.tokens, most)


def pack(active: Sequence[Row], cache: SlotCache) -> list[Row]:
    """Move the last rows at work into the places of finished ones.

    Args:
        active: Rows, in the order of the cache's.
        cache: Their memory.

    Returns:
        The rows still at work, in their new order.
    """
    left = sum(row.finish_reason is None for row in active)
    holes = [place for place, row in enumerate(active[:left]) if row.finish_reason]
    movers = [place for place in range(left, len(active)) if active[place].finish_reason is None]
    packed = list(active[:left])
    if movers:
        length = max(active[place].length for place in movers)
        cache.move(sources=movers, targets=holes, length=length)
        for hole, mover in zip(holes, movers, strict=True):
            packed[hole] = active[mover]
    return packed
