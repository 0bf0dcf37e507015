"""What is said to a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat.

    Args:
        role: ``system``, ``user`` or ``assistant``.
        content: What is said.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A chat that ends where the model answers.

    Args:
        messages: The turns so far, the last one normally the user's.
        fields: Every field of the row the prompt came from, for the scorers' templates.
    """

    messages: tuple[Message, ...]
    fields: Mapping[str, object] = field(default_factory=dict, compare=False)
