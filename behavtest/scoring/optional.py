"""Libraries that only some scorers need."""

from __future__ import annotations

import importlib.util

from behavtest.scoring.arguments import ArgumentsError


def need(module: str, *, scorer: str, package: str) -> None:
    """Check that a library is there, without importing it.

    Args:
        module: What would be imported.
        scorer: The scorer that needs it.
        package: The library's name on PyPI.

    Raises:
        ValueError: It is not installed.
    """
    if importlib.util.find_spec(module) is None:
        raise ArgumentsError(
            f"the scorer {scorer!r} needs the package {package}: pip install 'behavtest[scorers]'"
        )
