"""Verdicts on disk: what was judged once is not asked again."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from behavtest.errors import ScoreError
from behavtest_judge.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_SCHEMA = 1
_AT_ONCE = 500
_WAIT = 30.0


class VerdictCache:
    """A SQLite file of replies by key.

    The key is a digest of all that determines a reply. Neither prompts nor completions are kept,
    nor any key of a server.

    Args:
        file: The file, made when there is a first reply to keep.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def lookup(self, keys: Sequence[str]) -> dict[str, Reply]:
        """Find replies.

        Raises:
            ScoreError: The file cannot be used.
        """
        if not keys or not self._file.exists():
            return {}
        found: dict[str, Reply] = {}
        with self._open() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                part = keys[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(part))
                rows = connection.execute(
                    f"SELECT key, letter, text, model FROM replies WHERE key IN ({marks})",  # noqa: S608 -- question marks alone
                    part,
                )
                found |= {key: Reply(*reply) for key, *reply in rows}
        return found

    def keep(self, replies: Iterable[tuple[str, Reply]]) -> None:
        """Keep replies, each at once: a run that is killed has lost none.

        Raises:
            ScoreError: The file cannot be used.
        """
        with self._open() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO replies (key, letter, text, model) VALUES (?, ?, ?, ?)",
                [(key, *reply) for key, reply in replies],
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=_WAIT)
            try:
                with connection:
                    self._prepare(connection)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise ScoreError(
                f"judge: the cache {self._file} cannot be used ({error}); move it away, or name "
                "another in the ini option behavtest_judge_cache"
            ) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > _SCHEMA:
            raise sqlite3.DatabaseError(f"a newer behavtest-judge wrote it (schema {version})")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS replies "
            "(key TEXT PRIMARY KEY, letter TEXT NOT NULL, text TEXT NOT NULL, model TEXT NOT NULL)"
        )
        connection.execute(f"PRAGMA user_version = {_SCHEMA}")
