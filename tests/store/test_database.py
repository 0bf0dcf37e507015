"""Every way a store can fail to open is a sentence that names the file and the way out."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import duckdb
import pytest

from behavtest.errors import StoreError, StoreLockedError
from behavtest.store import CompletionStore, open_store


def test_another_process_holding_the_store_is_named(tmp_path):
    path = tmp_path / "s.duckdb"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import sys
                from pathlib import Path
                from behavtest.store import open_store
                with open_store(Path({str(path)!r})):
                    print("open", flush=True)
                    sys.stdin.read()
            """),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "open\n"
        with (
            pytest.raises(StoreLockedError, match=rf"{path}.*process {holder.pid}"),
            open_store(path),
        ):
            pass
    finally:
        holder.communicate("")


def test_this_process_holding_the_store(tmp_path):
    path = tmp_path / "s.duckdb"
    with open_store(path), pytest.raises(StoreLockedError), open_store(path):
        pass


@pytest.mark.parametrize("content", [b"", b"not a database" * 1000])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, content):
    path = tmp_path / "s.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="move it away") as caught, open_store(path):
        pass
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_a_damaged_database(tmp_path, entry, origin):
    path = tmp_path / "s.duckdb"
    with open_store(path) as connection:
        CompletionStore(connection).insert([entry], origin)
    content = bytearray(path.read_bytes())
    content[5000:] = bytes(len(content) - 5000)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"), open_store(path):
        pass
    assert path.read_bytes() == content


def test_somebody_elses_database(tmp_path):
    path = tmp_path / "s.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE theirs (x INTEGER)")
    with pytest.raises(StoreError, match="not a behavtest store"), open_store(path):
        pass


def test_a_store_of_another_version(tmp_path):
    path = tmp_path / "s.duckdb"
    with open_store(path) as connection:
        connection.execute("UPDATE meta SET schema_version = 99")
    with pytest.raises(StoreError, match="schema version 99"), open_store(path):
        pass


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be created"), open_store(tmp_path / "file" / "s"):
        pass


def test_what_was_inserted_survives_kill_9(tmp_path):
    path = tmp_path / "s.duckdb"
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from behavtest.core import Generation, SamplingSettings
        from behavtest.store import CompletionStore, Entry, Origin, open_store
        with open_store(Path({str(path)!r})) as connection:
            store = CompletionStore(connection)
            origin = Origin("fp", SamplingSettings(), 0.0, "{{}}")
            for number in range(50):
                store.insert([Entry(str(number), (1,), 0, Generation((), (), "", "stop"))], origin)
            connection.begin()
            store.insert([Entry("uncommitted", (1,), 0, Generation((), (), "", "stop"))], origin)
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    with open_store(path) as connection:
        found = CompletionStore(connection).lookup([*map(str, range(50)), "uncommitted"])
    assert set(found) == set(map(str, range(50)))


def test_reading_changes_nothing_and_needs_no_right_to_write(tmp_path, entry, origin):
    path = tmp_path / "s.duckdb"
    with open_store(path) as connection:
        CompletionStore(connection).insert([entry], origin)
    before = path.read_bytes()
    with open_store(path, reading=True) as connection:
        assert set(CompletionStore(connection).lookup([entry.key])) == {entry.key}
        with pytest.raises(duckdb.Error, match="read-only"):
            connection.execute("DELETE FROM completions")
    assert path.read_bytes() == before
    with (
        pytest.raises(StoreError, match="cannot be opened"),
        open_store(tmp_path / "none.duckdb", reading=True),
    ):
        pass
    assert not (tmp_path / "none.duckdb").exists()


def test_reading_an_older_store_brings_it_up_to_date(tmp_path):
    path = tmp_path / "s.duckdb"
    with open_store(path) as connection:
        connection.execute("DROP TABLE ledger; UPDATE meta SET schema_version = 1")
        connection.execute("DROP TABLE replays; DROP TABLE alternatives; DROP TABLE likelihoods")
        connection.execute("ALTER TABLE runs DROP COLUMN procedure")
        connection.execute("ALTER TABLE verdicts DROP COLUMN suite_version")
        connection.execute("ALTER TABLE pairs DROP COLUMN weight")
        connection.execute("ALTER TABLE pairs DROP COLUMN greatest_weight")
    with open_store(path, reading=True) as connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (0,)
