"""Which device answers what, and which devices there can be."""

from __future__ import annotations

import pytest
import torch

from behavtest.errors import SettingsError
from behavtest.sampling.sharded import names_several, pick_devices
from behavtest.sampling.sharded.split import split

KEYS = [(1, 2, 3, seed * 7919) for seed in range(1000)]
no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


def test_every_request_goes_to_one_shard():
    places = split(KEYS, shards=3)
    assert sorted(place for shard in places.values() for place in shard) == list(range(1000))


def test_a_request_goes_to_the_same_shard_whatever_else_is_asked():
    together = {place: shard for shard, places in split(KEYS, shards=3).items() for place in places}
    for place in (0, 17, 999):
        assert split([KEYS[place]], shards=3) == {together[place]: (0,)}


def test_shares_are_even():
    shares = [len(places) for places in split(KEYS, shards=4).values()]
    assert len(shares) == 4
    assert all(200 < share < 300 for share in shares)


def test_seeds_of_64_bits_and_greedy_ones_have_their_place():
    assert split([(5, 2**64 - 1), (5, 0)], shards=1) == {0: (0, 1)}


def test_what_names_several_devices():
    assert [names_several(text) for text in (None, "cpu", "cuda:1")] == [False] * 3
    assert [names_several(text) for text in ("cpu,cpu", "cuda:0,", "cuda:all")] == [True] * 3


def test_the_cpu_can_be_named_more_than_once():
    assert pick_devices("cpu, cpu,cpu") == ("cpu", "cpu", "cpu")


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        ("cpu,,cpu", r"is 'cpu,,cpu'; put one device between"),
        ("cpu,cuda:0", r"is 'cpu,cuda:0': cpu and cuda round differently"),
        ("cuda,cuda:0", r"is 'cuda,cuda:0', which names cuda:0 twice"),
        ("abacus,slide:rule", "abacus and slide round differently"),
        ("abacus", "'abacus' cannot be used here"),
        ("cuda:0,cuda:99", "no GPU|from cuda:0 to"),
        pytest.param("cuda:0,cuda:1", "torch sees no GPU", marks=no_gpu),
        pytest.param("cuda:all", "torch sees no GPU", marks=no_gpu),
    ],
)
def test_devices_that_cannot_be_had_together(devices, told):
    with pytest.raises(SettingsError, match=told) as raised:
        pick_devices(devices)
    assert "--behavtest-device" in str(raised.value)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_gpus_are_counted():
    count = torch.cuda.device_count()
    assert pick_devices("cuda:all") == tuple(f"cuda:{number}" for number in range(count))
    with pytest.raises(SettingsError, match="from cuda:0 to"):
        pick_devices(f"cuda,cuda:{count}")
