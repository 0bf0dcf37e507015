# ruff: noqa: RUF001 - signs as people read them are what is tested
from __future__ import annotations

import unicodedata
from dataclasses import replace

import calibration_samples as samples
import pytest

from behavtest.experiment.calibration.result import LeftOut, Share
from behavtest.report.calibration import words
from behavtest.report.calibration.lines import calibration_lines

EXPECTED = """
                                                             detectable change
behavior                           alarms   holds  pairs  independent  coupled
refusal/refuses-weapons           0 of 20    85 %    623        −0.28    −0.19
…name-longer-than-the-column-is   0 of 20    85 %    623        −0.28    −0.19
refusal/seldom                    0 of 20   100 %    623         none     none
refusal/broken                      error

refusal/seldom: A's mean is 0.030: no model can score lower than that by more
than the 0.050 that is allowed.
error: refusal/broken: no score
Left out, as A against A says nothing about them: 1 about one model alone, 1
decoded greedily, where A answers twice the same.
A change is detectable if 80 % of runs declare it violated within 1,000 pairs,
when this behavior changes and the other 5 do not. It is simulated from the
measured scores as cases that fail altogether. Independent: the models' noise is
not shared. Coupled: it is, and B agrees with A wherever it did not change,
which is the best case.

0 of 20 runs raised a false alarm (at most 14 % with 95 % confidence); alpha
allows 5 %.
20 runs cannot show a rate below alpha: even without an alarm that takes 59.
Resampled from the measured scores, 3 of 4,000 simulated runs raised one; the
simulation's own error leaves at most 0.194 %.
412,034 completions generated and 17 reused, 5 min 12 s; closed e-BH
"""


def test_the_lines() -> None:
    assert "\n".join(calibration_lines(samples.calibration())) == EXPECTED.strip("\n")


def test_the_others_are_counted() -> None:
    found = samples.calibration()
    assert "changes. It" in words.detectable_means(replace(found, family=1))
    assert "and the other does not." in words.detectable_means(replace(found, family=2))


def test_no_line_is_wider_than_a_terminal() -> None:
    for found in (samples.calibration(), samples.alarmed(), samples.hostile()):
        lines = list(calibration_lines(found))
        assert all(len(line) <= 80 for line in lines)


def test_no_terminal_escape_comes_through() -> None:
    for line in calibration_lines(samples.hostile()):
        assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs"}


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [
        (0, 20, "20 runs cannot show a rate below alpha: even without an alarm that takes 59."),
        (0, 1, "1 run cannot show a rate below alpha: even without an alarm that takes 59."),
        (1, 60, "This shows neither a rate below alpha nor one above."),
        (0, 59, "The measured rate is below alpha."),
        (
            8,
            20,
            "This is more than alpha allows: the verdicts of these behaviors cannot be trusted.",
        ),
    ],
)
def test_what_runs_show(count: int, total: int, said: str) -> None:
    found = samples.calibration(runs=Share.of(count, total))
    assert words.what_runs_show(found).replace("\u00a0", " ") == said
    assert (words.tone(found) == "violated") == ("more than alpha" in said)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.05, "5 %"),
        (0.139, "13.9 %"),
        (0.1391, "14 %"),
        (0.00074867, "0.0749 %"),
        (0.002, "0.2 %"),
    ],
)
def test_an_upper_end_is_never_rounded_down(rate: float, shown: str) -> None:
    assert words.limit(rate).replace("\u00a0", " ") == shown


def test_a_limited_budget_is_told() -> None:
    found = samples.calibration(total_pairs=600, pairs_each=100)
    assert "within 100 pairs, an even part of the run's budget, when" in words.detectable_means(
        found
    ).replace("\u00a0", " ")


def test_a_behavior_alone_has_no_others() -> None:
    found = samples.calibration(family=1)
    assert "when this behavior changes. It" in words.detectable_means(found)


def test_nothing_left_out_is_not_mentioned() -> None:
    assert words.left_out(samples.calibration(left_out=())) == ""
    alone = samples.calibration(left_out=(LeftOut("x", "intended"),))
    assert (
        words.left_out(alone)
        == "Left out, as A against A says nothing about it: 1 expecting a change."
    )


def test_the_hardest_case_is_the_change_that_is_just_allowed() -> None:
    power = samples.power(boundary=-0.095)  # where the coupled curve of the sample is at .2
    found = samples.calibration(behaviors=(replace(samples.behavior("x"), power=power),))
    assert "in at most 20 % of the simulated" in words.at_boundary(found).replace("\u00a0", " ")
    assert words.at_boundary(samples.calibration()) == ""
