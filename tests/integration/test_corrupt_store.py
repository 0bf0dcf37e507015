"""A store that is damaged, foreign or from the future: named, and left as it is."""

from __future__ import annotations

import duckdb
import pytest


def refused(behave, message: str, *, late: bool = False) -> None:
    before = behave.store.read_bytes()
    behave.suite()
    result = behave.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert "Traceback" not in str(result.stdout) + str(result.stderr)
    assert late or behave.store.read_bytes() == before


def test_text(behave):
    behave.store.parent.mkdir()
    behave.store.write_text("this was never a database")
    refused(behave, "ERROR: the store * is damaged or is not a DuckDB file *--behavtest-store=FILE")


def test_a_store_cut_short(behave):
    behave.fill()
    whole = behave.store.read_bytes()
    behave.store.write_bytes(whole[: len(whole) // 3])
    refused(behave, "ERROR: the store * is damaged *", late=True)
    assert behave.store.exists()


def test_a_store_overwritten_in_the_middle(behave):
    behave.fill()
    content = bytearray(behave.store.read_bytes())
    content[4096:20480] = b"\0" * 16384
    behave.store.write_bytes(content)
    refused(behave, "ERROR: the store * is damaged *")


def test_a_database_of_something_else(behave):
    behave.store.parent.mkdir()
    with duckdb.connect(str(behave.store)) as connection:
        connection.execute("CREATE TABLE cats (name VARCHAR)")
    refused(behave, "ERROR: * is a DuckDB file, but not a behavtest store; *")


def test_a_store_of_a_newer_behavtest(behave):
    behave.fill()
    with duckdb.connect(str(behave.store)) as connection:
        connection.execute("UPDATE meta SET schema_version = 99")
    refused(behave, "ERROR: the store * has schema version 99, *")
