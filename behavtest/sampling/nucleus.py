"""Top-p: the best token of the nucleus, without sorting the vocabulary.

The nucleus is every token but those that likelier ones precede with probability `top_p` or more
(Holtzman et al., "The curious case of neural text degeneration", ICLR 2020); of equally likely
tokens the lower id comes first, and the first of all is always in. The best token of the full
vocabulary is a draw from it, so it lies in the nucleus with probability `top_p` at least, and is
then the best there. If not, neither it nor any token it precedes is in the nucleus: without them,
the search is the same again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch

from behavtest.sampling.search import Found, best_tokens, best_tokens_flagged

if TYPE_CHECKING:
    from behavtest.sampling.noise import Noise

_ROUNDS_BLINDLY = 3
_UNIT = 2.0**40  # probabilities are summed as integers: their order then changes nothing


class Placed(NamedTuple):
    """Where one token of each row stands.

    Args:
        outside: Whether it is outside the nucleus, bool, shape (rows,).
        behind: Which tokens do not precede it, itself included, bool, shape (rows, vocabulary).
    """

    outside: torch.Tensor
    behind: torch.Tensor


class Nucleus(NamedTuple):
    """The nuclei of some rows.

    Args:
        shares: Every token's probability in units of 2**-40, float32, shape (rows, vocabulary).
        least: A token preceded by as much is outside; the same units.
    """

    shares: torch.Tensor
    least: int

    def place(self, tokens: torch.Tensor, logits: torch.Tensor) -> Placed:
        """Say where one token of each row, shape (rows,), stands by logits."""
        of_token = logits.gather(-1, tokens[:, None])
        ids = torch.arange(logits.shape[-1], device=logits.device)
        behind = (logits < of_token) | ((logits == of_token) & (ids >= tokens[:, None]))
        before = self.shares.masked_fill(behind, 0).sum(dim=-1, dtype=torch.int64)
        return Placed(before >= self.least, behind)


def nucleus(logits: torch.Tensor, top_p: float) -> Nucleus:
    """Describe the nuclei of rows.

    Args:
        logits: float32, shape (rows, vocabulary); -infinity where a token may not be drawn.
        top_p: In (0, 1).
    """
    # a row without a distribution, every logit -infinity, excludes nothing
    shares = logits.softmax(dim=-1).nan_to_num_(0).mul_(_UNIT).floor_()
    return Nucleus(shares, max(1, math.ceil(top_p * _UNIT)))


def best_in_nucleus(logits: torch.Tensor, noise: Noise, *, top_p: float) -> torch.Tensor:
    """Find argmax(logits + noise) of every row over its nucleus; of equals, the lowest token id.

    Args:
        logits: As in `nucleus`.
        noise: Of these rows.
        top_p: In (0, 1).

    Returns:
        int64 tokens, shape (rows,).
    """
    asked = nucleus(logits, top_p)
    tokens = best_tokens(logits, noise)
    rows, found = torch.arange(len(tokens), device=tokens.device), tokens.clone()
    while True:
        outside, behind = asked.place(found, logits)
        again = outside.nonzero()[:, 0]
        if not len(again):
            return tokens
        logits = logits[again].masked_fill(behind[again], -torch.inf)
        asked = asked._replace(shares=asked.shares[again])
        rows, noise = rows[again], noise.of(again)
        found = best_tokens(logits, noise)
        tokens[rows] = found


def best_in_nucleus_flagged(
    logits: torch.Tensor, noise: Noise, *, top_p: float, rounds: int = _ROUNDS_BLINDLY
) -> Found:
    """Do as `best_in_nucleus` where neither the host nor a shape may wait for a result.

    Args:
        logits: As in `nucleus`.
        noise: Of these rows.
        top_p: In (0, 1).
        rounds: How often to search.
    """
    asked = nucleus(logits, top_p)
    found = best_tokens_flagged(logits, noise)
    outside, behind = asked.place(found.tokens, logits)
    for _ in range(rounds - 1):
        # right even where the token is not proven best: it is outside, and so are those behind it
        logits = logits.masked_fill(behind & outside[:, None], -torch.inf)
        found = best_tokens_flagged(logits, noise)
        outside, behind = asked.place(found.tokens, logits)
    return Found(found.tokens, found.flagged | outside)
