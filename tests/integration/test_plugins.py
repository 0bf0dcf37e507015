"""A ``conftest.py`` extends behavtest through the hooks that behavtest itself uses."""

from __future__ import annotations

import pytest

SCORER = """
import pytest

class Shouts:
    def __init__(self, share):
        self.name = f"shouts({share})"
        self.share = share

    def __call__(self, completion):
        return float(completion.text.isupper())

def shouts(arguments):
    if not isinstance(arguments, float):
        raise ValueError("shouts needs a share: {shouts: 0.8}")
    return Shouts(arguments)

def pytest_behavtest_scorers():
    return {"shouts": shouts}
"""

BACKEND = """
from behavtest.core import Generation
from behavtest.sampling import Answered

class Parrot:
    vocabulary = ""
    context = None

    def __init__(self, reference):
        self.name = self.fingerprint = reference

    def encode(self, prompt):
        return tuple(prompt.messages[-1].content.encode())

    def generate(self, requests, settings, *, references=None):
        yield [
            Answered(place, Generation(request.prompt_ids, (), bytes(request.prompt_ids).decode(), "stop"))
            for place, request in enumerate(requests)
        ]

    def describe(self):
        return "a parrot"

    def release(self):
        pass

def pytest_behavtest_backend(reference, options, base):
    return Parrot(reference) if reference.startswith("parrot:") else None
"""

SHOUT = """
behaviors:
  - {id: quiet, prompts: [Hello!], score: {shouts: SHARE}, max_new_tokens: 4, expect: {at_most: 0.5}}
"""


def test_a_scorer(behave, mode: str):
    behave.pytester.makeconftest(SCORER)
    behave.suite(SHOUT.replace("SHARE", "0.8"))
    behave.run("--behavtest-json=out.json", mode=mode).assert_outcomes(passed=1)
    assert behave.results()["quiet"]["scorer"] == "shouts(0.8)"


def test_a_scorers_complaint_is_the_suites_error(behave):
    behave.pytester.makeconftest(SCORER)
    behave.suite(SHOUT.replace("SHARE", "loud"))
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["manners.behav.yaml:2: *shouts needs a share: {shouts: 0.8}"])


def test_a_score_out_of_range_is_an_error_never_clipped(behave):
    behave.pytester.makeconftest(SCORER.replace("float(completion.text.isupper())", "1.01"))
    behave.suite(SHOUT.replace("SHARE", "0.8"))
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of quiet*", "shouts(0.8) returned 1.01; *"])


def test_two_scorers_of_one_name_are_an_error_that_names_both(behave):
    behave.pytester.makeconftest(SCORER.replace('"shouts": shouts', '"refusal": shouts'))
    behave.suite(SHOUT.replace("SHARE", "0.8"))
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*refusal*conftest*"])
    assert "Traceback" not in str(result.stdout)


def test_a_backend(behave):
    behave.pytester.makeconftest(BACKEND)
    behave.suite(
        """
        behaviors:
          - {id: echoes, prompts: [Hello!], score: {contains: Hello}, expect: {at_least: 0.9}}
        """
    )
    result = behave.run("--behavtest-json=out.json", a="parrot:red", b="parrot:blue")
    result.assert_outcomes(passed=1)
    assert behave.results()["echoes"]["mean_b"] == 1
    result.stdout.fnmatch_lines(["* pairs (independent), *"])


def test_behavtests_own_backend_answers_for_the_rest(behave, base):
    behave.pytester.makeconftest(BACKEND)
    behave.suite()
    behave.run("-k", "brief").assert_outcomes(passed=1)


SOURCE = """
def letters(arguments, folder):
    if not isinstance(arguments, str):
        raise ValueError("letters needs a text: {letters: abc}")
    return [{"prompt": f"Say {letter}.", "letter": letter} for letter in arguments]

def pytest_behavtest_prompt_sources():
    return {"letters": letters}
"""
SAY = """
behaviors:
  - id: says
    prompts: {letters: ARGUMENTS}
    score: {contains: "{{ letter }}"}
    max_new_tokens: 4
    temperature: 0
    expect: {at_most: 0.999}
"""
SAY_IN_PYTHON = """
import pytest

@pytest.mark.behavior(prompts={"letters": "ab"}, expect={"at_most": 0.999}, temperature=0, max_new_tokens=4)
def test_says(completion):
    return completion.prompt.fields["letter"] in completion.text
"""


@pytest.mark.parametrize("mode", ["plain", "n0"])
def test_a_prompt_source(behave, mode: str):
    behave.pytester.makeconftest(SOURCE)
    behave.suite(SAY.replace("ARGUMENTS", "abc"))
    behave.pytester.makepyfile(test_says=SAY_IN_PYTHON)
    behave.run("--behavtest-json=out.json", mode=mode).assert_outcomes(passed=2)
    assert {found["pairs"] for found in behave.results().values()} == {2, 3}


def test_a_prompt_sources_complaint_is_the_suites_error(behave):
    behave.pytester.makeconftest(SOURCE)
    behave.suite(SAY.replace("ARGUMENTS", "3"))
    result = behave.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "manners.behav.yaml:3: behaviors[[]0].prompts.letters: letters needs a text: {letters: abc}"
        ]
    )
