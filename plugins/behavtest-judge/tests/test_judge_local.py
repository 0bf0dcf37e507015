"""A judge on this machine: the likelier letter of a real model, the same in any batch."""

from __future__ import annotations

import math

import pytest
from judge_server import posed

from behavtest.core import Message, Prompt
from behavtest.errors import ScoreError, UnmeasurableError
from behavtest.sampling import BackendOptions, Continuation
from behavtest.sampling.local import LocalBackend
from behavtest_judge.local import LocalJudge
from behavtest_judge.reply import Reply


@pytest.fixture(scope="module")
def backend(reader):
    return LocalBackend(str(reader), BackendOptions(device="cpu"))


def judged(judge, *questions):
    found = dict(judge.replies(questions))
    return [found[place] for place in range(len(questions))]


def test_the_verdict_is_the_likelier_letter(backend):
    (one,) = posed("please")
    (reply,) = judged(LocalJudge(backend), one)
    prompt = Prompt((Message("user", one.text),))
    likelihood = {}
    for letter in "AB":
        asked = Continuation(backend.encode(prompt), backend.encode_text(prompt, letter))
        ((measured,),) = backend.measure([asked])
        likelihood[letter] = math.fsum(measured.logprobs)
    assert reply == Reply(max(likelihood, key=likelihood.get), reply.text, backend.name)


def test_no_verdict_depends_on_what_is_judged_beside(backend):
    questions = posed("please", "go away", "I am glad to help.", "")
    judge = LocalJudge(backend)
    together = judged(judge, *questions)
    assert together == [judged(judge, one)[0] for one in questions]
    assert together == judged(judge, *questions[::-1])[::-1]


def test_what_does_not_fit_is_no_verdict_and_costs_no_other(backend):
    long, short = judged(LocalJudge(backend), *posed("please " * 5000, "please"))
    assert isinstance(short, Reply)
    assert isinstance(long, ScoreError)
    assert "tokens" in str(long)


class Generates:
    """A backend that only generates, as most servers do."""

    name = fingerprint = "generates"
    vocabulary = ""
    context = None

    def encode(self, prompt):
        return (1,)

    def encode_text(self, prompt, text):
        return (2,)

    def measure(self, continuations):
        raise UnmeasurableError("it only generates")


def test_a_model_that_cannot_be_measured_gives_no_verdict():
    (found,) = judged(LocalJudge(Generates()), *posed("please"))
    assert isinstance(found, ScoreError)
    assert "it only generates" in str(found)


def test_a_tie_is_no_verdict():
    class Even(Generates):
        def measure(self, continuations):
            from behavtest.sampling import Measured

            yield [Measured(place, (-1.0,)) for place in range(len(continuations))]

    (found,) = judged(LocalJudge(Even()), *posed("please"))
    assert "finds A and B equally likely" in str(found)
