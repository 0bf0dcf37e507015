"""Instructions about punctuation marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given


def no_comma(_given: Given) -> Check:
    """There is no comma."""
    return lambda answer: "," not in answer
