"""Every lasting option can stand in an ini file; the command line wins."""

from __future__ import annotations

import pytest

ALL = {
    "alpha": "0.1",
    "fdr": "e-bh",
    "active": "true",
    "seed": "5",
    "max_pairs": "4",
    "budget": "9",
    "inconclusive": "pass",
    "store": "kept/store.duckdb",
    "audit": "50%",
    "report": "report.html",
    "json": "out.json",
    "markdown": "summary.md",
    "sarif": "out.sarif",
    "annotations": "on",
    "device": "cpu",
    "dtype": "float32",
    "max_memory": "2GB",
    "batch_size": "2",
    "chat_template": "none",
    "suite": "manners.behav.yaml",
}


UNQUOTED = {"active", "alpha", "seed", "max_pairs", "batch_size"}


def lines(*, toml: bool) -> str:
    quoted = {
        name: f'"{value}"' if toml and name not in UNQUOTED else value
        for name, value in ALL.items()
    }
    return "".join(f"behavtest_{name} = {value}\n" for name, value in quoted.items())


@pytest.mark.parametrize("file", ["pytest.ini", "pytest.toml", "pyproject.toml", "tox.ini"])
def test_every_option_is_read(behave, file: str):
    behave.suite()
    header = {"pyproject.toml": "[tool.pytest]"}.get(file, "[pytest]")
    (behave.path / file).write_text(f"{header}\n{lines(toml=file.endswith('toml'))}")
    result = behave.run("-k", "brief")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["alpha 0.1, e-BH", "audit: *", "report: report.html"])
    assert behave.results()["brief"]["pairs"] == 4
    store = behave.path / "kept" / "store.duckdb"
    assert behave.rows("SELECT seed FROM runs", store) == [(5,)]


def test_the_command_line_wins(behave):
    behave.suite()
    behave.pytester.makeini("[pytest]\nbehavtest_max_pairs = 4\n")
    behave.run("-k", "brief", "--behavtest-max-pairs=5", "--behavtest-json=out.json")
    assert behave.results()["brief"]["pairs"] == 5


def test_a_wrong_value_is_an_error_that_names_the_option(behave):
    behave.pytester.makeini("[pytest]\nbehavtest_alpha = lots\n")
    result = behave.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *tox.ini: behavtest_alpha: *lots*"])


def test_a_value_of_the_wrong_type_in_toml_is_an_error(behave):
    (behave.path / "pytest.toml").write_text('[pytest]\nbehavtest_seed = "five"\n')
    result = behave.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *pytest.toml*'behavtest_seed' expects an int, got *"])


def test_every_option_is_in_the_help(behave):
    result = behave.pytester.runpytest_inprocess("--help")
    for name in ALL:
        value = " *" if name == "active" else "=*"
        result.stdout.fnmatch_lines([f"  --behavtest-{name.replace('_', '-')}{value}"])
        result.stdout.fnmatch_lines([f"  behavtest_{name} (*"])


def test_the_mark_is_known_to_pytest(behave):
    result = behave.pytester.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.behavior(prompts, expect, tolerance, ...): *"])
