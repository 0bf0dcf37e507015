"""The cache of verdicts, and the scorer above it."""

from __future__ import annotations

import sqlite3

import pytest
from judge_server import answered, posed

from behavtest.errors import ScoreError
from behavtest.scoring import BatchScorer, checked_scores
from behavtest_judge.bench import Bench, Tally
from behavtest_judge.cache import VerdictCache
from behavtest_judge.reply import Reply
from behavtest_judge.rubric import arguments_from
from behavtest_judge.scorer import Judge


class Polite:
    """A judge of known behavior: yes if it reads "please"; no verdict on "hm"."""

    name = "polite"

    def __init__(self, identity="polite 1"):
        self.identity = identity
        self.asked = []

    def replies(self, posed):
        for place, one in reversed(list(enumerate(posed))):
            self.asked.append(one)
            if "\nhm\n" in one.text:
                yield place, ScoreError("hm is no answer")
                continue
            letter = one.letters[one.levels.index("yes" if "please" in one.text else "no")]
            yield place, Reply(letter, f"Answer: {letter}", "polite-2026")


@pytest.fixture
def cache(tmp_path):
    return VerdictCache(tmp_path / "sub" / "judge.sqlite")


def test_what_was_judged_is_not_asked_again(cache):
    judge = Polite()
    for tally, asked in ((Tally(), 2), (Tally(), 0)):
        found = Bench(judge, cache).judge(posed("please", "go away"), tally)
        assert found == [1, 0]
        assert (tally.asked, tally.cached, tally.failed) == (asked, 2 - asked, 0)
        assert tally.models == {"polite-2026"}
    assert len(judge.asked) == 2


def test_another_judge_or_question_is_asked(cache):
    judge, other = Polite(), Polite("polite 2")
    Bench(judge, cache).judge(posed("please"), Tally())
    Bench(judge, cache).judge(posed("please", rubric="Is it kind?"), Tally())
    Bench(other, cache).judge(posed("please"), Tally())
    assert (len(judge.asked), len(other.asked)) == (2, 1)


def test_no_verdict_is_not_kept(cache):
    judge, tally = Polite(), Tally()
    for _ in range(2):
        found = Bench(judge, cache).judge(posed("please", "hm"), tally)
        assert found[0] == 1
        assert isinstance(found[1], ScoreError)
    assert (len(judge.asked), tally.failed) == (3, 2)


def test_a_run_that_is_stopped_keeps_what_it_has(cache):
    class Stopped(Polite):
        def replies(self, posed):
            yield next(super().replies(posed))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Bench(Stopped(), cache).judge(posed("please", "go away"), Tally())
    judge = Polite()
    assert Bench(judge, cache).judge(posed("please", "go away"), Tally()) == [1, 0]
    assert len(judge.asked) == 1


def test_neither_prompts_nor_completions_are_kept(cache, tmp_path):
    Bench(Polite(), cache).judge(posed("please, my secret"), Tally())
    assert b"secret" not in (tmp_path / "sub" / "judge.sqlite").read_bytes()


@pytest.mark.parametrize("spoil", ["garbage", "newer", "folder"])
def test_a_cache_that_cannot_be_used_is_named_and_left_alone(tmp_path, spoil):
    file = tmp_path / "judge.sqlite"
    if spoil == "garbage":
        file.write_bytes(b"not a database, " * 100)
    elif spoil == "newer":
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 2")
        connection.close()
    else:
        file.mkdir()
    before = None if file.is_dir() else file.read_bytes()
    (found,) = Bench(Polite(), VerdictCache(file)).judge(posed("please"), Tally())
    assert isinstance(found, ScoreError)
    assert str(file) in str(found)
    assert "behavtest_judge_cache" in str(found)
    assert before is None or file.read_bytes() == before


@pytest.fixture
def scorer(cache):
    return Judge(arguments_from({"question": "Q {{ n }}?"}).rubric, Bench(Polite(), cache))


def test_the_scorer_scores_a_batch(scorer):
    assert isinstance(scorer, BatchScorer)
    assert scorer.name == "judge('Q {{ n }}?', model=polite)"
    completions = [answered("please", n=1), answered("hm", n=1), answered("no", n=2), answered("x")]
    yes, hm, no, unfilled = checked_scores(scorer, completions)
    assert (yes, no) == (1, 0)
    assert "hm is no answer" in str(hm)
    assert "'n', which is not a field" in str(unfilled)


def test_a_prompt_without_the_field_is_refused_before_anything_is_asked(scorer):
    with pytest.raises(ScoreError, match="'n', which is not a field"):
        scorer.check(answered("x").prompt)
