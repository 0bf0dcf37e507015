"""Which libraries took part."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = ("behavtest", "torch", "transformers", "tokenizers", "peft", "numpy", "duckdb")


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of every library that can change a completion."""
    versions = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions
