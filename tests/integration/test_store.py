"""``--behavtest-store``: where completions and runs are kept."""

from __future__ import annotations

import pytest


def test_lies_below_the_folder_pytest_is_called_in(behave):
    behave.suite()
    behave.run("-k", "brief").assert_outcomes(passed=1)
    assert behave.rows("SELECT status, model_b FROM runs") == [("finished", None)]


def test_a_place_on_the_command_line_is_seen_from_here(behave, monkeypatch):
    """Without one, the store lies beside the ini file, wherever below it pytest is called."""
    behave.suite()
    (behave.path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    below = behave.path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    arguments = ("-k", "brief", "--behavtest-inconclusive=pass", str(behave.path))
    behave.run(*arguments).assert_outcomes(passed=1)
    assert behave.store.exists()
    behave.run(*arguments, "--behavtest-store=new/s.duckdb").assert_outcomes(passed=1)
    assert (below / "new" / "s.duckdb").exists()
    assert not (behave.path / "new").exists()


def test_can_be_anywhere_and_its_folder_is_made(behave, tmp_path_factory):
    behave.suite()
    store = tmp_path_factory.mktemp("elsewhere") / "new" / "folder" / "it's.duckdb"
    behave.run("-k", "brief", f"--behavtest-store={store}").assert_outcomes(passed=1)
    assert behave.rows("SELECT count(*) FROM runs", store) == [(1,)]
    assert not behave.store.exists()


def test_a_second_run_generates_nothing(behave, unlearned):
    behave.suite()
    first = behave.run(b=unlearned)
    second = behave.run(b=unlearned)
    first.stdout.fnmatch_lines(["*pairs (coupled), [1-9]* completions generated and *"])
    second.stdout.fnmatch_lines(["*pairs (coupled), 0 completions generated and [1-9]*"])
    runs = behave.rows("SELECT result -> '$.behaviors[0].e_violated' FROM runs")
    assert runs[0] == runs[1]


def test_behaviors_that_ask_the_same_share_the_answers(behave):
    behavior = """
          - id: {id}
            prompts: [Good morning! Where is my hat?]
            score: {score}
            max_new_tokens: 6
            expect: {{at_least: 0.01}}"""
    scores = {"one": "{contains: o}", "two": "{length: {at_least: 1, unit: tokens}}"}
    behave.suite(
        "behaviors:" + "".join(behavior.format(id=id_, score=s) for id_, s in scores.items())
    )
    behave.run("--behavtest-max-pairs=16", "--behavtest-inconclusive=pass")
    (pairs,), (completions,) = (
        behave.rows("SELECT count(*) FROM pairs")[0],
        behave.rows("SELECT count(*) FROM completions")[0],
    )
    assert (pairs, completions) == (32, 16)


def test_a_folder_in_its_place_is_an_error(behave):
    behave.suite()
    result = behave.run(f"--behavtest-store={behave.path}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: the store {behave.path} *--behavtest-store=FILE*"])
    assert "Traceback" not in str(result.stdout) + str(result.stderr)


def test_a_place_that_cannot_be_written_is_an_error(behave):
    behave.suite()
    (behave.path / "file").touch()
    result = behave.run("--behavtest-store=file/store.duckdb")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: the store *file/store.duckdb cannot be created*"])
