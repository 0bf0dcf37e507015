"""From chat messages to the token ids a model sees, and back to text."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from jinja2 import TemplateError

from behavtest.core import common_length
from behavtest.errors import ModelError, PromptError
from behavtest.models.token_name import token_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from behavtest.core import Message, Prompt
    from behavtest.models.folder import ModelFolder

    _Messages = tuple[Message, ...]

PLAIN = "none"
_MOST_RENDERED = 20_000
_SPELLED_BY = 4  # tokens; no character has more pieces before its last
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
# Some templates print today's date: tomorrow every prompt would be another, the store of no use.
_FIXED_DATE = (
    "{% macro strftime_now(format) %}"
    "{{ '2024-07-26' if '%m' in format else '26 Jul 2024' }}{% endmacro %}"
)


class ChatTokenizer:
    """A tokenizer with the chat template prompts are rendered through.

    Args:
        tokenizer: The model's tokenizer.
        name: The model, for errors.
        template: A Jinja chat template that replaces the tokenizer's own; ``none`` joins the
            messages' contents with newlines, for models that were never taught to chat; None
            uses the tokenizer's.

    Raises:
        ModelError: There is no template to use.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, *, name: str, template: str | None = None
    ) -> None:
        self._tokenizer = tokenizer
        self._name = name
        self._template = _dateless(template or tokenizer.chat_template)
        self._rendered: dict[_Messages, tuple[int, ...]] = {}
        self._spelled: dict[tuple[int, ...], str] = {}
        if not self._template:
            raise ModelError(
                f"the tokenizer of {name} has no chat template; give one with "
                "--behavtest-chat-template=FILE, or --behavtest-chat-template=none to send "
                "prompts as plain text"
            )

    def encode(self, prompt: Prompt) -> tuple[int, ...]:
        """Render a prompt and tokenize it.

        Raises:
            PromptError: The chat template refuses the messages, or nothing is left of them.
        """
        known = self._rendered.get(prompt.messages)
        if known is None:
            (known,) = self._encoded([prompt.messages])
            self._remember({prompt.messages: known})
        if not known:
            raise PromptError(f"a prompt is empty once rendered for {self._name}")
        return known

    def encode_ahead(self, prompts: Iterable[Prompt]) -> None:
        """Encode prompts that are about to be asked: together they take half as long.

        Where one of them is refused nothing is done; `encode` will say why.
        """
        asked = dict.fromkeys(prompt.messages for prompt in prompts)
        new = [messages for messages in asked if messages not in self._rendered][:_MOST_RENDERED]
        with suppress(PromptError):
            self._remember(dict(zip(new, self._encoded(new), strict=True)))

    def _remember(self, encoded: Mapping[_Messages, tuple[int, ...]]) -> None:
        if len(self._rendered) + len(encoded) > _MOST_RENDERED:
            self._rendered.clear()
        self._rendered |= encoded

    def _encoded(self, prompts: Sequence[_Messages]) -> list[tuple[int, ...]]:
        """Render prompts and tokenize them; one that is empty once rendered has no tokens."""
        if not prompts:
            return []
        if self._template == PLAIN:
            rows = self._tokenizer([_joined(messages) for messages in prompts])["input_ids"]
        else:
            try:
                rows = self._tokenizer.apply_chat_template(
                    [_turns(messages) for messages in prompts],
                    chat_template=self._template,
                    add_generation_prompt=True,
                    tokenize=True,
                    return_dict=False,
                    # a prompt that is too long is refused later, in our own words
                    tokenizer_kwargs={"verbose": False},
                )
            except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
                roles = ", ".join(turn.role for turn in prompts[0])
                raise PromptError(
                    f"the chat template of {self._name} refuses a prompt with the roles {roles}: "
                    f"{error}"
                ) from error
        return [tuple(ids) for ids in cast("Sequence[Sequence[int]]", rows)]

    def encode_text(self, prompt: Prompt, text: str) -> tuple[int, ...]:
        """Tokenize a text as the model would write it after a prompt.

        Prompt and text are tokenized together, as they would stand in a document, if the prompt's
        own tokens then come out first; what follows them is the text. (So does
        lm-evaluation-harness, without the condition.) Where a token would reach across the border
        the text is tokenized alone. Nothing is added: no token that ends a turn is part of the
        text unless it is written there.

        Raises:
            PromptError: The chat template refuses the prompt, or the text has no tokens.
        """
        prompt_ids = self.encode(prompt)
        plain = self._template == PLAIN
        joined = self._tokenizer(
            self.render(prompt) + text, add_special_tokens=plain, verbose=False
        )["input_ids"]
        if tuple(joined[: len(prompt_ids)]) == prompt_ids:
            ids = joined[len(prompt_ids) :]
        else:
            ids = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        if not ids:
            raise PromptError(f"the text {text!r} has no tokens for {self._name}")
        return tuple(cast("Sequence[int]", ids))

    def render(self, prompt: Prompt) -> str:
        """Return the text that `encode` tokenizes, of a prompt that it takes."""
        if self._template == PLAIN:
            return _joined(prompt.messages)
        rendered = self._tokenizer.apply_chat_template(
            _turns(prompt.messages),
            chat_template=self._template,
            add_generation_prompt=True,
            tokenize=False,
        )
        return cast("str", rendered)

    def decode(self, token_ids: Sequence[int]) -> str:
        """Turn an answer's tokens into text, special tokens skipped."""
        return cast("str", self._tokenizer.decode(list(token_ids), skip_special_tokens=True))

    def spell(self, before: Sequence[int], token_id: int) -> str:
        """Say what a token adds to the text of those before it.

        Args:
            before: Token ids; the last few decide.
            token_id: Any token id.

        Returns:
            Text; the token's name if it adds none, as special tokens and parts of a character do.
        """
        context = (*before[-_SPELLED_BY:], token_id)
        known = self._spelled.get(context)
        if known is None:
            if len(self._spelled) >= _MOST_RENDERED:
                self._spelled.clear()
            known = self._spelled[context] = self._spell(context)
        return known

    def _spell(self, context: tuple[int, ...]) -> str:
        *before, token_id = context
        without = cast("str", self._tokenizer.decode(before)) if before else ""
        text = cast("str", self._tokenizer.decode([*before, token_id]))
        added = text[common_length(without, text) :]
        return (
            added
            if added and _NO_CHARACTER not in added
            else token_name(self._tokenizer.convert_ids_to_tokens(token_id), token_id)
        )

    def vocabulary_digest(self) -> str:
        """Digest the token -> id map; models with equal digests can be coupled."""
        vocabulary = json.dumps(self._tokenizer.get_vocab(), sort_keys=True).encode()
        return hashlib.blake2b(vocabulary, digest_size=16).hexdigest()

    @property
    def end_ids(self) -> frozenset[int]:
        """Token ids the tokenizer itself marks as the end of a turn."""
        end = self._tokenizer.eos_token_id
        return frozenset() if end is None else frozenset({cast("int", end)})


def _turns(messages: _Messages) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in messages]


def _joined(messages: _Messages) -> str:
    return "\n".join(message.content for message in messages)


def _dateless(template: object) -> str | None:
    """Fix the date that a template would print."""
    if isinstance(template, str) and "strftime_now" in template:
        return _FIXED_DATE + template
    return cast("str | None", template)


def load_tokenizer(
    folder: ModelFolder, *, name: str, template: str | None, trust_remote_code: bool
) -> ChatTokenizer:
    """Load the tokenizer in a model folder.

    Raises:
        ModelError: The folder has none, or it has no chat template.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder.path, trust_remote_code=trust_remote_code)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the tokenizer in {folder.path} cannot be loaded: {error}") from error
    return ChatTokenizer(tokenizer, name=name, template=template)
