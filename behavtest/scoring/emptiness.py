"""``empty`` and ``truncated``: completions that say nothing, or end in the middle."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import nothing
from behavtest.scoring.shapes import NOTHING, takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.core import Completion
    from behavtest.scoring.base import Scorer

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Unicode's categories of control, format and unassigned characters, and of separators."""


@takes(NOTHING)
def empty(arguments: object) -> Scorer:
    """Make a scorer: 1 if nothing can be seen of the completion, else 0.

    White space, control characters, zero-width characters and the like are not seen.

    Raises:
        ValueError: There are arguments; it takes none.
    """
    nothing(arguments, scorer="empty")
    return _Property("empty", _is_empty)


@takes(NOTHING)
def truncated(arguments: object) -> Scorer:
    """Make a scorer: 1 if the length limit ended the completion, not the model, else 0.

    Raises:
        ValueError: There are arguments; it takes none.
    """
    nothing(arguments, scorer="truncated")
    return _Property("truncated", _is_truncated)


class _Property:
    def __init__(self, name: str, holds: Callable[[Completion], bool]) -> None:
        self.name = name
        self._holds = holds

    def __call__(self, completion: Completion, /) -> float:
        return float(self._holds(completion))


def _is_empty(completion: Completion) -> bool:
    return all(unicodedata.category(character) in _UNSEEN for character in completion.text)


def _is_truncated(completion: Completion) -> bool:
    return completion.finish_reason == "length"
