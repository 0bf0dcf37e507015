"""Where a behavior is written, as a service that has the sources would name it."""

from __future__ import annotations

from pathlib import Path


def source_path(file: str) -> Path:
    """Return a suite's path below the current folder if it lies there, else as it is.

    A checkout is where both pytest is run and the services look.
    """
    path, here = Path(file), Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
