"""Rows of keys and values: written, grown, copied."""

from __future__ import annotations

import weakref

import torch

from behavtest.sampling.engine.cache import SlotCache, Window


def filled(*, rows: int = 3, columns: int = 4) -> SlotCache:
    """Memory of two layers in which row r has in its column c the value 10 r + c."""
    cache = SlotCache(layers=2, rows=rows, columns=columns)
    states = 10.0 * torch.arange(rows)[:, None] + torch.arange(columns)
    states = states[:, None, :, None].expand(rows, 2, columns, 5)
    cache.look(Window(torch.arange(columns).expand(rows, columns), 0, columns))
    for layer in range(2):
        cache.update(states, -states, layer)
    return cache


def row(cache: SlotCache, number: int, length: int) -> list[float]:
    kept = cache.copy(number, length)
    assert torch.equal(kept[:, 0], -kept[:, 1])
    assert torch.equal(kept[0], kept[1])
    return kept[0, 0, 0, :, 0].tolist()


def test_a_pass_reads_what_it_and_those_before_it_wrote():
    cache = filled()
    new = torch.full((2, 2, 1, 5), 7.0)
    cache.look(Window(torch.tensor([[2], [1]]), None, 3, row=1))
    keys, values = cache.update(new, -new, 0)
    assert keys.shape == values.shape == (2, 2, 3, 5)
    assert keys[:, 0, :, 0].tolist() == [[10, 11, 7], [20, 7, 22]]
    assert cache.copy(0, 3)[0, 0, 0, :, 0].tolist() == [0, 1, 2]


def test_what_goes_to_the_trash_column_is_never_read():
    cache = filled()
    nan = torch.full((3, 2, 2, 5), torch.nan)
    cache.look(Window(torch.full((3, 2), cache.columns), None, cache.columns))
    keys, _ = cache.update(nan, nan, 0)
    assert not keys.isnan().any()


def test_growing_keeps_what_was_written():
    cache = filled()
    cache.reserve(3)
    assert cache.columns == 4
    cache.reserve(5)
    assert cache.columns >= 5
    assert [row(cache, number, 4) for number in range(3)] == [
        [0, 1, 2, 3],
        [10, 11, 12, 13],
        [20, 21, 22, 23],
    ]
    assert row(cache, 0, 5)[4] == 0


def test_rows_are_moved_over_others():
    cache = filled()
    cache.move(sources=[2], targets=[0], length=2)
    assert row(cache, 0, 3) == [20, 21, 2]
    assert row(cache, 2, 3) == [20, 21, 22]


def test_memory_is_free_as_soon_as_nobody_uses_it():
    """Without the garbage collector, which may run much later, or be asked at a high price."""
    gone = weakref.ref(filled()._memory)
    assert gone() is None


def test_a_text_read_elsewhere_is_put_at_a_rows_beginning():
    cache, empty = filled(), SlotCache(layers=2, rows=2, columns=6)
    empty.put(1, cache.copy(2, 3))
    assert row(empty, 1, 3) == [20, 21, 22]
    assert row(empty, 0, 3) == [0, 0, 0]
