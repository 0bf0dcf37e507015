"""What else was likely where two answers part: the tokens in words, with their chances."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.hostile import Piece, reveal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.examples import Alternative, Fork

ENDED = "ended here"

_LIMIT = 40
"""Characters shown of one token; most have fewer than ten."""

_BLANKS = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥"})
_STEPS = 20
_LEAST = 0.001


class Token(NamedTuple):
    """A token, or the end of the answer.

    Args:
        pieces: What is shown of it; empty for the end.
        a: Its chance under model A, in words.
        b: Under model B.
        width_a: The same as the length of a bar, in steps of 5 %, from 0 to 20.
        width_b: Under model B.
        chosen: ``A`` or ``B``, which chose it; empty if neither did.
    """

    pieces: tuple[Piece, ...]
    a: str
    b: str
    width_a: int
    width_b: int
    chosen: str

    @property
    def plain(self) -> str:
        """The token on one line without marks."""
        return f"“{''.join(piece.text for piece in self.pieces)}”" if self.pieces else ENDED


class NextTokens(NamedTuple):
    """The tokens that were likely at one place.

    Args:
        tokens: The most likely first; what is below 0.1 % under both models is left out.
        chosen: Those that the models chose, model A's first.
    """

    tokens: tuple[Token, ...]
    chosen: tuple[Token, ...]


def next_tokens(fork: Fork | None) -> NextTokens | None:
    """Prepare the alternatives where two answers part.

    Args:
        fork: The place, if it is known.

    Returns:
        The tokens; None if no model was asked.
    """
    if fork is None or not fork.alternatives:
        return None
    tokens = [_token(one, fork) for one in fork.alternatives]
    chosen = sorted((one for one in tokens if one.chosen), key=lambda one: one.chosen)
    shown = (
        token
        for token, one in zip(tokens, fork.alternatives, strict=True)
        if token.chosen or max(one.a or 0.0, one.b or 0.0) >= _LEAST
    )
    return NextTokens(tuple(shown), tuple(chosen))


def _token(one: Alternative, fork: Fork) -> Token:
    return Token(
        () if one.ends else _shown(one.text),
        fmt.chance(one.a, below=fork.floor_a),
        fmt.chance(one.b, below=fork.floor_b),
        _width(one.a),
        _width(one.b),
        (one.chosen or "").upper(),
    )


def _shown(text: str) -> tuple[Piece, ...]:
    cut = text if len(text) <= _LIMIT else f"{text[:_LIMIT]}…"
    return reveal(cut.translate(_BLANKS)) or (Piece("(nothing)"),)


def _width(probability: float | None) -> int:
    return round(min(max(probability or 0.0, 0.0), 1.0) * _STEPS)


def line(tokens: Sequence[Token]) -> str:
    """Say in one line what the models chose, and how likely either found it."""
    return ", ".join(f"{one.chosen} chose {one.plain} (A {one.a}, B {one.b})" for one in tokens)
