"""A chat template by itself, without the tokenizer it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jinja2 import TemplateError

from behavtest.errors import PromptError
from behavtest.models.chat import PLAIN

if TYPE_CHECKING:
    from behavtest.core import Prompt


def render_template(template: str, prompt: Prompt) -> str:
    """Return a prompt as a chat template writes it, up to where the model answers.

    Args:
        template: The template, in Jinja; ``none`` joins the messages' contents with newlines. What
            a tokenizer would give it, the names of special tokens, comes out empty.
        prompt: What is asked.

    Raises:
        PromptError: The template refuses the messages.
    """
    if template == PLAIN:
        return "\n".join(message.content for message in prompt.messages)
    from transformers.utils.chat_template_utils import render_jinja_template

    turns = [{"role": turn.role, "content": turn.content} for turn in prompt.messages]
    try:
        found = render_jinja_template([turns], chat_template=template, add_generation_prompt=True)
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        roles = ", ".join(turn.role for turn in prompt.messages)
        raise PromptError(
            f"the chat template refuses a prompt with the roles {roles}: {error}"
        ) from error
    # texts and where the assistant's tokens are; transformers' own annotation says text
    texts, _ = cast("tuple[list[str], object]", found)
    return texts[0]
