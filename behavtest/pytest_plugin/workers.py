"""What pytest-xdist's controller and workers tell each other."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.errors import BehavtestError
from behavtest.pytest_plugin.runner import read_shared

if TYPE_CHECKING:
    import pytest

    from behavtest.pytest_plugin.state import State

_KEY = "behavtest_shared"


def shared_folder(config: pytest.Config) -> Path | None:
    """Return the folder the controller named to this worker; None outside a worker."""
    told: dict[str, object] = getattr(config, "workerinput", {})
    folder = told.get(_KEY)
    return None if folder is None else Path(str(folder))


def tell_worker(workerinput: dict[str, object], state: State) -> None:
    """Name the shared folder to a worker that starts, making it for the first."""
    if state.shared is None:
        state.shared = Path(tempfile.mkdtemp(prefix="behavtest-"))
    workerinput[_KEY] = str(state.shared)


def collect_shared(state: State) -> None:
    """Take, in the controller, the result that a worker left, and remove the folder."""
    if state.shared is None:
        return
    try:
        result = read_shared(state.shared)
    except BehavtestError as error:
        state.failure = str(error)
    else:
        if result is not None:
            state.keep(result)
    shutil.rmtree(state.shared, ignore_errors=True)
