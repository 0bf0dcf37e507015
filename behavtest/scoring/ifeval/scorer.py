"""The scorer: how many of a prompt's instructions an answer follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, one_of, options_from
from behavtest.scoring.hints import describe, shortened
from behavtest.scoring.ifeval.instructions import make_check
from behavtest.scoring.shapes import FLAG, NOTHING, about, either, fields, takes, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer
    from behavtest.scoring.ifeval.given import Check

_LABEL: Final = "ifeval"
_LEVELS: Final = ("prompt", "instruction")


@takes(
    either(
        NOTHING,
        fields(
            {
                "strict": about("Whether first and last lines and stars count.", FLAG),
                "level": about("What is followed: all instructions, or a share.", words(_LEVELS)),
            }
        ),
    )
)
def ifeval(arguments: object) -> Scorer:
    """Make a scorer: whether an answer follows the instructions of its prompt.

    The prompt's fields ``instruction_id_list`` and ``kwargs`` say what they are, as those of the
    source ``ifeval`` do. ``level: prompt`` (the default) is 1 if all are followed; ``level:
    instruction`` is the share of them that is. ``strict: false`` also counts an instruction as
    followed if the answer follows it without its first or last line, or without stars (Zhou et
    al., "Instruction-following evaluation for large language models", arXiv 2311.07911, section
    3; ``evaluation_lib.py`` of google-research/google-research).

    Raises:
        ValueError: The arguments are wrong.
    """
    given = options_from(arguments, scorer=_LABEL, known=("strict", "level"))
    strict = given.get("strict", True)
    if not isinstance(strict, bool):
        raise ArgumentsError(f"ifeval: strict: found {describe(strict)}, expected true or false")
    return _Ifeval(strict=strict, level=one_of(given, "level", _LEVELS, default="prompt"))


class _Ifeval:
    def __init__(self, *, strict: bool, level: str) -> None:
        self._strict = strict
        self._level = level
        self.name = f"{_LABEL}(strict={strict}, level={level})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose instructions are not known."""
        try:
            _checks(prompt)
        except ScoreError as error:
            asked = shortened(prompt.messages[-1].content) if prompt.messages else ""
            raise ScoreError(f"{error} (of the prompt {asked!r})") from None

    def __call__(self, completion: Completion, /) -> float:
        answers = [completion.text] if self._strict else loosened(completion.text)
        answers = [answer for answer in answers if answer.strip()]
        followed = [any(map(check, answers)) for check in _checks(completion.prompt)]
        if self._level == "prompt":
            return float(all(followed))
        return sum(followed) / len(followed)


def loosened(answer: str) -> list[str]:
    """Return an answer, and what is left without its first or last line, with and without stars.

    Args:
        answer: A completion.
    """
    lines = answer.split("\n")
    parts = [answer, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    return [*parts, *(part.replace("*", "") for part in parts)]


def _checks(prompt: Prompt) -> list[Check]:
    names, arguments = _list(prompt, "instruction_id_list"), _list(prompt, "kwargs")
    if len(names) != len(arguments):
        raise ScoreError(
            f"ifeval: {len(names)} instructions and {len(arguments)} kwargs; expected as many"
        )
    checks = []
    for name, values in zip(names, arguments, strict=True):
        if not isinstance(values, Mapping):
            raise ScoreError(f"ifeval: kwargs: found {describe(values)}, expected a mapping")
        try:
            checks.append(make_check(str(name), values))
        except ValueError as error:
            raise ScoreError(f"ifeval: {error}") from None
    return checks


def _list(prompt: Prompt, name: str) -> Sequence[object]:
    value = prompt.fields.get(name)
    if not isinstance(value, list | tuple) or not value:
        raise ScoreError(
            f"ifeval: the field {name!r} of the prompt is {describe(value)}, expected a list as "
            "the source ifeval has: {prompts: {ifeval: ifeval.jsonl}}"
        )
    return value
