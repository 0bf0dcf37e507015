"""What a judge is asked, as a suite writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, options_from, template_from
from behavtest.scoring.shapes import TEXT, TEXT_OR_NUMBER, about, either, fields, some
from behavtest.scoring.templates import TemplateProblemError, TextTemplate

if TYPE_CHECKING:
    from behavtest.core import Prompt

NAME: Final = "judge"
_KNOWN: Final = ("question", "rubric", "scale", "reference", "labelled", "model", "endpoint")
SHAPE: Final = either(
    TEXT,
    fields(
        {
            "question": about("Answered with yes, which scores 1, or no.", TEXT),
            "scale": about(
                "Levels instead of a question: their number, or descriptions, the worst first.",
                either(
                    {"type": "integer", "minimum": 2, "maximum": 10}, some(TEXT_OR_NUMBER, least=2)
                ),
            ),
            "rubric": about("What is graded on the scale; or how to answer the question.", TEXT),
            "reference": about("What a right answer says.", TEXT),
            "labelled": about("File of labelled examples, to measure its errors on.", TEXT),
            "model": about("The judge: a folder, or a server's name for a model.", TEXT),
            "endpoint": about("Base URL of an OpenAI-compatible server.", TEXT),
        }
    ),
)
"""What can be written, for editors."""

_YES_NO: Final = ("no", "yes")
_LEAST_LEVELS, _MOST_LEVELS = 2, 10


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge is asked about each completion; its texts are templates over the fields.

    Args:
        question: What is to be answered.
        guidance: How to go about it; None if the question says it all.
        reference: A text the completion is held against, if any.
        levels: The answers there are, from the one that scores 0 to the one that scores 1.
    """

    question: TextTemplate
    guidance: TextTemplate | None
    reference: TextTemplate | None
    levels: tuple[str, ...]

    def filled_in(self, prompt: Prompt) -> FilledIn:
        """Fill in the fields of a prompt.

        Raises:
            ScoreError: A field is missing.
        """
        fields = prompt.fields
        try:
            return FilledIn(
                self.question.render(fields),
                None if self.guidance is None else self.guidance.render(fields),
                None if self.reference is None else self.reference.render(fields),
                self.levels,
            )
        except TemplateProblemError as error:
            raise ScoreError(f"{NAME}: {error}") from None

    @property
    def described(self) -> str:
        """The arguments in a few words."""
        parts = [repr(self.question.source)]
        parts += [] if self.guidance is None else [f"rubric={self.guidance.source!r}"]
        parts += [] if self.reference is None else [f"reference={self.reference.source!r}"]
        parts += [] if self.levels == _YES_NO else [f"scale={list(self.levels)!r}"]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A rubric for one prompt: the same, as plain texts."""

    question: str
    guidance: str | None
    reference: str | None
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The scorer's arguments.

    Args:
        rubric: What is asked.
        labelled: File of labelled examples, if any.
        model: The judge, if the suite names it.
        endpoint: The server, if the suite names it.
    """

    rubric: Rubric
    labelled: str | None = None
    model: str | None = None
    endpoint: str | None = None


def arguments_from(written: object) -> Arguments:
    """Read a question, or a mapping of arguments.

    Args:
        written: As written in the suite.

    Raises:
        ValueError: It is something else; the message is a sentence for the author.
    """
    if isinstance(written, str):
        written = {"question": written}
    given = options_from(written, scorer=NAME, known=_KNOWN)
    return Arguments(
        _rubric(given),
        labelled=_text(given, "labelled"),
        model=_text(given, "model"),
        endpoint=_text(given, "endpoint"),
    )


def _rubric(given: Mapping[str, object]) -> Rubric:
    if ("question" in given) == ("scale" in given):
        raise ArgumentsError(
            "judge needs a question to be answered with yes or no, or a scale and a rubric: "
            "{judge: 'Is the answer polite?'} or {judge: {scale: 5, rubric: 'How polite is it?'}}"
        )
    rubric = _template(given, "rubric")
    reference = _template(given, "reference")
    question = _template(given, "question")
    if question is not None:
        return Rubric(question, rubric, reference, _YES_NO)
    if rubric is None:
        raise ArgumentsError("judge: a scale needs a rubric that says what is graded")
    return Rubric(rubric, None, reference, _levels(given["scale"]))


def _levels(scale: object) -> tuple[str, ...]:
    if isinstance(scale, int) and not isinstance(scale, bool):
        scale = [str(level) for level in range(1, scale + 1)] if scale <= _MOST_LEVELS else []
    if not isinstance(scale, Sequence) or isinstance(scale, str):
        scale = []
    levels = tuple(str(level).strip() for level in scale)
    if not _LEAST_LEVELS <= len(levels) <= _MOST_LEVELS or not all(levels):
        raise ArgumentsError(
            f"scale: expected a number of levels from {_LEAST_LEVELS} to {_MOST_LEVELS}, or a list "
            "of as many descriptions, the worst first"
        )
    if len({level.casefold() for level in levels}) < len(levels):
        raise ArgumentsError("scale: two levels have one description")
    return levels


def _template(given: Mapping[str, object], name: str) -> TextTemplate | None:
    return template_from(given[name], empty=f"{name} says something") if name in given else None


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise ArgumentsError(f"{name}: found {value!r}, expected text")
    return value
