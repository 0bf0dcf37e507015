"""A judge's error rate, measured on examples that people have labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CONFIDENCE: Final = 0.95
_AT_LEAST: Final = 0.5


class _Row(msgspec.Struct):
    prompt: str
    completion: str
    label: Literal[0, 1]
    fields: dict[str, object] = {}


class Example(NamedTuple):
    """A completion that a person has judged.

    Args:
        completion: The completion.
        positive: Whether the person found that it deserves a high score.
    """

    completion: Completion
    positive: bool


class LabelledError(ValueError):
    """A file of labelled examples cannot be read; the message is a sentence for the author."""


class Rate(NamedTuple):
    """A proportion and what it may be.

    Args:
        hits: How many were judged rightly.
        total: Of how many; at least 0.
    """

    hits: int
    total: int

    def __str__(self) -> str:
        """Say it for people: ``0.95 [0.83, 0.99] of 40``."""
        if not self.total:
            return "no examples"
        lower, upper = self.interval
        return f"{self.hits / self.total:.3g} [{lower:.2f}, {upper:.2f}] of {self.total}"

    @property
    def interval(self) -> tuple[float, float]:
        """The exact interval at 95 % (Clopper and Pearson, Biometrika 26, 1934)."""
        from scipy.stats import binomtest

        found = binomtest(self.hits, self.total).proportion_ci(CONFIDENCE, method="exact")
        return float(found.low), float(found.high)


class ErrorRate(NamedTuple):
    """How a judge agrees with people.

    Args:
        sensitivity: Of the examples labelled 1, those it scores at least 0.5.
        specificity: Of the examples labelled 0, those it scores below.
        missing: Examples it gave no verdict on; they count in neither.
    """

    sensitivity: Rate
    specificity: Rate
    missing: int


def read_labelled(file: Path) -> tuple[Example, ...]:
    """Read labelled examples: JSON Lines of ``prompt``, ``completion``, ``label`` and ``fields``.

    Args:
        file: The file.

    Raises:
        LabelledError: It cannot be read, or has no examples.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledError(f"labelled: {file} cannot be read: {error}") from error
    examples = tuple(
        _example(line, place=f"{file}:{number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )
    if not examples:
        raise LabelledError(f"labelled: {file} has no examples")
    return examples


def error_rate(examples: Sequence[Example], outcomes: Sequence[float | ScoreError]) -> ErrorRate:
    """Compare a judge's scores with people's labels."""
    judged = [
        (example.positive, outcome >= _AT_LEAST)
        for example, outcome in zip(examples, outcomes, strict=True)
        if not isinstance(outcome, ScoreError)
    ]

    def rate(*, label: bool) -> Rate:
        found = [high for positive, high in judged if positive is label]
        return Rate(sum(high is label for high in found), len(found))

    return ErrorRate(rate(label=True), rate(label=False), len(examples) - len(judged))


def _example(line: str, *, place: str) -> Example:
    try:
        row = msgspec.json.decode(line, type=_Row)
    except msgspec.DecodeError as error:
        raise LabelledError(
            f"labelled: {place}: {error}; a row is "
            '{"prompt": ..., "completion": ..., "label": 0 or 1}'
        ) from None
    prompt = Prompt((Message("user", row.prompt),), {**row.fields, "prompt": row.prompt})
    return Example(Completion(prompt, row.completion), bool(row.label))
