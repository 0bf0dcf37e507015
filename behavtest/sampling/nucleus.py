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

from behavtest.sampling.search import Best, Found, best_tokens, best_tokens_flagged

if TYPE_CHECKING:
    from behavtest.sampling.noise import Noise

_ROUNDS_BLINDLY = 3
_UNIT = 2.0**40  # probabilities are summed as integers: their order then changes nothing


class Placed(NamedTuple):
    """Where one token of each row stands.

    Args:
        outside: Whether it is outside the nucleus, bool, shape (rows,).
        behind: Which tokens do not precede it, itself included, bool, shape (rows, vocabulary).
        edge: Whether it could be on the other side if differences of logits were off by the slack,
            bool, shape (rows,).
    """

    outside: torch.Tensor
    behind: torch.Tensor
    edge: torch.Tensor


class Nucleus(NamedTuple):
    """The nuclei of some rows.

    Args:
        shares: Every token's probability in units of 2**-40, float32, shape (rows, vocabulary).
        least: A token preceded by as much is outside; the same units.
    """

    shares: torch.Tensor
    least: int

    def place(self, tokens: torch.Tensor, logits: torch.Tensor, *, slack: float = 0.0) -> Placed:
        """Say where one token of each row, shape (rows,), stands by logits."""
        of_token = logits.gather(-1, tokens[:, None])
        ids = torch.arange(logits.shape[-1], device=logits.device)
        behind = (logits < of_token) | ((logits == of_token) & (ids >= tokens[:, None]))
        outside = self._before(behind) >= self.least
        if not slack:
            return Placed(outside, behind, torch.zeros_like(outside))
        # probabilities are off by a factor of up to exp(slack)
        itself = ids == tokens[:, None]
        most = self._before((logits < of_token - slack) | itself) * math.exp(slack)
        fewest = self._before(logits <= of_token + slack) * math.exp(-slack)
        return Placed(outside, behind, (fewest < self.least) & (self.least <= most))

    def _before(self, behind: torch.Tensor) -> torch.Tensor:
        return self.shares.masked_fill(behind, 0).sum(dim=-1, dtype=torch.int64)


def nucleus(logits: torch.Tensor, top_p: float) -> Nucleus:
    """Describe the nuclei of rows.

    Args:
        logits: float32, shape (rows, vocabulary); -infinity where a token may not be drawn.
        top_p: In (0, 1).
    """
    # a row without a distribution, every logit -infinity, excludes nothing
    shares = logits.softmax(dim=-1).nan_to_num_(0).mul_(_UNIT).floor_()
    return Nucleus(shares, max(1, math.ceil(top_p * _UNIT)))


def best_in_nucleus(
    logits: torch.Tensor, noise: Noise, *, top_p: float, slack: float = 0.0
) -> Best:
    """Find argmax(logits + noise) of every row over its nucleus; of equals, the lowest token id.

    Args:
        logits: As in `nucleus`.
        noise: Of these rows.
        top_p: In (0, 1).
        slack: How far off differences of logits may be; a row is close if another token could be
            the best for it.
    """
    asked = nucleus(logits, top_p)
    best = best_tokens(logits, noise, slack=slack)
    rows, found = torch.arange(len(logits), device=logits.device), best.tokens
    tokens, close = best.tokens.clone(), best.close
    while True:
        outside, behind, edge = asked.place(found, logits, slack=slack)
        close[rows] |= edge
        again = outside.nonzero()[:, 0]
        if not len(again):
            return Best(tokens, close)
        logits = logits[again].masked_fill(behind[again], -torch.inf)
        asked = asked._replace(shares=asked.shares[again])
        rows, noise = rows[again], noise.of(again)
        found, near = best_tokens(logits, noise, slack=slack)
        tokens[rows] = found
        close[rows] |= near


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
    outside, behind, _ = asked.place(found.tokens, logits)
    for _ in range(rounds - 1):
        # right even where the token is not proven best: it is outside, and so are those behind it
        logits = logits.masked_fill(behind & outside[:, None], -torch.inf)
        found = best_tokens_flagged(logits, noise)
        outside, behind, _ = asked.place(found.tokens, logits)
    return Found(found.tokens, found.flagged | outside)
