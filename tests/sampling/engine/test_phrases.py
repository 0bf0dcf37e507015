"""Guesses from what has been answered before."""

from __future__ import annotations

import pytest

from behavtest.sampling.engine.phrases import Guess, Phrases, worth_checking


def learned(*answers) -> Phrases:
    phrases = Phrases()
    for answer in answers:
        phrases.learn(answer)
    return phrases


def guess(chance: float, length: int = 8) -> Guess:
    return Guess(tuple(range(length)), chance, 3)


def test_a_guess_is_what_followed_the_same_last_tokens():
    phrases = learned((1, 2, 3, 4, 5, 6))
    assert phrases.guess((9, 2, 3), 2).tokens == (4, 5)
    assert phrases.guess((3,), 10).tokens == (4, 5, 6)


def test_the_longest_context_decides_and_among_equals_the_latest_answer():
    phrases = learned((1, 2, 3, 10), (7, 3, 20))
    assert phrases.guess((1, 2, 3), 5).tokens == (10,)
    assert phrases.guess((3,), 5).tokens == (20,)


def test_nothing_alike_gives_no_guess():
    phrases = learned((1, 2))
    assert phrases.guess((2,), 5).tokens == ()
    assert phrases.guess((), 5).tokens == ()
    assert learned(()).guess((1,), 5).tokens == ()


def test_it_forgets_before_it_grows_without_bound():
    phrases = Phrases()
    for start in range(0, 400_000, 40):
        phrases.learn(range(start, start + 40))
    assert phrases.guess((0,), 3).tokens == ()
    assert phrases.guess((399_990,), 3).tokens == (399_991, 399_992, 399_993)


def test_how_often_guesses_were_right_is_known_for_each_size_of_context():
    phrases = learned((1, 2, 3, 4))
    by_three, by_one = phrases.guess([1, 2, 3], 1), phrases.guess([9, 3], 1)
    assert by_three.chance == by_one.chance, "nothing is known yet"
    for _ in range(50):
        phrases.judge(by_three, [4, 8])
        phrases.judge(by_one, [5])
    phrases.judge(by_one, [])  # the answer ended
    assert phrases.guess([1, 2, 3], 1).chance > 0.95
    assert phrases.guess([9, 3], 1).chance < 0.05


def test_bad_guesses_are_not_checked_where_rows_are_many_and_are_where_they_are_few():
    assert worth_checking([guess(0.2)] * 128) == 0
    assert worth_checking([guess(0.2)]) >= 1


def test_the_better_the_guesses_the_more_are_checked():
    counts = [worth_checking([guess(chance)] * 128) for chance in (0.3, 0.6, 0.8, 0.95)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] >= 4


def test_a_few_good_guesses_do_not_pay_for_the_padding_of_all_rows():
    nothing = Guess((), 0, 0)
    assert worth_checking([guess(0.95)] * 8 + [nothing] * 120) == 0
    assert worth_checking([guess(0.95)] * 120 + [nothing] * 8) >= 4


@pytest.mark.parametrize("guesses", [[], [Guess((), 0, 0)] * 5])
def test_without_guesses_none_are_checked(guesses):
    assert worth_checking(guesses) == 0


def test_no_more_is_checked_than_was_guessed():
    assert worth_checking([guess(0.99, length=2)] * 4) == 2
