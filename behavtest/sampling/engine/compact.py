"""The decode loop where shapes may change freely: the rows at work are kept together."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from behavtest.sampling.engine.phrases import worth_checking
from behavtest.sampling.engine.replay import check
from behavtest.sampling.engine.shapes import alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.sampling.engine.cache import SlotCache
    from behavtest.sampling.engine.network import Network
    from behavtest.sampling.engine.phrases import Phrases
    from behavtest.sampling.engine.prompts import PromptMemory
    from behavtest.sampling.engine.rows import Row
    from behavtest.sampling.engine.sampler import Sampler

_LONGEST_GUESS = 8


class CompactLoop:
    """Decodes rows: new ones take the places of finished ones, none waits for another.

    Args:
        network: The model.
        prompts: What it has read.
        phrases: What has been answered.
        cache: Room for the rows at work.
        positions: Most positions whose logits may be held at once.
        sampler: How tokens are chosen.
    """

    def __init__(  # noqa: PLR0913 -- what the loop works with
        self,
        network: Network,
        prompts: PromptMemory,
        phrases: Phrases,
        cache: SlotCache,
        *,
        positions: int,
        sampler: Sampler,
    ) -> None:
        self._network = network
        self._prompts = prompts
        self._phrases = phrases
        self._cache = cache
        self._most = cache.rows
        self._positions = positions
        self._sampler = sampler
        self._active: list[Row] = []
        self._waiting: deque[Row] = deque()

    def run(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """Answer the rows, longest first so that memory runs out early or not at all.

        Yields:
            Finished rows, some at a time.
        """
        self._prompts.read_ahead(row.request.prompt_ids[:-1] for row in rows)
        drafted = deque(self._groups([row for row in rows if row.draft is not None]))
        plain = [row for row in rows if row.draft is None]
        self._waiting = deque(sorted(plain, key=lambda row: -len(row.request.prompt_ids)))
        done: list[Row] = []
        while drafted or self._waiting or self._active:
            if drafted and len(self._active) + len(drafted[0]) <= self._most:
                done += self._read(drafted.popleft())
            else:
                self._admit()
                done += self._decode()
            if len(done) >= max(1, self._most // 2):
                yield done
                done = []
        if done:
            yield done

    def _groups(self, rows: Sequence[Row]) -> list[list[Row]]:
        """Group rows whose drafts are read together."""
        longest = max((len(row.reading) for row in rows), default=1)
        most = max(1, min(self._most // 2, self._positions // longest))
        return alike(rows, width=lambda row: len(row.reading), most=most)

    def _read(self, group: list[Row]) -> list[Row]:
        """Check the drafts of new rows; return the rows that are finished by it."""
        first = len(self._active)
        self._lay_out(group, range(first, first + len(group)))
        self._active += group
        check(self._network, self._cache, group, sampler=self._sampler, first=first)
        return self._sort_out(group)

    def _admit(self) -> None:
        """Let rows without drafts take the places that are free."""
        first = len(self._active)
        count = min(self._most - first, len(self._waiting))
        if count > 0:
            group = [self._waiting.popleft() for _ in range(count)]
            self._lay_out(group, range(first, first + count))
            self._active += group

    def _lay_out(self, rows: Sequence[Row], places: Sequence[int]) -> None:
        prompts = [row.request.prompt_ids[:-1] for row in rows]
        self._cache.reserve(max(map(len, prompts)) + 1)
        self._prompts.lay_out(prompts, self._cache, rows=places)

    def _decode(self) -> list[Row]:
        """Decode a token of every row at work, or several where they can be guessed."""
        rows = self._active
        guesses = [self._phrases.guess(row.tokens, _LONGEST_GUESS) for row in rows]
        known = [len(row.tokens) for row in rows]
        if count := worth_checking(guesses):
            for row, guess in zip(rows, guesses, strict=True):
                row.draft = guess.tokens[:count]
        check(self._network, self._cache, rows, sampler=self._sampler)
        for row, guess, length in zip(rows, guesses, known, strict=True):
            if guess.tokens:
                self._phrases.judge(guess, row.tokens[length:])
        return self._sort_out(rows)

    def _sort_out(self, rows: Sequence[Row]) -> list[Row]:
        """Return which of the rows have finished; their places are taken by others."""
        finished = [row for row in rows if row.finish_reason]
        for row in finished:
            self._phrases.learn(row.tokens)
        free = [place for place, row in enumerate(self._active) if row.finish_reason]
        free = free[: len(self._waiting)]
        if free:
            taken = [self._waiting.popleft() for _ in free]
            self._lay_out(taken, free)
            for place, row in zip(free, taken, strict=True):
                self._active[place] = row
        self._active = pack(self._active, self._cache)
        return finished


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
