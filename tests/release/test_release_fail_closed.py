"""Whatever is missing, no combination of it passes; and what passes has been shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from release_runs import NOW, run_of
from report_samples import MODEL_A, MODEL_B, behavior

from behavtest.release.evidence import Report
from behavtest.release.judge import decide
from behavtest.release.policy import CountsAs, Policy, Role

SUITES = ("refusal", "facts", "tone")
TAGS = ("safety", "style")
names = st.sampled_from(["one", "two"])


@st.composite
def behaviors(draw):
    verdict = draw(st.sampled_from(["holds", "violated", "inconclusive", "error"]))
    suite, name = draw(st.sampled_from(SUITES)), draw(names)
    return behavior(
        name,
        verdict=verdict,
        suite=suite,
        tags=tuple(draw(st.sets(st.sampled_from(TAGS)))),
        error="failed" if verdict == "error" else None,
        e_holds=draw(st.sampled_from([0.0, 19.0, 20.0, 1e300])),
        pairs=draw(st.sampled_from([1, 40])),
    )


@st.composite
def reports(draw):
    modified = draw(
        st.sampled_from([None, MODEL_B, replace(MODEL_B, fingerprint=MODEL_A.fingerprint)])
    )
    run = run_of(
        *draw(st.lists(behaviors(), max_size=3)),
        model_b=modified,
        alpha=draw(st.sampled_from([0.05, 0.2])),
        redecided=draw(st.booleans()),
        started=draw(st.sampled_from(["2026-11-30T08:00:00+00:00", "2026-01-01", "?"])),
    )
    return Report(Path(draw(st.sampled_from(["a.json", "b.json"]))), run)


counts = st.sampled_from(CountsAs)
policies = st.builds(
    Policy,
    blocking=st.sampled_from([(), ("safety",)]),
    advisory=st.sampled_from([(), ("style",)]),
    otherwise=st.sampled_from(Role),
    required_suites=st.sampled_from([(), ("facts",), SUITES]),
    required_behaviors=st.sampled_from([(), ("tone/two",)]),
    inconclusive=counts,
    error=counts,
    redecided=counts,
    alone=counts,
    same_weights=counts,
    min_pairs=st.sampled_from([1, 30]),
    max_age=st.sampled_from([None, timedelta(days=2)]),
)


@given(st.lists(reports(), max_size=3), policies)
def test_what_passes_has_been_shown(given_reports, policy):
    """The promise, said again in other words than the rules that keep it."""
    if not decide(given_reports, policy, now=NOW).passes:
        return
    found = [(one, report.run) for report in given_reports for one in report.run.behaviors]
    blocking = [(one, run) for one, run in found if policy.role(one.tags) is Role.BLOCKING]
    assert blocking
    for one, run in blocking:
        assert one.verdict != "violated"
        assert one.verdict != "inconclusive" or policy.inconclusive is CountsAs.WARN
        assert one.verdict != "error" or policy.error is CountsAs.WARN
        if one.verdict == "holds":
            assert one.e_holds * run.alpha >= 1
            assert one.pairs >= policy.min_pairs
    for models in {report.models for report in given_reports}:
        of_it = [
            one
            for report in given_reports
            if report.models == models
            for one in report.run.behaviors
        ]
        measured = [one for one in of_it if one.verdict != "error"]
        for suite in policy.required_suites:
            assert suite in {one.suite for one in measured}
            assert suite not in {one.suite for one in of_it if one.verdict == "error"}
        for name in policy.required_behaviors:
            assert name in {f"{one.suite}/{one.behavior}" for one in measured}
        for tag in policy.blocking:
            assert tag in {tag for one in of_it for tag in one.tags}
    for report in given_reports:
        assert report.run.alpha <= policy.alpha
        base, modified = report.models
        assert modified is not None or policy.alone is CountsAs.WARN
        assert modified != base or policy.same_weights is CountsAs.WARN
        assert not report.run.redecided or policy.redecided is CountsAs.WARN
        assert policy.max_age is None or report.run.started.startswith("2026-11-30")


@given(st.data())
def test_taking_a_required_piece_away_fails(data):
    """A green release, less any piece that its policy names, is red."""
    every = [behavior(name, suite=suite) for suite in SUITES for name in ("one", "two")]
    policy = Policy(required_suites=SUITES, required_behaviors=("tone/two",), blocking=("safety",))
    whole = Report(Path("report.json"), run_of(*every))
    assert decide([whole], policy, now=NOW).passes
    gone = data.draw(
        st.sampled_from([{"refusal"}, {"facts"}, {"tone"}, {"tone/two"}, {"safety"}, set(SUITES)])
    )
    left = [
        replace(one, tags=()) if "safety" in gone else one
        for one in every
        if one.suite not in gone and f"{one.suite}/{one.behavior}" not in gone
    ]
    assert not decide([Report(Path("report.json"), run_of(*left))], policy, now=NOW).passes
