"""Ways to show a prompt as it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from behavtest.models.chat_template import render_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from behavtest.core import Prompt
    from behavtest.sampling import Backend


class OfModel:
    """Shows prompts as a model sees them.

    Args:
        backend: The model's; one that cannot render prompts still counts their tokens.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def text(self, prompt: Prompt) -> str | None:
        """Return the rendered prompt.

        Raises:
            PromptError: The chat template refuses it.
        """
        render = cast("Callable[[Prompt], str] | None", getattr(self._backend, "render", None))
        return None if render is None else render(prompt)

    def tokens(self, prompt: Prompt) -> int:
        """Count the rendered prompt's tokens.

        Raises:
            PromptError: The chat template refuses it.
        """
        return len(self._backend.encode(prompt))


class OfTemplate:
    """Shows prompts as a chat template writes them.

    Args:
        template: The template, as for `behavtest.models.chat_template.render_template`.
    """

    def __init__(self, template: str) -> None:
        self._template = template

    def text(self, prompt: Prompt) -> str:
        """Return the rendered prompt.

        Raises:
            PromptError: The chat template refuses it.
        """
        return render_template(self._template, prompt)

    def tokens(self, _prompt: Prompt) -> None:
        """Tell nothing: tokens are a model's."""
