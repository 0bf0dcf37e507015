"""Models without a shared vocabulary: independent pairs, and a word about it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest


@pytest.fixture
def foreign(behave, base: Path) -> Path:
    """The base model with two tokens' names exchanged: it answers as ever, by other ids."""
    folder = behave.path / "foreign"
    shutil.copytree(base, folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    vocabulary = tokenizer["model"]["vocab"]
    one, two = sorted(vocabulary, key=vocabulary.get)[-2:]
    vocabulary[one], vocabulary[two] = vocabulary[two], vocabulary[one]
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


def test_pairs_are_independent_and_the_summary_says_why(behave, foreign: Path):
    behave.suite()
    result = behave.run("--behavtest-json=out.json", "--behavtest-report=r.html", b=foreign)
    result.stdout.fnmatch_lines(["* pairs (independent), *"])
    result.stdout.fnmatch_lines(["independent pairs: the models do not share a vocabulary*"])
    assert behave.results()["polite"]["changed"] > 0
    assert "do not share a vocabulary" in (behave.path / "r.html").read_text()


def test_verdicts_are_as_valid(behave, foreign: Path):
    behave.suite()
    behave.run("--behavtest-json=out.json", b=foreign).assert_outcomes(passed=3)
    assert behave.results()["polite"]["verdict"] == "holds"


def test_models_with_one_vocabulary_are_coupled_without_a_word(behave, base):
    behave.suite()
    behave.fill()
    result = behave.run(b=base)
    result.stdout.fnmatch_lines(["* pairs (coupled), *"])
    result.stdout.no_fnmatch_line("*share a vocabulary*")
