"""The noise is Gumbel, finite, and a function of its key alone."""

from __future__ import annotations

import math

import pytest
import torch
from scipy import stats

from behavtest.sampling.noise import gumbel, gumbel_noise, uniform_bits

SEEDS = torch.tensor([1, -5, 2**62])
POSITIONS = torch.tensor([0, 3, 7])


def test_no_bits_give_infinity_or_nan():
    extremes = torch.tensor([0, 1, 2**31, 2**32 - 2, 2**32 - 1])
    noise = gumbel(extremes)
    assert noise.isfinite().all()
    assert noise[0] == pytest.approx(33 * math.log(2), rel=1e-6)


def test_a_row_depends_on_its_own_seed_and_position_alone():
    together = gumbel_noise(SEEDS, POSITIONS, 50)
    for row in range(len(SEEDS)):
        alone = gumbel_noise(SEEDS[row : row + 1], POSITIONS[row : row + 1], 50)
        assert torch.equal(alone[0], together[row])


def test_a_token_keeps_its_noise_under_another_vocabulary_size():
    assert torch.equal(
        gumbel_noise(SEEDS, POSITIONS, 37), gumbel_noise(SEEDS, POSITIONS, 1001)[:, :37]
    )


def test_seed_and_position_both_matter():
    base = uniform_bits(torch.tensor([1]), torch.tensor([0]), 8)
    assert not torch.equal(base, uniform_bits(torch.tensor([2]), torch.tensor([0]), 8))
    assert not torch.equal(base, uniform_bits(torch.tensor([1]), torch.tensor([1]), 8))
    assert not torch.equal(base, uniform_bits(torch.tensor([1 + 2**40]), torch.tensor([0]), 8))


def test_noise_is_gumbel():
    noise = gumbel_noise(torch.arange(400), torch.zeros(400, dtype=torch.int64), 250).flatten()
    # 100,000 fixed draws: a Kolmogorov-Smirnov test that is deterministic here
    assert stats.kstest(noise.numpy(), "gumbel_r").pvalue > 0.01


@pytest.mark.parametrize("axis", ["seeds", "positions"])
def test_argmax_draws_from_the_softmax(axis):
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0, 0.5, -3.0])
    draws = 40_000
    counting, zeros = torch.arange(draws), torch.zeros(draws, dtype=torch.int64)
    seeds, positions = (counting, zeros) if axis == "seeds" else (zeros + 9, counting)
    chosen = (logits + gumbel_noise(seeds, positions, len(logits))).argmax(dim=-1)
    observed = torch.bincount(chosen, minlength=len(logits)).numpy()
    expected = logits.double().softmax(dim=-1).numpy() * draws
    assert stats.chisquare(observed, expected).pvalue > 0.01
