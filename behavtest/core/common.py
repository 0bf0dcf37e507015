"""What two sequences begin with alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def common_length(one: Sequence[object], other: Sequence[object]) -> int:
    """Count the first elements that two sequences have in common."""
    if one == other[: len(one)]:  # the usual case, and a slice is compared at once
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
