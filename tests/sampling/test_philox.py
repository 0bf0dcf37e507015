"""Philox against the known answers published with Random123."""

from __future__ import annotations

import pytest
import torch

from behavtest.sampling.philox import Counter, philox4x32

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers(counter, key, expected):
    seed = key[1] << 32 | key[0]
    words = philox4x32(
        Counter(*(torch.tensor([word]) for word in counter)),
        seeds=torch.tensor([seed - 2**64 if seed >= 2**63 else seed]),
    )
    assert tuple(int(word) for word in words) == expected


def test_every_shape_that_broadcasts_gives_each_counter_its_own_words():
    rows, columns = torch.tensor([[3], [ONES]]), torch.tensor([5, 6, 7])
    zero, seeds = torch.tensor(0), torch.tensor([[-1], [2**40]])
    together = philox4x32(Counter(rows, columns, zero, zero), seeds=seeds)
    for i in range(2):
        for j in range(3):
            counter = Counter(rows[i], columns[j], zero, zero)
            alone = philox4x32(counter, seeds=seeds[i])
            assert [int(word) for word in alone] == [int(word[i, j]) for word in together]
