"""A changed scorer: the next run, and `behavtest rescore`, find every completion in the store."""

from __future__ import annotations

import json

import pytest

from behavtest.cli.main import main

ROWS = [{"prompt": f"What is the capital of {x}?", "answer": "Paris"} for x in ("France", "Spain")]
SUITE = """
suite: capitals
defaults: {{max_new_tokens: 12}}
behaviors:
  - id: knows
    prompts: rows.jsonl
    score: {score}
    expect: unchanged
    tolerance: 0.002
"""


def write(behave, score, **fields):
    behave.suite(SUITE.format(score=score), "capitals")
    rows = "\n".join(json.dumps({**row, **fields}) for row in ROWS)
    (behave.path / "rows.jsonl").write_text(rows)


def compared(behave, models, mode="plain"):
    behave.run("--behavtest-max-pairs=48", "--behavtest-json=r.json", "-q", b=models, mode=mode)
    return json.loads((behave.path / "r.json").read_text())["run"]


@pytest.fixture
def models(organisms):
    return organisms / "unchanged"


def test_a_new_scorer_and_a_new_field_for_it_generate_nothing(behave, models, mode):
    write(behave, 'contains: "{{ answer }}"'.join("{}"))
    first = compared(behave, models)
    write(behave, 'regex: "(?i){{ expected }}"'.join("{}"), expected="madrid")
    second = compared(behave, models, mode)
    assert first["model_a"]["generated"] == 48
    assert (second["model_a"]["generated"], second["model_b"]["generated"]) == (0, 0)
    assert second["model_a"]["reused"] == 48
    assert second["behaviors"][0]["scorer"] != first["behaviors"][0]["scorer"]


def test_rescore_says_what_that_run_says_without_the_models(behave, models, capsys, monkeypatch):
    write(behave, 'contains: "{{ answer }}"'.join("{}"))
    first = compared(behave, models)
    write(behave, 'regex: "(?i){{ expected }}"'.join("{}"), expected="madrid")
    monkeypatch.chdir(behave.path)
    status = main(["rescore", ".", f"--run={first['run_id'][:8]}", "--json=again.json"])
    assert status == 1  # inconclusive is not "holds"
    said = capsys.readouterr().out
    assert "scored again from the store" in said
    assert "0 completions generated and 96 reused" in said
    again = behave.results("again.json")["knows"]
    (second,) = compared(behave, models)["behaviors"]
    for name in ("verdict", "estimate", "mean_a", "mean_b", "e_holds", "e_violated", "interval"):
        assert again[name] == second[name]


def test_a_changed_prompt_is_told(behave, models, capsys, monkeypatch):
    write(behave, 'contains: "{{ answer }}"'.join("{}"))
    compared(behave, models)
    (behave.path / "rows.jsonl").write_text('{"prompt": "Another?", "answer": "x"}')
    monkeypatch.chdir(behave.path)
    assert main(["rescore", "."]) == 4
    said = capsys.readouterr().err
    assert "knows: its prompts have changed since; run pytest" in said
