"""The errors behavtest raises: one small tree, each naming what is wrong and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class BehavtestError(Exception):
    """Base of every error a user can cause or must act on; its text is all they need to read."""


class BehavtestWarning(UserWarning):
    """Something a user should know that kept nothing from being done."""


class SuiteError(BehavtestError):
    """A suite cannot be read as written.

    Args:
        message: What was found, what was expected, and the way out.
        file: The suite file, as the user knows it.
        line: Line in the file, counted from 1, if known.
        field: The field at fault, as a dotted path (``behaviors[2].score``), if known.

    Attributes:
        parts: The single errors that one of several is made of; of a single one, itself.
    """

    parts: tuple[SuiteError, ...]

    def __init__(
        self, message: str, *, file: str = "", line: int | None = None, field: str = ""
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.field = field
        self.parts = (self,)
        super().__init__(message)

    @classmethod
    def joined(cls, errors: Sequence[SuiteError]) -> SuiteError:
        """Return one error with the text of all, at the place of the first.

        Args:
            errors: At least one; those made of several count as their parts.
        """
        parts = tuple(part for error in errors for part in error.parts)
        first, *others = parts
        message = "\n".join([first.message, *map(str, others)])
        joined = cls(message, file=first.file, line=first.line, field=first.field)
        joined.parts = parts
        return joined

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        parts = [part for part in (place, self.field, self.message) if part]
        return ": ".join(parts)


class ScoreError(BehavtestError):
    """A scorer failed on a completion, or returned a value outside its declared range."""


class ModelError(BehavtestError):
    """A model cannot be found, read or run as asked."""


class PromptError(BehavtestError):
    """A model cannot be asked a prompt: its chat template refuses it, or it is too long."""


class UnmeasurableError(ModelError):
    """A model's backend cannot tell how likely a given text is: it only generates."""


class OutOfMemoryError(ModelError):
    """A model does not fit into the device's memory, alone or beside another."""


class StoreError(BehavtestError):
    """The store cannot be used; it is never deleted or overwritten on the user's behalf."""


class StoreLockedError(StoreError):
    """Another process is writing to the store."""


class SettingsError(BehavtestError):
    """An option or setting has a value that cannot be used."""
