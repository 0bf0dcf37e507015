"""Files that are written once hours of work are done: what is wrong with them is told before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def unwritable(outputs: Mapping[str, Path]) -> str | None:
    """Say what keeps files from being written; None if nothing is seen to.

    Args:
        outputs: Option as the user writes it -> file.
    """
    taken: dict[Path, str] = {}
    for option, file in outputs.items():
        if not file.parent.is_dir():
            return f"{option}: the folder {file.parent} does not exist; create it first"
        if file.is_dir():
            return f"{option}: {file} is a folder; name a file in it"
        other = taken.setdefault(file.resolve(), option)
        if other != option:
            return f"{other} and {option} name one file, {file}; give each its own"
    return None
