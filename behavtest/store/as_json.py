"""Rows on their way into the store: JSON texts bind several times faster than nested lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TYPES = {
    "key": "VARCHAR",
    "reference_key": "VARCHAR",
    "prompt_ids": ["INTEGER"],
    "token_ids": ["INTEGER"],
    "logprobs": ["FLOAT"],
    "seed": "UBIGINT",
    "shared": "INTEGER",
    "text": "VARCHAR",
    "finish_reason": "VARCHAR",
    "behavior": "VARCHAR",
    "pair": "INTEGER",
    "case_index": "BIGINT",
    "target_key_a": "VARCHAR",
    "target_key_b": "VARCHAR",
    "baseline_key_a": "VARCHAR",
    "baseline_key_b": "VARCHAR",
    "score_a": "DOUBLE",
    "score_b": "DOUBLE",
    "value": "DOUBLE",
    "log_e_holds": "DOUBLE",
    "log_e_violated": "DOUBLE",
    "weight": "DOUBLE",
    "greatest_weight": "DOUBLE",
}
"""What a column is, wherever there is one of that name."""

_INSERT = """
INSERT INTO {table} ({columns})
SELECT {values} FROM (
    SELECT from_json(line, '{layout}') AS entry FROM (SELECT unnest($1::VARCHAR[]) AS line)
)
"""


class HasLogprobs(Protocol):
    """A named tuple whose fields are columns, ``logprobs`` among them."""

    @property
    def logprobs(self) -> tuple[float, ...]:
        """Log-probabilities, infinite ones too."""
        ...

    def _asdict(self) -> dict[str, object]: ...


def insertion(table: str, columns: Iterable[str], *, common: Iterable[str] = ()) -> str:
    """Write the statement that inserts many rows.

    Args:
        table: Where to.
        columns: What each row tells: ``$1`` is all of them, from `as_json`.
        common: Columns that are alike in all rows: ``$2`` and so on, in this order.
    """
    every, alike = tuple(columns), tuple(common)
    given = [f"${place}" for place in range(2, 2 + len(alike))]
    return _INSERT.format(
        table=table,
        columns=", ".join(every + alike),
        values=", ".join(["unnest(entry)", *given]),
        layout=msgspec.json.encode({name: _TYPES[name] for name in every}).decode(),
    )


def as_json(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Write rows, each column name -> value, for DuckDB's ``from_json``.

    One text of all rows would take it twice as long to read.
    """
    encode = msgspec.json.Encoder().encode
    return [encode(row).decode() for row in rows]


def entries_as_json(entries: Iterable[HasLogprobs]) -> list[str]:
    """Write rows that are named tuples, for DuckDB's ``from_json``."""
    return as_json(
        {**entry._asdict(), "logprobs": json_numbers(entry.logprobs)} for entry in entries
    )


def json_numbers(values: tuple[float, ...]) -> Sequence[float | str]:
    """Make numbers ready for `as_json`: JSON has no infinities or NaN, DuckDB reads their names."""
    if math.isfinite(sum(values)):
        return values
    return [json_number(value) for value in values]


def json_number(value: float) -> float | str:
    """Make one number ready for `as_json`."""
    return value if math.isfinite(value) else str(value)
