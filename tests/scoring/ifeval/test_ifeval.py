"""IFEval's instructions, each followed and not, and the scorer's strict and loose levels."""

from __future__ import annotations

import builtins
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError
from behavtest.scoring import builtin_registry, check_prompt, checked_score
from behavtest.scoring.ifeval import languages
from behavtest.scoring.ifeval.instructions import INSTRUCTIONS, make_check
from behavtest.scoring.ifeval.sentences import count_sentences

ENGLISH = "the weather is lovely today and we are going to walk along the river in the afternoon"
LESS, LEAST = {"relation": "less than"}, {"relation": "at least"}

CASES = [
    ("keywords:existence", {"keywords": ["rain", "sun"]}, ["Sunny, then rainy."], ["Rain only.", ""]),
    ("keywords:existence", {"keywords": ["c++ ("]}, ["In C++ (modern)."], ["In C."]),
    ("keywords:frequency", {"keyword": "rain", "frequency": 2, **LEAST}, ["Rain, rainbow."], ["Rain."]),
    ("keywords:frequency", {"keyword": "rain", "frequency": 2, **LESS}, ["Rain."], ["Rain, rain."]),
    ("keywords:forbidden_words", {"forbidden_words": ["rain", "sun"]}, ["Rainy."], ["No RAIN!", "sun"]),
    ("keywords:letter_frequency", {"letter": "Q", "let_frequency": 2, "let_relation": "at least"}, ["qQ"], ["q"]),
    ("keywords:letter_frequency", {"letter": "!", "let_frequency": 1, "let_relation": "less than"}, ["no"], ["no!"]),
    ("language:response_language", {"language": "de"}, ["Das Wetter ist heute schön, und wir gehen am Fluss spazieren."], [ENGLISH]),
    ("length_constraints:number_words", {"num_words": 3, **LEAST}, ["one two-three"], ["one two"]),
    ("length_constraints:number_sentences", {"num_sentences": 2, **LESS}, ["Dr. Li is in."], ["One. Two."]),
    ("length_constraints:number_sentences", {"num_sentences": 4, **LEAST}, ["It, is. a|b. c&d! Or?"], ["a. b. c"]),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, ["a\n***\nb", "***\na\n***\nb\n***"], ["a", "a\n***\n***\nb", "a***b***c"]),
    ("length_constraints:nth_paragraph_first_word", {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Rain"}, ["Sun.\n\nRain, then.", 'a\n\n"rain" b'], ["Rain\n\nSun", "a\n\nrain\n\nb", "rain", "a\n\nrainy"]),
    ("length_constraints:nth_paragraph_first_word", {"num_paragraphs": 1, "nth_paragraph": 2, "first_word": "a"}, [], ["a", "\n\na"]),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, ["[name], [a b]!"], ["[name]", "[a\nb] [c]"]),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, ["Bye. P.S. More", "p. s. x"], ["PS more"]),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, ["p.p.s what"], ["P.S. what"]),
    ("detectable_content:postscript", {"postscript_marker": "PS:"}, ["ps: x"], ["P.S. x"]),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, ["x\n* a\n  - b", "* a\n\n\n*b"], ["* a", "* a\n* b\n* c", "**a**\n* b"]),
    ("detectable_format:constrained_response", {}, [" My answer is no. "], ["No."]),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, ["*a* and **b**"], ["**a**", "* a *\n**"]),
    ("detectable_format:multiple_sections", {"section_spliter": "Section", "num_sections": 2}, ["Section 1\na\nSection 2\nb"], ["Section 1\na\nSection\nb", "SECTION 1 SECTION 2"]),
    ("detectable_format:json_format", {}, ['{"a": 1}', "```json\n[1]\n```"], ["a: 1", '{"a": 1} ok', "[" * 9000]),
    ("detectable_format:title", {}, ["<<Rain>>\nIt falls."], ["<Rain>", "<<>>", "<< >>", "<<a\n>>"]),
    ("combination:two_responses", {}, ["a******b", "******a\n******\nb"], ["a", "a******a", "a******b******c", "a************b"]),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Describe rain."}, [" describe rain. It is wet."], ["Rain: describe rain."]),
    ("startend:end_checker", {"end_phrase": "Any questions?"}, ['"Well. any questions?" '], ["Any questions? No."]),
    ("startend:quotation", {}, [' "a" '], ['"a', '"', "a"]),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "at least"}, ["I SAID so", "WELL-KNOWN U.S. facts", "DON'T"], ["I said", "WELL-KNOWN"]),
    ("change_case:capital_word_frequency", {"capital_frequency": 1, "capital_relation": "less than"}, ["He said"], ["A day"]),
    ("change_case:english_capital", {}, [ENGLISH.upper()], [ENGLISH, "DAS WETTER IST HEUTE SCHÖN UND WIR GEHEN SPAZIEREN", "1 2"]),
    ("change_case:english_lowercase", {}, [ENGLISH], [ENGLISH.capitalize(), "das wetter ist heute schön und wir gehen spazieren"]),
    ("punctuation:no_comma", {}, ["a; b"], ["a, b"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "answer", "followed"),
    [
        (name, values, answer, followed)
        for name, values, yes, no in CASES
        for answers, followed in ((yes, True), (no, False))
        for answer in answers
    ],
)
def test_instructions(name: str, values: dict, answer: str, followed: bool) -> None:
    assert make_check(name, {**values, "unrelated": None})(answer) is followed


def test_every_instruction_is_there_and_tested_both_ways() -> None:
    assert len(INSTRUCTIONS) == 25
    for name in INSTRUCTIONS:
        cases = [case for case in CASES if case[0] == name]
        assert any(yes for _, _, yes, _ in cases), name
        assert any(no for _, _, _, no in cases), name


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("No end", 1),
        ("One. Two! Three?", 3),
        ('He said "Stop." Then he left.', 2),
        ("Mr. J. Li paid 3.50 at 9 a.m. today.", 1),
        ("It ended at 9 p.m. We left.", 2),
        ("Tea, milk etc. are cheap. Wait... what? Hm... Yes", 4),
        ("1. Wash.\n2. Dry.", 4),
        ("See www.example.org for more.", 1),
        ("Really?! Yes!!", 2),
        ("No. Never.", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert count_sentences(text) == count


@pytest.mark.parametrize(
    "piece", [".", "[", "* ", "\n", "<<", "***", "p.", "a.b", '"', " \t", "[\n"]
)
def test_any_text_is_checked_in_a_moment(piece: str) -> None:
    checks = [make_check(name, values) for name, values, _, _ in CASES if "english" not in name]
    answer = piece * (60_000 // len(piece)) + "x"
    start = time.process_time()
    for check in checks:
        check(answer)
    assert time.process_time() - start < 2


def _prompt(**instructions: dict) -> Prompt:
    names = [name.replace("__", ":") for name in instructions]
    fields = {"instruction_id_list": names, "kwargs": list(instructions.values())}
    return Prompt((Message("user", "?"),), fields)


BOTH = {"punctuation__no_comma": {}, "startend__quotation": {}}


@pytest.mark.parametrize(
    ("arguments", "text", "score"),
    [
        (None, '"a"', 1),
        (None, "a", 0),
        ({"level": "prompt"}, "a", 0),
        ({"level": "instruction"}, "a", 0.5),
        ({"level": "instruction"}, "", 0),
        ({"level": "instruction"}, " \n", 0),
        ({"strict": True}, 'Sure, here:\n"a"', 0),
        ({"strict": False}, 'Sure, here:\n"a"', 1),
        ({"strict": False}, '"a"\nBye, then', 1),
        ({"strict": False}, 'Sure,\n"a"\nBye,', 1),
        ({"strict": False}, '*"a"*', 1),
        ({"strict": False}, 'Sure,\n**"a"**\nBye,', 1),
        ({"strict": False}, "", 0),
    ],
)
def test_levels_strict_and_loose(arguments: object, text: str, score: float) -> None:
    scorer = builtin_registry().build({"ifeval": arguments})
    assert checked_score(scorer, Completion(_prompt(**BOTH), text)) == score


@given(st.text(alphabet='a,"* \n', max_size=20))
def test_loose_is_an_upper_bound_of_strict(text: str) -> None:
    strict, loose = (builtin_registry().build({"ifeval": {"strict": s}}) for s in (True, False))
    completion = Completion(_prompt(**BOTH), text)
    assert checked_score(strict, completion) <= checked_score(loose, completion)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "ifeval: the field 'instruction_id_list' of the prompt is nothing (null), expected a list as the source ifeval has"),
        ({"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}, {}]}, "ifeval: 1 instructions and 2 kwargs; expected as many"),
        ({"instruction_id_list": ["punctuation:no_comma"], "kwargs": [None]}, "ifeval: kwargs: found nothing (null), expected a mapping"),
        ({"instruction_id_list": ["punctuation:no_coma"], "kwargs": [{}]}, "ifeval: there is no instruction 'punctuation:no_coma'; did you mean 'punctuation:no_comma'? (of the prompt '?')"),
        ({"instruction_id_list": ["keywords:existence"], "kwargs": [{"keywords": "rain"}]}, "ifeval: keywords:existence: keywords: found the text 'rain', expected a list of texts"),
        ({"instruction_id_list": ["keywords:existence"], "kwargs": [{"keywords": ["a", 3]}]}, "keywords: found a list, expected a list of texts"),
        ({"instruction_id_list": ["length_constraints:number_words"], "kwargs": [{"num_words": 3, "relation": "at most"}]}, "relation: found the text 'at most', expected one of less than, at least"),
        ({"instruction_id_list": ["length_constraints:number_words"], "kwargs": [{"num_words": 2.5, **LESS}]}, "num_words: found the number 2.5, expected a whole number, 0 or more"),
        ({"instruction_id_list": ["startend:end_checker"], "kwargs": [{"end_phrase": " "}]}, "end_phrase: found the text ' ', expected text"),
    ],
)  # fmt: skip
def test_prompts_of_another_shape_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(ScoreError) as caught:
        check_prompt(builtin_registry().build("ifeval"), Prompt((Message("user", "?"),), fields))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strict": 1}, "strict: found the number 1, expected true or false"),
        ({"level": "word"}, "level: found the text 'word', expected one of prompt, instruction"),
        ({"loose": True}, "ifeval has no argument 'loose'"),
    ],
)
def test_wrong_arguments(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        builtin_registry().build({"ifeval": arguments})


def test_tables_have_numbers_with_a_fraction_of_nothing() -> None:
    assert make_check("detectable_format:number_bullet_lists", {"num_bullets": 1.0})("* a")


def test_without_the_library_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: object, **kwargs: object) -> object:
        if name.startswith("py3langid"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    languages.detector.cache_clear()
    monkeypatch.setattr(builtins, "__import__", missing)
    prompt = _prompt(language__response_language={"language": "en"})
    with pytest.raises(ScoreError, match="pip install 'behavtest"):
        check_prompt(builtin_registry().build("ifeval"), prompt)
