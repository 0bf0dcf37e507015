"""What a device has left, and what the models on it take."""

from __future__ import annotations

import gc

import pytest
import torch

from behavtest.models.memory import DeviceMemory, device_free, model_bytes


class Owner:
    pass


def test_without_a_limit_what_is_free_is_measured():
    free = DeviceMemory("cpu", None).free()
    assert free == pytest.approx(device_free("cpu"), rel=0.2)


def test_under_a_limit_what_loaded_models_take_is_gone():
    memory = DeviceMemory("cpu", 1000)
    first, second = Owner(), Owner()
    memory.take(first, 300)
    memory.take(second, 500)
    assert memory.free() == 200
    assert memory.taken() == 800
    assert memory.taken(apart_from=second) == 300
    memory.take(first, 0)
    assert memory.free() == 500
    memory.take(second, 2000)
    assert memory.free() == 0


def test_a_limit_above_what_there_is_is_none():
    assert DeviceMemory("cpu", 2**60).free() < 2**60


def test_a_model_that_nobody_has_any_more_takes_nothing():
    memory = DeviceMemory("cpu", 1000)
    owner = Owner()
    memory.take(owner, 300)
    del owner
    gc.collect()
    assert memory.taken() == 0


def test_memory_that_ran_out_beside_another_is_for_one_at_a_time():
    memory = DeviceMemory("cpu", None)
    first, second = Owner(), Owner()
    memory.ran_out(second)
    memory.take(first, 300)
    assert not memory.crowds(second), "it ran out alone, which says nothing of two"
    memory.ran_out(second)
    assert memory.crowds(second)
    assert not memory.crowds(first), "alone it may be there"


def test_others_give_their_room_back_but_not_who_asks():
    class Tenant:
        asked = 0

        def __init__(self, *, holds):
            self.holds = holds

        def give_back(self):
            self.asked += 1
            return self.holds

    memory = DeviceMemory("cpu", None)
    full, empty = Tenant(holds=True), Tenant(holds=False)
    memory.join(full)
    memory.join(empty)
    assert memory.make_room(empty)
    assert not memory.make_room(full)
    assert (full.asked, empty.asked) == (1, 1)
    assert memory.make_room()


def test_weights_that_are_tied_count_once():
    embedding, head = torch.nn.Embedding(10, 4), torch.nn.Linear(4, 10, bias=False)
    model = torch.nn.Sequential(embedding, head)
    assert model_bytes(model) == 2 * 160
    head.weight = embedding.weight
    assert model_bytes(model) == 160
