"""Behaviors that sample nothing: what they may say, and what of their file concerns them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from behavtest.core import SamplingSettings
from behavtest.errors import SuiteError
from behavtest.scoring import ExactScorer
from behavtest.suite import Suite

Load = Callable[[str], Suite]

ROWS = """
    prompts:
      - {prompt: Capital of France?, answer: Paris, wrong: [Lyon, Nice]}
      - {prompt: Capital of Peru?, answer: Lima, wrong: [Cusco]}
"""
CHOICE = """
    score: {choice: {options: ["{{ answer }}", "{{ wrong }}"], answer: "{{ answer }}"}}
"""
LIKELIHOOD = """
    score: {likelihood: "{{ answer }}"}
"""


def suite(score: str, *fields: str, rows: str = ROWS, defaults: str = "") -> str:
    body = "".join(f"    {field}\n" for field in fields)
    if not any(field.startswith("expect:") for field in fields):
        body += "    expect: not_worse\n"
    return f"{defaults}behaviors:\n  - id: a{rows.rstrip()}{score.rstrip()}\n{body}"


@pytest.mark.parametrize("score", [CHOICE, LIKELIHOOD, "\n    score: {not: {likelihood: a}}"])
def test_they_are_deterministic_and_say_so(load: Load, score: str):
    (behavior,) = load(suite(score)).behaviors
    assert isinstance(behavior.scorer, ExactScorer)
    assert behavior.deterministic
    assert behavior.sampling == "none: the likelihood of given texts is computed"


def test_others_are_deterministic_if_they_are_decoded_greedily(load: Load):
    greedy, sampled = (
        load(suite("\n    score: json", f"temperature: {temperature}")).behaviors[0]
        for temperature in (0, 0.5)
    )
    assert greedy.deterministic
    assert not sampled.deterministic
    assert sampled.sampling == "temperature 0.5, at most 64 tokens"


def test_the_defaults_of_a_file_are_for_its_other_behaviors(load: Load):
    defaults = "defaults: {max_new_tokens: 8, temperature: 0.5, top_k: 3, top_p: 0.5}\n"
    (behavior,) = load(suite(CHOICE, defaults=defaults)).behaviors
    assert behavior.settings == SamplingSettings()


def test_settings_of_their_own_are_errors_that_name_each(load: Load):
    text = suite(LIKELIHOOD, "max_new_tokens: 8", "temperature: 0", "top_k: 1", "top_p: 0.5")
    with pytest.raises(SuiteError) as caught:
        load(text)
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert lines[1].endswith(
        "s.behav.yaml:8: behaviors[0].temperature: the scorer computes how likely given texts "
        "are, and samples nothing: temperature would change nothing; leave it out"
    )


@pytest.mark.parametrize("score", [CHOICE, LIKELIHOOD])
def test_unchanged_may_mean_exactly_that(load: Load, score: str):
    (behavior,) = load(suite(score, "expect: unchanged", "tolerance: 0")).behaviors
    assert behavior.expectation.margin == 0
    with pytest.raises(SuiteError, match="no number of samples can show a change of exactly 0"):
        load(suite("\n    score: json", "expect: unchanged", "tolerance: 0"))


@pytest.mark.parametrize(
    ("score", "line", "field", "message"),
    [
        (
            CHOICE.replace('answer: "{{ answer }}"', "answer: Rome"),
            6,
            "behaviors[0].score",
            "choice: the answer 'Rome' is not among the options ('Paris', 'Lyon', 'Nice')",
        ),
        (
            CHOICE.replace("wrong", "wrogn"),
            6,
            "behaviors[0].score",
            "choice: options: the template uses 'wrogn', which is not a field here; did you mean 'wrong'?",
        ),
        (
            CHOICE.replace("choice:", "choise:"),
            6,
            "behaviors[0].score",
            "there is no scorer 'choise'; did you mean 'choice'?",
        ),
        (
            "\n    score:\n      choice:\n        options: [a, b]\n        anwser: a\n",
            8,
            "behaviors[0].score.choice",
            "choice has no argument 'anwser'; did you mean 'answer'?",
        ),
        (
            "\n    score:\n      likelihood:\n        text: a\n        per: line\n",
            8,
            "behaviors[0].score.likelihood",
            "per: found the text 'line', expected one of token, text",
        ),
        (
            "\n    score:\n      all:\n        - refusal\n        - likelihood: a\n",
            9,
            "behaviors[0].score.all[1]",
            "likelihood('a') scores texts that the suite gives, the others of all would score",
        ),
    ],
)
def test_errors_name_file_line_and_field(load: Load, score: str, line: int, field: str, message):
    with pytest.raises(SuiteError) as caught:
        load(suite(score))
    assert (caught.value.line, caught.value.field) == (line, field)
    assert caught.value.file.endswith("s.behav.yaml")
    assert message in caught.value.message
