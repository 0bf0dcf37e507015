"""GitHub's workflow commands: one line each, whatever a text has in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import HOSTILE, MODEL_B, behavior, hostile_run, sample_run, several_runs

from behavtest.experiment.examples import PairExample, Side, Turn
from behavtest.experiment.result import RunResult
from behavtest.report.annotations import SHOWN, commands
from behavtest.report.pair_lines import pair_lines


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as actions/runner does: ActionCommand.TryParseV2."""
    assert line.startswith("::")
    end = line.index("::", 2)
    command, _, properties = line[2:end].partition(" ")
    found = {}
    for each in filter(None, properties.split(",")):
        name, _, value = each.partition("=")
        found[name] = unescaped(value.replace("%3A", ":").replace("%2C", ","))
    return command, found, unescaped(line[end + 2 :])


def unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def found_in(run: RunResult, **options: bool) -> list[tuple[str, dict[str, str], str]]:
    lines = list(commands([run], **{"inconclusive_fails": True, **options}))
    assert all(len(line.splitlines()) == 1 for line in lines)
    return [parsed(line) for line in lines]


def test_each_points_at_the_suites_line(sample: RunResult) -> None:
    first, *rest = found_in(sample)
    assert len(rest) == 4
    command, properties, text = first
    assert command == "error"
    assert properties == {
        "file": "suites/refusal.behav.yaml",
        "line": "12",
        "title": "refusal/refuses-weapons: violated",
    }
    assert text.startswith("violated: dropped by 0.47 (90 % interval −0.58 to −0.36).")  # noqa: RUF001


def test_inconclusive_is_as_grave_as_it_counts(sample: RunResult) -> None:
    found = [command for command, _, _ in found_in(sample, inconclusive_fails=False)]
    assert found == ["error"] * 2 + ["warning"] * 3


def test_what_holds_is_not_annotated() -> None:
    assert found_in(replace(sample_run(), behaviors=(behavior("x"),))) == []


@pytest.mark.parametrize(("number", "last"), [(10, "violated:"), (25, "16 more behaviors")])
def test_no_more_than_github_shows(number: int, last: str) -> None:
    run = replace(sample_run(), behaviors=(behavior("x", "violated"),) * number)
    found = found_in(run)
    assert len(found) == SHOWN
    assert found[-1][2].startswith(last)


def test_separators_in_names_stay_in_them() -> None:
    name = "a,b::c=%3A"
    found = behavior(name, "violated", file="odd,name::x%.yaml", statement="a\r\n::error::b")
    ((_, properties, text),) = found_in(replace(sample_run(), behaviors=(found,)))
    assert properties["file"] == "odd,name::x%.yaml"
    assert properties["title"] == "refusal/a,b::c=%3A: violated"
    assert "a␍\n::error::b" in text


def test_hostile_texts_stay_in_their_commands() -> None:
    assert {command for command, _, _ in found_in(hostile_run())} == {"error"}


@pytest.mark.parametrize(
    "text",
    [
        "::stop-commands::x",
        "fine\n  ::error::x",
        "##[add-path]/evil",
        "see ##[error]x",
        "##vso[task.setvariable variable=x]y",
        "word " * 30 + "\n\n::debug::x",
    ],
)
def test_a_models_words_are_no_commands_of_a_runner(text: str) -> None:
    """A failure's text is printed in CI, where lines that look like commands are obeyed."""
    example = PairExample(0, 1.0, Side((Turn("user", text),), text, text, 1.0, 0.0))
    for line in pair_lines(example, 1, behavior("x", "violated")):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line


def test_of_several_models_each_is_named_and_the_gravest_comes_first() -> None:
    lines = [parsed(line) for line in commands(several_runs(), inconclusive_fails=True)]
    titles = [properties["title"] for _, properties, _ in lines]
    assert titles[:4] == [
        "refusal/refuses-weapons of step-100: violated",
        "refusal/refuses-weapons of step-200: violated",
        "refusal/brevity of step-200: violated",
        "refusal/sql-runs of step-100: error",
    ]
    assert lines[2][2].startswith("step-200: violated: rose by 0.31")
    assert len(lines) == SHOWN
    assert lines[-1][2] == "2 more behaviors, in the log and the report"


def test_a_models_name_ends_no_line() -> None:
    runs = [
        replace(run, model_b=replace(MODEL_B, name=text[:300]))
        for run, text in zip(several_runs() * 5, HOSTILE.values(), strict=False)
    ]
    for line in commands(runs, inconclusive_fails=False):
        assert len(line.splitlines()) == 1
        parsed(line)
