"""A model is loaded only where its real size fits; errors say what would."""

from __future__ import annotations

import gc

import pytest
import torch

from behavtest.errors import OutOfMemoryError
from behavtest.models.fitting import load_where_it_fits
from behavtest.models.folder import inspect_folder
from behavtest.models.memory import DeviceMemory
from behavtest.models.resident import Share, Weights

ONE = 3_936_768
"""Bytes of an organism's weights in float32."""


@pytest.fixture
def shares(organisms):
    """Open organisms in one memory."""

    def shares(limit, *names, dtype="float32"):
        memory = DeviceMemory("cpu", limit)
        return [
            Share(
                Weights(
                    inspect_folder(organisms / name),
                    dtype=dtype,
                    memory=memory,
                    trust_remote_code=False,
                )
            )
            for name in names
        ]

    return shares


def load(share, *, rows=8, tokens=50):
    return load_where_it_fits(share, name="it", rows=rows, tokens=tokens)


def test_two_that_fit(shares):
    a, b = shares(4 * ONE, "base", "unlearned")
    load(a)
    load(b)
    assert a.missing == b.missing == 0


def test_where_it_fits_nothing_is_searched_for_what_could_be_freed(shares, monkeypatch):
    """Python's search takes longer than a small model takes to load."""
    searches = []
    monkeypatch.setattr("behavtest.models.fitting.release_held", lambda: searches.append(1))
    a, b = shares(3 * ONE // 2, "base", "unlearned")
    load(a)
    assert not searches
    with pytest.raises(OutOfMemoryError):
        load(b)
    assert searches


def test_what_nobody_uses_any_more_makes_room(shares):
    gone, b = shares(3 * ONE // 2, "base", "unlearned")
    load(gone)
    gone.weights.itself = gone.weights  # only a search finds that it is gone
    gc.disable()
    try:
        del gone
        load(b)
    finally:
        gc.enable()
    assert b.missing == 0


def test_two_of_which_only_one_fits_take_turns(shares):
    a, b = shares(3 * ONE // 2, "base", "unlearned")
    load(a)
    with pytest.raises(OutOfMemoryError, match=r"weights take 3\.94 MB .* MB are to be had"):
        load(b)
    assert b.missing == ONE, "nothing was tried"
    a.release()
    load(b)
    assert b.missing == 0
    load(b)


def test_beside_another_there_must_be_room_to_work_in(shares):
    a, b = shares(2 * ONE + ONE // 2, "base", "unlearned")
    load(a)
    with pytest.raises(OutOfMemoryError, match="32 prompts at once"):
        load(b, rows=128)
    load(b, rows=1)


def test_one_that_does_not_fit_alone_is_an_error_with_the_ways_out(shares):
    (a,) = shares(ONE // 2, "base")
    with pytest.raises(
        OutOfMemoryError,
        match=r"it does not fit into the memory of cpu: its weights take 3\.94 MB and answering one "
        r"prompt of 50 tokens .*1\.97 MB are to be had; raise --behavtest-max-memory, use a smaller dtype \(--behavtest-dtype\)",
    ):
        load(a)
    assert a.missing == ONE


def test_a_smaller_type_is_a_way_out(shares):
    (half,) = shares(ONE, "base", dtype="bfloat16")
    load(half, rows=1)
    with pytest.raises(OutOfMemoryError):
        load(*shares(ONE, "base"), rows=1)


def test_without_a_limit_no_option_is_named_that_would_not_help(shares, monkeypatch):
    (a,) = shares(None, "base")
    monkeypatch.setattr("behavtest.models.memory.host_free", lambda: 1000)
    with pytest.raises(OutOfMemoryError, match="1 kB are to be had; use a smaller dtype"):
        load(a)


def test_where_nothing_tells_what_is_free_it_is_tried(shares, monkeypatch):
    (a,) = shares(None, "base")
    monkeypatch.setattr("behavtest.models.memory.host_free", lambda: None)
    load(a)
    assert a.missing == 0


def test_running_out_while_loading_is_told_apart_from_a_bad_folder(shares, monkeypatch):
    def full(*args, **kwargs):
        raise torch.OutOfMemoryError("pretended")

    a, b = shares(None, "base", "unlearned")
    load(a)
    monkeypatch.setattr("transformers.AutoModelForCausalLM.from_pretrained", full)
    with pytest.raises(OutOfMemoryError, match="which ran out while it was loaded; use a smaller"):
        load(b)
    monkeypatch.undo()
    with pytest.raises(OutOfMemoryError, match="beside the other model"):
        load(b)  # it is not tried again while the other is there
    a.release()
    load(b)
    assert b.missing == 0
