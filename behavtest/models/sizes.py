"""Sizes of memory, as people write them."""

from __future__ import annotations

import re

from behavtest.errors import SettingsError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT])(I?)B", re.IGNORECASE)
_POWERS = {"K": 1, "M": 2, "G": 3, "T": 4}


def parse_size(text: str) -> int:
    """Read a size such as ``20GB`` (powers of 1000) or ``512MiB`` (powers of 1024).

    Returns:
        Bytes, at least 1.

    Raises:
        SettingsError: It is no size, has no unit, or is nothing.
    """
    found = _SIZE.fullmatch(text.strip())
    size = 0
    if found:
        number, unit, binary = found.groups()
        size = int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.upper()])
    if size < 1:
        raise SettingsError(f"{text!r} is no size; write a number and its unit: 20GB, 512MiB")
    return size


def in_words(size: int) -> str:
    """Write bytes for people: ``15.3 GB``."""
    for unit, power in (("GB", 3), ("MB", 2), ("kB", 1)):
        if size >= 1000**power:
            return f"{size / 1000**power:.3g} {unit}"
    return f"{size} bytes"
