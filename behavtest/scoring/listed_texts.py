"""Texts of which some may come from a list in a prompt's row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from jinja2.exceptions import TemplateRuntimeError

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, template_from
from behavtest.scoring.templates import TemplateProblemError, TextTemplate
from behavtest.scoring.templates.functions import text_of

if TYPE_CHECKING:
    from behavtest.core import Prompt

NO_TOKENS: Final = "it has no tokens to look at"
_LONE_FIELD: Final = re.compile(r"\s*\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}\s*")


class ListedTexts(NamedTuple):
    """Texts as templates over a prompt's fields.

    A text that is nothing but ``{{ field }}`` stands for all items of the field where that is a
    list.

    Args:
        templates: As written, at least one.
    """

    templates: tuple[TextTemplate, ...]

    def rendered(self, prompt: Prompt, *, what: str) -> tuple[str, ...]:
        """Return the texts with the prompt's fields filled in; one that is there twice, once.

        Args:
            prompt: Whose fields.
            what: The texts, for messages.

        Raises:
            ScoreError: A field is missing, or a text comes out empty.
        """
        texts: list[str] = []
        try:
            for template in self.templates:
                items = _items(template, prompt.fields)
                texts += [template.render(prompt.fields)] if items is None else map(text_of, items)
        except (TemplateProblemError, TemplateRuntimeError) as error:
            raise ScoreError(f"{what}: {error}") from None
        if not all(text.strip() for text in texts):
            raise ScoreError(f"{what}: a text comes out empty once its fields are filled in")
        return tuple(dict.fromkeys(texts))

    def described(self) -> str:
        """Return ``'text', …``."""
        return ", ".join(repr(template.source) for template in self.templates)


def listed_texts(value: object, *, name: str) -> ListedTexts:
    """Read a text or a list of texts.

    Args:
        value: As written in the suite.
        name: The option's, for messages.

    Raises:
        ValueError: It is something else, or a template is wrong.
    """
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        raise ArgumentsError(f"{name}: found an empty list, expected at least one text")
    try:
        return ListedTexts(tuple(template_from(item, empty=NO_TOKENS) for item in items))
    except TemplateProblemError:
        raise
    except ValueError as error:
        raise ArgumentsError(f"{name}: {error}") from None


def _items(template: TextTemplate, fields: Mapping[str, object]) -> list[object] | None:
    """Return the items of the list that a template names; None if it names none."""
    match = _LONE_FIELD.fullmatch(template.source)
    value: object = fields
    for name in match[1].split(".") if match else ():
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return list(value) if isinstance(value, list | tuple) else None
