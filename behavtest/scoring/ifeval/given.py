"""The arguments of one instruction, and what an instruction is."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from behavtest.scoring.hints import describe, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

Check = Callable[[str], bool]
"""Tells whether an answer follows an instruction."""

Compare = Callable[[int, int], bool]

_RELATIONS: Final[Mapping[str, Compare]] = {"less than": operator.lt, "at least": operator.ge}


class Given:
    """The arguments of one instruction; one that is null is not given.

    Args:
        values: By name.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def whole(self, name: str, *, least: int = 0) -> int:
        """Return a whole number; a table's may be a float without a fraction.

        Raises:
            ValueError: It is not given, something else, or too small.
        """
        value = self._values.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._wrong(name, f"a whole number, {least} or more")
        return value

    def text(self, name: str) -> str:
        """Return a text that is not blank, without the white space around it.

        Raises:
            ValueError: It is not given, or something else.
        """
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, "text")
        return value.strip()

    def texts(self, name: str) -> Sequence[str]:
        """Return a list of texts.

        Raises:
            ValueError: It is not given, something else, or empty.
        """
        value = self._values.get(name)
        if not isinstance(value, list | tuple) or not value:
            raise self._wrong(name, "a list of texts")
        if not all(isinstance(item, str) and item for item in value):
            raise self._wrong(name, "a list of texts")
        return value

    def relation(self, name: str) -> Compare:
        """Return a comparison of what is counted with what is asked for.

        Raises:
            ValueError: It is not given, or something else.
        """
        value = self._values.get(name)
        if not isinstance(value, str) or value not in _RELATIONS:
            raise self._wrong(name, f"one of {listed(_RELATIONS)}")
        return _RELATIONS[value]

    def _wrong(self, name: str, expected: str) -> ValueError:
        return ValueError(f"{name}: found {describe(self._values.get(name))}, expected {expected}")
