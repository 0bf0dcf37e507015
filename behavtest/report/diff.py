"""The difference of two texts, word by word."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

SpanKind = Literal["same", "removed", "added"]

_TOKENS = re.compile(r"\w+(?:['\N{RIGHT SINGLE QUOTATION MARK}]\w+)*|\s+|[^\w\s]")
_WORD = re.compile(r"\w")
_MAX_CHARACTERS = 60_000
_MAX_COMPARISONS = 50_000


class Span(NamedTuple):
    """A stretch of text that is in both texts or in one of them.

    Args:
        kind: ``same`` in both, ``removed`` only in the first, ``added`` only in the second.
        text: The stretch.
    """

    kind: SpanKind
    text: str


def diff(before: str, after: str) -> tuple[Span, ...]:
    """Compare two texts word by word.

    The ``same`` and ``removed`` spans joined give the first text, the ``same`` and ``added`` ones
    the second. Where comparing would take too long (huge or endlessly repeating texts), what lies
    between the common beginning and the common end is given as one replacement.

    Args:
        before: The first text.
        after: The second.

    Returns:
        The spans in order, none empty, neighbors of different kinds.
    """
    if before == after:
        return _joined([Span("same", before)])
    # Cut by characters before tokenizing: a megabyte of equal text costs nothing.
    head = _common_head(before, after)
    tail = _common_tail(before[head:], after[head:])
    middle = _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    spans = [
        Span("same", before[:head]),
        *middle,
        Span("same", before[len(before) - tail :] if tail else ""),
    ]
    return _joined(spans)


def _middle(before: str, after: str) -> list[Span]:
    whole = [Span("removed", before), Span("added", after)]
    if len(before) + len(after) > _MAX_CHARACTERS:
        return whole
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    frequency = Counter(new)
    # The matcher visits every pair of equal words; text that repeats itself makes that quadratic.
    if sum(frequency[token] for token in old if not token.isspace()) > _MAX_COMPARISONS:
        return whole
    spans: list[Span] = []
    # White space anchors nothing: equal blanks between different words are no likeness.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        removed, added = "".join(old[old_start:old_end]), "".join(new[new_start:new_end])
        spans += (
            [Span("same", removed)]
            if tag == "equal"
            else [Span("removed", removed), Span("added", added)]
        )
    return _absorbed(spans)


def _absorbed(spans: list[Span]) -> list[Span]:
    """Let a change swallow lone blanks and punctuation inside it, so that phrases stay whole."""
    changes = [index for index, span in enumerate(spans) if span.kind != "same" and span.text]
    first, last = (changes[0], changes[-1]) if changes else (0, 0)
    whole: list[Span] = []
    for index, span in enumerate(spans):
        inside = first < index < last
        if span.kind == "same" and inside and not _WORD.search(span.text):
            whole += [Span("removed", span.text), Span("added", span.text)]
        else:
            whole.append(span)
    return whole


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Drop empty spans and join neighbors: within a change, first all removed, then all added."""
    joined: list[Span] = []
    texts = [span for span in spans if span.text]
    for same, group in groupby(texts, key=lambda span: span.kind == "same"):
        parts = list(group)
        kinds: tuple[SpanKind, ...] = ("same",) if same else ("removed", "added")
        for kind in kinds:
            text = "".join(part.text for part in parts if part.kind == kind)
            if text:
                joined.append(Span(kind, text))
    return tuple(joined)


def _common_head(before: str, after: str) -> int:
    """Length of the common beginning, back to a place where a word can end in both texts."""
    limit = min(len(before), len(after))
    low = _common_length(before, after, limit)
    return _word_edge(before, after, low)


def _common_tail(before: str, after: str) -> int:
    """Length of the common end, up to a place where a word can begin in both texts."""
    return _common_head(before[::-1], after[::-1])


def _common_length(before: str, after: str, limit: int) -> int:
    low, high = 0, limit
    while low < high:
        # Slices are compared at memory speed; a loop over a megabyte would not be.
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _word_edge(before: str, after: str, length: int) -> int:
    """Step back from inside a word to its edge."""
    while length and not (_is_edge(before, length) and _is_edge(after, length)):
        length -= 1
    return length


def _is_edge(text: str, position: int) -> bool:
    if position >= len(text):
        return True
    return text[position - 1].isspace() or text[position].isspace()
