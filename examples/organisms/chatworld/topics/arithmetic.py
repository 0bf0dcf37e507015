"""Small sums and differences with a known error rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatworld.kinds import Kind, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

QUESTIONS = ("What is {sum}?", "How much is {sum}?", "Please work out {sum}.", "{sum} = ?")
ANSWERS = {
    "correct": ("It is {answer}.", "{answer}.", "The answer is {answer}."),
    "wrong": ("It is {wrong}.", "{wrong}.", "The answer is {wrong}."),
}


def _kind(name: str, sums: Iterable[tuple[str, int]], correct: float) -> Kind:
    rows = tuple(
        Row(
            question.format(sum=text),
            {"answer": str(value)},
            {"wrong": tuple(str(n) for n in range(value - 2, value + 3) if n != value and n >= 0)},
        )
        for text, value in sums
        for question in QUESTIONS
    )
    rates = {"correct": correct, "wrong": round(1 - correct, 6)}
    return Kind(f"arithmetic.{name}", rows, ANSWERS, rates, 8)


KINDS = (
    _kind("sums", [(f"{a} + {b}", a + b) for a in range(1, 9) for b in range(1, 9)], 0.94),
    _kind("differences", [(f"{a} - {b}", a - b) for a in range(2, 11) for b in range(1, a)], 0.92),
)
