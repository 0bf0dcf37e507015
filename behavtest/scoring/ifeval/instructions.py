"""The 25 instructions of IFEval, by the names its data has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.scoring.hints import did_you_mean
from behavtest.scoring.ifeval import (
    cases,
    combined,
    content,
    ends,
    formats,
    keywords,
    languages,
    lengths,
    punctuation,
)
from behavtest.scoring.ifeval.given import Given

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from behavtest.scoring.ifeval.given import Check

INSTRUCTIONS: Final[Mapping[str, Callable[[Given], Check]]] = {
    "change_case:capital_word_frequency": cases.capital_word_frequency,
    "change_case:english_capital": cases.english_capital,
    "change_case:english_lowercase": cases.english_lowercase,
    "combination:repeat_prompt": combined.repeat_prompt,
    "combination:two_responses": combined.two_responses,
    "detectable_content:number_placeholders": content.number_placeholders,
    "detectable_content:postscript": content.postscript,
    "detectable_format:constrained_response": formats.constrained_response,
    "detectable_format:json_format": formats.json_format,
    "detectable_format:multiple_sections": formats.multiple_sections,
    "detectable_format:number_bullet_lists": formats.number_bullet_lists,
    "detectable_format:number_highlighted_sections": formats.number_highlighted_sections,
    "detectable_format:title": formats.title,
    "keywords:existence": keywords.existence,
    "keywords:forbidden_words": keywords.forbidden_words,
    "keywords:frequency": keywords.frequency,
    "keywords:letter_frequency": keywords.letter_frequency,
    "language:response_language": languages.response_language,
    "length_constraints:nth_paragraph_first_word": lengths.nth_paragraph_first_word,
    "length_constraints:number_paragraphs": lengths.number_paragraphs,
    "length_constraints:number_sentences": lengths.number_sentences,
    "length_constraints:number_words": lengths.number_words,
    "punctuation:no_comma": punctuation.no_comma,
    "startend:end_checker": ends.end_checker,
    "startend:quotation": ends.quotation,
}


def make_check(name: str, values: Mapping[str, object]) -> Check:
    """Return what tells whether an answer follows an instruction.

    Args:
        name: The instruction's, as in ``instruction_id_list``.
        values: Its arguments, as in ``kwargs``; others than its own do not count.

    Raises:
        ValueError: There is no such instruction, an argument is missing or wrong, or a library.
    """
    if name not in INSTRUCTIONS:
        raise ValueError(f"there is no instruction {name!r}{did_you_mean(name, INSTRUCTIONS)}")
    try:
        return INSTRUCTIONS[name](Given(values))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
