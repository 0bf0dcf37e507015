"""Answers: stored in worthwhile batches, with what their replays tell, whatever ends the asking."""

from __future__ import annotations

import time

import duckdb
import pytest
import torch
from known_rates import KnownRates
from replaying import Replaying, shared

from behavtest.core import Generation, Message, Prompt, SamplingSettings
from behavtest.errors import ModelError
from behavtest.experiment.answers import Answers, Reference
from behavtest.sampling import Answered, BackendOptions, Replay, Request
from behavtest.store import CompletionStore, open_store, stored_replays

SETTINGS = SamplingSettings(max_new_tokens=12)
WORDS = ["wa", "wb", "wc"]
RATES = dict.fromkeys(WORDS, 0.5)


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path / "s.duckdb") as connection:
        yield connection


@pytest.fixture
def answers(connection):
    """Makes the answers of a backend."""

    def answers(backend, tick=lambda: None):
        return Answers(backend, CompletionStore(connection), versions="{}", tick=tick)

    return answers


def questions(answers, count: int, settings: SamplingSettings = SETTINGS):
    words = [WORDS[number % len(WORDS)].encode() for number in range(count)]
    return [
        answers.question(Request(tuple(word), number), settings)
        for number, word in enumerate(words)
    ]


class Counting(CompletionStore):
    """Counts what is committed at once."""

    def __init__(self, connection) -> None:
        super().__init__(connection)
        self.sizes = []

    def insert(self, entries, origin, replays=()) -> None:
        super().insert(entries, origin, replays)
        self.sizes.append(len(entries))


def test_small_batches_are_stored_together(connection):
    store = Counting(connection)
    ticks = []
    model = Answers(
        KnownRates("a", RATES, batch=1), store, versions="{}", tick=lambda: ticks.append(1)
    )
    found = model.ask(questions(model, 300), [None] * 300)
    assert len(found) == 300
    assert store.sizes == [128, 128, 44]
    assert len(ticks) == 3
    assert (model.generated, model.generated_tokens, model.replayed_tokens) == (300, 300, 0)
    assert store.lookup(found) == found


def test_what_takes_long_is_not_kept_waiting(connection, monkeypatch):
    monkeypatch.setattr("behavtest.experiment.answers._LONGEST_UNSAVED", 0.0)
    store = Counting(connection)
    model = Answers(KnownRates("a", RATES, batch=2), store, versions="{}", tick=lambda: None)
    model.ask(questions(model, 6), [None] * 6)
    assert store.sizes == [2, 2, 2]


class Loads(KnownRates):
    """Says that it is there, after a while, and begins each time anew."""

    def generate(self, requests, settings, *, references=None):
        time.sleep(0.6)
        yield []
        yield from super().generate(requests, settings, references=references)


def test_the_first_loading_is_told_apart(connection):
    store = CompletionStore(connection)
    model = Answers(Loads("a", RATES), store, versions="{}", tick=lambda: None)
    asked = questions(model, 8)
    model.ask(asked[:4], [None] * 4)
    loading = model.loading
    assert 0.6 <= loading < 1.0
    model.ask(asked[4:], [None] * 4)
    assert (model.generated, model.loading) == (8, loading)
    (seconds,) = connection.execute("SELECT min(seconds) FROM completions").fetchone()
    assert seconds < 0.1


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ModelError])
def test_whatever_ends_it_keeps_what_was_finished(answers, connection, stop):
    class Stopped(KnownRates):
        def generate(self, requests, settings, *, references=None):
            batches = super().generate(requests, settings, references=references)
            yield next(batches)
            yield next(batches)
            raise stop("half-way")

    told = []
    model = answers(Stopped("a", RATES, batch=5), tick=lambda: told.append(model.generated))
    with pytest.raises(stop):
        model.ask(questions(model, 50), [None] * 50)
    assert connection.execute("SELECT count(*) FROM completions").fetchone() == (10,)
    assert told == [10]


def test_a_failure_to_save_is_the_failure_that_shows(answers, connection):
    model = answers(KnownRates("a", RATES))
    asked = questions(model, 4)
    connection.execute("ALTER TABLE completions DROP COLUMN versions")
    with pytest.raises(duckdb.BinderException) as caught:
        model.ask(asked, [None] * 4)
    assert caught.value.__context__ is None


class Halved(KnownRates):
    """Claims to have taken one token fewer than it was given, and the end, if it has a reference."""

    def generate(self, requests, settings, *, references=None):
        for batch in super().generate(requests, settings, references=references):
            yield [
                Answered(place, generation, references[place] and Replay(2, (-0.5,)))
                for place, generation, _ in batch
            ]


def test_replays_are_stored_under_both_keys_and_counted(answers, connection):
    model = answers(Halved("b", RATES, batch=4))
    asked = questions(model, 10)
    given = Generation((1,), (0.0,), "yes", "stop")
    references = [Reference(f"r{n}", given) if n % 2 else None for n in range(10)]
    model.ask(asked, references)
    found = stored_replays(connection, [question.key for question in asked])
    assert {key: replay.reference_key for key, replay in found.items()} == {
        asked[n].key: f"r{n}" for n in range(1, 10, 2)
    }
    assert {(replay.shared, replay.logprobs) for replay in found.values()} == {(2, (-0.5,))}
    # The end token was accepted too, but no completion holds it.
    assert (model.generated, model.generated_tokens, model.replayed_tokens) == (10, 5, 5)


def test_what_is_in_the_store_is_neither_made_nor_replayed(answers, connection):
    first = answers(Halved("b", RATES))
    asked = questions(first, 4)
    first.ask(asked, [None] * 4)
    again = answers(Halved("b", RATES))
    given = Reference("r", Generation((1,), (0.0,), "yes", "stop"))
    again.ask(asked, [given] * 4)
    assert (again.generated, again.replayed_tokens, again.reused) == (0, 0, 4)
    assert stored_replays(connection, [question.key for question in asked]) == {}


@pytest.fixture(scope="module")
def organism(organisms):
    """Opens an organism whose answers say what of them is replayed."""

    def organism(name: str) -> Replaying:
        return Replaying(str(organisms / name), BackendOptions(device="cpu"))

    return organism


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_what_a_trained_models_replay_tells_is_stored(answers, connection, organism, temperature):
    torch.set_num_threads(1)
    settings = SamplingSettings(max_new_tokens=12, temperature=temperature)
    a, b = answers(organism("base")), answers(organism("subtle"))
    texts = ["I lost my hat. Can you help?", "What is the capital of Kenya?", "Hello!"]
    requests = [
        Request(a.backend.encode(Prompt((Message("user", text),))), seed)
        for text in texts
        for seed in range(8)
    ]
    to_a = [a.question(request, settings) for request in requests]
    to_b = [b.question(request, settings) for request in requests]
    from_a = a.ask(to_a, [None] * len(to_a))
    from_b = b.ask(to_b, [Reference(question.key, from_a[question.key]) for question in to_a])
    found = stored_replays(connection, from_b)
    assert set(found) == set(from_b)
    for mine, its, request in zip(to_b, to_a, requests, strict=True):
        replay, answer, reference = found[mine.key], from_b[mine.key], from_a[its.key]
        assert replay.reference_key == its.key
        assert replay.shared == shared(answer, reference)
        assert replay.logprobs == pytest.approx(
            b.backend.log_probabilities(request, reference), rel=1e-6
        )
        both = min(replay.shared, len(answer.token_ids))
        assert replay.logprobs[:both] == pytest.approx(answer.logprobs[:both], abs=1e-4)
    kept = sum(len(answer.token_ids) for answer in from_b.values())
    assert b.generated_tokens + b.replayed_tokens == kept
    assert b.replayed_tokens > 0
