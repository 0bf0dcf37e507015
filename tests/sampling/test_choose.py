"""The token chosen follows the distribution asked for, and is the one all the noise would give.

Seeds are fixed. By chance each of the chi-squared tests would fail for one choice of seeds in a
hundred.
"""

from __future__ import annotations

import pytest
import torch
from sampling_by_definition import kept, keys, tokens_by_definition
from scipy import stats

from behavtest.core import SamplingSettings
from behavtest.sampling.choose import choose, choose_flagged, pick

DRAWS = 20_000
SETTINGS = [
    SamplingSettings(),
    SamplingSettings(temperature=0.5),
    SamplingSettings(temperature=1.7, top_k=10),
    SamplingSettings(top_p=0.8),
    SamplingSettings(temperature=1.5, top_k=40, top_p=0.7),
]


def two_blocks() -> torch.Tensor:
    """Nearly all probability on one token of the first block and two of the second."""
    logits = torch.full((128,), -4.0)
    logits[5], logits[70], logits[127] = 3.0, 2.5, 2.0
    return logits


SHAPES = {
    "peaked": -2 * torch.arange(1, 101).log(),
    "flat": torch.zeros(150),
    "two blocks": two_blocks(),
    "normal, cut within a block": torch.randn(200, generator=torch.Generator().manual_seed(0)),
    "one block": torch.linspace(-2, 2, 40),
    "large": torch.linspace(0, -12, 1000),
}


def counts_agree(observed: torch.Tensor, expected: torch.Tensor) -> bool:
    """A chi-squared test, cells of fewer than 10 expected draws taken together."""
    rare = expected < 10
    cells = [
        torch.cat([values[~rare], values[rare].sum()[None]])[
            : len(values[~rare]) + bool(rare.any())
        ]
        for values in (observed.double(), expected)
    ]
    if cells[1][-1] == 0:  # what the settings exclude
        assert cells[0][-1] == 0
        cells = [values[:-1] for values in cells]
    return stats.chisquare(*(values.numpy() for values in cells)).pvalue > 0.01


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("axis", ["seeds", "positions"])
def test_tokens_are_drawn_from_the_softmax(axis, shape, settings):
    logits = SHAPES[shape]
    counting, still = torch.arange(DRAWS), torch.full((DRAWS,), 7)
    seeds, positions = (counting, still) if axis == "seeds" else (still - 2**61, counting)
    chosen = choose(
        logits.expand(DRAWS, -1), seeds=seeds, positions=positions, settings=settings
    ).tokens
    allowed = kept(logits[None], settings)[0]
    warped = (logits.double() / settings.temperature).masked_fill(~allowed, -torch.inf)
    observed = torch.bincount(chosen, minlength=len(logits))
    assert counts_agree(observed, warped.softmax(dim=-1) * DRAWS)


def test_the_chi_squared_test_above_notices_a_small_bias():
    """Of one logit, by a tenth."""
    logits = SHAPES["peaked"]
    biased = logits.clone()
    biased[0] += 0.1
    chosen = choose(
        biased.expand(DRAWS, -1),
        seeds=torch.arange(DRAWS),
        positions=torch.zeros(DRAWS, dtype=torch.int64),
        settings=SamplingSettings(),
    ).tokens
    observed = torch.bincount(chosen, minlength=len(logits))
    assert not counts_agree(observed, logits.double().softmax(dim=-1) * DRAWS)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("vocabulary", [50, 65, 1024, 32_000])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_the_token_is_that_of_the_full_vocabulary(dtype, vocabulary, settings):
    rows = 500 if vocabulary < 2000 else 40
    random = torch.Generator().manual_seed(2)
    spread = torch.linspace(0, 5, rows)[:, None]
    logits = (torch.randn(rows, vocabulary, generator=random) * spread).to(dtype)
    expected = tokens_by_definition(logits, settings, **keys(rows))
    assert torch.equal(choose(logits, **keys(rows), settings=settings).tokens, expected)
    found = choose_flagged(logits, **keys(rows), settings=settings)
    proven = ~found.flagged
    assert torch.equal(found.choice.tokens[proven], expected[proven])
    assert proven.float().mean() > 0.9


def moved_choices(settings: SamplingSettings, *, slack: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Which rows choose another token if logits move by up to the slack, and which are close."""
    rows, random = 2000, torch.Generator().manual_seed(9)
    logits = torch.randn(rows, 300, generator=random) * 2
    best = pick(logits, **keys(rows), settings=settings, slack=slack)
    moved = torch.zeros(rows, dtype=torch.bool)
    for _ in range(30):
        nudges = (torch.rand(logits.shape, generator=random) * 2 - 1) * slack
        moved |= choose(logits + nudges, **keys(rows), settings=settings).tokens != best.tokens
    return moved, best.close


@pytest.mark.parametrize("settings", [*SETTINGS[:4], SamplingSettings(temperature=0)], ids=str)
def test_only_where_a_choice_is_close_can_small_errors_of_the_logits_change_it(settings):
    """Top-k's last place and the edge of the nucleus included."""
    moved, close = moved_choices(settings, slack=0.01)
    assert not (moved & ~close).any()
    assert moved.any()
    assert close.float().mean() < 0.15


@pytest.mark.parametrize("settings", [*SETTINGS, SamplingSettings(temperature=0)], ids=str)
def test_a_row_is_chosen_the_same_alone_in_any_batch_and_in_any_order(settings):
    logits = torch.randn(300, 700, generator=torch.Generator().manual_seed(5)) * 2
    key = keys(300)
    together = choose(logits, **key, settings=settings)
    order = torch.randperm(300, generator=torch.Generator().manual_seed(6))
    shuffled = choose(
        logits[order], **{name: of_rows[order] for name, of_rows in key.items()}, settings=settings
    )
    assert torch.equal(shuffled.tokens, together.tokens[order])
    assert torch.equal(shuffled.logprobs, together.logprobs[order])
    for row in range(0, 300, 37):
        alone = choose(
            logits[[row]],
            **{name: of_rows[[row]] for name, of_rows in key.items()},
            settings=settings,
        )
        assert torch.equal(alone.tokens, together.tokens[[row]])
        assert torch.equal(alone.logprobs, together.logprobs[[row]])


@pytest.mark.parametrize("choosing", [choose, lambda *a, **k: choose_flagged(*a, **k).choice])
@pytest.mark.parametrize("settings", [*SETTINGS, SamplingSettings(temperature=0)], ids=str)
def test_log_probabilities_are_those_of_the_models_own_logits(settings, choosing):
    logits = torch.randn(50, 300, generator=torch.Generator().manual_seed(7)).bfloat16()
    tokens, logprobs = choosing(logits, **keys(50), settings=settings)
    expected = logits.double().log_softmax(dim=-1).gather(-1, tokens[:, None])[:, 0]
    torch.testing.assert_close(logprobs, expected.float())


def test_greedy_is_the_largest_logit_whatever_the_seed():
    logits = torch.randn(50, 300, generator=torch.Generator().manual_seed(8))
    settings = SamplingSettings(temperature=0)
    for seed in (1, 2):
        found = choose_flagged(logits, **keys(50, seed=seed), settings=settings)
        assert torch.equal(found.choice.tokens, logits.argmax(dim=-1))
        assert not found.flagged.any()
        chosen = choose(logits, **keys(50, seed=seed), settings=settings)
        assert torch.equal(chosen.tokens, found.choice.tokens)


@pytest.mark.parametrize("settings", [*SETTINGS, SamplingSettings(temperature=0)], ids=str)
def test_for_a_graph_nothing_waits_for_a_result_and_all_is_on_the_device(settings):
    """A meta tensor has no values: asking for one, or for a shape that depends on one, raises."""
    zeros = torch.zeros(4, dtype=torch.int64, device="meta")
    logits = torch.zeros(4, 20_000, device="meta")
    found = choose_flagged(logits, seeds=zeros, positions=zeros, settings=settings)
    assert found.choice.tokens.shape == found.flagged.shape == (4,)
    assert found.choice.tokens.is_meta


def test_outside_a_graph_something_does_wait():
    """Else the test above could not fail."""
    zeros = torch.zeros(4, dtype=torch.int64, device="meta")
    logits = torch.zeros(4, 20_000, device="meta")
    with pytest.raises(NotImplementedError, match="nonzero"):
        choose(logits, seeds=zeros, positions=zeros, settings=SamplingSettings())
