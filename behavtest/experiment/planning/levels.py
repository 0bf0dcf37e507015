"""What a stream will allow each behavior's next test, for planning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.experiment.ledger import next_level
from behavtest.stats.online import open_stream
from behavtest.store import LedgerStore, Lineage, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from behavtest.experiment.planning.subject import Subject


def next_levels(
    store: Path, subjects: Sequence[Subject], *, procedure: str, alpha: float
) -> dict[str, float]:
    """Return the level of each behavior's next test: that of a first one if there is no store.

    Args:
        store: The store; it need not exist.
        subjects: The family.
        procedure: A stream's name.
        alpha: Its error rate, in (0, 1).

    Raises:
        StoreError: The store cannot be read.
    """
    first = open_stream(procedure, alpha=alpha).next_level
    if not store.exists():
        return {subject.name: first for subject in subjects}
    with open_store(store, reading=True) as connection:
        past = LedgerStore(connection).streams(procedure=procedure, alpha=alpha)
    levels = {}
    for subject in subjects:
        tests = past.get(Lineage(subject.suite, subject.behavior), [])
        levels[subject.name] = next_level(tests) if tests else first
    return levels
