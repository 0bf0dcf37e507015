"""The noise is Gumbel, finite, and a function of its key alone.

Seeds are fixed, so that every test here gives the same answer each time; by chance each of the
statistical ones would fail for one choice of seeds in a hundred.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sampling_by_definition import keys
from scipy import stats

from behavtest.core import NOISE_SCHEME
from behavtest.sampling import noise as noise_module
from behavtest.sampling.noise import BLOCK, draw_noise, exponential, gumbel_noise
from behavtest.sampling.philox import Counter

SEEDS = torch.tensor([1, -5, 2**62, -(2**63)])
POSITIONS = torch.tensor([0, 3, 7, 2**31])
LARGEST = 2**32 - 1
GOLDEN = [
    [-0.7930235, -0.3538845, 3.3245175, -0.7184946],
    [0.3938475, 0.1187644, 1.6455024, -0.3429878],
]


def by_seed(rows: int, vocabulary: int) -> torch.Tensor:
    return gumbel_noise(torch.arange(rows), torch.zeros(rows, dtype=torch.int64), vocabulary)


def test_the_noise_of_this_scheme_is_the_same_in_every_version():
    """Other values orphan no store only if `NOISE_SCHEME` is another number too."""
    assert NOISE_SCHEME == 2
    noise = gumbel_noise(SEEDS[:2], POSITIONS[:2], 130)[:, [0, 63, 64, 129]]
    expected = torch.tensor(GOLDEN)
    torch.testing.assert_close(noise, expected, rtol=1e-6, atol=1e-6)


def test_the_extreme_bits_give_neither_zero_nor_infinite_times():
    times = exponential(torch.tensor([0, 1, 2**31, LARGEST - 1, LARGEST]))
    assert times.isfinite().all()
    assert (times.diff() >= 0).all()
    assert float(times[0]) == 2.0**-33
    assert float(times[-1]) == pytest.approx(24 * math.log(2), rel=1e-6)


@pytest.mark.parametrize("first", [0, LARGEST])
@pytest.mark.parametrize("later", [0, LARGEST])
def test_the_extreme_bits_give_finite_noise_that_peaks_where_it_is_said_to(
    first, later, monkeypatch
):
    """Such words a real generator gives once in 2**128 draws, so they are handed out here."""

    def extreme(counter: Counter, *, seeds: torch.Tensor) -> Counter:
        shape = torch.broadcast_shapes(seeds.shape, *(word.shape for word in counter))
        word = torch.where(counter.x2 == 0, later, first).expand(shape)
        return Counter(word, word, word, word)

    monkeypatch.setattr(noise_module, "philox4x32", extreme)
    drawn = draw_noise(SEEDS, POSITIONS, BLOCK)
    noise = drawn.fill_all()
    assert noise.isfinite().all()
    assert (noise <= drawn.peaks).all()
    place = 63 if first else 0
    assert (drawn.places == place).all()
    assert (noise[:, place] == drawn.peaks[:, 0]).all()


def test_the_largest_noise_there_is_exceeds_that_of_32_bits_per_token():
    assert -math.log(float(exponential(torch.tensor(0))) / BLOCK) == pytest.approx(39 * math.log(2))


def test_a_row_depends_on_its_own_seed_and_position_alone():
    together = gumbel_noise(SEEDS, POSITIONS, 150)
    for row in range(len(SEEDS)):
        alone = gumbel_noise(SEEDS[row : row + 1], POSITIONS[row : row + 1], 150)
        assert torch.equal(alone[0], together[row])


@pytest.mark.parametrize("vocabulary", [1, 37, 64, 65, 128, 191])
def test_a_token_keeps_its_noise_under_another_vocabulary_size(vocabulary):
    assert torch.equal(
        gumbel_noise(SEEDS, POSITIONS, vocabulary),
        gumbel_noise(SEEDS, POSITIONS, 1001)[:, :vocabulary],
    )


@given(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 2500), min_size=1, max_size=8),
)
def test_a_block_has_the_same_noise_whichever_others_are_filled(seed, position, blocks):
    vocabulary = (max(blocks) + 1) * BLOCK
    drawn = draw_noise(torch.tensor([seed]), torch.tensor([position]), vocabulary)
    some = drawn.fill(torch.tensor([[0]]), torch.tensor([blocks]))[0]
    everything = drawn.fill_all().view(-1, BLOCK)
    assert torch.equal(some, everything[blocks])
    assert torch.equal(everything.amax(dim=-1), drawn.peaks[0])
    assert torch.equal(everything.argmax(dim=-1), drawn.places[0])


def test_functions_give_the_same_bits_wherever_a_number_lies_in_memory():
    """The search is exact because this holds of the few functions the noise is made of."""
    random = torch.Generator().manual_seed(0)
    numbers = torch.rand(4099, generator=random)
    for function in (torch.log, lambda x: torch.log1p(-x), lambda x: x / 0.7):
        whole = function(numbers)
        for begin, length in [(0, 1), (1, 3), (5, 17), (7, 64), (3, 1000), (4098, 1)]:
            piece = numbers[begin : begin + length]
            assert torch.equal(function(piece), whole[begin : begin + length])
            assert torch.equal(function(piece.clone()), whole[begin : begin + length])
        assert torch.equal(function(numbers[1::5]), whole[1::5])


def test_seed_and_position_both_matter():
    base = gumbel_noise(torch.tensor([1]), torch.tensor([0]), 8)
    for seed, position in [(2, 0), (1, 1), (1 + 2**40, 0)]:
        other = gumbel_noise(torch.tensor([seed]), torch.tensor([position]), 8)
        assert not (other == base).any()


def test_no_word_serves_both_a_peak_and_a_token():
    drawn = {
        purpose: noise_module._draw(
            SEEDS[:, None], POSITIONS[:, None], torch.arange(500), purpose=purpose
        )
        for purpose in (noise_module._FIRST, noise_module._LATER)
    }
    peaks, tokens = (set(words.flatten().tolist()) for words in drawn.values())
    assert len(peaks & tokens) <= 1  # of 64 million chances of one in four billion


@pytest.mark.parametrize("axis", ["seeds", "positions", "tokens"])
def test_noise_is_gumbel(axis):
    counting, zeros = torch.arange(1000), torch.zeros(1000, dtype=torch.int64)
    noise = {
        "seeds": lambda: gumbel_noise(counting, zeros, 100),
        "positions": lambda: gumbel_noise(zeros - 9, counting, 100),
        "tokens": lambda: gumbel_noise(zeros[:1] + 2**40, zeros[:1], 100_000),
    }[axis]()
    assert stats.kstest(noise.flatten().numpy(), "gumbel_r").pvalue > 0.01


@pytest.mark.parametrize("place", [0, 1, 2, 3, 31, 63])
def test_every_place_of_a_block_is_gumbel(place):
    noise = by_seed(20_000, BLOCK)[:, place]
    assert stats.kstest(noise.numpy(), "gumbel_r").pvalue > 0.01


@pytest.mark.parametrize("among", [2, 50, 64, 65, 200])
def test_the_largest_of_n_is_gumbel_at_log_n(among):
    """Whatever cut of the blocks: this fails unless the tokens are independent."""
    largest = by_seed(20_000, 200)[:, 200 - among :].amax(dim=-1)
    assert stats.kstest(largest.numpy(), "gumbel_r", args=(math.log(among),)).pvalue > 0.01


def test_any_two_tokens_are_uncorrelated():
    """Also in their tails, which the noise, its exponential and its square each weigh."""
    noise = by_seed(20_000, 3 * BLOCK).numpy()
    pairs = 3 * BLOCK * (3 * BLOCK - 1) / 2
    for values in (noise, np.exp(-noise), np.square(noise)):
        correlations = np.corrcoef(values, rowvar=False)
        np.fill_diagonal(correlations, 0)
        limit = stats.norm.isf(0.005 / pairs) / math.sqrt(len(values))
        assert np.abs(correlations).max() < limit


def test_block_mates_are_jointly_independent():
    """A chi-squared test of the quartiles of neighbours, and of tokens far apart in a block."""
    noise = by_seed(20_000, BLOCK).double()
    quartiles = ((-(-noise).exp()).exp() * 4).long().clamp(max=3)
    for one, other in [(0, 1), (0, 4), (5, 62), (16, 48)]:
        cells = torch.bincount(quartiles[:, one] * 4 + quartiles[:, other], minlength=16)
        assert stats.chisquare(cells.numpy()).pvalue > 0.01


def test_the_peak_is_anywhere_and_says_nothing_of_where():
    drawn = draw_noise(torch.arange(40_000), torch.zeros(40_000, dtype=torch.int64), BLOCK)
    places = drawn.places[:, 0].numpy()
    assert stats.chisquare(np.bincount(places, minlength=BLOCK)).pvalue > 0.01
    high = drawn.peaks[:, 0].numpy() > math.log(BLOCK) - math.log(math.log(2))  # the median
    table = np.stack([np.bincount(places[high == is_], minlength=BLOCK) for is_ in (True, False)])
    assert stats.chi2_contingency(table).pvalue > 0.01


def test_the_second_largest_follows_the_largest_as_in_independent_draws():
    """Times of 64 clocks: the second rings an exponential time of rate 63 after the first."""
    times = (-by_seed(100_000, BLOCK).double()).exp().sort(dim=-1).values
    first, gap = times[:, 0].numpy(), (times[:, 1] - times[:, 0]).numpy()
    assert stats.kstest(gap * 63, "expon").pvalue > 0.01
    assert stats.spearmanr(first, gap).pvalue > 0.01


def test_keys_of_both_signs_are_drawn_from():
    seeds = keys(1000)["seeds"]
    assert (seeds < 0).any()
    assert (seeds > 2**32).any()
    noise = gumbel_noise(seeds, torch.zeros_like(seeds), 100)
    assert stats.kstest(noise.flatten().numpy(), "gumbel_r").pvalue > 0.01
