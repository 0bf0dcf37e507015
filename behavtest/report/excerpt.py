"""The part of a text that is shown: cleaned, with its differences marked, never without bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.hostile import Piece, reveal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.report.diff import Span

LIMIT = 4_000
"""Characters shown of one text."""

_CONTEXT = 400
"""Characters kept on either side of what is left out between two differences."""


class Fragment(NamedTuple):
    """A stretch of a shown text.

    Args:
        kind: ``same``, ``removed`` or ``added``; ``omitted`` for a note on what is left out;
            ``fork`` for the place where two texts part.
        pieces: The text, or the note; empty for a place.
    """

    kind: Literal["same", "removed", "added", "omitted", "fork"]
    pieces: tuple[Piece, ...]


def excerpt(
    spans: Iterable[Span], *, limit: int = LIMIT, fork: bool = False
) -> tuple[Fragment, ...]:
    """Show the spans of one text, eliding long stretches that are the same in both if need be.

    Args:
        spans: The spans of one of the two texts, in order.
        limit: Most characters to show.
        fork: Whether the place after the first span, where the texts part, is to be marked.

    Returns:
        What to show. Whatever is left out is said, with its length.
    """
    spans = tuple(spans)
    too_long = sum(len(span.text) for span in spans) > limit
    shown: list[Fragment] = []
    left = limit
    omitted = 0
    for index, span in enumerate(spans):
        head, gap, tail = span.text, 0, ""
        if too_long and span.kind == "same" and len(spans) > 1:
            head, gap, tail = _elide(span.text, first=index == 0, last=index == len(spans) - 1)
        for text, following in ((head, gap), (tail, 0)):
            kept = text[:left]
            left -= len(kept)
            omitted += len(text) - len(kept)
            if kept:
                shown.append(Fragment(span.kind, reveal(kept)))
            if omitted:
                omitted += following
            elif following:
                shown.append(
                    _note(f"{fmt.count(following)} characters, the same in both, left out")
                )
        if fork and index == 0 and not omitted:
            shown.append(Fragment("fork", ()))
    if omitted:
        shown.append(_note(f"{fmt.plural(omitted, 'more character')} not shown"))
    return tuple(shown)


def clipped(text: str, *, limit: int = LIMIT) -> tuple[Fragment, ...]:
    """Show the beginning of a text.

    Args:
        text: Any text.
        limit: Most characters to show.

    Returns:
        What to show. Whatever is left out is said, with its length.
    """
    shown = [Fragment("same", reveal(text[:limit]))] if text else []
    if len(text) > limit:
        shown.append(_note(f"{fmt.plural(len(text) - limit, 'more character')} not shown"))
    return tuple(shown)


def _elide(text: str, *, first: bool, last: bool) -> tuple[str, int, str]:
    """Cut a stretch to what stands next to a difference: head, characters left out, tail."""
    head = 0 if first else _CONTEXT
    tail = 0 if last else _CONTEXT
    gap = len(text) - head - tail
    if gap <= _CONTEXT:
        return text, 0, ""
    return text[:head], gap, text[len(text) - tail :] if tail else ""


def _note(text: str) -> Fragment:
    return Fragment("omitted", (Piece(f"… {text} …"),))
