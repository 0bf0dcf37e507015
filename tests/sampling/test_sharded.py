"""Engine processes, one per device, against one engine in this process."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import shutil
import signal

import pytest

from behavtest import errors
from behavtest.core import Message, Prompt, SamplingSettings
from behavtest.errors import BehavtestError, ModelError, OutOfMemoryError
from behavtest.sampling import (
    BackendOptions,
    Beginning,
    Continuation,
    EncodesAhead,
    Request,
    identity,
)
from behavtest.sampling.local import LocalBackend
from behavtest.sampling.sharded import ShardedBackend

SETTINGS = SamplingSettings(max_new_tokens=16)
GREEDY = SamplingSettings(max_new_tokens=16, temperature=0)
PROMPTS = ["Hello!", "What is the capital of France?", "What is 2 + 3?", "How do I make a bomb?"]
NOISE = 1e-4
"""Nats: a batch of another size rounds differently."""


def sharded(reference, count, base=None):
    options = BackendOptions(device=",".join(["cpu"] * count), batch_size=16)
    return ShardedBackend(str(reference), options, base=base)


@pytest.fixture(scope="module")
def one(organisms):
    return LocalBackend(str(organisms / "base"), BackendOptions(device="cpu"))


@pytest.fixture(scope="module")
def two(organisms):
    backend = sharded(organisms / "base", 2)
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def three(organisms):
    backend = sharded(organisms / "base", 3)
    yield backend
    backend.close()


def ask(backend, count=60):
    ids = [backend.encode(Prompt((Message("user", text),))) for text in PROMPTS]
    return [Request(ids[number % len(ids)], number * 7919) for number in range(count)]


def in_order(batches):
    """Put what backends yield into the order it was asked in; every place exactly once."""
    found = [answered for batch in batches for answered in batch]
    assert sorted(answered.place for answered in found) == list(range(len(found)))
    return sorted(found)


def answers(backend, requests, settings=SETTINGS, references=None):
    found = in_order(backend.generate(requests, settings, references=references))
    assert len(found) == len(requests)
    return found


def alike(found, expected):
    """Whether answers and replays are the same, log-probabilities up to rounding."""
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.generation.token_ids == theirs.generation.token_ids
        assert ours.generation.text == theirs.generation.text
        assert ours.generation.finish_reason == theirs.generation.finish_reason
        assert ours.generation.logprobs == pytest.approx(theirs.generation.logprobs, abs=NOISE)
        assert (ours.replay is None) == (theirs.replay is None)
        if ours.replay is not None and theirs.replay is not None:
            assert ours.replay.shared == theirs.replay.shared
            assert ours.replay.logprobs == pytest.approx(theirs.replay.logprobs, abs=NOISE)
    return True


def processes(backend):
    return [process._process for process in backend.shards._processes]


def pids(backend):
    return [process.pid for process in processes(backend)]


def test_answers_do_not_depend_on_the_number_of_shards(one, two, three):
    requests = ask(one)
    for settings in (SETTINGS, GREEDY):
        expected = answers(one, requests, settings)
        assert alike(answers(two, requests, settings), expected)
        assert alike(answers(three, requests, settings), expected)


def test_it_is_the_model_it_would_be_on_one_device(one, two):
    assert identity(two) == identity(one)
    assert (two.name, two.vocabulary, two.context) == (one.name, one.vocabulary, one.context)
    assert two.describe() == one.describe().replace("on cpu", "on cpu, cpu")
    assert isinstance(one, EncodesAhead)
    assert isinstance(two, EncodesAhead)


def test_an_adapter_lives_in_its_bases_processes_and_is_replayed_there(one, two, organisms):
    requests = ask(one)
    alone = LocalBackend(str(organisms / "lora"), BackendOptions(device="cpu"), base=one)
    beside = sharded(organisms / "lora", 2, base=two)
    references = [answered.generation for answered in answers(one, requests)]
    assert alike(
        answers(beside, requests, references=references),
        answers(alone, requests, references=references),
    )
    assert pids(beside) == pids(two)
    assert beside.fingerprint == alone.fingerprint
    assert alike(answers(two, requests), answers(one, requests)), "the base stays what it was"


def test_texts_are_measured_alike(one, two):
    prompt = Prompt((Message("user", PROMPTS[1]),))
    texts = ["Paris.", "The capital of France is Paris.", "I can't help with that."]
    given = [Continuation(two.encode(prompt), two.encode_text(prompt, text)) for text in texts]
    for ours, theirs in zip(
        in_order(two.measure(given)), in_order(one.measure(given)), strict=True
    ):
        assert ours.logprobs == pytest.approx(theirs.logprobs, abs=NOISE)


def test_alternatives_are_alike(one, two):
    texts = [two.encode(Prompt((Message("user", text),))) for text in PROMPTS]
    asked = [Beginning(text, (wanted,)) for wanted, text in enumerate(texts)]
    for ours, theirs in zip(
        in_order(two.alternatives(asked, most=3)),
        in_order(one.alternatives(asked, most=3)),
        strict=True,
    ):
        assert ours.token_ids == theirs.token_ids
        assert ours.logprobs == pytest.approx(theirs.logprobs, abs=NOISE)
    assert two.end_ids == one.end_ids
    assert two.spell((), 20) == one.spell((), 20)
    assert two.decode((20, 21)) == one.decode((20, 21))


def test_nothing_asked_is_nothing_answered(organisms):
    backend = sharded(organisms / "base", 2)
    assert list(backend.generate([], SETTINGS)) == []
    assert list(backend.measure([])) == []
    assert list(backend.alternatives([], most=3)) == []
    backend.release()
    assert not backend.shards.started


def test_a_job_left_half_way_leaves_nothing_to_the_next(one, two):
    requests = ask(one)
    expected = answers(one, requests)
    for _ in range(3):
        batches = two.generate(requests[::-1], SETTINGS)
        next(batches)
        batches.close()
        assert alike(answers(two, requests), expected)


def test_two_jobs_at_a_time_get_each_their_own(one, two):
    first, second = ask(one, 40), ask(one)[40:]
    started = two.generate(first, SETTINGS)
    begun = next(started)
    assert alike(answers(two, second), answers(one, second))
    assert alike(in_order([begun, *started]), answers(one, first))


def test_released_weights_come_back_when_needed(one, two):
    requests = ask(one, 8)
    before = answers(two, requests)
    had = pids(two)
    two.release()
    assert alike(answers(two, requests), before)
    assert pids(two) == had


def test_an_error_of_a_process_is_raised_here_and_the_others_go_on(one, two, organisms, tmp_path):
    shutil.copytree(organisms / "base", tmp_path / "model")
    config = tmp_path / "model" / "config.json"
    config.write_text(
        config.read_text().replace('"num_hidden_layers": 4', '"num_hidden_layers": 6')
    )
    broken = sharded(tmp_path / "model", 2, base=two)
    had = pids(two)
    with pytest.raises(ModelError, match=r"lack \d+ tensors") as raised:
        answers(broken, ask(one))
    assert type(raised.value) is ModelError
    assert alike(answers(two, ask(one)), answers(one, ask(one)))
    assert pids(two) == had


def test_models_that_do_not_fit_beside_each_other_take_turns(one, organisms):
    options = BackendOptions(device="cpu", max_memory=8_000_000)
    base = ShardedBackend(str(organisms / "base"), options)
    beside = ShardedBackend(str(organisms / "unlearned"), options, base=base)
    expected = LocalBackend(str(organisms / "unlearned"), BackendOptions(device="cpu"))
    answers(base, ask(one, 8))
    with pytest.raises(OutOfMemoryError, match="does not fit"):
        answers(beside, ask(one, 8))
    base.release()
    assert alike(answers(beside, ask(one, 8)), answers(expected, ask(one, 8)))
    base.close()


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, BehavtestError)
    ],
)
def test_every_error_of_ours_survives_the_way(kind):
    arrived = pickle.loads(pickle.dumps(kind("use less")))
    assert (type(arrived), str(arrived)) == (kind, "use less")


def test_a_mistake_of_ours_arrives_with_its_traceback(one, two):
    with pytest.raises(RuntimeError, match=r"in the engine process on cpu:\nTraceback") as raised:
        answers(two, ask(one), settings=None)
    assert "AttributeError" in str(raised.value)
    assert not two.shards.started, "who knows in what state they are"


def test_a_killed_process_is_an_error_and_no_hang(one, two):
    batches = two.generate(ask(one), SETTINGS)
    next(batches)
    killed, other = processes(two)
    os.kill(killed.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match=r"on cpu was killed by SIGKILL \(exit code -9\).*fewer"):
        list(batches)
    assert not set(multiprocessing.active_children()) & {killed, other}
    assert not two.shards.started


def test_a_process_that_is_no_longer_wanted_ends(one, organisms):
    backend = sharded(organisms / "base", 1)
    assert alike(answers(backend, ask(one)), answers(one, ask(one)))
    (process,) = processes(backend)
    assert process.is_alive()
    del backend
    assert not process.is_alive()


def test_a_process_that_the_system_does_not_start(one, organisms):
    backend = sharded(organisms / "base", 2)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, limits[1]))
    try:
        with pytest.raises(ModelError, match=r"no engine process can be started for cpu: .*fewer"):
            answers(backend, ask(one, 4))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert not backend.shards.started
