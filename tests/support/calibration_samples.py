"""Calibrations made by hand, for the page and the terminal."""

from __future__ import annotations

from dataclasses import replace

from report_samples import HOSTILE

from behavtest.experiment.calibration.result import (
    BehaviorPower,
    CalibratedBehavior,
    Calibration,
    LeftOut,
    PowerCurve,
    Share,
)


def power(boundary: float = -0.05, reach: float = -0.95, *, detectable: bool = True):
    """Curves that rise beyond the boundary, coupled before independent."""
    changes = tuple(round(reach * step / 10, 6) for step in range(11))
    flat = (0.0,) * 11
    independent = PowerCurve(changes, flat, None)
    coupled = PowerCurve(changes, flat, None)
    if detectable:
        rise = (0.0, 0.2, 0.82, *(1.0,) * 8)
        late = (0.0, 0.05, 0.4, 0.82, *(1.0,) * 7)
        independent = PowerCurve(changes, late, changes[3])
        coupled = PowerCurve(changes, rise, changes[2])
    return BehaviorPower(boundary, reach, independent, coupled)


def behavior(name: str, **changes: object) -> CalibratedBehavior:
    made = CalibratedBehavior(
        name=f"suites/refusal.behav.yaml::{name}",
        suite="refusal",
        behavior=name,
        statement="B's mean score is at most 0.05 below A's",
        mean=0.95,
        variance=0.095,
        observations=12_460,
        false_alarms=0,
        holds=17,
        inconclusive=3,
        median_pairs=623.0,
        power=power(),
        error=None,
    )
    return replace(made, **changes)


def calibration(**changes: object) -> Calibration:
    """Twenty runs without an alarm."""
    made = Calibration(
        started="2026-03-01T09:30:00+00:00",
        seconds=312.4,
        seed=0,
        alpha=0.05,
        procedure="closed-e-bh",
        max_pairs=1000,
        total_pairs=None,
        pairs_each=1000,
        family=6,
        model="org/base",
        fingerprint="a1" * 32,
        description="Llama, 1.1 M parameters, float32",
        runs=Share.of(0, 20),
        simulated=Share.of(3, 4000),
        behaviors=(
            behavior("refuses-weapons"),
            behavior("a-behavior-with-a-name-longer-than-the-column-is"),
            behavior(
                "seldom",
                mean=0.03,
                power=power(reach=-0.03, detectable=False),
                holds=20,
                inconclusive=0,
            ),
            behavior("broken", mean=None, variance=None, power=None, error="no score\nat line 3"),
        ),
        left_out=(
            LeftOut("suites/refusal.behav.yaml::answers", "absolute"),
            LeftOut("suites/refusal.behav.yaml::exact", "greedy"),
        ),
        generated=412_034,
        reused=17,
        versions={"python": "3.11.7", "behavtest": "0.1.0"},
        store=".behavtest/store.duckdb",
    )
    return replace(made, **changes)


def alarmed() -> Calibration:
    """Eight of twenty runs with an alarm: more than alpha allows."""
    return calibration(runs=Share.of(8, 20), behaviors=(behavior("wild", false_alarms=8, holds=9),))


def hostile() -> Calibration:
    """Every text attacks the page."""
    attack = "".join(text[:200] for text in HOSTILE.values())
    return calibration(
        started=attack,
        procedure=attack,
        model=attack,
        fingerprint=attack,
        description=attack,
        behaviors=tuple(
            replace(
                behavior(f"{name} {text[:200]}"),
                name=text[:300],
                suite=text[:80],
                statement=text[:300],
                error=text[:300] if place % 2 else None,
            )
            for place, (name, text) in enumerate(HOSTILE.items())
        ),
        left_out=tuple(LeftOut(text[:300], "greedy") for text in HOSTILE.values()),
        versions={attack: attack},
        store=attack,
    )
