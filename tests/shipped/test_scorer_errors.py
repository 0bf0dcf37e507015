"""The labelled sets, and the tables of measured errors that are written from them."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from pathlib import Path

import pytest

from behavtest.scoring import builtin_registry
from behavtest.scoring.registry import COMBINATORS

ROOT = Path(__file__).parents[2]
SETS = sorted((ROOT / "suites" / "labels").rglob("*.jsonl"))
LEAST = 50
"""Rows of a set."""

every_set = pytest.mark.parametrize(
    "path", SETS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)


def rows(path: Path) -> list[dict[str, object]]:
    # not splitlines: the answers have other line ends in them
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def docs():
    """What `python docs/scorer_errors.py` works with."""
    return runpy.run_path(str(ROOT / "docs" / "scorer_errors.py"))


@pytest.fixture(scope="module")
def found(docs):
    """All sets, scored once."""
    return docs["measured"](docs["LABELS"], scorers=builtin_registry())


def test_every_scorer_of_completions_has_a_labelled_set(docs):
    """A new scorer comes with its error."""
    names = {*builtin_registry().factories, *COMBINATORS} - docs["UNMEASURED"]
    assert {path.stem for path in SETS if path.parent.name == "labels"} == names


@every_set
def test_a_set_is_large_and_has_both_labels(path):
    """Of fewer answers, or of one kind, an error rate says little."""
    labels = Counter(row["label"] for row in rows(path))
    assert set(labels) == {0, 1}
    assert labels.total() >= LEAST
    assert min(labels.values()) >= LEAST // 2


@every_set
def test_no_answer_counts_twice(path):
    """A duplicate would narrow the intervals for nothing."""
    told = ("prompt", "completion", "fields", "score", "finish_reason")
    seen = Counter(json.dumps([row.get(name) for name in told]) for row in rows(path))
    assert [row for row, count in seen.items() if count > 1] == []


@every_set
def test_a_set_is_about_its_scorer(path):
    """Otherwise the error of one scorer would be told of another."""
    for row in rows(path):
        score = row["score"]
        (name,) = score if isinstance(score, dict) else (score,)
        assert name == path.stem


def test_every_answer_can_be_scored(found):
    """One that cannot would drop out of the shares without a word."""
    assert {name: one.everything.failed for name, one in found.items()} == dict.fromkeys(found, ())


def test_the_cards_show_what_is_measured(docs, found):
    """Written by `make docs`; alone, by `python docs/scorer_errors.py`."""
    for card in docs["cards"]():
        shown, measured = card.read_text(encoding="utf-8"), docs["card_text"](card, found)
        assert shown == measured, f"{card}: run python docs/scorer_errors.py"


def test_the_page_shows_what_is_measured(docs, found):
    """The same, of docs/scorer-errors.md."""
    seen = docs["measured"](docs["SEEN"], scorers=builtin_registry())
    assert docs["PAGE"].read_text(encoding="utf-8") == docs["page_text"](found, seen)


def test_a_card_keeps_what_its_author_wrote(docs, found, tmp_path):
    """Tables are replaced, not added, and go when no scorer of the suite has labels."""
    card = tmp_path / "mine" / "CARD.md"
    card.parent.mkdir()
    front = "---\nname: mine\nsummary: S.\nlicense: MIT\nversion: '1'\nlanguage: en\nscorers: [{}]\n---\n"
    parts = ["What it measures", "Limits", "Where the prompts come from", "Measured scorer error"]
    own = "".join(f"\n## {part}\n\nText.\n" for part in [*parts, "Against the organisms"])
    card.write_text(front.format("refusal, not") + own, encoding="utf-8")
    once = docs["card_text"](card, found)
    assert once.count("| `refusal` |") == 1
    card.write_text(once, encoding="utf-8")
    assert docs["card_text"](card, found) == once
    card.write_text(once.replace("refusal, not", "choice"), encoding="utf-8")
    assert docs["card_text"](card, found) == front.format("choice") + own
