"""pytest-xdist: one worker runs the behaviors, all report, nothing differs."""

from __future__ import annotations

import re

EXACT = ("verdict", "pairs", "estimate", "interval", "e_holds", "e_violated", "path", "examples")


def test_workers_give_the_same_to_the_last_bit_and_run_once(behave, unlearned):
    behave.suite()
    seen = []
    for mode in ("plain", "n0", "n2"):
        store = behave.path / f"{mode}.duckdb"
        result = behave.run(
            f"--behavtest-store={store}", "--behavtest-json=out.json", b=unlearned, mode=mode
        )
        result.assert_outcomes(passed=2, failed=1)
        seen.append({name: [f[key] for key in EXACT] for name, f in behave.results().items()})
        assert behave.rows("SELECT count(*), any_value(status) FROM runs", store) == [
            (1, "finished")
        ]
        seen[-1]["pairs"] = behave.rows("SELECT * EXCLUDE run_id FROM pairs ORDER BY ALL", store)
    assert seen[0] == seen[1] == seen[2]


def test_failures_and_summary_read_the_same(behave, unlearned):
    behave.suite()
    behave.fill()
    texts = []
    for mode in ("plain", "n2"):
        lines = behave.run(b=unlearned, mode=mode).outlines
        kept = lines[lines.index(next(line for line in lines if "= FAILURES =" in line)) :]
        kept = [line for line in kept if not line.startswith("[gw")]
        texts.append(re.sub(r"[\d.]+ m?s", "", "\n".join(kept[:-1])))
    assert texts[0] == texts[1]
    assert "violated" in texts[0]


def test_what_keeps_the_run_from_starting_is_every_behaviors_error(behave, base):
    behave.suite()
    behave.store.parent.mkdir()
    behave.store.write_text("not a database")
    result = behave.run(b=base, mode="n2")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(["the store * is damaged or is not a DuckDB file*"])
    assert "Traceback" not in str(result.stdout)


def test_a_missing_model_is_told_before_workers_start(behave, base):
    behave.suite()
    result = behave.run(b=base.parent / "missing", mode="n2")
    result.stderr.fnmatch_lines(["ERROR: there is no model folder *missing*"])
    result.stdout.no_fnmatch_line("*workers*")


DEADLY = """
import os, pathlib, signal

class Deadly:
    name = "deadly"

    def __call__(self, completion):
        died = pathlib.Path("died")
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return 1.0

def pytest_behavtest_scorers():
    return {"deadly": lambda arguments: Deadly()}
"""


def test_another_worker_takes_over_when_one_is_killed(behave):
    behave.pytester.makeconftest(DEADLY)
    behavior = "- {{id: {}, prompts: [Hello!], score: deadly, max_new_tokens: 4, expect: {{at_least: 0.5}}}}"
    behave.suite("behaviors:\n" + "\n".join(behavior.format(name) for name in ("one", "two")))
    result = behave.run("--behavtest-json=out.json", mode="n2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["worker 'gw*' crashed while running *"])
    assert behave.verdicts() == {"one": "holds", "two": "holds"}
    assert sorted(behave.rows("SELECT status FROM runs")) == [("finished",), ("interrupted",)]


def test_ordinary_tests_alone_leave_no_folder_behind(behave, monkeypatch):
    temporary = behave.path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    behave.pytester.makepyfile("def test_a(): ...")
    behave.pytester.runpytest_inprocess("-n1").assert_outcomes(passed=1)
    assert not list(temporary.glob("behavtest-*"))


def test_the_controller_shows_how_far_the_workers_run_is(behave, unlearned, monkeypatch):
    monkeypatch.setattr("behavtest.pytest_plugin.live._LINE_EVERY", 0.1)
    behave.suite()
    result = behave.run("--behavtest-batch-size=1", b=unlearned, mode="n2")
    result.stdout.re_match_lines(
        [
            r"behavtest: \d decided, \d undecided, \d+ pairs, [\d.]+k? tokens/s, [1-9]\d* gen.*",
        ]
    )
