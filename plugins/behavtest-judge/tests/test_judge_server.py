"""A judge behind a server: what it sends, and every way in which there is no verdict."""

from __future__ import annotations

import itertools
import json
import time

import pytest
from judge_server import KEY, Answer, completion_body, finds, letter_of, posed

from behavtest.errors import ScoreError
from behavtest_judge.http import Client, Limits
from behavtest_judge.reply import Reply
from behavtest_judge.server import ServerJudge


@pytest.fixture
def ask(serve):
    """Judge texts with a server that says what it is told; returns the verdicts in order."""

    def ask(says, *texts, key="", timeout=5.0, retries=2, **options):
        ask.server = serve(says)
        ask.waits = []
        client = Client(
            ask.server.url, key, Limits(timeout=timeout, retries=retries), sleep=ask.waits.append
        )
        judge = ServerJudge(endpoint=ask.server.url, model="judge-1", client=client, **options)
        found = dict(judge.replies(posed(*texts or ("please",))))
        client.close()
        return [found[place] for place in range(len(found))]

    return ask


def letters(found):
    return [one.letter if isinstance(one, Reply) else one for one in found]


def test_verdicts_and_the_requests_for_them(ask):
    texts = ["please do", "go away", "yes, please", "no"]
    found = ask(finds("please"), *texts, key=KEY)
    wanted = [one.letters[one.levels.index("yes" if "please" in text else "no")]
              for one, text in zip(posed(*texts), texts, strict=True)]  # fmt: skip
    assert letters(found) == wanted
    assert {one.model for one in found} == {"judge-1-2026"}
    assert ask.server.keys == {f"Bearer {KEY}"}
    for body in ask.server.asked:
        assert body | {"messages": 0} == {
            "model": "judge-1", "messages": 0, "max_tokens": 16, "n": 1, "temperature": 0, "seed": 0,
        }  # fmt: skip


def test_without_a_key_none_is_sent(ask):
    ask(finds("please"))
    assert ask.server.keys == {None}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(ask, status):
    def says(body, number):
        return "Word." if not number else Answer(status) if number < 3 else letter_of(body, "yes")

    (found,) = ask(says)
    assert isinstance(found, Reply)
    assert len(ask.server.asked) == 3
    assert 0.25 <= ask.waits[0] <= 0.5 <= ask.waits[1] <= 1


def test_it_waits_as_long_as_the_server_asks(ask):
    def says(body, number):
        if number == 1:
            return Answer(429, headers=(("Retry-After", "7"),))
        if number == 2:
            return Answer(429, headers=(("Retry-After", "86400"),))
        return letter_of(body, "yes") if number else "Word."

    assert isinstance(ask(says)[0], Reply)
    assert ask.waits == [7, 60]


@pytest.mark.parametrize("asked", ["nan", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", "soon"])
def test_what_is_no_number_of_seconds_is_waited_for_as_nothing(ask, asked):
    def says(body, number):
        if number == 1:
            return Answer(503, headers=(("Retry-After", asked),))
        return letter_of(body, "yes") if number else "Word."

    assert isinstance(ask(says)[0], Reply)
    assert 0 < ask.waits[0] <= 0.5


def failing(answer):
    return lambda body, number: answer if number else "Word."


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(500, b"overloaded"), r"HTTP 500: 'overloaded' \(gave up after 3 tries\)"),
        (Answer(400, b"no such field"), "HTTP 400: 'no such field'$"),
        (Answer(200, b"<html>"), "the reply is not JSON: '<html>'"),
        (Answer(200, b'{"choices": {}}'), "another shape: Expected `array`"),
        (Answer(200, b"[]"), "another shape: Expected `object`"),
        (Answer(200, b'{"choices": []}'), "the reply has no choices"),
        (Answer(200, b'{"choices": [{"text": "A"}]}'), "another shape: .*`message`"),
        (Answer(200, completion_body(None, refusal="I won't.")), "refuses: \"I won't.\""),
        (Answer(200, completion_body(None)), "gave no verdict, asked twice: it said ''"),
        ("I cannot judge this.", "gave no verdict, asked twice: it said 'I cannot judge this.'"),
        (Answer(200, b"x" * (1 << 21)), "a reply of over a million bytes"),
    ],
)  # fmt: skip
def test_a_failure_is_no_verdict(ask, answer, message):
    found = ask(failing(answer), "please", "go away")
    for one in found:
        assert isinstance(one, ScoreError)
        raised(one, message)


def raised(error, message):
    with pytest.raises(ScoreError, match=message):
        raise error


def test_one_failure_costs_one_verdict(ask):
    def says(body, number):
        broken = "go away" in json.dumps(body)
        return "Word." if not number else "What?" if broken else letter_of(body, "yes")

    kinds = [type(one) for one in ask(says, "please", "go away", "thanks")]
    assert kinds == [Reply, ScoreError, Reply]


@pytest.mark.parametrize(
    "answer",
    [Answer(body=b"{}", before=1.5), Answer(body=b" " * 200, drip=0.02)],
    ids=["hang", "drip"],
)
def test_a_server_that_hangs_is_given_up(ask, answer):
    start = time.monotonic()
    (found,) = ask(failing(answer), timeout=0.3, retries=1)
    raised(found, r"(ReadTimeout).*gave up after 2 tries")
    assert time.monotonic() - start < 5


def test_a_server_that_is_not_there(ask):
    client = Client("http://127.0.0.1:9/v1", "", Limits(timeout=1, retries=1), sleep=lambda _: None)
    judge = ServerJudge(endpoint="http://127.0.0.1:9/v1", model="m", client=client)
    found = dict(judge.replies(posed("a", "b")))
    client.close()
    raised(found[0], "127.0.0.1:9.*ConnectError.*gave up after 2 tries")
    assert set(found) == {0, 1}


def test_a_refused_key_is_not_tried_again_and_never_shown(ask):
    quoted = json.dumps({"error": f"Incorrect API key: {KEY}"}).encode()
    found = ask(failing(Answer(401, quoted)), *map(str, range(40)), key=KEY, concurrency=2)
    assert len(ask.server.asked) <= 4
    for one in found:
        assert KEY not in str(one)
        raised(one, r"HTTP 401: .*Incorrect API key: \[key\]")


def test_a_second_question_for_a_reply_that_is_none(ask):
    def says(body, number):
        if len(body["messages"]) == 3:
            assert "Reply with one letter, A or B" in body["messages"][2]["content"]
            return letter_of(body, "yes")
        return "Well, it depends." if number else "Word."

    assert isinstance(ask(says)[0], Reply)


def test_a_server_that_ignores_the_temperature_gives_no_verdict(ask):
    """`transformers serve` and others answer 200 to what they do not do."""
    words = itertools.cycle(["Sun.", "Moon."])
    found = ask(lambda body, number: letter_of(body, "yes") if number else next(words))
    raised(found[0], "ignores temperature 0.*'Moon.' and 'Sun.'")
    assert not ask.server.asked


def test_nor_one_that_draws_by_the_seed(ask):
    """Its replies repeat, and are draws all the same."""

    def says(body, number):
        return letter_of(body, "yes") if number else ["Sun.", "Moon."][body["seed"] % 2]

    raised(ask(says)[0], "ignores temperature 0")


def test_unless_that_is_accepted(ask):
    found = ask(lambda body, number: letter_of(body, "yes"), sampled=True)
    assert isinstance(found[0], Reply)
    assert "temperature" not in ask.server.asked[0]


def test_a_limit_on_requests_at_once(ask):
    def says(body, number):
        return Answer(body=completion_body(letter_of(body, "yes")), before=0.02) if number else "W"

    ask(says, *map(str, range(12)), concurrency=3)
    assert 2 <= ask.server.busiest <= 3


def test_lone_surrogates_can_be_sent(ask):
    (found,) = ask(finds("please"), "please \ud800")
    assert isinstance(found, Reply)
