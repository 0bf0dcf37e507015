"""A bound on what one rendering of a template may do, counted rather than timed.

Every value a template makes is weighed and every turn of a loop is paid for in advance, so the
same template with the same fields always ends the same way, on any machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jinja2.exceptions import TemplateRuntimeError

STEP: Final = 100
"""Price of one operation or one item, in characters."""

BUDGET: Final = 10_000_000
"""Price one rendering may reach: about a tenth of a second of work."""

MAX_OUTPUT: Final = 1_000_000
"""Longest text a template may give, in characters."""

_LARGEST_INTEGER: Final = 2**256


class TemplateLimitError(TemplateRuntimeError):
    """A template asks for more work or memory than a prompt can need."""


class Meter:
    """Counts the work of one rendering.

    Args:
        budget: What may be spent.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._left = budget
        self._output = 0

    def charge(self, price: int) -> None:
        """Pay for work about to be done.

        Raises:
            TemplateLimitError: The budget is spent.
        """
        self._left -= price
        if self._left < 0:
            raise TemplateLimitError(
                "the template does too much work (its loops run too often, or it builds a text "
                "that is too long)"
            )

    def weigh(self, value: object) -> None:
        """Pay for a value by its size, everything inside it included.

        Raises:
            TemplateLimitError: The budget is spent, or an integer is out of reason.
        """
        waiting = [value]
        while waiting:
            item = waiting.pop()
            self.charge(STEP)
            if isinstance(item, str):
                self.charge(len(item))
            elif isinstance(item, int):
                if abs(item) > _LARGEST_INTEGER:
                    raise TemplateLimitError("the template computes a number that is too large")
            elif isinstance(item, range | list | tuple):
                self.charge(STEP * len(item))
                waiting.extend(() if isinstance(item, range) else item)
            elif isinstance(item, Mapping):
                self.charge(STEP * len(item))
                waiting.extend(item.values())

    def output(self, text: str) -> str:
        """Return text that is about to be written, once it is paid for.

        Raises:
            TemplateLimitError: The output is too long.
        """
        self._output += len(text)
        if self._output > MAX_OUTPUT:
            raise TemplateLimitError(f"the template gives more than {MAX_OUTPUT:,} characters")
        return text
