"""The store as tables to ask questions of: documented views, and queries that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import duckdb

from behavtest.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX = "behavtest_"
FORMATS = {".csv": "csv", ".parquet": "parquet", ".jsonl": "json"}
"""How a file's name ends -> what DuckDB calls its format."""

VIEWS = {
    "runs": """
SELECT run_id, started, status, model_a, fingerprint_a, model_b, fingerprint_b, seed, alpha,
    procedure
FROM store.runs
""",
    "verdicts": """
SELECT run_id, started, model_a, model_b, suite, behavior, verdict, estimate, lower, upper, exact,
    pairs, changed, mean_a, mean_b, e_holds, e_violated, expectation, margin, scorer, stop, error
FROM store.verdicts JOIN store.runs USING (run_id)
""",
    "pairs": """
SELECT p.run_id, v.suite, p.behavior, p.pair, p.case_index, p.score_a, p.score_b, p.value,
    p.weight, least(exp(least(p.log_e_holds, 690)), 1e300) AS e_holds,
    least(exp(least(p.log_e_violated, 690)), 1e300) AS e_violated,
    a.text AS text_a, b.text AS text_b, c.text AS baseline_text_a, d.text AS baseline_text_b,
    p.target_key_a AS key_a, p.target_key_b AS key_b
FROM store.pairs AS p
LEFT JOIN store.verdicts AS v USING (run_id, behavior)
LEFT JOIN store.completions AS a ON a.key = p.target_key_a
LEFT JOIN store.completions AS b ON b.key = p.target_key_b
LEFT JOIN store.completions AS c ON c.key = p.baseline_key_a
LEFT JOIN store.completions AS d ON d.key = p.baseline_key_b
""",
    "completions": """
SELECT key, fingerprint, text, finish_reason, len(token_ids) AS tokens,
    list_sum(logprobs) AS logprob, len(prompt_ids) AS prompt_tokens, temperature, top_k, top_p,
    max_new_tokens, seed, seconds, created
FROM store.completions
""",
    "ledger": """
SELECT suite, behavior, procedure, alpha, test, release, run_id, started, model_b, value, level,
    alarm, pairs
FROM store.ledger
""",
}
"""The views; each is ``behavtest_`` and its name in SQL."""

BY_RUN = frozenset({"runs", "verdicts", "pairs", "ledger"})
"""Views that can be had for one run."""


class Rows(NamedTuple):
    """What a query found.

    Args:
        columns: Their names.
        rows: The first rows.
        more: Whether there are more.
    """

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    more: bool


def add_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views in a connection; the store itself stays as it is.

    Args:
        connection: From `open_store`.
    """
    for name, query in VIEWS.items():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {_PREFIX}{name} AS {query}")


def view_query(name: str, run_id: str | None) -> str:
    """Return the query of a view, of one run or all.

    Args:
        name: A view.
        run_id: A run's whole id; None for all.
    """
    order = {"runs": "started", "pairs": "run_id, behavior, pair", "completions": "key"}
    query = f"SELECT * FROM {_PREFIX}{name}"  # noqa: S608 -- a name of ours
    if run_id is not None:
        escaped = run_id.replace("'", "''")
        query += f" WHERE run_id = '{escaped}'"
    return f"{query} ORDER BY {order.get(name, 'run_id, suite, behavior')}"


def write_query(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    """Write what a query finds to a file.

    Args:
        connection: From `open_store`, for reading.
        query: One SELECT.
        file: Its name ends in one of `FORMATS`; replaced if it exists.

    Returns:
        How many rows it has.

    Raises:
        StoreError: The query cannot be run, or the file not be written.
    """
    checked = _checked(connection, query)
    target = str(file).replace("'", "''")
    try:
        # On lines of its own, so that a comment at the query's end ends with it.
        done = connection.execute(
            f"COPY (\n{checked}\n) TO '{target}' (FORMAT {FORMATS[file.suffix]})"
        )
    except duckdb.Error as error:
        raise _explained(error) from error
    (count,) = done.fetchone() or (0,)
    return int(count)


def read_query(connection: duckdb.DuckDBPyConnection, query: str, most: int) -> Rows:
    """Run a query and read its first rows.

    Args:
        connection: From `open_store`, for reading.
        query: One SELECT.
        most: Rows to read.

    Raises:
        StoreError: The query cannot be run.
    """
    checked = _checked(connection, query)
    try:
        done = connection.execute(checked)
        columns = tuple(column[0] for column in done.description or ())
        rows = done.fetchmany(most + 1)
    except duckdb.Error as error:
        raise _explained(error) from error
    return Rows(columns, rows[:most], more=len(rows) > most)


def _checked(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Return a query without what follows it, if it is one and only reads."""
    try:
        statements = connection.extract_statements(query)
    except duckdb.Error as error:
        raise _explained(error) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise StoreError("--sql takes one SELECT; the store is read, never changed")
    return statements[0].query.strip().rstrip(";")


def _explained(error: duckdb.Error) -> StoreError:
    views = ", ".join(f"{_PREFIX}{name}" for name in VIEWS)
    return StoreError(f"{error}\nThe views are {views}: `behavtest export --help`")
