"""Scorers of given texts: what they ask for, what they score, and what they refuse."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError
from behavtest.scoring import (
    ExactScorer,
    ScorerRegistry,
    ScorerSpecError,
    TextLikelihood,
    builtin_registry,
    check_prompt,
    checked_texts,
    judged,
)

CAPITALS = {"choice": {"options": ["Paris", "Lyon", "Nice"], "answer": "Paris"}}
LOGPROBS = {"Paris": (-0.5, -0.5), "Lyon": (-2.0,), "Nice": (-1.0, -1.5, -0.5)}
"""Totals of -1, -2 and -3; per token -.5, -2 and -1; per character -.2, -.5 and -.75."""


def built(spec: object) -> ExactScorer:
    scorer = builtin_registry().build(spec)
    assert isinstance(scorer, ExactScorer)
    return scorer


def prompt(**fields: object) -> Prompt:
    return Prompt((Message("user", "?"),), fields)


def score(spec: object, logprobs=LOGPROBS, **fields: object) -> float:
    scorer, asked = built(spec), prompt(**fields)
    texts = checked_texts(scorer, asked)
    return judged(scorer, asked, [TextLikelihood(text, logprobs[text]) for text in texts]).score


def choice(**options: object) -> dict:
    return {"choice": {**CAPITALS["choice"], **options}}


def share(*values: float, of: int = 0) -> float:
    return math.exp(values[of]) / sum(map(math.exp, values))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, share(-1, -2, -3)),
        ({"answer": "Lyon"}, share(-1, -2, -3, of=1)),
        ({"answer": ["Lyon", "Nice"]}, 1 - share(-1, -2, -3)),
        ({"normalize": "none"}, share(-1, -2, -3)),
        ({"normalize": "tokens"}, share(-0.5, -2, -1)),
        ({"normalize": "characters"}, share(-0.2, -0.5, -0.75)),
        ({"measure": "probability"}, share(-1, -2, -3)),
        ({"measure": "accuracy"}, 1),
        ({"measure": "accuracy", "answer": "Lyon"}, 0),
        ({"measure": "accuracy", "answer": ["Lyon", "Paris"]}, 1),
    ],
)
def test_choice_is_the_answers_part_of_the_options_probability(options, expected):
    assert score(choice(**options)) == pytest.approx(expected, rel=1e-12)


def test_normalization_can_change_the_best_option():
    logprobs = {"Lyon": (-1.5,), "Aix-en-Provence": (-0.5, -0.5, -0.5, -0.5)}
    spec = {"options": [*logprobs], "answer": "Aix-en-Provence", "measure": "accuracy"}
    found = {
        normalize: score({"choice": {**spec, "normalize": normalize}}, logprobs)
        for normalize in ("none", "tokens", "characters")
    }
    assert found == {"none": 0, "tokens": 1, "characters": 1}


def test_white_space_around_an_option_does_not_count_as_characters():
    logprobs = {" Rome": (-4.0,), " Oslo": (-8.0,)}
    spec = {"options": [*logprobs], "answer": " Rome", "normalize": "characters"}
    assert score({"choice": spec}, logprobs) == pytest.approx(share(-1, -2))


@pytest.mark.parametrize(
    ("answer", "expected"), [("Paris", 1 / 2), (["Paris", "Lyon"], 1), ("Nice", 0)]
)
def test_equally_good_options_share_the_accuracy(answer, expected):
    logprobs = {"Paris": (-1.0,), "Lyon": (-1.0 - 1e-9,), "Nice": (-1.1,)}
    assert score(choice(answer=answer, measure="accuracy"), logprobs) == expected


@given(
    st.lists(st.floats(-1e4, 0), min_size=2, max_size=6),
    st.integers(1, 5),
    st.sampled_from(["probability", "accuracy"]),
)
def test_a_choice_is_in_range_and_complementary_answers_add_up_to_one(values, right, measure):
    texts = [f"option {number}" for number in range(len(values))]
    logprobs = {text: (value,) for text, value in zip(texts, values, strict=True)}
    right = min(right, len(texts) - 1)
    found = [
        score({"choice": {"options": texts, "answer": answer, "measure": measure}}, logprobs)
        for answer in (texts[:right], texts[right:])
    ]
    assert all(0 <= one <= 1 for one in found)
    assert sum(found) == pytest.approx(1)


def test_an_option_of_probability_0_is_one_never_chosen():
    logprobs = {**LOGPROBS, "Lyon": (-math.inf,), "Nice": (-1.0, -math.inf)}
    assert score(CAPITALS, logprobs) == 1
    assert score(choice(answer=["Lyon", "Nice"]), logprobs) == 0
    nothing = dict.fromkeys(LOGPROBS, (-math.inf,))
    with pytest.raises(ScoreError, match="every option has probability 0"):
        score(CAPITALS, nothing)


def test_options_come_from_the_rows_fields():
    spec = {"options": ["{{ answer }}", "{{ wrong }}"], "answer": "{{ answer }}"}
    fields = {"answer": "Paris", "wrong": ["Lyon", "Nice"]}
    assert built({"choice": spec}).reference_texts(prompt(**fields)) == ("Paris", "Lyon", "Nice")
    assert score({"choice": spec}, **fields) == pytest.approx(share(-1, -2, -3))
    as_one = {"options": "{{ row.choices }}", "answer": "{{ row.choices[row.label] }}"}
    row = {"choices": ["Lyon", "Paris", "Nice"], "label": 1}
    assert score({"choice": as_one}, row=row) == pytest.approx(share(-1, -2, -3))
    assert built({"choice": as_one}).reference_texts(prompt(row=row)) == ("Lyon", "Paris", "Nice")


def test_what_a_row_says_is_no_template_and_numbers_are_texts():
    spec = {"options": "{{ options }}", "answer": "{{ options[0] }}"}
    fields = {"options": ["{{ x }}", 3, 2.5]}
    assert built({"choice": spec}).reference_texts(prompt(**fields)) == ("{{ x }}", "3", "2.5")


def test_an_option_that_is_there_twice_counts_once():
    texts = built(choice(options=["Paris", "Lyon", "{{ answer }}"])).reference_texts(
        prompt(answer="Paris")
    )
    assert texts == ("Paris", "Lyon")


@pytest.mark.parametrize(
    ("options", "fields", "message"),
    [
        (
            {"answer": "Rome"},
            {},
            "choice: the answer 'Rome' is not among the options ('Paris', 'Lyon', 'Nice')",
        ),
        ({"answer": ["Paris", "Rome"]}, {}, "the answer 'Rome' is not among"),
        ({"answer": " Paris"}, {}, "the answer ' Paris' is not among"),
        (
            {"options": ["Paris", "Paris"]},
            {},
            "every option is right ('Paris'), so there is nothing to choose; give wrong ones, too",
        ),
        ({"options": "Paris"}, {}, "every option is right"),
        ({"answer": "{{ right }}"}, {"right": []}, "there is no answer: its list is empty"),
        ({"answer": "{{ rigth }}"}, {"right": "Paris"}, "did you mean 'right'?"),
        ({"options": ["Paris", "{{ wrong }}"]}, {"wrong": [""]}, "a text comes out empty"),
        (
            {"options": ["Paris", "{{ wrong }}"]},
            {"wrong": ["Lyon", None]},
            "choice: options: found nothing (null) where text is written",
        ),
        ({"options": ["Paris", "{{ wrong }}"]}, {"wrong": [["Lyon"]]}, "found a list where text"),
        (
            {"options": ["Paris", "{{ wrong | sort }}"]},
            {"wrong": ["Lyon"]},
            "use a filter such as join",
        ),
    ],
)
def test_a_prompt_that_gives_no_choice_is_refused_before_anything_runs(options, fields, message):
    with pytest.raises(ScoreError) as caught:
        check_prompt(built(choice(**options)), prompt(**fields))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        ("choice", (), "found nothing (null), expected {options: [Paris, Lyon], answer: Paris}"),
        ({"choice": ["a", "b"]}, ("choice",), "found a list, expected {options:"),
        ({"choice": {"options": ["a"]}}, ("choice",), "choice needs 'answer' among its arguments"),
        ({"choice": {"answer": "a"}}, ("choice",), "choice needs 'options' among its arguments"),
        (choice(option=["a"]), ("choice",), "has no argument 'option'; did you mean 'options'?"),
        (choice(options=[]), ("choice",), "options: found an empty list"),
        (choice(options=["a", 3]), ("choice",), "options: found the number 3, expected text"),
        (choice(options=["a", ""]), ("choice",), "options: found an empty text; it has no tokens"),
        (choice(answer={"a": 1}), ("choice",), "answer: found a mapping, expected text"),
        (
            choice(normalize="token"),
            ("choice",),
            "normalize: found the text 'token', expected one of none, tokens, characters; did you mean 'tokens'?",
        ),
        (choice(normalize=None), ("choice",), "normalize: found nothing (null), expected one of"),
        (choice(measure="acc"), ("choice",), "expected one of probability, accuracy"),
        (choice(answer="{{ a"), ("choice",), "the template cannot be read"),
        ("likelihood", (), "likelihood needs a text; write {likelihood: 'the text'}"),
        ({"likelihood": ["a"]}, ("likelihood",), "found a list, expected text"),
        ({"likelihood": {"per": "text"}}, ("likelihood",), "needs 'text' among its arguments"),
        (
            {"likelihood": {"text": "a", "per": "word"}},
            ("likelihood",),
            "per: found the text 'word', expected one of token, text",
        ),
        ({"likelihood": " "}, ("likelihood",), "found an empty text; it has no tokens to look at"),
        ({"likelihood": {"txt": "a"}}, ("likelihood",), "did you mean 'text'?"),
        (
            {"all": ["refusal", {"likelihood": "a"}]},
            ("all", 1),
            "likelihood('a') scores texts that the suite gives, the others of all would score an answer: give it a behavior of its own",
        ),
        ({"any": [{"not": CAPITALS}]}, ("any", 0), "not(choice("),
        ({"not": {"all": [CAPITALS]}}, ("not", "all", 0), "give it a behavior of its own"),
    ],
)
def test_wrong_arguments_are_told_where_they_are(spec, path, message):
    with pytest.raises(ScorerSpecError) as caught:
        builtin_registry().build(spec)
    assert message in str(caught.value)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"likelihood": "Nice"}, math.exp(-1)),
        ({"likelihood": {"text": "Nice"}}, math.exp(-1)),
        ({"likelihood": {"text": "Nice", "per": "token"}}, math.exp(-1)),
        ({"likelihood": {"text": "Nice", "per": "text"}}, math.exp(-3)),
        ({"likelihood": "{{ answer }}"}, math.exp(-0.5)),
        ({"not": {"likelihood": "Nice"}}, 1 - math.exp(-1)),
        ({"not": {"not": {"likelihood": "Nice"}}}, math.exp(-1)),
        ({"not": choice(measure="accuracy")}, 0),
    ],
)
def test_likelihood_is_one_over_perplexity_or_the_probability_of_the_text(spec, expected):
    assert score(spec, answer="Paris") == pytest.approx(expected, rel=1e-12)


def test_a_text_too_unlikely_for_a_float_scores_0():
    assert score({"likelihood": "Nice"}, {"Nice": (-1e6,)}) == 0
    assert score({"likelihood": "Nice"}, {"Nice": (-math.inf,)}) == 0


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (CAPITALS, "choice(['Paris', 'Lyon', 'Nice'], answer=['Paris'])"),
        (
            choice(options="{{ o }}", normalize="tokens", measure="accuracy"),
            "choice(['{{ o }}'], answer=['Paris'], normalize=tokens, measure=accuracy)",
        ),
        ({"likelihood": "a"}, "likelihood('a')"),
        ({"likelihood": {"text": "a", "per": "text"}}, "likelihood('a', per=text)"),
        ({"not": {"likelihood": "a"}}, "not(likelihood('a'))"),
    ],
)
def test_a_name_tells_the_scorer_and_its_arguments(spec, name):
    assert built(spec).name == name


def shown(spec: object, logprobs=LOGPROBS) -> str:
    scorer = built(spec)
    texts = scorer.reference_texts(prompt())
    return judged(scorer, prompt(), [TextLikelihood(text, logprobs[text]) for text in texts]).text


def test_a_reader_sees_the_options_and_which_is_right():
    assert shown(choice(answer=["Paris", "Nice"])) == (
        "0.6652 'Paris' (right)\n0.2447 'Lyon'\n0.0900 'Nice' (right)"
    )
    assert shown({"not": choice(normalize="tokens")}).startswith("0.5465 'Paris' (right)")


def test_a_reader_sees_the_text_and_its_perplexity():
    assert shown({"likelihood": "Nice"}) == (
        "Nice\n0.3679 per token, perplexity 2.718\n3 tokens, log-probability -3"
    )
    assert shown({"likelihood": "Lyon"}, {"Lyon": (-math.inf,)}) == (
        "Lyon\n0.0000 per token, perplexity infinite\n1 token, log-probability -inf"
    )


class Custom:
    """A plugin's scorer of given texts, whose parts a test replaces."""

    name = "custom"
    texts: tuple[str, ...] = ("a", "b")
    score: object = 0.5

    def reference_texts(self, prompt: Prompt) -> tuple[str, ...]:
        return self.texts

    def score_likelihoods(self, prompt: Prompt, found: object) -> object:
        if isinstance(self.score, BaseException):
            raise self.score
        return self.score

    def shown(self, prompt: Prompt, found: object) -> str:
        return "shown"


def test_a_plugin_can_offer_one():
    scorer = ScorerRegistry({"custom": lambda arguments: Custom()}).build("custom")
    assert isinstance(scorer, Custom)
    assert judged(scorer, prompt(), []) == (0.5, "shown")


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (1.5, "custom returned 1.5; a score lies in [0, 1]"),
        (None, "custom returned nothing"),
        (math.nan, "custom returned nan"),
        ("yes", "custom returned the text 'yes'"),
        (KeyError("x"), "custom raised KeyError: 'x' (on the likelihood of 'a')"),
        (SystemExit(2), "custom raised SystemExit: 2 (on the likelihood of 'a')"),
        (ScoreError("in its own words"), "in its own words"),
    ],
)
def test_a_plugins_scores_are_held_to_the_range(returned, message):
    scorer = Custom()
    scorer.score = returned
    with pytest.raises(ScoreError) as caught:
        judged(scorer, prompt(), [TextLikelihood("a", (-1.0,))])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ((), "custom must give at least one text"),
        (("a", "a"), "custom must give at least one text, and none of them twice"),
        (None, "custom raised TypeError on a prompt's fields: "),
    ],
)
def test_a_plugins_texts_are_checked(texts, message):
    scorer = Custom()
    scorer.texts = texts
    with pytest.raises(ScoreError, match=message):
        checked_texts(scorer, prompt())


def test_a_scorer_of_completions_is_none_of_these():
    assert not isinstance(builtin_registry().build("refusal"), ExactScorer)
    with pytest.raises(TypeError):
        built(CAPITALS)(Completion(prompt(), "Paris"))  # type: ignore[operator]


@pytest.mark.parametrize(
    "spec",
    [
        {"likelihood": "{{ text }}"},
        {"choice": {"options": ["{{ text }}", "b"], "answer": "b"}},
        {"truth_ratio": {"right": "a", "wrong": ["{{ text }}"]}},
    ],
)
def test_a_text_that_no_tokenizer_takes_is_refused_with_the_suite(spec: object) -> None:
    asked = prompt(text="lone \ud800")
    with pytest.raises(ScoreError, match=r"half a character in it \(U\+D800, a surrogate\)"):
        check_prompt(built(spec), asked)
