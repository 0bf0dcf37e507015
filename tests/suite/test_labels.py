"""Labelled sets: what a row has, and every way it can be wrong, with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from behavtest.errors import SuiteError
from behavtest.scoring import builtin_registry, checked_score
from behavtest.suite.labels import labelled_set

_ROW = {"prompt": "?", "completion": "Paris", "score": "refusal", "label": 0}


def _write(folder: Path, *rows: object) -> Path:
    file = folder / "set.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return file


def test_rows_are_read(tmp_path: Path) -> None:
    row = {
        **_ROW,
        "score": {"contains": "{{ answer }}"},
        "fields": {"answer": "Paris"},
        "finish_reason": "length",
        "label": True,
        "note": "as it is",
    }
    first, second = labelled_set(_write(tmp_path, row, row), scorers=builtin_registry())
    assert first.completion.prompt.messages[0].content == "?"
    assert first.completion.finish_reason == "length"
    assert (first.label, first.place.line, second.place.line) == (True, 1, 2)
    assert first.scorer is second.scorer
    assert checked_score(first.scorer, first.completion) == 1


def test_a_scorer_given_for_all_wins(tmp_path: Path) -> None:
    bare = {"completion": "Paris", "label": 1}
    rows = labelled_set(_write(tmp_path, bare, _ROW), scorers=builtin_registry(), score="empty")
    assert [row.scorer.name for row in rows] == ["empty", "empty"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"completion": 3}, "completion: found the number 3, expected a text"),
        ({"completion": ...}, "completion: found nothing, expected a text"),
        ({"prompt": ["?"]}, "prompt: found a list, expected a text"),
        ({"fields": "a"}, "fields: found the text 'a', expected a mapping of fields"),
        ({"label": 2}, "label: found the number 2, expected 0 or 1"),
        ({"label": "1"}, "label: found the text '1', expected 0 or 1"),
        ({"label": ...}, "label: found nothing, expected 0 or 1"),
        ({"finish_reason": "eos"}, "finish_reason: found the text 'eos', expected stop or length"),
        ({"lable": 1}, "unknown field 'lable'; did you mean 'label'?"),
        ({"score": ...}, "the row has no 'score'; write one, or give one with --score"),
        ({"score": "refusl"}, "score: there is no scorer 'refusl'; did you mean 'refusal'?"),
        ({"score": {"all": ["jsn"]}}, "score.all.0: there is no scorer 'jsn'"),
        ({"score": {"likelihood": "a"}}, "score: likelihood('a') scores no completion"),
        ({"score": {"contains": "{{ answer }}"}}, "score: contains: the template uses 'answer'"),
    ],
)
def test_wrong_rows(tmp_path: Path, change: dict[str, object], message: str) -> None:
    row = {name: value for name, value in {**_ROW, **change}.items() if value is not ...}
    file = _write(tmp_path, _ROW, row)
    with pytest.raises(SuiteError) as caught:
        labelled_set(file, scorers=builtin_registry())
    assert f"{file.as_posix()}:2: {message}" in str(caught.value)


def test_wrong_files(tmp_path: Path) -> None:
    for name, message in [("no.jsonl", "there is no such file"), ("a.csv", "is a .jsonl file")]:
        with pytest.raises(SuiteError, match=message):
            labelled_set(tmp_path / name, scorers=builtin_registry())
