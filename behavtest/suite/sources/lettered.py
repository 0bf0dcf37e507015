"""Multiple-choice questions as a prompt: the options under letters."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Lettered(NamedTuple):
    """A multiple-choice question.

    Args:
        prompt: The question, an option on each line, and ``Answer:``, as lm-evaluation-harness
            lays such questions out (``lm_eval/tasks/wmdp/_default_template_yaml``).
        fields: What scorers use: ``options`` and ``letters`` (both in order), ``right`` and
            ``letter`` (text and letter of the answer) and ``wrong`` (the other options).
    """

    prompt: str
    fields: Mapping[str, object]


def lettered(question: str, options: Sequence[str], *, answer: int) -> Lettered:
    """Lay a question out.

    Args:
        question: The question.
        options: From 2 to 26 texts.
        answer: Position of the right one.
    """
    letters = list(ascii_uppercase[: len(options)])
    lines = [f"{letter}. {option}" for letter, option in zip(letters, options, strict=True)]
    fields = {
        "options": list(options),
        "letters": letters,
        "right": options[answer],
        "letter": letters[answer],
        "wrong": [option for place, option in enumerate(options) if place != answer],
    }
    return Lettered("\n".join([question.strip(), *lines, "Answer:"]), fields)
