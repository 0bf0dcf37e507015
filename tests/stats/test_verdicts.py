from __future__ import annotations

import numpy as np
import pytest

from behavtest.stats import (
    Bounds,
    Evidence,
    Expectation,
    Kind,
    StoppedEValues,
    Verdict,
    closed_ebh,
    decide,
)

H, V, I = Verdict.HOLDS, Verdict.VIOLATED, Verdict.INCONCLUSIVE  # noqa: E741
at_stop = StoppedEValues.at_stop


def verdicts(holds: list[float], violated: list[float], alpha: float = 0.05) -> tuple[Verdict, ...]:
    """Of e-values, with violations declared as a run does by default."""
    declared = closed_ebh(at_stop(violated), alpha)
    return decide(holds=at_stop(holds), violated=declared, alpha=alpha)


@pytest.mark.parametrize(
    ("holds", "violated", "expected"),
    [
        ([], [], ()),
        ([19.99, 20, 21], [0, 0, 0], (I, H, H)),
        ([0, 0], [30, 12], (V, V)),  # V8
        ([0, 30], [41, 19], (V, V)),  # violated wins
        ([50, 0, 50], [19, 19, 19], (H, I, H)),
        ([0, 1e300], [1e300, 0], (V, H)),  # two exact answers
    ],
)
def test_verdicts(holds: list[float], violated: list[float], expected: tuple[Verdict, ...]) -> None:
    assert verdicts(holds, violated) == expected


def test_a_violation_is_not_declared_on_one_over_alpha_alone() -> None:
    # 20 = 1 / alpha would do alone; among four it does not.
    assert verdicts([0], [20]) == (V,)
    assert verdicts([0] * 4, [20, 1, 1, 1]) == (I, I, I, I)


def test_exact_behaviors_keep_their_answer_in_any_company() -> None:
    exact_good = Evidence(Expectation(Kind.NOT_WORSE, 0.1), Bounds(-1, 1), population=2)
    exact_good.update([0.0, -0.2])  # equality
    exact_bad = Evidence(Expectation(Kind.NOT_WORSE, 0.1), Bounds(-1, 1), population=2)
    exact_bad.update([0.0, -0.3])
    sampled = Evidence(Expectation(Kind.NOT_WORSE, 0.1), Bounds(-1, 1))
    family = [exact_good, *[exact_bad] * 30, sampled]
    found = decide(
        holds=StoppedEValues.of_holds(family),
        violated=closed_ebh(StoppedEValues.of_violated(family), 0.05),
        alpha=0.05,
    )
    assert found[:31] == (H, *[V] * 30)


def test_whatever_declared_the_violations() -> None:
    """The verdicts follow it, and a behavior that is declared does not hold."""
    declared = np.array([True, True, False, False])
    assert decide(holds=at_stop([0, 50, 50, 1]), violated=declared, alpha=0.05) == (V, V, H, I)


def test_the_families_must_match() -> None:
    with pytest.raises(ValueError, match="2 e-values for holds, but 1 for violated"):
        verdicts([1, 1], [1])


def test_evidence_is_not_a_declaration() -> None:
    with pytest.raises(TypeError, match="not StoppedEValues of object"):
        decide(holds=at_stop([1]), violated=at_stop([1]), alpha=0.05)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not ndarray of float64"):
        decide(holds=at_stop([1]), violated=np.ones(1), alpha=0.05)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must come as StoppedEValues"):
        decide(holds=np.ones(1), violated=np.array([True]), alpha=0.05)  # type: ignore[arg-type]


def test_alpha_must_be_a_rate() -> None:
    with pytest.raises(ValueError, match="alpha"):
        decide(holds=at_stop([1]), violated=np.array([True]), alpha=0)


def test_verdicts_read_as_words() -> None:
    assert [str(verdict) for verdict in Verdict] == ["holds", "violated", "inconclusive"]
