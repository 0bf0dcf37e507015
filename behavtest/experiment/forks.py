"""What a finished run's pairs are shown with: where their answers part, and what else was likely.

It is for people to read: no verdict depends on it, and what cannot be told is left out.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import msgspec

from behavtest.errors import BehavtestError, OutOfMemoryError
from behavtest.experiment.alternatives import Teller
from behavtest.experiment.fork import Said, fork
from behavtest.experiment.marked import PairKeys, marked
from behavtest.experiment.parted import read_parted
from behavtest.experiment.progress import ProgressState
from behavtest.sampling import SpellsTokens
from behavtest.store import AlternativesStore, RunStore, chosen_draws, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from behavtest.experiment.audit import Models
    from behavtest.experiment.examples import Fork, Side
    from behavtest.experiment.marked import Shown
    from behavtest.experiment.parted import Parted
    from behavtest.experiment.progress import Progress
    from behavtest.experiment.result import ModelRecord, RunResult
    from behavtest.sampling import Backend

_Item = TypeVar("_Item")

_HELD = 4096
"""Pairs of answers that a model is asked of before the other one's turn: so many are held."""

_PART = 1024
"""Pairs of answers between two looks at how far it is."""


def with_forks(result: RunResult, models: Models, store: Path, progress: Progress) -> RunResult:
    """Mark where the answers of a run's pairs part, and say what else was likely there.

    That comes from the store, or from one forward pass of each model over the prompt and what both
    answers begin with. A model that the run did not need is not loaded for it.

    Args:
        result: The run, finished and recorded.
        models: The run's.
        store: The DuckDB file that holds it.
        progress: Told how far it is.

    Returns:
        The result with what was found, which is recorded too.

    Raises:
        KeyboardInterrupt: The user stopped it; the run stays recorded as it was, and what was read
            is kept.
    """
    if models.b is None or models.b.vocabulary != models.a.vocabulary or not models.a.vocabulary:
        return result
    with suppress(BehavtestError), open_store(store) as connection:
        shown = _shown(connection, result)
        wanted = list(dict.fromkeys(keys for one in shown.values() for keys in one if keys))
        tellers = _tellers(connection, result, models)
        if wanted and tellers is not None:
            telling = _Telling(result, len(wanted), progress)
            forks = _forks(connection, wanted, tellers, telling)
            telling.close()
            behaviors = tuple(marked(found, shown, forks) for found in result.behaviors)
            result = replace(result, behaviors=behaviors)
            RunStore(connection).amend(result.run_id, msgspec.json.encode(result).decode())
    return result


def _shown(connection: duckdb.DuckDBPyConnection, result: RunResult) -> Shown:
    """Find the answers of the pairs that are shown, where they differ: target's, baseline's."""
    examples = {
        (found.name, example.index): example
        for found in result.behaviors
        for example in found.examples
    }
    places = {
        found.name: [example.index for example in found.examples] for found in result.behaviors
    }
    draws = chosen_draws(connection, result.run_id, places)
    return {
        pair: (
            _answers(examples[pair].target, draw.target_a, draw.target_b),
            _answers(examples[pair].baseline, draw.baseline_a, draw.baseline_b),
        )
        for pair, draw in draws.items()
    }


def _answers(side: Side | None, key_a: str | None, key_b: str | None) -> PairKeys | None:
    if side is None or key_a is None or key_b is None or side.text_a == side.text_b:
        return None
    return PairKeys(key_a, key_b)


def _tellers(
    connection: duckdb.DuckDBPyConnection, result: RunResult, models: Models
) -> tuple[Teller, Teller] | None:
    """Return what tells of models A and B; None if one cannot say what its tokens read."""
    store, versions = AlternativesStore(connection), json.dumps(result.versions)

    def teller(backend: Backend | None, record: ModelRecord | None) -> Teller | None:
        if record is None or backend is None or not isinstance(backend, SpellsTokens):
            return None
        worked = record.generated > 0 or record.texts_read > 0
        loaded = worked or getattr(backend, "loaded", False) is True
        return Teller(backend, backend, store, loaded=loaded, versions=versions)

    a, b = teller(models.a, result.model_a), teller(models.b, result.model_b)
    return None if a is None or b is None else (a, b)


def _forks(
    connection: duckdb.DuckDBPyConnection,
    wanted: Sequence[PairKeys],
    tellers: tuple[Teller, Teller],
    telling: _Telling,
) -> dict[PairKeys, Fork]:
    a, b = tellers
    found = {}
    for some in _parts(wanted, _HELD):
        parted = list(read_parted(connection, some, speller_a=a.speller, speller_b=b.speller))
        _ask(parted, tellers, telling)
        for part in _parts(parted, _PART):
            asked_a = [a.asked(one.a.prompt, one.place) for one in part]
            asked_b = [b.asked(one.b.prompt, one.place) for one in part]
            told_a, told_b = a.found(asked_a), b.found(asked_b)
            for one, to_a, to_b in zip(part, asked_a, asked_b, strict=True):
                said_a = Said(one.a, a.speller, told_a.get(to_a.key))
                said_b = Said(one.b, b.speller, told_b.get(to_b.key))
                found[one.keys] = fork(one.place, said_a, said_b)
    return found


def _ask(parted: Sequence[Parted], tellers: tuple[Teller, Teller], telling: _Telling) -> None:
    """Read what is not stored, with one model and then with the other."""
    for of_b, teller in enumerate(tellers):
        if not teller.asks:
            continue
        with suppress(BehavtestError):  # it is told without this model, then
            for part in _parts(parted, _PART):
                asked = [teller.asked((one.b if of_b else one.a).prompt, one.place) for one in part]
                try:
                    teller.ask(asked)
                except OutOfMemoryError:
                    tellers[1 - of_b].backend.release()
                    teller.ask(asked)
                telling.tell(sum(one.read for one in tellers))


def _parts(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))


class _Telling:
    """Tells how far the reading is.

    Args:
        result: The run.
        wanted: Pairs of answers that part.
        progress: What is told.
    """

    def __init__(self, result: RunResult, wanted: int, progress: Progress) -> None:
        models = [model for model in (result.model_a, result.model_b) if model is not None]
        errors = sum(found.verdict == "error" for found in result.behaviors)
        self._started = time.monotonic()
        self._seconds = result.seconds
        self._progress = progress
        self._state = ProgressState(
            behaviors=len(result.behaviors),
            decided=len(result.behaviors) - errors,
            errors=errors,
            pairs=sum(found.pairs for found in result.behaviors),
            generated=sum(model.generated for model in models),
            reused=sum(model.reused for model in models),
            seconds=result.seconds,
            forks=2 * wanted,
        )

    def close(self) -> None:
        """Let the last word be on the run."""
        self._progress(self._state._replace(forks=0))

    def tell(self, read: int) -> None:
        """Tell how many have been read."""
        seconds = self._seconds + time.monotonic() - self._started
        self._progress(self._state._replace(seconds=seconds, forks_read=read))
