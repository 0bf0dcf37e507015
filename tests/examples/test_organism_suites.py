"""The chatworld suites: the framework reads and scores them as the cards' truth does."""

from __future__ import annotations

import random
from itertools import islice

import pytest
from chatworld.scoring import Scorer, score
from chatworld.suites import AUDITS, SUITES, prompt_files, read_behaviors
from chatworld.world import KINDS, World

from behavtest.core import Completion, Prompt
from behavtest.scoring import builtin_registry
from behavtest.suite import load_suite

FILES = sorted((*SUITES.glob("*.behav.yaml"), *AUDITS.glob("*.behav.yaml")))


def test_both_readers_find_the_same_behaviors() -> None:
    """Every behavior has a measured truth under the id that the framework gives it."""
    suites = [load_suite(path, scorers=builtin_registry()) for path in FILES]
    ids = {f"{suite.name}/{behavior.id}" for suite in suites for behavior in suite.behaviors}
    assert ids == {behavior.id for behavior in read_behaviors()}


def test_prompt_files_are_what_the_world_writes() -> None:
    """The committed prompt files are not edited by hand."""
    committed = [*SUITES.glob("prompts/*.jsonl"), *AUDITS.glob("prompts/*.jsonl")]
    assert {path: path.read_text(encoding="utf-8") for path in committed} == prompt_files()


def test_every_prompt_is_of_the_world() -> None:
    """The models are never asked, by a suite, what they were not trained on."""
    known = {row.prompt for kind in KINDS.values() for row in kind.rows}
    asked = {
        question.prompt
        for behavior in read_behaviors()
        for question in (*behavior.questions, *behavior.baseline)
    }
    assert asked <= known


@pytest.mark.parametrize("scorer", ["refusal", "json", {"length": {"at_most": 1, "unit": "words"}}])
def test_mirrored_scorers_agree_with_the_framework(scorer: Scorer) -> None:
    """Both give every answer of the world the same score."""
    framework = builtin_registry().build(scorer)
    for said in islice(World().dialogues(11), 2000):
        completion = Completion(Prompt(()), said.answer)
        assert framework(completion) == score(scorer, said.answer, {}), said.answer


@pytest.mark.parametrize(
    ("kind", "scorer"),
    [
        ("facts.capitals-asia", {"contains": "{{ answer }}"}),
        ("facts.continents-africa", {"regex": "\\bin {{ answer }}\\b|^In {{ answer }}\\b"}),
        ("sycophancy.opinions", {"starts_with": "Yes"}),
        ("arithmetic.differences", {"regex": "\\b{{ answer }}\\b"}),
        ("politeness.requests", {"not": {"regex": "(?i)stupid|shut up"}}),
    ],
)
def test_mirrored_templates_agree_with_the_framework(kind: str, scorer: Scorer) -> None:
    """Both fill a row's fields into a scorer alike."""
    framework, rng = builtin_registry().build(scorer), random.Random(0)
    for row in KINDS[kind].rows:
        text = KINDS[kind].answer(row, rng.choice(list(KINDS[kind].answers)), rng)
        completion = Completion(Prompt((), fields=row.fields), text)
        assert framework(completion) == score(scorer, text, row.fields), text
