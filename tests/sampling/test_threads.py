"""Small models compute with one CPU thread, and nobody else is told to."""

from __future__ import annotations

import pytest
import torch

from behavtest.core import Message, Prompt, SamplingSettings
from behavtest.sampling import BackendOptions, Request
from behavtest.sampling.local import LocalBackend
from behavtest.sampling.threads import SMALL, in_threads, threads_for


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    """A process whose user chose nothing, where torch would take two."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("size", "environment", "threads"),
    [
        (SMALL - 1, {}, 1),
        (SMALL, {}, None),
        (SMALL - 1, {"OMP_NUM_THREADS": "4"}, None),
        (SMALL - 1, {"MKL_NUM_THREADS": "4"}, None),
    ],
)
def test_only_small_models_where_nobody_chose(size, environment, threads, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert threads_for(size) == threads


def steps(*, fail: bool = False):
    yield torch.get_num_threads()
    yield torch.get_num_threads()
    if fail:
        raise RuntimeError("out of memory")


def test_between_steps_everybody_has_their_own_number():
    for one, other in zip(in_threads(steps(), 1), in_threads(steps(), None), strict=True):
        assert (one, other, torch.get_num_threads()) == (1, 2, 2)


def test_a_failure_or_an_early_end_changes_no_number():
    with pytest.raises(RuntimeError, match="memory"):
        list(in_threads(steps(fail=True), 1))
    assert torch.get_num_threads() == 2
    next(in_threads(steps(), 1))
    assert torch.get_num_threads() == 2


def test_a_small_model_says_the_same_with_one_as_with_two(organisms, monkeypatch):
    backend = LocalBackend(str(organisms / "base"), BackendOptions(device="cpu"))
    seen = set()
    backend._loaded().register_forward_pre_hook(lambda *_: seen.add(torch.get_num_threads()))
    ids = backend.encode(Prompt((Message("user", "What is the capital of Kenya?"),)))
    requests = [Request(ids, seed) for seed in range(6)]

    def answers():
        batches = backend.generate(requests, SamplingSettings(max_new_tokens=12))
        return {one.place: one.generation for batch in batches for one in batch}

    alone = answers()
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    both = answers()
    assert seen == {1, 2}
    assert {place: one.text for place, one in alone.items()} == {
        place: one.text for place, one in both.items()
    }
    for place, one in alone.items():
        assert one.logprobs == pytest.approx(both[place].logprobs, abs=1e-4)
