"""The part of a text that is shown: cleaned, with its differences marked, never without bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from behavtest.report import format as fmt
from behavtest.report.diff import Span
from behavtest.report.hostile import Piece, reveal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.examples import TokenMark

LIMIT = 4_000
"""Characters shown of one text."""

_CONTEXT = 400
"""Characters kept on either side of what is left out between two differences."""


class Fragment(NamedTuple):
    """A stretch of a shown text.

    Args:
        kind: ``same``, ``removed`` or ``added``; ``omitted`` for a note on what is left out;
            ``fork`` for the place where two texts part, ``end`` for a text that ends there.
        pieces: The text, or the note; empty for a place.
        token: Whether it belongs to the first token that differs.
    """

    kind: Literal["same", "removed", "added", "omitted", "fork", "end"]
    pieces: tuple[Piece, ...]
    token: bool = False


class _Part(NamedTuple):
    """A stretch before it is cut to what is shown.

    Args:
        span: The text, possibly empty.
        places: What is marked before it.
        token: Whether it belongs to the first token that differs.
    """

    span: Span
    places: tuple[Fragment, ...] = ()
    token: bool = False


def excerpt(
    spans: Iterable[Span], *, limit: int = LIMIT, mark: TokenMark | None = None
) -> tuple[Fragment, ...]:
    """Show the spans of one text, eliding long stretches that are the same in both if need be.

    Args:
        spans: The spans of one of the two texts, in order.
        limit: Most characters to show.
        mark: The first token that differs, or the place where the texts part.

    Returns:
        What to show. Whatever is left out is said, with its length.
    """
    parts = _parts(tuple(spans), mark)
    too_long = sum(len(part.span.text) for part in parts) > limit
    shown: list[Fragment] = []
    left = limit
    omitted = 0
    for index, (span, places, token) in enumerate(parts):
        if not omitted:
            shown += places
        head, gap, tail = span.text, 0, ""
        if too_long and span.kind == "same" and len(parts) > 1:
            head, gap, tail = _elide(span.text, first=index == 0, last=index == len(parts) - 1)
        for text, following in ((head, gap), (tail, 0)):
            kept = text[:left]
            left -= len(kept)
            omitted += len(text) - len(kept)
            if kept:
                shown.append(Fragment(span.kind, reveal(kept), token))
            if omitted:
                omitted += following
            elif following:
                shown.append(
                    _note(f"{fmt.count(following)} characters, the same in both, left out")
                )
    if omitted:
        shown.append(_note(f"{fmt.plural(omitted, 'more character')} not shown"))
    return tuple(shown)


def _parts(spans: tuple[Span, ...], mark: TokenMark | None) -> list[_Part]:
    """Cut spans where the token begins and ends: it may lie across them, or inside one."""
    if mark is None:
        return [_Part(span) for span in spans]
    before = _cut(spans, 0, mark.start)
    token = _cut(spans, mark.start, mark.stop) or [Span("same", "")]
    places = (Fragment("fork", ()), *([Fragment("end", ())] if mark.ends else []))
    return [
        *(_Part(span) for span in before),
        _Part(token[0], places, token=True),
        *(_Part(span, token=True) for span in token[1:]),
        *(_Part(span) for span in _cut(spans, mark.stop, None)),
    ]


def _cut(spans: tuple[Span, ...], start: int, stop: int | None) -> list[Span]:
    """Return the spans of a stretch of the text."""
    found = []
    for span in spans:
        end = len(span.text) if stop is None else max(stop, 0)
        text = span.text[max(start, 0) : end]
        if text:
            found.append(span._replace(text=text))
        start -= len(span.text)
        stop = None if stop is None else stop - len(span.text)
    return found


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
