"""Turns rows and templates into prompts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from behavtest.core import Message, Prompt
from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.scoring.templates import TemplateProblemError, TextTemplate
from behavtest.suite import fields as read
from behavtest.suite.node import Node, from_python
from behavtest.suite.schema.shapes import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.core import Row


@dataclass(frozen=True, slots=True)
class TemplateNode:
    """A template and where it is written.

    Args:
        template: The text.
        node: Its place in the suite.
    """

    template: TextTemplate
    node: Node

    @classmethod
    def read(cls, node: Node) -> TemplateNode:
        """Compile the text at a node.

        Raises:
            SuiteError: It is not text, or not a template.
        """
        source = read.text(node)
        try:
            return cls(TextTemplate.read(source), node)
        except TemplateProblemError as error:
            raise node.error(str(error), text_line=error.line) from None

    def render(self, fields: Mapping[str, object]) -> str:
        """Return the text with the fields filled in.

        Raises:
            SuiteError: A field is missing or unfit, or the work has no end in sight.
        """
        try:
            text = self.template.render(fields)
        except TemplateProblemError as error:
            raise self.node.error(str(error)) from None
        return _sendable(text, self.node)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a template.

    Args:
        role: Who says it.
        content: What is said.
    """

    role: str
    content: TemplateNode


def read_turns(node: Node) -> tuple[Turn, ...]:
    """Read a template: a text, which is the user's message, or a list of ``{role, content}``.

    Raises:
        SuiteError: It is something else, or the chat does not end where the model answers.
    """
    if isinstance(node.value, str):
        return (Turn("user", TemplateNode.read(node)),)
    return tuple(Turn(role, TemplateNode.read(content)) for role, content in _chat(node))


def render_turns(turns: tuple[Turn, ...], fields: Mapping[str, object]) -> Prompt:
    """Return the prompt with the fields filled in.

    Raises:
        SuiteError: A template does not render.
    """
    messages = tuple(Message(turn.role, turn.content.render(fields)) for turn in turns)
    return Prompt(messages, fields)


def row_prompt(row: Row) -> Prompt:
    """Return the prompt that a row's ``prompt`` or ``messages`` says.

    Raises:
        SuiteError: It has neither or both, or they are not what they must be.
    """
    given = [name for name in ("prompt", "messages") if name in row.fields]
    if len(given) != 1:
        if given:
            raise row.place.error("the row has both 'prompt' and 'messages'; one says it all")
        known = listed(row.fields) or "none"
        raise row.place.error(
            f"the row has no 'prompt' and no 'messages'{_meant(row)} (fields: {known})"
        )
    field = f"{row.place.field}.{given[0]}".lstrip(".")
    node = from_python(row.fields[given[0]], replace(row.place, field=field))
    if given[0] == "prompt":
        return Prompt((Message("user", _sendable(read.text(node), node)),), row.fields)
    said = _chat(node)
    messages = (Message(role, _sendable(read.text(content), content)) for role, content in said)
    return Prompt(tuple(messages), row.fields)


def with_system(prompt: Prompt, system: TemplateNode | None) -> Prompt:
    """Return the prompt with a system message before it.

    Raises:
        SuiteError: It has one already, or the template does not render.
    """
    if system is None:
        return prompt
    if prompt.messages[0].role == "system":
        raise system.node.error(
            f"a prompt begins with its own system message "
            f"({describe(prompt.messages[0].content)}); keep one of the two"
        )
    content = system.render(prompt.fields)
    return replace(prompt, messages=(Message("system", content), *prompt.messages))


def _meant(row: Row) -> str:
    known = ("prompt", "messages")
    close = [name for name in row.fields if did_you_mean(name, known)]
    return f"; {close[0]!r} does not count as one" if close else ""


def _chat(node: Node) -> list[tuple[str, Node]]:
    said = [_role_and_content(item) for item in read.items(node, of="messages {role, content}")]
    roles = [role for role, _ in said]
    if "system" in roles[1:]:
        raise node.error("a system message comes after another message; it must be the first")
    if roles[-1] != "user":
        raise node.error(f"the last message is the {roles[-1]}'s; the model answers the user's")
    return said


def _role_and_content(node: Node) -> tuple[str, Node]:
    message = read.mapping(node, known=("role", "content"))
    for name in ("role", "content"):
        if name not in message:
            raise node.error(f"the message has no {name!r}")
    role = read.text(message["role"])
    if role not in ROLES:
        raise message["role"].error(
            f"found {role!r}, expected one of {listed(ROLES)}{did_you_mean(role, ROLES)}"
        )
    return role, message["content"]


def _sendable(text: str, node: Node) -> str:
    if not text.strip():
        raise node.error("the message comes out empty")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise node.error(
            f"the message has half a character in it (U+{ord(text[error.start]):04X}, a surrogate)"
        ) from None
    return text
