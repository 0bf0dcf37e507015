"""The search finds what all the noise would have given, and knows where it may not have."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_by_definition import keys

from behavtest.sampling import search
from behavtest.sampling.noise import BLOCK, draw_noise
from behavtest.sampling.search import best_tokens, best_tokens_flagged

VOCABULARIES = [50, 64, 65, 200, 1024, 32_000]


@pytest.fixture(autouse=True)
def no_row_is_too_short(monkeypatch):
    """Search even what is drawn in full sooner."""
    monkeypatch.setattr(search, "_FEW_LOGITS", 0)


def flat(rows: int, vocabulary: int) -> torch.Tensor:
    return torch.zeros(rows, vocabulary)


def normal(rows: int, vocabulary: int, *, spread: float = 1) -> torch.Tensor:
    return torch.randn(rows, vocabulary, generator=torch.Generator().manual_seed(3)) * spread


def steep(rows: int, vocabulary: int) -> torch.Tensor:
    """The r-th largest logit is -1.2 log r, as the words of a language are distributed."""
    ranks = normal(rows, vocabulary).argsort(dim=-1).argsort(dim=-1)
    return -1.2 * (ranks + 1.0).log()


def huge(rows: int, vocabulary: int) -> torch.Tensor:
    """One logit beside which noise is nothing."""
    logits = normal(rows, vocabulary)
    logits[:, vocabulary // 3] = 1e6
    return logits


def equally_huge(rows: int, vocabulary: int) -> torch.Tensor:
    """Two logits so large that adding noise changes neither: the lower token id wins."""
    logits = normal(rows, vocabulary)
    logits[:, [vocabulary // 3, vocabulary - 1]] = 1e12
    return logits


def mostly_excluded(rows: int, vocabulary: int) -> torch.Tensor:
    logits = normal(rows, vocabulary)
    return logits.masked_fill(normal(rows, vocabulary, spread=2).abs() > 0.05, -torch.inf)


def excluded(rows: int, vocabulary: int) -> torch.Tensor:
    return torch.full((rows, vocabulary), -torch.inf)


def not_numbers(rows: int, vocabulary: int) -> torch.Tensor:
    logits = normal(rows, vocabulary)
    logits[::2, vocabulary // 2] = torch.nan
    return logits


def even(rows: int, vocabulary: int) -> torch.Tensor:
    """Every block holds one token as likely as the best: bounds prove as little as they can."""
    logits = normal(rows, vocabulary) - 30
    logits[:, ::BLOCK] = 5
    return logits


KINDS = [
    flat,
    normal,
    steep,
    huge,
    equally_huge,
    mostly_excluded,
    excluded,
    not_numbers,
    even,
]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_best_token_is_that_of_the_full_vocabulary(kind, vocabulary):
    rows = 400 if vocabulary < 2000 else 60
    logits, noise = kind(rows, vocabulary), draw_noise(**keys(rows), vocabulary=vocabulary)
    expected = (logits + noise.fill_all()[:, :vocabulary]).argmax(dim=-1)
    assert torch.equal(best_tokens(logits, noise).tokens, expected)
    for filled in (1, 4, 128):
        found = best_tokens_flagged(logits, noise, filled=filled)
        assert torch.equal(found.tokens[~found.flagged], expected[~found.flagged])


@pytest.mark.parametrize("slack", [0.0, 1e-3, 0.5])
@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("kind", [flat, normal, steep, huge, equally_huge, mostly_excluded, even])
def test_close_is_whatever_another_token_of_the_full_vocabulary_comes_near(kind, vocabulary, slack):
    rows = 400 if vocabulary < 2000 else 60
    logits, noise = kind(rows, vocabulary), draw_noise(**keys(rows), vocabulary=vocabulary)
    perturbed = logits + noise.fill_all()[:, :vocabulary]
    first, second = perturbed.topk(2).values.unbind(dim=-1)
    expected = second >= first - slack
    assert torch.equal(best_tokens(logits, noise, slack=slack).close, expected)
    assert torch.equal(search.best_of(perturbed, slack=slack).close, expected)


@given(st.data())
@settings(max_examples=200)
def test_few_values_and_many_ties_change_nothing(data):
    vocabulary = data.draw(st.integers(1, 400))
    values = st.sampled_from([0.0, 1.0, 30.0, 1e8, -torch.inf])
    of_blocks = data.draw(st.lists(values, min_size=1, max_size=9))
    logits = torch.tensor(of_blocks).repeat(1 + vocabulary // len(of_blocks))[None, :vocabulary]
    if data.draw(st.booleans()):
        logits = logits.sort(dim=-1, descending=data.draw(st.booleans())).values
    seed = data.draw(st.integers(-(2**63), 2**63 - 1))
    noise = draw_noise(torch.tensor([seed]), torch.tensor([7]), vocabulary)
    expected = (logits + noise.fill_all()[:, :vocabulary]).argmax(dim=-1)
    assert torch.equal(best_tokens(logits, noise).tokens, expected)
    found = best_tokens_flagged(logits, noise, filled=1)
    assert found.flagged or found.tokens == expected


def test_a_search_is_flagged_exactly_where_something_else_could_be_better():
    """With one block filled: some rows are wrong, all of those flagged, and not all are."""
    logits, noise = normal(2000, 2000), draw_noise(**keys(2000), vocabulary=2000)
    expected = (logits + noise.fill_all()[:, :2000]).argmax(dim=-1)
    found = best_tokens_flagged(logits, noise, filled=1)
    wrong = found.tokens != expected
    assert wrong.sum() > 100
    assert found.flagged[wrong].all()
    assert (~found.flagged).sum() > 100


def test_more_blocks_flag_fewer_rows():
    logits, noise = normal(1000, 4096, spread=3), draw_noise(**keys(1000), vocabulary=4096)
    counts = [
        int(best_tokens_flagged(logits, noise, filled=filled).flagged.sum())
        for filled in (1, 4, 16, 64)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 500
    assert counts[-1] == 0


def test_blocks_filled_in_several_goes_make_no_difference(monkeypatch):
    logits, noise = even(50, 2000), draw_noise(**keys(50), vocabulary=2000)
    expected = best_tokens(logits, noise).tokens
    monkeypatch.setattr(search, "_AT_ONCE", 7)
    assert torch.equal(best_tokens(logits, noise).tokens, expected)


def test_most_of_the_noise_is_not_drawn(monkeypatch):
    """Else there would be no point in it: a peaked row fills a few of 500 blocks."""
    drawn = []
    fill = search._Search.fill

    def counting(self, rows, blocks):
        drawn.append(blocks.numel())
        fill(self, rows, blocks)

    monkeypatch.setattr(search._Search, "fill", counting)
    logits, noise = steep(64, 32_000), draw_noise(**keys(64), vocabulary=32_000)
    best_tokens(logits, noise)
    assert sum(drawn) < 64 * 500 / 8
