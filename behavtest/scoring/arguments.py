"""Reads the arguments of a scorer as they stand in a suite."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from behavtest.errors import ScoreError
from behavtest.scoring.hints import describe, did_you_mean, listed, text_wanted
from behavtest.scoring.templates import TemplateProblemError, TextTemplate

if TYPE_CHECKING:
    from behavtest.core import Completion, Prompt


class ArgumentsError(ValueError):
    """A scorer's arguments are not what it takes; the message is a sentence for the author."""


class Texts(NamedTuple):
    """The texts a scorer looks for, any of which will do.

    Args:
        templates: The texts, as templates over the prompt's fields.
        ignore_case: Whether letters match in either case.
    """

    templates: tuple[TextTemplate, ...]
    ignore_case: bool = False

    def rendered(self, prompt: Prompt, *, scorer: str) -> tuple[str, ...]:
        """Return the texts with the prompt's fields filled in.

        Args:
            prompt: The prompt whose completion is scored.
            scorer: Name for messages.

        Raises:
            ScoreError: A field is missing, or a text comes out empty.
        """
        try:
            texts = tuple(template.render(prompt.fields) for template in self.templates)
        except TemplateProblemError as error:
            raise ScoreError(f"{scorer}: {error}") from None
        if not all(text.strip() for text in texts):
            raise ScoreError(f"{scorer}: a text comes out empty once its fields are filled in")
        return texts

    def described(self, name: str) -> str:
        """Return ``name('text', …)``."""
        parts = [repr(template.source) for template in self.templates]
        parts += ["ignore_case=True"] if self.ignore_case else []
        return f"{name}({', '.join(parts)})"


def texts_from(arguments: object, *, scorer: str) -> Texts:
    """Read a text, a list of texts, or ``{text: …, ignore_case: …}``.

    Args:
        arguments: As written in the suite.
        scorer: Name for messages.

    Raises:
        ValueError: The arguments are of another shape, or a template is wrong.
    """
    given = options_or_single(
        arguments,
        scorer=scorer,
        known=("text", "ignore_case"),
        missing=f"a text; write {{{scorer}: 'the text'}}",
    )
    return Texts(_templates(given["text"]), flag(given, "ignore_case", scorer=scorer))


def options_from(arguments: object, *, scorer: str, known: Iterable[str]) -> Mapping[str, object]:
    """Read a mapping of options; None is an empty one.

    Args:
        arguments: As written in the suite.
        scorer: Name for messages.
        known: The options there are.

    Raises:
        ValueError: It is not a mapping, or has an unknown option.
    """
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping):
        raise ArgumentsError(
            f"found {describe(arguments)}, expected a mapping of options ({listed(known)})"
        )
    for name in arguments:
        if name not in known:
            hint = did_you_mean(str(name), known)
            raise ArgumentsError(
                f"{scorer} has no argument {name!r}{hint} (arguments: {listed(known)})"
            )
    return arguments


def options_or_single(
    arguments: object, *, scorer: str, known: Sequence[str], missing: str
) -> Mapping[str, object]:
    """Read a mapping of options, or the value of the first one alone, which must be there.

    Args:
        arguments: As written in the suite.
        scorer: Name for messages.
        known: The options there are, the needed one first.
        missing: What the scorer needs, and how that is written.

    Raises:
        ValueError: There is nothing, an unknown option, or not the needed one.
    """
    if arguments is None:
        raise ArgumentsError(f"{scorer} needs {missing}")
    if not isinstance(arguments, Mapping):
        return {known[0]: arguments}
    given = options_from(arguments, scorer=scorer, known=known)
    need_options(given, known[:1], scorer=scorer)
    return given


def need_options(options: Mapping[str, object], needed: Iterable[str], *, scorer: str) -> None:
    """Check that options are there.

    Raises:
        ValueError: One is not.
    """
    for name in needed:
        if name not in options:
            raise ArgumentsError(f"{scorer} needs {name!r} among its arguments")


def flag(options: Mapping[str, object], name: str, *, scorer: str) -> bool:
    """Read an option that is true or false; false if it is not given.

    Raises:
        ValueError: It is something else.
    """
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise ArgumentsError(f"{scorer}: {name}: found {describe(value)}, expected true or false")
    return value


def one_of(options: Mapping[str, object], name: str, known: Sequence[str], *, default: str) -> str:
    """Read an option that is one of a few words.

    Args:
        options: The options as written.
        name: Which one.
        known: The words there are.
        default: What it is if it is not given.

    Raises:
        ValueError: It is something else.
    """
    value = options.get(name, default)
    if not isinstance(value, str) or value not in known:
        hint = did_you_mean(str(value), known)
        raise ArgumentsError(
            f"{name}: found {describe(value)}, expected one of {listed(known)}{hint}"
        )
    return value


def non_negative(options: Mapping[str, object], name: str, *, default: float) -> float:
    """Read an option that is a finite number, 0 or more.

    Args:
        options: The options as written.
        name: Which one.
        default: What it is if it is not given.

    Raises:
        ValueError: It is something else.
    """
    return _number(options, name, default=default, most=math.inf, wanted="a number, 0 or more")


def share(options: Mapping[str, object], name: str, *, default: float) -> float:
    """Read an option that is a number from 0 to 1.

    Args:
        options: The options as written.
        name: Which one.
        default: What it is if it is not given.

    Raises:
        ValueError: It is something else.
    """
    return float(_number(options, name, default=default, most=1, wanted="a number from 0 to 1"))


def _number(
    options: Mapping[str, object], name: str, *, default: float, most: float, wanted: str
) -> float:
    """Read an option that is a finite number, from 0 to ``most``; ``wanted`` says so in words."""
    value = options.get(name, default)
    fits = not isinstance(value, bool) and isinstance(value, int | float) and 0 <= value <= most
    if not fits or value == math.inf:
        raise ArgumentsError(f"{name}: found {describe(value)}, expected {wanted}")
    return cast("float", value)


def nothing(arguments: object, *, scorer: str) -> None:
    """Refuse arguments for a scorer that takes none.

    Raises:
        ValueError: There are some.
    """
    if arguments is not None:
        raise ArgumentsError(f"{scorer} takes no arguments; found {describe(arguments)}")


def rendered(template: TextTemplate, prompt: Prompt, *, what: str) -> str:
    """Return one text with the prompt's fields filled in.

    Args:
        template: The text.
        prompt: The prompt whose completion is scored.
        what: The text, for messages.

    Raises:
        ScoreError: A field is missing or unfit, or the text comes out empty.
    """
    try:
        text = template.render(prompt.fields)
    except TemplateProblemError as error:
        raise ScoreError(f"{what}: {error}") from None
    if not text.strip():
        raise ScoreError(f"{what}: the text comes out empty once its fields are filled in")
    return text


def _templates(value: object) -> tuple[TextTemplate, ...]:
    if not isinstance(value, list | tuple):
        return (template_from(value),)
    if not value:
        raise ArgumentsError("found an empty list, expected at least one text")
    return tuple(template_from(item) for item in value)


def template_from(value: object, *, empty: str = "every completion would match it") -> TextTemplate:
    """Read one text, which may be a template.

    Args:
        value: As written in the suite.
        empty: Why it cannot be empty.

    Raises:
        ValueError: It is no text, an empty one, or a template that is wrong.
    """
    if not isinstance(value, str):
        raise ArgumentsError(text_wanted(value))
    if not value.strip():
        raise ArgumentsError(f"found an empty text; {empty}")
    return TextTemplate.read(value)


class TextScorer:
    """Base of scorers that look for texts in a completion.

    Args:
        label: The scorer's name in suites.
        texts: What to look for.
    """

    def __init__(self, label: str, texts: Texts) -> None:
        self._label = label
        self._texts = texts
        self.name = texts.described(label)

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields do not fill in the texts."""
        self._texts.rendered(prompt, scorer=self._label)

    def _wanted(self, completion: Completion) -> tuple[str, ...]:
        return self._texts.rendered(completion.prompt, scorer=self._label)
