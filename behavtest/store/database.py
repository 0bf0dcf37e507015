"""Opening the store, and saying plainly why it cannot be opened."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from behavtest.errors import StoreError, StoreLockedError
from behavtest.store.schema import (
    ALTERNATIVES,
    LEDGER,
    MIGRATIONS,
    READINGS,
    SCHEMA_VERSION,
    TABLES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The oldest file format that has everything the tables need, so that a file written by a newer
# DuckDB can still be read by the oldest one that pyproject.toml allows.
_STORAGE_VERSION = "v1.4.0"
_DAMAGE = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
)
_INTERRUPTED = "Query interrupted"
_OWNER = re.compile(r"\(PID (\d+)\)")


@contextmanager
def open_store(path: Path, *, reading: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the store for this process alone, creating it if there is none.

    Args:
        path: The file; its folder is made if needed.
        reading: Whether it is opened only to be read, and must exist; an older one is brought up
            to date all the same.

    Yields:
        A connection whose current database is the store.

    Raises:
        StoreLockedError: Another process has it open.
        StoreError: The file is damaged, is not a store, or is of a version that cannot be read;
            or, from the block itself, the disk is full or a damaged part was reached.
    """
    connection = duckdb.connect(":memory:")
    try:
        _attach(connection, path, reading=reading)
        if _prepare(connection, path, reading=reading):
            connection.execute("USE memory; DETACH store")
            _attach(connection, path)
            _prepare(connection, path)
        yield connection
    except _DAMAGE as error:  # damage far into the file shows only when that part is read
        raise _explain(error, path) from error
    except (duckdb.InterruptException, RuntimeError) as error:
        if _INTERRUPTED in str(error):  # what DuckDB makes of a Ctrl-C during a query
            raise KeyboardInterrupt from error
        raise
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, *, reading: bool = False) -> None:
    escaped = str(path).replace("'", "''")
    try:
        if not reading:
            path.parent.mkdir(parents=True, exist_ok=True)
        # An existing file keeps the version it has.
        version = "" if path.exists() else f"(STORAGE_VERSION '{_STORAGE_VERSION}')"
        mode = "(READ_ONLY)" if reading else version
        connection.execute(f"ATTACH '{escaped}' AS store {mode}")
        connection.execute("USE store")
    except OSError as error:
        raise StoreError(
            f"the store {path} cannot be created ({error}); "
            "choose another place with --behavtest-store=FILE"
        ) from error
    except duckdb.Error as error:
        raise _explain(error, path) from error


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path, *, reading: bool = False) -> bool:
    """Check the tables, making or updating them; return whether they must be, but cannot."""
    tables = {
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store'"
        ).fetchall()
    }
    if not tables and not reading:
        connection.begin()
        connection.execute(TABLES + LEDGER + READINGS + ALTERNATIVES)
        connection.execute("INSERT INTO meta VALUES ($1)", [SCHEMA_VERSION])
        connection.commit()
        return False
    if "meta" not in tables:
        raise StoreError(
            f"{path} is a DuckDB file, but not a behavtest store; "
            "choose another place with --behavtest-store=FILE"
        )
    row = connection.execute("SELECT schema_version FROM meta").fetchone()
    version = None if row is None else row[0]
    if version in MIGRATIONS and reading:
        return True
    if version in MIGRATIONS:
        _migrate(connection, version)
    elif version != SCHEMA_VERSION:
        raise StoreError(
            f"the store {path} has schema version {version}, and this behavtest reads up to "
            f"version {SCHEMA_VERSION}: use the behavtest that wrote it, or another file with "
            "--behavtest-store=FILE"
        )
    return False


def _migrate(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Bring an older store up to date in one transaction: it is at one version or the other."""
    connection.begin()
    for older in range(version, SCHEMA_VERSION):
        connection.execute(MIGRATIONS[older])
    connection.execute("UPDATE meta SET schema_version = $1", [SCHEMA_VERSION])
    connection.commit()


def _explain(error: duckdb.Error, path: Path) -> StoreError:
    text = str(error)
    if "Could not set lock" in text or isinstance(error, duckdb.ResourceInUseException):
        owner = _OWNER.search(text)
        who = f"process {owner.group(1)}" if owner else "another process"
        return StoreLockedError(
            f"the store {path} is in use by {who}; wait for it to finish, "
            "or give this run its own file with --behavtest-store=FILE"
        )
    if "No space left" in text:
        return StoreError(f"the disk that holds the store {path} is full; what it held is kept")
    missing = ("No such file", "Permission denied", "does not exist")
    if any(sign in text for sign in missing) or "directory" in text.lower():
        return StoreError(
            f"the store {path} cannot be opened ({text}); "
            "choose another place with --behavtest-store=FILE"
        )
    return StoreError(
        f"the store {path} is damaged or is not a DuckDB file ({text}). It is never repaired or "
        "deleted here: move it away to start afresh, restore a copy, or use another file with "
        "--behavtest-store=FILE"
    )
