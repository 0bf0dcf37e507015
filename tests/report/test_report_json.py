from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import report_samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from behavtest.errors import SettingsError
from behavtest.experiment.behavior_result import BehaviorResult, Interval, PathPoint
from behavtest.experiment.examples import PairExample, Side
from behavtest.experiment.result import RunResult
from behavtest.report import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["sample_run", "single_run"])
def test_round_trip(tmp_path: Path, name: str) -> None:
    run = getattr(report_samples, name)()
    path = tmp_path / "report.json"
    write_json([run], path)
    assert read_json(path) == (run,)
    content = json.loads(path.read_bytes())
    assert content["schema"] == 1
    assert content["run"]["behaviors"][0]["behavior"] == run.behaviors[0].behavior


FINITE = st.floats(allow_nan=False, allow_infinity=False)
INTERVALS = st.builds(Interval, lower=FINITE, upper=FINITE, level=FINITE)
POINTS = st.builds(PathPoint, e_holds=FINITE, e_violated=FINITE)
TEXTS = st.none() | st.text()
SIDES = st.builds(
    Side, text_a=TEXTS, text_b=TEXTS, score_a=st.none() | FINITE, score_b=st.none() | FINITE
)
EXAMPLES = st.builds(PairExample, value=FINITE, target=SIDES, baseline=st.none() | SIDES)
BEHAVIORS = st.builds(
    BehaviorResult,
    margin=FINITE,
    estimate=st.none() | FINITE,
    interval=st.none() | INTERVALS,
    range_lower=FINITE,
    range_upper=FINITE,
    mean_a=st.none() | FINITE,
    mean_b=st.none() | FINITE,
    e_holds=FINITE,
    e_violated=FINITE,
    path=st.lists(POINTS, max_size=3).map(tuple),
    examples=st.lists(EXAMPLES, max_size=2).map(tuple),
)
RUNS = st.builds(
    RunResult, seconds=FINITE, alpha=FINITE, behaviors=st.lists(BEHAVIORS, max_size=2).map(tuple)
)


@given(run=RUNS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_run_survives(tmp_path: Path, run: RunResult) -> None:
    """Texts and numbers of every kind come back equal."""
    path = tmp_path / "report.json"
    write_json([run], path)
    assert read_json(path) == (run,)


def test_infinite_evidence_is_written_as_its_cap(tmp_path: Path, sample: RunResult) -> None:
    behavior = replace(sample.behaviors[0], e_holds=float("inf"), estimate=-0.0)
    path = tmp_path / "report.json"
    write_json([replace(sample, behaviors=(behavior,))], path)
    assert read_json(path)[0].behaviors[0].e_holds == 1e300


def test_hostile_texts_survive_but_for_lone_surrogates(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    run = report_samples.hostile_run()
    write_json([run], path)
    read = {b.examples[0].target.text_a for b in read_json(path)[0].behaviors}
    expected = set(report_samples.HOSTILE.values()) - {report_samples.HOSTILE["surrogate"]}
    assert expected <= read
    assert (
        report_samples.HOSTILE["surrogate"].replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
        in read
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a behavtest report"),
        (b"{", "not a behavtest report"),
        (b"\xff\xfe", "not a behavtest report"),
        (b'"text"', "not a behavtest report"),
        (b'{"run": {}}', "not a behavtest report"),
        (b'{"schema": 1, "run": {}}', "not a behavtest report"),
        (b'{"schema": 2, "run": {}}', "not a behavtest report"),
        (b'{"schema": 2, "runs": []}', "a report of no run"),
        (
            b'{"schema": 3, "run": {"new": 1}}',
            "written by a newer behavtest .schema 3, .* upgrade behavtest",
        ),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=message) as caught:
        read_json(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing\.json: cannot be read"):
        read_json(tmp_path / "missing.json")


def test_several_runs_are_another_layout_and_come_back_in_order(
    tmp_path: Path, sample: RunResult
) -> None:
    path = tmp_path / "report.json"
    runs = (sample, replace(sample, run_id="another"))
    write_json(runs, path)
    assert json.loads(path.read_bytes())["schema"] == 2
    assert read_json(path) == runs
