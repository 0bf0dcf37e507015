"""Prompts through chat templates."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer
from tokenizers.models import BPE, WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from behavtest.core import Message, Prompt
from behavtest.errors import ModelError, PromptError
from behavtest.models.chat import ChatTokenizer

WORDS = ["?", "user", "hello", "there", "assistant", "system", "good", "end"]
TEMPLATE = (
    "{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('no system prompts') }}{% endif %}"
    "{{ m.role }} {{ m.content }} {% endfor %}"
    "{% if add_generation_prompt %}assistant{% endif %}"
)
HELLO = Prompt((Message("user", "hello there"),))


def tokenizer(words: list[str] = WORDS, template: str | None = TEMPLATE):
    raw = Tokenizer(WordLevel({word: place for place, word in enumerate(words)}, unk_token="?"))
    raw.pre_tokenizer = Whitespace()
    made = PreTrainedTokenizerFast(tokenizer_object=raw, unk_token="?", eos_token="end")
    made.chat_template = template
    return made


def test_a_prompt_is_rendered_with_the_turn_left_open():
    chat = ChatTokenizer(tokenizer(), name="m")
    assert chat.encode(HELLO) == (1, 2, 3, 4)
    assert chat.decode([2, 3, 7]) == "hello there"
    assert chat.end_ids == {7}


def test_no_chat_template_is_an_error_with_two_ways_out():
    with pytest.raises(ModelError, match=r"no chat template.*=FILE.*=none"):
        ChatTokenizer(tokenizer(template=None), name="m")


def test_plain_text_and_a_template_of_the_users_own():
    plain = ChatTokenizer(tokenizer(template=None), name="m", template="none")
    assert plain.encode(HELLO) == (2, 3)
    own = ChatTokenizer(tokenizer(), name="m", template="good {{ messages[0].content }}")
    assert own.encode(HELLO) == (6, 2, 3)


def test_a_template_that_refuses_names_the_roles():
    chat = ChatTokenizer(tokenizer(), name="m")
    prompt = Prompt((Message("system", "good"), Message("user", "hello")))
    with pytest.raises(PromptError, match="roles system, user: no system prompts"):
        chat.encode(prompt)


@pytest.mark.parametrize("template", ["none", None])
def test_prompts_encoded_together_have_the_tokens_each_has_alone(template):
    prompts = [said(text) for text in ("bit", "cat", "a", "", "pastel noon")]
    ahead, alone = (
        ChatTokenizer(subwords("{{ messages[0].content }}"), name="m", template=template)
        for _ in range(2)
    )
    ahead.encode_ahead(prompts)
    full = [prompt for prompt in prompts if prompt.messages[0].content]
    assert [ahead.encode(prompt) for prompt in full] == [alone.encode(prompt) for prompt in full]
    for chat in (ahead, alone):
        with pytest.raises(PromptError, match="empty once rendered"):
            chat.encode(said(""))


def test_prompts_encoded_together_are_not_encoded_again():
    tokens = tokenizer()
    chat = ChatTokenizer(tokens, name="m")
    chat.encode_ahead([HELLO])
    tokens.apply_chat_template = None
    assert chat.encode(HELLO) == (1, 2, 3, 4)


def test_one_refused_among_many_is_told_of_when_it_is_asked():
    chat = ChatTokenizer(tokenizer(), name="m")
    refused = Prompt((Message("system", "good"), Message("user", "hello")))
    chat.encode_ahead([HELLO, refused])
    assert chat.encode(HELLO) == (1, 2, 3, 4)
    with pytest.raises(PromptError, match="roles system, user: no system prompts"):
        chat.encode(refused)


def test_an_empty_prompt_is_an_error():
    plain = ChatTokenizer(tokenizer(), name="m", template="none")
    with pytest.raises(PromptError, match="empty once rendered"):
        plain.encode(Prompt((Message("user", ""),)))


def test_vocabularies_are_equal_by_content():
    digests = [
        ChatTokenizer(tokenizer(words), name="m").vocabulary_digest()
        for words in (WORDS, list(WORDS), [*WORDS, "more"], ["?", *reversed(WORDS[1:])])
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_template_that_breaks_on_a_prompt_is_told_of_the_prompt():
    chat = ChatTokenizer(tokenizer(template="{{ messages[0].content + 3 }}"), name="m")
    with pytest.raises(PromptError, match="refuses a prompt with the roles user"):
        chat.encode(HELLO)


def test_a_template_that_prints_the_date_prints_the_same_one_every_day():
    template = "{{ strftime_now('%d %b %Y') }} {{ strftime_now('%Y-%m-%d') }}"
    words = ["?", "26", "Jul", "2024", "-", "07"]
    chat = ChatTokenizer(tokenizer([*words, "end"], template), name="m")
    assert chat.decode(chat.encode(HELLO)) == "26 Jul 2024 2024 - 07 - 26"


def subwords(template: str | None = TEMPLATE):
    """A tokenizer of letters and of two pairs of them, whose tokens can reach across a border."""
    letters = [*"abcdehilnoprstu: ", "<end>"]
    vocabulary = {token: place for place, token in enumerate([*letters, "ca", "at"])}
    raw = Tokenizer(BPE(vocabulary, [("c", "a"), ("a", "t")]))
    made = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<end>")
    made.chat_template = template
    return made


def said(text: str) -> Prompt:
    return Prompt((Message("user", text),))


@pytest.mark.parametrize("template", ["none", None])
def test_a_text_is_what_follows_the_prompts_own_tokens(template):
    tokens = subwords("{{ messages[0].content }}")
    chat = ChatTokenizer(tokens, name="m", template=template)
    assert chat.encode_text(said("ca"), "tree") == tuple(tokens.convert_tokens_to_ids([*"tree"]))
    assert chat.encode_text(said("bit"), "cat") == tuple(tokens.convert_tokens_to_ids(["ca", "t"]))


@pytest.mark.parametrize("template", ["none", None])
def test_where_a_token_would_reach_across_the_border_the_text_is_tokenized_alone(template):
    tokens = subwords("{{ messages[0].content }}")
    chat = ChatTokenizer(tokens, name="m", template=template)
    prompt = said("a")
    assert tokens("at")["input_ids"] == tokens.convert_tokens_to_ids(["at"])
    assert chat.encode(prompt) == tuple(tokens.convert_tokens_to_ids(["a"]))
    assert chat.encode_text(prompt, "t") == tuple(tokens.convert_tokens_to_ids(["t"]))


def test_special_tokens_are_added_to_the_prompt_alone():
    tokens = subwords(None)
    tokens.backend_tokenizer.post_processor = TemplateProcessing(
        single="<end> $A", special_tokens=[("<end>", tokens.eos_token_id)]
    )
    chat = ChatTokenizer(tokens, name="m", template="none")
    assert chat.encode(said("bit"))[0] == tokens.eos_token_id
    assert chat.encode_text(said("bit"), "cat") == tuple(tokens.convert_tokens_to_ids(["ca", "t"]))
    assert chat.encode_text(said("a"), "t") == tuple(tokens.convert_tokens_to_ids(["t"]))


def test_the_end_of_a_turn_is_part_of_a_text_only_where_it_is_written():
    chat = ChatTokenizer(subwords(), name="m")
    end = chat.end_ids
    assert not end & set(chat.encode_text(said("a"), "cat"))
    assert chat.encode_text(said("a"), "cat<end>")[-1] in end


def test_a_text_without_tokens_is_an_error():
    chat = ChatTokenizer(subwords(), name="m")
    with pytest.raises(PromptError, match="the text '' has no tokens for m"):
        chat.encode_text(said("a"), "")


def test_a_prompt_that_is_refused_takes_no_text():
    chat = ChatTokenizer(tokenizer(), name="m")
    with pytest.raises(PromptError, match="no system prompts"):
        chat.encode_text(Prompt((Message("system", "good"), Message("user", "hello"))), "there")
