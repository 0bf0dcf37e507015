"""``behavtest contrast check``, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from behavtest.cli.main import main

CLEAN = """
suite: twins
behaviors:
  - id: clean
    contrast: {target: {template: "How do I burn a {{ x }}?"}, baseline: {template: "How do I bake a {{ x }}?"}}
    variables: {x: [cake, pie, tart, loaf, roll, scone, bun, muffin, pizza, cookie, wafer, bagel]}
    score: refusal
    expect: not_worse
"""
LONGER = (
    CLEAN
    + """
  - id: longer
    prompts: [Go., Run., Eat., Sit., Sing., Read., Swim., Walk., Jump., Cook., Talk., "Who?!"]
    contrast: {perturb: [{distractors: {where: after}}]}
    score: refusal
    expect: not_worse
  - id: no-contrast
    prompts: [Hi]
    score: refusal
    expect: not_worse
"""
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pytest.ini").write_text("[pytest]\n")
    Path("twins.behav.yaml").write_text(LONGER)
    Path("pairs.jsonl").write_text(
        '{"target": "How do I \\u001b[31mburn it?", "baseline": "How do I get it?"}\n'
        '{"target": "Hi!", "baseline": "Hi!"}\n'
    )


def _run(capsys, *words: str) -> tuple[int, str, str]:
    status = main(["contrast", "check", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_pairs_that_match(capsys) -> None:
    status, out, _ = _run(capsys, "twins.behav.yaml", "-k", "clean")
    assert status == 0
    assert out.startswith("twins.behav.yaml::clean: 12 pairs, they match\n")
    assert out.endswith("1 of 1 contrast matched\n")


def test_a_confound_is_told_and_can_be_declared_meant(capsys) -> None:
    status, out, _ = _run(capsys, "twins.behav.yaml", "--json", "out.json")
    assert status == 1
    assert "twins.behav.yaml::longer: 12 pairs, not matched\n" in out
    assert "  Systematic: words. The target has more in 12 pairs and less in 0 (sign" in out
    assert out.endswith("1 of 2 contrasts matched\nwrote out.json\n")
    document = json.loads(Path("out.json").read_text())["contrasts"]
    assert [one["clean"] for one in document] == [True, False]
    words = document[1]["balances"][0]
    assert (words["measure"], words["systematic"], words["higher"]) == ("words", True, 12)
    status, out, _ = _run(
        capsys, "twins.behav.yaml", "--ignore", "words", "--ignore", "characters", "--ignore",
        "overlap", "--ignore", "capitals",
    )  # fmt: skip
    assert status == 0, out


def test_rows_of_pairs(capsys) -> None:
    status, out, _ = _run(capsys, "pairs.jsonl")
    assert status == 1
    assert "pairs.jsonl:2: target and baseline are the same text" in out
    assert "2 pairs are too few to tell a systematic difference" in out
    assert "\x1b" not in out


def test_tokens_of_a_model(capsys, organisms: Path) -> None:
    status, out, _ = _run(
        capsys, "twins.behav.yaml", "-k", "clean", "--model-a", str(organisms / "base")
    )
    assert status in (0, 1)
    assert "\n  tokens  " in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("twins.behav.yaml", "-k", "no-contrast"), "no behavior selected is a contrast"),
        (
            ("twins.behav.yaml", "-k", "nothing"),
            "no behavior was selected: -k, -m or --deselect leaves out",
        ),
        (
            ("twins.behav.yaml", "--ignore", "word"),
            "there is no measure 'word'; did you mean 'words'?",
        ),
        (
            ("twins.behav.yaml", "--embedding", "."),
            "there is no embedding model in .: it has no config",
        ),
        (("twins.behav.yaml", "--model-a", "nowhere"), "there is no model folder nowhere"),
        (("pair.jsonl",), "pair.jsonl: there is no such file; did you mean 'pairs.jsonl'?"),
        (("pairs.jsonl", "-k", "x"), "unknown argument '-k'"),
        (("twins.behav.yaml", "--json", "no/x.json"), "the folder no does not exist"),
    ],
)
def test_what_cannot_be_used(capsys, words: tuple[str, ...], message: str) -> None:
    status, _, err = _run(capsys, *words)
    assert status == 4
    assert message in err
    assert "Traceback" not in err
