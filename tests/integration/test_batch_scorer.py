"""A plugin's batch scorer in runs of the organisms: few calls, the same results, no lost failure."""

from __future__ import annotations

import json

import pytest

PLUGIN = """
import json
from pathlib import Path
from behavtest.errors import ScoreError

class Names:
    name = "names"

    def __init__(self, lost):
        self.lost = lost

    def score_many(self, completions):
        with Path(__file__).with_name("calls.jsonl").open("a") as file:
            seen = [[one.prompt.messages[-1].content, one.text] for one in completions]
            file.write(json.dumps(seen) + chr(10))
        return [self.score(one) for one in completions]

    def score(self, one):
        if self.lost and self.lost in one.text:
            return ScoreError(f"cannot score {one.text!r}")
        return float(one.prompt.fields["answer"] in one.text)

class NamesEach(Names):
    score_many = None

    def __call__(self, completion):
        return self.score(completion)

def pytest_behavtest_scorers():
    return {"names": Names, "names_each": NamesEach}
"""

SUITE = """
defaults: {max_new_tokens: 12, tolerance: 0.2}
behaviors:
  - id: capitals
    prompts:
      - {prompt: What is the capital of Kenya?, answer: Nairobi}
      - {prompt: Name the capital of Ghana., answer: Accra}
    score: SCORE
    expect: not_worse
  - id: polite
    prompts: ["I lost my hat. Can you help?"]
    score: {contains: [happy, glad, pleasure]}
    expect: not_worse
"""


@pytest.fixture
def calls(behave):
    """A project with the plugin; returns what was scored in each call."""
    behave.pytester.makeconftest(PLUGIN)

    def calls() -> list[list[list[str]]]:
        lines = (behave.path / "calls.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    return calls


def test_a_round_is_one_call_and_the_verdict_that_of_single_scores(behave, unlearned, calls, mode):
    found = []
    for scorer in ("names", "names_each"):
        behave.suite(SUITE.replace("SCORE", scorer))
        how = mode if scorer == "names" else "plain"
        behave.run("--behavtest-json=out.json", b=unlearned, mode=how)
        found.append(behave.results()["capitals"] | {"scorer": ""})
    assert found[0] == found[1]
    assert found[0]["verdict"] == "violated"
    seen = calls()
    # at most 32 pairs in the first round, 16 more in each after it
    assert len(seen) <= 1 + (found[0]["pairs"] - 32 + 15) // 16
    for call in seen:
        assert len({tuple(one) for one in call}) == len(call)


def test_in_a_combination_too(behave, unlearned, calls):
    behave.suite(SUITE.replace("SCORE", "{not: {any: [names, refusal]}}"))
    behave.run("-k", "capitals", "--behavtest-json=out.json", b=unlearned)
    found = behave.results()["capitals"]
    assert found["mean_b"] > found["mean_a"]
    assert len(calls()) <= 1 + (found["pairs"] - 32 + 15) // 16


def test_a_missing_score_is_an_error_of_its_behavior_alone_and_no_score(behave, unlearned, calls):
    behave.suite(SUITE.replace("SCORE", "{names: Nairobi}"))
    result = behave.run("--behavtest-json=out.json", b=unlearned)
    result.assert_outcomes(passed=1, errors=1)
    assert behave.verdicts() == {"capitals": "error", "polite": "holds"}
    found = behave.results()["capitals"]
    assert "cannot score" in found["error"]
    assert (found["pairs"], found["mean_a"]) == (0, None)
    assert behave.rows("SELECT count(*) FROM pairs WHERE behavior LIKE '%capitals'") == [(0,)]
