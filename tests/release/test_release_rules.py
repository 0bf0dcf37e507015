"""One rule of the gate a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from report_samples import MODEL_A, MODEL_B, behavior

from behavtest.experiment.behavior_result import Interval
from behavtest.release.decision import Outcome
from behavtest.release.judge import decide
from behavtest.release.lines import decision_lines, failures, first_line, warnings
from behavtest.release.markdown import decision_markdown
from behavtest.release.policy import CountsAs, Policy, Role
from behavtest.report.format import MINUS

VIOLATED = behavior(
    "refuses-weapons",
    verdict="violated",
    estimate=-0.47,
    interval=Interval(-0.58, -0.36, 0.9),
    e_holds=0.0,
    e_violated=1e9,
)
INCONCLUSIVE = behavior("refuses-fraud", verdict="inconclusive", e_holds=4.0, forecast=1240)
FAILED = behavior(
    "sql-runs", verdict="error", error="the scorer failed", estimate=None, pairs=0, e_holds=1.0
)
HOLDS = behavior("stays-polite", suite="tone", tags=("style",))
ALL_HOLD = Policy()
ADVISORY = Policy(advisory=("style",))


@pytest.fixture
def judged(report, now):
    """Decide on one report of these behaviors."""

    def run(*behaviors, policy=ALL_HOLD, **changes):
        return decide([report(*behaviors, **changes)], policy, now=now)

    return run


def texts(findings) -> list[str]:
    return [found.what.replace("\N{NO-BREAK SPACE}", " ") for found in findings]


def test_all_that_holds_passes(judged):
    decision = judged(HOLDS, behavior("refuses-drugs"))
    assert decision.passes
    assert first_line(decision) == "gate passes: of 2 blocking behaviors, 2 held"


def test_the_first_line_says_which_by_how_much_how_sure_and_where(judged, tmp_path):
    decision = judged(HOLDS, FAILED, INCONCLUSIVE, VIOLATED)
    assert not decision.passes
    assert first_line(decision).replace(MINUS, "-") == (
        "gate fails: refusal/refuses-weapons dropped by 0.47 (90 % interval -0.58 to -0.36); "
        f"see suites/refusal.behav.yaml:12, {tmp_path / 'report.json'}"
    )


def test_it_names_the_page_if_there_is_one(judged, tmp_path):
    (tmp_path / "report.html").write_text("", encoding="utf-8")
    assert first_line(judged(VIOLATED)).endswith(f", {tmp_path / 'report.html'}")


def test_what_is_missing_comes_before_what_is_undecided(judged):
    policy = Policy(required_suites=("facts",))
    said = texts(failures(judged(INCONCLUSIVE, VIOLATED, FAILED, policy=policy)))
    assert [text.split(" ", 1)[0] for text in said] == [
        *("refusal/refuses-weapons", "no", "refusal/sql-runs", "refusal/refuses-fraud"),
    ]


def test_the_farthest_outside_comes_first(judged):
    worse = replace(VIOLATED, behavior="worse", name="x::worse", estimate=-0.6)
    assert "refusal/worse" in first_line(judged(VIOLATED, worse))


@pytest.mark.parametrize("found", [VIOLATED, INCONCLUSIVE, FAILED], ids=lambda one: one.verdict)
def test_an_advisory_behavior_is_told(judged, found):
    decision = judged(replace(found, tags=("style",)), behavior("refuses-drugs"), policy=ADVISORY)
    assert decision.passes
    assert len(warnings(decision)) == 1
    assert first_line(decision) == "gate passes: of 1 blocking behavior, 1 held, 1 warned of"


@pytest.mark.parametrize(
    ("found", "field"), [(INCONCLUSIVE, "inconclusive"), (FAILED, "error")], ids=["unsure", "error"]
)
def test_what_short_of_a_proof_counts_as(judged, found, field):
    assert not judged(found, HOLDS).passes
    decision = judged(found, HOLDS, policy=Policy(**{field: CountsAs.WARN}))
    assert decision.passes
    assert [one.outcome for one in decision.judged] == [Outcome.WARNS, Outcome.PASSES]


def test_violated_cannot_be_made_a_warning_but_by_a_tag(judged):
    loose = dict.fromkeys(("inconclusive", "error", "redecided", "alone"), CountsAs.WARN)
    assert not judged(VIOLATED, HOLDS, policy=Policy(**loose)).passes


@pytest.mark.parametrize("role", [Role.BLOCKING, Role.ADVISORY])
@pytest.mark.parametrize(
    "required", [{"required_suites": ("refusal",)}, {"required_behaviors": ("refusal/sql-runs",)}]
)
def test_what_is_required_must_be_measured(judged, required, role):
    """Whatever errors count as, and whether it blocks or not."""
    policy = Policy(
        error=CountsAs.WARN,
        blocking=("style",),
        otherwise=role,
        **required,
    )
    decision = judged(FAILED, HOLDS, policy=policy)
    assert texts(failures(decision)) == [
        "refusal/sql-runs is required and could not be measured: the scorer failed"
    ]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(required_suites=("facts",)), "no behavior of the required suite facts was run"),
        (
            Policy(required_behaviors=("tone/thanks",)),
            "the required behavior tone/thanks was not run",
        ),
        (Policy(blocking=("saftey",)), "no behavior with the blocking tag saftey was run"),
        (Policy(advisory=("style",)), "no behavior that blocks was run"),
    ],
)
def test_what_is_missing_fails(judged, policy, said):
    assert said in texts(failures(judged(HOLDS, policy=policy)))


def test_an_empty_run_fails(judged):
    assert texts(failures(judged())) == ["no behavior was run"]


def test_no_report_fails(now):
    assert not decide([], Policy(), now=now).passes


def test_alpha_at_most(judged):
    bold = judged(HOLDS, alpha=0.1)
    assert texts(failures(bold)) == ["its error rate alpha is 0.1, where the policy allows 0.05"]
    assert judged(HOLDS, alpha=0.1, policy=Policy(alpha=0.1)).passes


@pytest.mark.parametrize("alpha", [0.0, -1.0])
def test_an_alpha_that_is_none(judged, alpha):
    assert not judged(HOLDS, alpha=alpha).passes


def test_fewest_pairs(judged):
    decision = judged(HOLDS, policy=Policy(min_pairs=181))
    assert texts(failures(decision)) == [
        "tone/stays-polite holds by 180 pairs, where the policy wants 181 pairs"
    ]
    assert judged(HOLDS, policy=Policy(min_pairs=180)).passes


def test_a_verdict_its_numbers_do_not_show(judged):
    """A green word over red numbers is a report that somebody or something changed."""
    forged = replace(VIOLATED, verdict="holds", e_holds=19.9)
    assert "does not show it at alpha 0.05" in texts(failures(judged(forged)))[0]
    assert judged(replace(VIOLATED, verdict="holds", e_holds=20.0)).passes


def test_a_model_alone(judged):
    said = "only acme/assistant-7b was run: no change was measured (policy field `alone`)"
    assert texts(failures(judged(HOLDS, model_b=None))) == [said]
    lenient = judged(HOLDS, model_b=None, policy=Policy(alone=CountsAs.WARN))
    assert lenient.passes
    assert texts(warnings(lenient)) == [said]


def test_a_model_against_itself(judged):
    same = replace(MODEL_B, fingerprint=MODEL_A.fingerprint)
    assert "the same weights, 3f9a1c0d5e7b" in texts(failures(judged(HOLDS, model_b=same)))[0]
    assert judged(HOLDS, model_b=same, policy=Policy(same_weights=CountsAs.WARN)).passes


def test_verdicts_decided_again(judged):
    assert "than the run's own" in texts(failures(judged(HOLDS, redecided=True)))[0]
    assert judged(HOLDS, redecided=True, policy=Policy(redecided=CountsAs.WARN)).passes


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ("2026-11-30T13:00:00+00:00", ""),
        ("2026-11-30T13:00:00", ""),
        ("2026-12-01T12:05:00+00:00", ""),
        ("2026-11-30T11:00:00+00:00", "it is of 2026-11-30 11:00 UTC, more than 24 hours ago"),
        ("2026-12-01T13:00:00+00:00", "it is of 2026-12-01 13:00 UTC, which is in the future"),
        ("yesterday", "it does not say when it was run, but 'yesterday'"),
    ],
)
def test_the_oldest_run(judged, started, said):
    policy = Policy(max_age=timedelta(hours=24))
    assert texts(failures(judged(HOLDS, started=started, policy=policy))) == [said] * bool(said)
    assert judged(HOLDS, started=started).passes


def test_parts_of_one_comparison_have_together_what_is_required(report, now):
    parts = [report(HOLDS, file="a.json"), report(behavior("refuses-drugs"), file="b.json")]
    policy = Policy(required_suites=("tone", "refusal"), blocking=("safety",))
    assert decide(parts, policy, now=now).passes
    assert not decide(parts[:1], policy, now=now).passes


def test_every_modified_model_needs_what_is_required(report, now):
    """A suite that was run for one model says nothing of another."""
    other = replace(MODEL_B, fingerprint="0123456789abcdef")
    reports = [
        report(HOLDS, behavior("refuses-drugs"), file="a.json"),
        report(HOLDS, file="b.json", model_b=other),
    ]
    decision = decide(reports, Policy(required_suites=("refusal",)), now=now)
    (failing,) = failures(decision)
    assert failing.look.endswith("b.json")


def test_one_bad_report_of_several_fails(report, now):
    reports = [report(HOLDS, file="a.json"), report(VIOLATED, file="b.json")]
    decision = decide(reports, Policy(), now=now)
    assert first_line(decision).endswith("b.json")


def test_lines_are_fit_for_a_terminal(judged):
    attack = "\x1b[31m\u202e\ngate passes: all is well\x00"
    hostile = replace(
        FAILED, suite=attack, behavior=attack, error=attack, file=attack, tags=(attack,)
    )
    decision = judged(hostile, model_a=replace(MODEL_A, name=attack))
    lines = list(decision_lines(decision))
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    assert lines[0].startswith("gate fails: ")


def test_markdown_makes_no_markup_of_names(judged):
    attack = "<img src=x> [a](http://b) @all `c` | d"
    hostile = replace(FAILED, suite=attack, behavior=attack, error=attack)
    text = decision_markdown(judged(hostile))
    for sign in ("<img", "[a]", "@all", "`", "|", "http://"):
        assert sign not in text
    assert "<code>" in text


def test_markdown_of_a_thousand_fits_a_comment(judged):
    many = [
        replace(FAILED, behavior=f"b{n}", name=f"x::b{n}", error="e" * 900) for n in range(1000)
    ]
    text = decision_markdown(judged(*many))
    assert len(text.encode()) < 65_000
    assert "- and 950 more" in text
