"""How much of each behavior's pairs a page can hold: what does not hold comes first."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from behavtest.experiment.behavior_result import VerdictName
    from behavtest.report.hostile import Piece
    from behavtest.report.pairs import Pair

PAGE = 12_000_000
"""Bytes of pairs in a page, markup included: a thousand behaviors must still open in a browser."""

MOST = 200_000
"""Bytes of pairs shown for one behavior, more than anyone reads."""

_PAIR = 500
_TEXT = 140
_ODD = 40
_FOLLOWING = 420
_TOKEN = 115
"""What each is in bytes of markup; a stand-in, the table of tokens and a row of it."""

MOST_STEPS = 30
"""Earlier runs of a behavior, as many as fit a drawing."""

STEPS = 3_000
"""Earlier runs of behaviors in a page, all together."""

WHOLE = 800
"""Sections that a page of several models shows whole at most, the most important first."""

_FILE, _SHORT, _REST = 16_500_000, 1_500, 5_000
"""Bytes of a page, of a section in short, of what a whole one has more besides its pairs."""


def steps(known: Iterable[int]) -> list[int]:
    """Share the earlier runs that a page has room for out among its behaviors.

    Args:
        known: How many there are of each, the most important behavior first.

    Returns:
        How many to show of each; those of the first behaviors come first.
    """
    left, found = STEPS, []
    for number in known:
        found.append(min(number, MOST_STEPS, left))
        left -= found[-1]
    return found


def shares(verdicts: Sequence[VerdictName]) -> list[int]:
    """Share the page of several models out among its sections, the most important first.

    Args:
        verdicts: The verdict of each behavior of each model.

    Returns:
        Bytes of pairs to show for each, in the same order; 0 for one that is shown in short.
    """
    left = max(_FILE - _SHORT * len(verdicts), _FILE // 10)
    whole = sorted(range(len(verdicts)), key=lambda place: verdicts[place] == "holds")
    whole = whole[: min(WHOLE, left * 2 // 5 // _REST)]
    page = min(PAGE, left - _REST * len(whole))
    found = [0] * len(verdicts)
    for place, budget in zip(whole, budgets((verdicts[p] for p in whole), page=page), strict=True):
        found[place] = budget
    return found


def budgets(verdicts: Iterable[VerdictName], *, page: int = PAGE) -> list[int]:
    """Share the page out among its behaviors.

    What does not hold takes what it needs of three quarters of the page; what holds shares what
    is left.

    Args:
        verdicts: The verdict of each behavior.
        page: Bytes of pairs in the page.

    Returns:
        Bytes of pairs to show for each, in the same order.
    """
    holds = [verdict == "holds" for verdict in verdicts]
    grave = len(holds) - sum(holds)
    part = page * 3 // 4 if any(holds) else page
    first = min(MOST, part // grave) if grave else 0
    most = first if grave else MOST
    second = min(most, (page - grave * first) // sum(holds)) if any(holds) else 0
    return [second if held else first for held in holds]


def size(pair: Pair) -> int:
    """Estimate how many bytes a pair takes in a page."""
    total = _PAIR
    for exchange in pair.exchanges:
        texts = [message.content for message in exchange.prompt]
        texts += [answer.text for answer in exchange.answers]
        total += len(texts) * _TEXT
        total += sum(_bytes(fragment.pieces) for text in texts for fragment in text)
        if exchange.following is not None:
            tokens = exchange.following.tokens
            total += _FOLLOWING + sum(_TOKEN + _bytes(token.pieces) for token in tokens)
    return total


def _bytes(pieces: Iterable[Piece]) -> int:
    return sum(
        len(html.escape(piece.text).encode()) + (len(piece.odd) + _ODD if piece.odd else 0)
        for piece in pieces
    )
