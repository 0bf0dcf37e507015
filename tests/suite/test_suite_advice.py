"""What is odd about a behavior is told, and what is not is left in peace."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import numpy as np
import pytest
from known_rates import behavior as known_behavior

from behavtest.stats import Evidence, Kind
from behavtest.suite import Suite
from behavtest.suite.advice import advice
from behavtest.suite.relation import observation_bounds

Load = Callable[[str], Suite]

_TWENTY = [f"word {number}" for number in range(20)]
_MANY = "variables: {x: " + str(_TWENTY) + "}"


def _said(load: Load, text: str, *, max_pairs: int = 1000) -> list[str]:
    suite = load(f"behaviors:\n- id: a\n{indent(text, '  ')}")
    found = [
        one
        for behavior in suite.behaviors
        for one in advice(behavior, alpha=0.05, max_pairs=max_pairs)
    ]
    assert all((one.file, one.line, one.behavior) == ("s.behav.yaml", 2, "a") for one in found)
    return [one.message for one in found]


@pytest.mark.parametrize(
    "text",
    [
        f"prompts: {_TWENTY}\nscore: json\nexpect: not_worse",
        f"template: '{{{{ x }}}}'\n{_MANY}\nscore: json\nexpect: unchanged",
        "prompts: [one]\nscore: json\nexpect: {at_least: 0.5}",
        "prompts: [one]\nscore: json\nexpect: unchanged\ntolerance: 0\ntemperature: 0",
        "template: hi\nsystem: '{{ x }}'\n" + _MANY + "\nscore: json\nexpect: not_worse",
        "template: '{{ x }}'\nvariables: {x: [1, 2], y: [a, b]}\nscore: {contains: '{{ y }}'}\nexpect: {at_most: 0.5}",
        "template: '{{ x }}'\nvariables: {x: [1, 2], y: [a, b]}\nscore: {not: {any: [json, {regex: '{{ y }}'}]}}\nexpect: {at_most: 0.5}",
    ],
)
def test_nothing_is_odd(load: Load, text: str) -> None:
    """Used variables, enough prompts, a decision in reach, an exact answer."""
    messages = _said(load, text)
    assert [message for message in messages if "twice" not in message] == [
        message for message in messages if "of the 1 moves" in message
    ]


def test_repeated_prompts(load: Load) -> None:
    (message,) = _said(
        load, f"prompts: {[*_TWENTY, 'word 3', 'word 3']}\nscore: json\nexpect: not_worse"
    )
    assert message.startswith("2 of 22 prompts stand there twice ('word 3')")


def test_a_contrast_repeats_only_what_both_sides_repeat(load: Load) -> None:
    rows = [{"prompt": "same", "id": number} for number in range(20)]
    other = [{"prompt": f"other {number}", "id": number} for number in range(20)]
    text = f"contrast: {{target: {rows}, baseline: {other}, match_on: id}}\nscore: json\nexpect: not_worse"
    assert _said(load, text) == []


@pytest.mark.parametrize(
    ("tolerance", "count", "least"), [(0.05, 19, 20), (0.07, 14, 15), (0.5, 1, 2)]
)
def test_too_few_prompts_for_the_tolerance(
    load: Load, tolerance: float, count: int, least: int
) -> None:
    """One prompt more than told of is enough."""

    def said(size: int) -> list[str]:
        return _said(
            load,
            f"prompts: {[f'w{n}' for n in range(size)]}\nscore: json\nexpect: not_worse\ntolerance: {tolerance}",
        )

    (message,) = said(count)
    assert f"of the {count} moves the mean by up to" in message
    assert message.endswith(f"write at least {least} different ones")
    assert said(least) == []


def test_a_variable_no_template_uses(load: Load) -> None:
    """It is told instead of the prompts that it repeats."""
    (message,) = _said(
        load,
        "template: '{{ x }}'\nvariables: {x: "
        + str(_TWENTY)
        + ", idle: [1, 2], lazy: [3]}\nscore: refusal\nexpect: not_worse",
    )
    assert message.startswith("no template uses the variables idle, lazy, so every prompt")


def test_a_large_template_is_not_rendered(load: Load) -> None:
    values = [f"v{number}" for number in range(2000)]
    variables = ", ".join(f"{name}: {values}" for name in "abc")
    text = f"template: '{{{{ a }}}}{{{{ b }}}}{{{{ c }}}}'\nvariables: {{{variables}}}\nscore: json\nexpect: unchanged"
    assert _said(load, text) == []


@pytest.mark.parametrize(
    ("kind", "margin", "value"),
    [
        (Kind.UNCHANGED, 0.01, 0.0),
        (Kind.NOT_WORSE, 0.005, 0.0),
        (Kind.NOT_HIGHER, 0.02, 0.0),
        (Kind.INCREASES, 0.9, 1.0),
        (Kind.DECREASES, 0.9, -1.0),
        (Kind.AT_LEAST, 0.95, 1.0),
        (Kind.AT_MOST, 0.05, 0.0),
    ],
)
def test_a_margin_out_of_reach(kind: Kind, margin: float, value: float) -> None:
    """With as many pairs as are told it is shown, with one fewer it is not."""
    claim = known_behavior(["a"], (kind, margin))

    def said(max_pairs: int) -> list[str]:
        found = advice(claim, alpha=0.05, max_pairs=max_pairs)
        return [one.message for one in found if "max-pairs" in one.message]

    (message,) = said(10)
    needed = int(message.split(" takes ")[1].split()[0].replace(",", ""))
    assert said(needed) == []
    assert said(needed - 1) != []
    bounds = observation_bounds(contrast=False, absolute=claim.expectation.absolute)
    evidence = Evidence(claim.expectation, bounds)
    evidence.update(np.full(needed, value))
    assert evidence.e_holds >= 20


def test_no_tolerance_at_all(load: Load) -> None:
    (message,) = _said(
        load, f"prompts: {_TWENTY}\nscore: json\nexpect: not_worse\ntolerance: 0", max_pairs=50
    )
    assert "takes more pairs than there can be even for models that never differ" in message


def test_a_census_that_is_cut_short(load: Load) -> None:
    """Greedy decoding decides once every prompt was seen, if the budget lets it."""
    text = f"prompts: {_TWENTY}\nscore: json\nexpect: unchanged\ntolerance: 0\ntemperature: 0"
    assert _said(load, text, max_pairs=20) == []
    (message,) = _said(load, text, max_pairs=19)
    assert "--behavtest-max-pairs is 19" in message
