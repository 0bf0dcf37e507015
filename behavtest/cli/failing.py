"""How a command fails."""

from __future__ import annotations

from behavtest.errors import BehavtestError

USAGE = 4
"""Exit code for what cannot be used, as pytest's."""


class CommandError(BehavtestError):
    """A command cannot be carried out.

    Args:
        message: What is wrong and the way out.
        status: The exit code.
    """

    def __init__(self, message: str, *, status: int = USAGE) -> None:
        super().__init__(message)
        self.status = status
