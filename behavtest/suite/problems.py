"""Collects the errors of a file, so that one look shows all there is to mend."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from behavtest.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Problems:
    """The errors found so far."""

    def __init__(self) -> None:
        self._errors: list[SuiteError] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Keep a `SuiteError` raised inside for later, and go on behind the block."""
        try:
            yield
        except SuiteError as error:
            self._errors.append(error)

    def raise_all(self) -> None:
        """Raise one error with the text of all, at the place of the first, if there are any.

        Raises:
            SuiteError: There are errors.
        """
        if self._errors:
            raise SuiteError.joined(self._errors)
