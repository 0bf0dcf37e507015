"""Several statements that are committed together or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block did if it ends well, and undo it if it does not.

    Args:
        connection: From `open_store`, in no transaction.
    """
    committed = False
    connection.begin()
    try:
        yield
        connection.commit()
        committed = True
    finally:
        if not committed:  # else nothing more could be recorded, not even the interruption
            connection.rollback()
