"""Runs that xdist's workers share: the first to get there does them, the others read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import BaseFileLock

    from behavtest.experiment import RunResult
    from behavtest.pytest_plugin.state import State

_RESULT: Final = "result"
_FAILURE: Final = "failure"


class SharedRuns:
    """What the session's processes know of its runs: files in a folder, and one process's state.

    Args:
        folder: The folder.
        state: This process's.
    """

    def __init__(self, folder: Path, state: State) -> None:
        self._folder = folder
        self._state = state

    @property
    def survivable(self) -> tuple[type[Exception], ...]:
        """Whatever it is, a bug included: the other workers must not run into it one by one."""
        return (Exception,)

    def lock(self) -> BaseFileLock:
        """Return what one process at a time can hold."""
        from filelock import FileLock

        return FileLock(self._folder / "run.lock")

    def read(self) -> None:
        """Take into the state what other processes have found."""
        import msgspec

        from behavtest.experiment import RunResult

        for file in self._folder.glob(f"{_RESULT}-*.json"):
            result = msgspec.json.decode(file.read_bytes(), type=RunResult)
            self._state.keep(_place(file), result)
        for file in self._folder.glob(f"{_FAILURE}-*.json"):
            self._state.fail(_place(file), msgspec.json.decode(file.read_bytes(), type=str))

    def known(self, place: int) -> bool:
        """Whether a model's run has ended."""
        return self._state.known(place)

    def keep(self, place: int, result: RunResult) -> None:
        """Take a model's result."""
        self._state.keep(place, result)
        put(self._folder / f"{_RESULT}-{place}.json", result)

    def fail(self, place: int, reason: str) -> None:
        """Take note of why a model has none."""
        self._state.fail(place, reason)
        put(self._folder / f"{_FAILURE}-{place}.json", reason)


def _place(file: Path) -> int:
    return int(file.stem.rpartition("-")[2])


def put(file: Path, value: object) -> None:
    """Write a value as JSON in one step: another process reads all of it or the one before."""
    import msgspec

    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_bytes(msgspec.json.encode(value))
    unfinished.replace(file)
