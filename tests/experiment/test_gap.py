"""The log-probability gap of a pair: what it is, where it is known, and what it ranks."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from known_rates import KnownRates, Words, behavior

from behavtest.core import Generation
from behavtest.experiment.examples import Side
from behavtest.experiment.gap import gap
from behavtest.experiment.trial import Observation, Trial
from behavtest.sampling import Replay
from behavtest.stats import Kind

WORDS = ["wa", "wb", "wc", "wd"]
RATES = dict.fromkeys(WORDS, 0.9)


def answer(*logprobs: float, tokens: int = 2) -> Generation:
    return Generation(tuple(range(tokens)), logprobs, "text", "stop")


def test_it_is_the_difference_of_the_whole_answers_log_probabilities():
    assert gap(answer(-1.0, -2.0, -0.5), (-1.5, -4.0)) == 2.5, "the end token is left out"
    assert gap(answer(-1.0, -2.0), (-2.0, -1.0)) == 0
    assert gap(answer(-3.0, -2.0), (-1.0, -1.0)) == 3
    assert gap(answer(tokens=0), ()) == 0


@pytest.mark.parametrize(
    ("of_a", "of_b"),
    [((), (-1.0, -1.0)), ((-1.0, -1.0), (-1.0,)), ((-1.0, -math.inf), (-1.0, -math.inf))],
    ids=["A does not tell", "B does not know a token", "not finite"],
)
def test_what_is_not_known_is_no_gap(of_a, of_b):
    assert gap(answer(*of_a), of_b) is None


def test_what_the_store_rounds_away_does_not_count():
    tenth = 0.1
    assert gap(answer(-tenth, -tenth), (-tenth, -tenth - 2.5)) == 2.5


class Telling(KnownRates):
    """Says how likely it finds every answer, and checks a reference as a replay does."""

    def generate(self, requests, settings, *, references=None):
        for batch in super().generate(requests, settings, references=references):
            yield [
                answered._replace(
                    generation=replace(answered.generation, logprobs=(self.finds(answered, 0),)),
                    replay=None
                    if references[answered.place] is None
                    else Replay(0, (self.finds(answered, 1),)),
                )
                for answered in batch
            ]

    def finds(self, answered, model) -> float:
        """Model B finds what comes later in a batch less likely."""
        return -1.0 - 0.25 * model * answered.place


def test_the_engine_takes_it_from_the_replays_of_this_run_or_of_an_earlier_one(compare, tmp_path):
    family = {"x": behavior(WORDS), "y": behavior(Words(["wa"], ["wb"]), (Kind.UNCHANGED, 0.3))}
    store = tmp_path / "s.duckdb"
    found = compare(family, Telling("a", RATES), Telling("b", RATES), store=store).behaviors
    for one in found:
        assert len(one.examples) == min(one.pairs, 50)
        gaps = [example.gap for example in one.examples if example.value == 0]
        assert gaps == sorted(gaps, reverse=True)
        assert len(set(gaps)) > 3
    again = compare(family, Telling("a", RATES), Telling("b", RATES), store=store).behaviors
    assert again == found


def test_one_model_beside_itself_has_none_and_one_that_replays_nothing_does_not_know(compare):
    same = Telling("a", RATES)
    (found,) = compare({"x": behavior(WORDS)}, same, same).behaviors
    assert {example.gap for example in found.examples} == {0}
    (found,) = compare({"x": behavior(WORDS)}, RATES, RATES).behaviors
    assert {example.gap for example in found.examples} == {None}


def test_an_answer_that_was_read_off_another_models_tells_nothing_of_this_one(compare, tmp_path):
    family, store = {"x": behavior(WORDS)}, tmp_path / "s.duckdb"
    compare(family, Telling("other", RATES), Telling("b", RATES), store=store)
    (found,) = compare(family, Telling("a", RATES), Telling("b", RATES), store=store).behaviors
    assert {example.gap for example in found.examples} == {None}


def seen(place: int, value: float, gap: float | None = None, *, changed: bool = True):
    side = Side((), "a", "b", 0.0, value)
    keys = (None,) * 4
    return Observation(place, 0, value, 0.0, value, changed, keys, side, None, gap=gap)


def test_the_most_telling_pairs_come_first():
    trial = Trial("x", behavior(WORDS), seed=0)
    trial.add(
        [
            seen(0, 0.0, changed=False),
            seen(1, 0.0),
            seen(2, -0.5, 1.0),
            seen(3, 0.0, 2.0, changed=False),
            seen(4, -1.0),
            seen(5, -0.5, 3.0),
            seen(6, 1.0, 9.0),
            seen(7, 0.0),
        ]
    )
    # What moves the mean its way, by score, then by gap, then what differs; then the others.
    assert [one.place for one in trial.telling()] == [4, 5, 2, 3, 1, 7, 0, 6]
