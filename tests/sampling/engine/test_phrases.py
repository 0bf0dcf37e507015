"""Guesses from what has been answered before."""

from __future__ import annotations

from behavtest.sampling.engine.phrases import Phrases


def learned(*answers) -> Phrases:
    phrases = Phrases()
    for answer in answers:
        phrases.learn(answer)
    return phrases


def test_a_guess_is_what_followed_the_same_last_tokens():
    phrases = learned((1, 2, 3, 4, 5, 6))
    assert phrases.guess((9, 2, 3), 2) == (4, 5)
    assert phrases.guess((3,), 10) == (4, 5, 6)


def test_the_longest_context_decides_and_among_equals_the_latest_answer():
    phrases = learned((1, 2, 3, 10), (7, 3, 20))
    assert phrases.guess((1, 2, 3), 5) == (10,)
    assert phrases.guess((3,), 5) == (20,)


def test_nothing_alike_gives_no_guess():
    phrases = learned((1, 2))
    assert phrases.guess((2,), 5) == ()
    assert phrases.guess((), 5) == ()
    assert learned(()).guess((1,), 5) == ()


def test_it_forgets_before_it_grows_without_bound():
    phrases = Phrases()
    for start in range(0, 400_000, 40):
        phrases.learn(range(start, start + 40))
    assert phrases.guess((0,), 3) == ()
    assert phrases.guess((399_990,), 3) == (399_991, 399_992, 399_993)
