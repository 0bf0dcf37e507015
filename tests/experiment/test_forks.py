"""The first token that differs, and what else was likely there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import duckdb
import pytest
import torch
from known_rates import KnownRates, Words, behavior
from organism_runs import ORGANISMS, family

from behavtest.core import Message, Prompt
from behavtest.errors import ModelError, OutOfMemoryError
from behavtest.experiment import Budget, forks, parted
from behavtest.experiment.audit import Models
from behavtest.experiment.engine import RunSettings, run
from behavtest.experiment.examples import Alternative, TokenMark
from behavtest.experiment.forks import with_forks
from behavtest.experiment.marked import carried_over
from behavtest.experiment.stored import stored_result
from behavtest.sampling import Alternatives, BackendOptions
from behavtest.sampling.local import LocalBackend
from behavtest.stats import Kind
from behavtest.store import read_made

YES, NO, END = 1, 0, 2
NAMES = {YES: "yes", NO: "no", END: "<end>"}
BASE = {"wa": 0.9, "wb": 0.75}
WORSE = {"wa": 0.2, "wb": 0.25}


class Spelling(KnownRates):
    """Says what its tokens read."""

    end_ids = frozenset({END})

    def decode(self, token_ids) -> str:
        return "".join(NAMES[token] for token in token_ids)

    def spell(self, before, token_id) -> str:
        return NAMES[token_id]


@dataclass
class Telling(Spelling):
    """Tells what it might have said, too."""

    told: list = field(default_factory=list)
    failure: BaseException | None = None
    fails_at: int = 0

    def alternatives(self, beginnings, *, most):
        for place, one in enumerate(beginnings):
            if self.failure is not None and place == self.fails_at:
                failure, self.failure = self.failure, None
                raise failure
            self.told.append(one)
            rate = self.rates[bytes(one.ids).decode()]
            found = sorted({YES: rate, NO: 1 - rate}.items(), key=lambda item: -item[1])
            tokens, probabilities = zip(*found, strict=True)
            yield [Alternatives(place, tokens, tuple(map(math.log, probabilities)))]


@pytest.fixture
def forked(compare, tmp_path):
    """Run, and mark where the pairs part."""

    def forked(a, b, words=("wa", "wb"), progress=lambda state: None):
        store = tmp_path / "s.duckdb"
        found = compare({"x": behavior(words, (Kind.NOT_WORSE, 0.1))}, a, b, store=store)
        return found, with_forks(found, Models(a, b), store, progress)

    return forked


def sides(result):
    return [
        side
        for found in result.behaviors
        for example in found.examples
        for side in (example.target, example.baseline)
        if side is not None
    ]


def without(result):
    """Take the forks out of a result."""

    def plain(side):
        return None if side is None else replace(side, fork=None)

    return replace(
        result,
        behaviors=tuple(
            replace(
                found,
                examples=tuple(
                    replace(e, target=plain(e.target), baseline=plain(e.baseline))
                    for e in found.examples
                ),
            )
            for found in result.behaviors
        ),
    )


def test_a_pair_is_marked_where_it_parts_and_both_models_tell(forked, tmp_path):
    a, b = Telling("a", BASE), Telling("b", WORSE)
    before, after = forked(a, b)
    assert without(after) == before, "nothing else is touched"
    forks = {side.prompt[0].content: side.fork for side in sides(after) if side.fork}
    assert all((side.fork is None) == (side.text_a == side.text_b) for side in sides(after))
    assert forks["wa"].alternatives == (
        Alternative("yes", 0.9, 0.2, "a"),
        Alternative("no", 0.1, 0.8, "b"),
    )
    assert (forks["wa"].shared, forks["wa"].a, forks["wa"].b) == (
        0,
        TokenMark(0, 3),
        TokenMark(0, 2),
    )
    assert (forks["wa"].floor_a, forks["wb"].floor_b) == (None, None)
    assert stored_result(tmp_path / "s.duckdb", "last") == after
    assert len(a.told) == len(b.told) == len(forks), "each distinct text once"


def test_both_sides_of_a_contrast_are_marked(forked):
    words = Words(["wa"], ["wb"])
    _, after = forked(Telling("a", BASE), Telling("b", WORSE), words)
    marked = [side for side in sides(after) if side.fork]
    assert {side.prompt[0].content for side in marked} == {"wa", "wb"}


def test_a_second_run_reads_nothing(compare, forked, tmp_path):
    _, first = forked(Telling("a", BASE), Telling("b", WORSE))
    a, b = Telling("a", BASE), Telling("b", WORSE)
    _, second = forked(a, b)
    assert second.behaviors == first.behaviors
    assert not a.answered + b.answered + a.told + b.told


def test_each_answer_is_read_once_and_in_parts(forked, monkeypatch):
    """A long run is worked at piece by piece, and nothing of the result shows it."""
    _, whole = forked(Telling("a", BASE), Telling("b", WORSE))
    read = []

    def counted(connection, keys):
        read.append(list(keys))
        return read_made(connection, keys)

    monkeypatch.setattr(parted, "read_made", counted)
    monkeypatch.setattr(parted, "_ANSWERS", 3)
    monkeypatch.setattr(forks, "_HELD", 7)
    monkeypatch.setattr(forks, "_PART", 2)
    _, pieces = forked(Telling("a2", BASE), Telling("b2", WORSE))
    assert [found.examples for found in pieces.behaviors] == [
        found.examples for found in whole.behaviors
    ]
    keys = [key for part in read for key in part]
    assert len(keys) == len(set(keys)) > 7
    assert max(map(len, read)) == 2 * 3


def test_a_model_that_was_not_needed_is_not_asked(forked):
    """Model A's answers are all known from a run against another model."""
    forked(Telling("a", BASE), Telling("other", {"wa": 0.5, "wb": 0.5}))
    a, b = Telling("a", BASE), Telling("b", WORSE)
    _, after = forked(a, b)
    assert not a.answered
    assert not a.told
    assert b.told
    assert any(side.fork for side in sides(after))


def test_where_it_tells_nothing_the_token_is_marked(forked):
    _, after = forked(Spelling("a", BASE), Spelling("b", WORSE))
    forks = [side.fork for side in sides(after) if side.fork]
    assert forks
    assert {fork.alternatives for fork in forks} == {()}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (KnownRates("a", BASE), Telling("b", WORSE)),
        (Telling("a", BASE), Telling("b", WORSE, vocabulary="other")),
        (Telling("a", BASE, vocabulary=""), Telling("b", WORSE, vocabulary="")),
    ],
    ids=["no spelling", "other vocabularies", "no vocabulary"],
)
def test_tokens_that_cannot_be_compared_are_not(forked, a, b):
    before, after = forked(a, b)
    assert after == before
    assert any(side.text_a != side.text_b for side in sides(after))


def test_one_model_alone_has_nothing_to_part_from(compare, tmp_path):
    store, a = tmp_path / "s.duckdb", Telling("a", BASE)
    found = compare({"x": behavior(["wa"], (Kind.AT_LEAST, 0.5))}, a, store=store)
    assert with_forks(found, Models(a, None), store, lambda state: None) == found


def test_a_failure_leaves_the_other_models_part(forked):
    a, b = Telling("a", BASE, failure=ModelError("damaged")), Telling("b", WORSE)
    _, after = forked(a, b)
    fork = next(side.fork for side in sides(after) if side.prompt[0].content == "wa" and side.fork)
    assert [(one.text, one.a, one.b) for one in fork.alternatives] == [
        ("yes", 1.0, 0.2),  # its own choice's probability was stored with the answer
        ("no", None, 0.8),
    ]


def test_a_model_that_does_not_fit_beside_the_other_gets_its_room(forked):
    a, b = Telling("a", BASE), Telling("b", WORSE, failure=OutOfMemoryError("full"))
    _, after = forked(a, b)
    assert a.released == 1
    assert all(len(side.fork.alternatives) == 2 for side in sides(after) if side.fork)


def test_ctrl_c_keeps_the_verdicts_and_what_was_read(forked, tmp_path):
    store = tmp_path / "s.duckdb"
    a, b = Telling("a", BASE), Telling("b", WORSE, failure=KeyboardInterrupt(), fails_at=1)
    with pytest.raises(KeyboardInterrupt):
        forked(a, b)
    found = stored_result(store, "last")
    assert found.behaviors[0].verdict == "violated"
    assert not any(side.fork for side in sides(found))
    with duckdb.connect(str(store), read_only=True) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM alternatives").fetchone()
        (status,) = connection.execute("SELECT status FROM runs").fetchone()
    assert (kept, status) == (len(a.told) + 1, "finished")


def test_progress_tells_how_far_it_is_and_ends_with_the_run(forked):
    seen = []
    forked(Telling("a", BASE), Telling("b", WORSE), progress=seen.append)
    assert [state.forks_read for state in seen[:-1]] == sorted(s.forks_read for s in seen[:-1])
    assert 0 < seen[-2].forks_read <= seen[-2].forks
    assert (seen[-1].forks, seen[-1].decided) == (0, 1)


@pytest.mark.parametrize("b", ["lora", "regression"])
def test_real_models_say_what_a_pass_over_prompt_and_shared_tokens_says(tmp_path, b):
    store = tmp_path / "s.duckdb"
    options = BackendOptions(device="cpu", batch_size=32)
    base = LocalBackend(str(ORGANISMS / "base"), options)
    models = Models(base, LocalBackend(str(ORGANISMS / b), options, base=base))
    name = "facts/recalls-capitals-africa"
    result = run(
        {name: family()[name]},
        model_a=models.a,
        model_b=models.b,
        settings=RunSettings(store=store, budget=Budget(max_pairs=24)),
        progress=lambda state: None,
    )
    found = with_forks(result, models, store, lambda state: None)
    with duckdb.connect(str(store), read_only=True) as connection:
        tokens = dict(connection.execute("SELECT text, token_ids FROM completions").fetchall())
    forks = [side for side in sides(found) if side.fork]
    assert forks
    for side in forks[:5]:
        prompt = Prompt(tuple(Message(turn.role, turn.content) for turn in side.prompt))
        shared = tuple(tokens[side.text_a])[: side.fork.shared]
        assert side.text_a[: side.fork.a.start] == side.text_b[: side.fork.b.start]
        for backend, which in zip(models, "ab", strict=True):
            model = backend._loaded()
            with torch.inference_mode():
                ids = torch.tensor([base.encode(prompt) + shared])
                expected = model(ids).logits[0, -1].double().softmax(-1)
            spelled = {base.spell(shared, token): p.item() for token, p in enumerate(expected)}
            for one in side.fork.alternatives:
                told = getattr(one, which)
                if told is not None and not one.ends:
                    assert told == pytest.approx(spelled[one.text], abs=1e-4)
            five = sorted((p.item() for p in expected), reverse=True)[:5]
            assert sum(getattr(o, which) or 0 for o in side.fork.alternatives) > sum(five) - 1e-4


def test_scoring_again_keeps_what_is_known_of_a_pair(forked):
    before, after = forked(Telling("a", BASE), Telling("b", WORSE))
    (found,), (marked,) = before.behaviors, after.behaviors
    assert carried_over(found, marked) == marked
    first, *others = marked.examples
    other = replace(marked, examples=(replace(first, index=9_999), *others))
    assert carried_over(found, other).examples[0].target.fork is None, "another pair"
    said = replace(first, target=replace(first.target, text_a="else"))
    other = replace(marked, examples=(said, *others))
    assert carried_over(found, other).examples[0].target.fork is None, "another answer"
