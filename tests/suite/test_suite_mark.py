"""The same fields in Python: the same checks, the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from behavtest.core import Completion, SamplingSettings
from behavtest.errors import SuiteError
from behavtest.stats.expectation import Expectation, Kind
from behavtest.suite import Behavior, Source, Suite, behavior_from_mark

Load = Callable[[str], Suite]

_HERE = Source("test_refusal.py", 7)


class _Function:
    name = "test_refuses"

    def __call__(self, completion: Completion, /) -> float:
        return "no" in completion.text


def _behavior(**kwargs: object) -> Behavior:
    return behavior_from_mark(
        kwargs,
        id="test_refuses",
        suite="test_refusal",
        source=_HERE,
        folder=Path(),
        scorer=_Function(),
    )


def test_everything_a_mark_can_say(load: Load) -> None:
    load("behaviors: [{id: a, prompts: [Hi], score: json, expect: not_worse}]")
    behavior = _behavior(
        prompts=Path("capitals.jsonl"),
        system="Be brief.",
        expect={"decreases": {"by": 0.3}},
        max_new_tokens=8,
        temperature=0,
        top_k=1,
        top_p=0.5,
        tags=("a", "b"),
        description="Forgets.",
        weight=4,
    )
    assert (behavior.id, behavior.suite, behavior.source) == ("test_refuses", "test_refusal", _HERE)
    assert behavior.expectation == Expectation(Kind.DECREASES, 0.3)
    assert behavior.settings == SamplingSettings(8, 0, 1, 0.5)
    assert (behavior.tags, behavior.description) == (("a", "b"), "Forgets.")
    assert behavior.weight == 4.0
    assert behavior.scorer.name == "test_refuses"
    assert len(behavior.prompts) == 2
    assert behavior.prompts[0].target.messages[0].content == "Be brief."


def test_populations(load: Load) -> None:
    load("behaviors: [{id: a, prompts: [Hi], score: json, expect: not_worse}]")
    template = _behavior(template="{{ a }}", variables={"a": ["x", "y"]}, expect="unchanged")
    chat = _behavior(messages=[{"role": "user", "content": "Hi"}], expect="not_higher")
    contrast = _behavior(
        contrast={"target": "harmful.csv", "baseline": "harmless.csv", "match_on": "id"},
        expect="not_higher",
        tolerance=0.2,
        relation="not_lower",
    )
    assert [len(b.prompts) for b in (template, chat, contrast)] == [2, 1, 2]
    assert contrast.expectation.margin == 0.2
    assert contrast.relation == "not_lower"


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"expect": "not_worse"}, "test_refusal.py:7: there is nothing to ask"),
        ({"prompts": ["Hi"]}, "test_refusal.py:7: there is no 'expect'"),
        (
            {"prompts": ["Hi"], "expect": "not_wors"},
            "test_refusal.py:7: expect: found 'not_wors'; did you mean 'not_worse'?",
        ),
        (
            {"prompts": ["Hi"], "expect": "not_worse", "tolerence": 1},
            "test_refusal.py:7: tolerence: unknown field; did you mean 'tolerance'?",
        ),
        (
            {"prompts": ["Hi"], "expect": "not_worse", "relation": "invariance"},
            "test_refusal.py:7: relation: a relation is between the target and the baseline",
        ),
        (
            {"prompts": ["Hi"], "expect": "not_worse", "weight": -1},
            "test_refusal.py:7: weight: found the number -1, expected one above 0",
        ),
        (
            {"prompts": ["Hi"], "expect": "not_worse", "score": "json"},
            "test_refusal.py:7: score: unknown field",
        ),
        (
            {"prompts": "nowhere/x.txt", "expect": "not_worse"},
            "test_refusal.py:7: prompts: nowhere/x.txt: there is no such file",
        ),
        (
            {"prompts": {1, 2}, "expect": "not_worse"},
            "test_refusal.py:7: prompts: found a set, expected text, a number, a list or a mapping",
        ),
        (
            {"prompts": ["Hi"], "expect": "not_worse", "tolerance": np.array([1])},
            "test_refusal.py:7: tolerance: found a ndarray",
        ),
        (
            {"prompts": [["Hi"]], "expect": "not_worse"},
            "test_refusal.py:7: prompts[0]: found a list, expected text",
        ),
    ],
)
def test_wrong_arguments(kwargs: dict[str, object], message: str) -> None:
    with pytest.raises(SuiteError) as caught:
        _behavior(**kwargs)
    assert str(caught.value).startswith(message)


def test_values_that_contain_themselves() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(SuiteError, match="nested more than 50 deep"):
        _behavior(prompts=endless, expect="not_worse")
