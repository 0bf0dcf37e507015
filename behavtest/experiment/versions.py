"""Which libraries took part."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = ("behavtest", "torch", "transformers", "tokenizers", "peft", "numpy", "duckdb")


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of every library that can change a completion."""
    return dict(_installed())


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    """Look the versions up once: what is imported does not change."""
    versions = [("python", platform.python_version())]
    for library in _LIBRARIES:
        try:
            versions.append((library, version(library)))
        except PackageNotFoundError:
            continue
    return tuple(versions)
