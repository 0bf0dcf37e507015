"""What the engine's benchmark counts, divides and says."""

from __future__ import annotations

import json

import numpy as np
import pytest
from engine_arms.answers import count
from engine_arms.report import markdown
from engine_arms.timing import Arm, Clocked, alternate, ratio
from engine_arms.variance import Differences, summary
from engine_arms.verdicts import aims

from behavtest.core import Generation
from behavtest.sampling import Answered, Replay


def answer(*tokens: int, ended: bool = True) -> Generation:
    return Generation(tokens, (), "", "stop" if ended else "length")


def counted(in_full: Generation, reference: Generation, *, shared: int):
    replayed = Answered(0, in_full, Replay(shared, ()))
    return count(replayed, Answered(0, in_full), reference)


def test_an_end_token_is_a_token():
    assert counted(answer(5, 6), answer(5, 6), shared=3) == (3, 0, 0, False)


def test_an_answer_that_goes_on_where_the_other_ended_parts_there():
    assert counted(answer(5, 6), answer(5), shared=1) == (3, 2, 2, False)


def test_an_answer_cut_off_has_no_end_token():
    assert counted(answer(5, 6, ended=False), answer(5, 6), shared=2).tokens == 2


def test_a_replay_that_changes_an_answer_is_noticed():
    replayed = Answered(0, answer(5, 7), Replay(1, ()))
    assert count(replayed, Answered(0, answer(5, 6)), answer(5)).changed


def test_an_answer_without_a_replay_was_decoded_whole():
    assert count(Answered(0, answer(5)), Answered(0, answer(5)), answer(5)).decoded == 2


def test_arms_take_turns_and_the_order_turns_round():
    seen: list[str] = []
    arms = {
        name: Arm(lambda name=name: seen.append(name), lambda: seen.append("before"))
        for name in "ab"
    }
    times = alternate(arms, repeats=2)
    assert [name for name in seen if name != "before"] == ["a", "b", "a", "b", "b", "a"]
    assert seen[::2] == ["before"] * 6
    assert {name: len(each) for name, each in times.items()} == {"a": 2, "b": 2}


def test_ratios_are_taken_repeat_by_repeat():
    top = [Clocked(2, 1), Clocked(6, 1), Clocked(4, 1)]
    bottom = [Clocked(1, 1), Clocked(2, 1), Clocked(4, 2)]
    assert ratio(top, bottom) == {"median": 2, "least": 1, "greatest": 3, "cpu": 1}


def test_the_pooled_ratio_is_of_the_sums_of_variances():
    rng = np.random.default_rng(0)
    independent = rng.choice([-1.0, 0, 1], size=(3, 400))
    independent[2] = 0
    coupled = independent.copy()
    coupled[0] = 0
    found = summary(["still", "alike", "dead"], Differences(coupled, independent))
    share = independent[1].var() / independent.var(axis=1).sum()
    assert found["pooled"]["ratio"] == pytest.approx(share)
    assert found["pooled"]["low"] < share < found["pooled"]["high"]
    assert found["behaviors"]["still"]["ratio"] == 0
    assert found["behaviors"]["alike"]["ratio"] == 1
    assert found["behaviors"]["dead"]["ratio"] is None


def test_a_missed_aim_is_said():
    row = {"model": "m", "generate_over_own": {"median": 1.5, "least": 1.0, "greatest": 2.5}}
    part = {"aims": {"generate_over_own": 2.0}, "rows": [row]}
    assert list(aims({"loop": part}))[-1].endswith("| 1.50 (1.00 to 2.50)x | **no** |")


def test_the_page_is_made_from_the_numbers(benchmarks):
    result = json.loads((benchmarks / "engine.json").read_text(encoding="utf-8"))
    assert markdown(result) == (benchmarks / "engine.md").read_text(encoding="utf-8")
