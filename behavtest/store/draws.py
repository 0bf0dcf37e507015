"""What a run drew, read back: which cases, in which order, and where their completions are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from behavtest.store.as_json import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

_READ = """
SELECT
    behavior, pair, case_index, target_key_a, target_key_b, baseline_key_a, baseline_key_b
FROM pairs WHERE run_id = $1 ORDER BY behavior, pair
"""


_READ_SOME = """
SELECT
    behavior, pair, case_index, target_key_a, target_key_b, baseline_key_a, baseline_key_b
FROM pairs
JOIN (
    SELECT unnest(from_json(line, '{"behavior": "VARCHAR", "pair": "INTEGER"}'))
    FROM (SELECT unnest($2::VARCHAR[]) AS line)
) USING (behavior, pair)
WHERE run_id = $1
"""


class StoredDraw(NamedTuple):
    """One draw of a run.

    Args:
        place: Its place in its behavior's schedule, from 0.
        case_index: Which case of the prompt set.
        target_a: Key of model A's completion of the target; None if A was not asked. Several keys,
            joined by spaces, are those of likelihoods.
        target_b: The same of model B.
        baseline_a: Model A's of the baseline, in a contrast.
        baseline_b: Model B's.
    """

    place: int
    case_index: int
    target_a: str | None
    target_b: str | None
    baseline_a: str | None
    baseline_b: str | None

    def without_a(self) -> StoredDraw:
        """Return what remains where model A is not looked at."""
        return self._replace(target_a=None, baseline_a=None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Those there are."""
        return tuple(key for key in self[2:] if isinstance(key, str))


def chosen_draws(
    connection: duckdb.DuckDBPyConnection, run_id: str, chosen: Mapping[str, Iterable[int]]
) -> Mapping[tuple[str, int], StoredDraw]:
    """Return some of a run's draws.

    Args:
        connection: From `open_store`.
        run_id: The run.
        chosen: Behavior -> places in its schedule.

    Returns:
        Behavior and place -> draw.
    """
    wanted = [
        {"behavior": name, "pair": place} for name, places in chosen.items() for place in places
    ]
    rows = connection.execute(_READ_SOME, [run_id, as_json(wanted)]).fetchall()
    return {(name, draw[0]): StoredDraw(*draw) for name, *draw in rows}


def stored_draws(
    connection: duckdb.DuckDBPyConnection, run_id: str
) -> Mapping[str, tuple[StoredDraw, ...]]:
    """Return a run's draws, by behavior, in schedule order."""
    found: defaultdict[str, list[StoredDraw]] = defaultdict(list)
    for name, *draw in connection.execute(_READ, [run_id]).fetchall():
        found[name].append(StoredDraw(*draw))
    return {name: tuple(draws) for name, draws in found.items()}
