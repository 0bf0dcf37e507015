"""Model output is hostile text: what would hide, reorder or overprint is made visible.

Escaping for HTML is Jinja's task; this module deals with characters that survive escaping.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

_ODD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_PLAIN_CONTROLS = frozenset("\n\t")
_JOINERS = frozenset("\u200c\u200d")
_STACKING_CATEGORIES = frozenset({"Mn", "Me"})
_MOST_STACKED = 4
"""Marks on one letter; no script needs more, and a tower of them paints over its surroundings."""

_MOST_SYMBOLS = 16
"""Stand-ins spelled out in one stretch; the rest is counted."""

_COMMAND = re.compile(r"^(\s*)(::)|##(?=\[|vso\[)", re.MULTILINE)

_CONTROL_PICTURES = 0x2400
_FIRST_PRINTABLE = 0x20
_DELETE = 0x7F
_BYTE = 0x100
_PLANE = 0x10000


class Piece(NamedTuple):
    """A stretch of text as it is shown.

    Args:
        text: Characters that are safe to show.
        odd: What the stretch stands for if it is a stand-in: names of the characters; else empty.
    """

    text: str
    odd: str = ""


def reveal(text: str) -> tuple[Piece, ...]:
    """Split a text into ordinary stretches and stand-ins for characters that must not act.

    Control characters (terminal escapes and NUL among them), bidirectional overrides, zero-width
    and other invisible characters, lone surrogates, unassigned code points and towers of combining
    marks are replaced.

    Args:
        text: Any text.

    Returns:
        Its stretches in order; empty for an empty text.
    """
    # A tab or a line feed is not printable to Python, but is ordinary here.
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return (Piece(text),) if text else ()
    pieces: list[Piece] = []
    for odd, group in groupby(zip(text, _oddities(text), strict=True), key=lambda item: item[1]):
        stretch = "".join(character for character, _ in group)
        pieces.append(_stand_in(stretch) if odd else Piece(stretch))
    return tuple(pieces)


def plain(text: str) -> str:
    """Return a text with the same stand-ins in place, where they cannot be marked."""
    return "".join(piece.text for piece in reveal(text))


def one_line(text: str, width: int | None = None) -> str:
    """Return a text as `plain` does, on one line, for tables and logs.

    Args:
        text: Any text.
        width: Most characters, at least 1; what is longer loses its beginning, since names and
            paths tell the most at their end.
    """
    line = " ".join(plain(text).split())
    return line if width is None or len(line) <= width else f"…{line[len(line) - width + 1 :]}"


def obeyed_by_none(text: str) -> str:
    """Return a text for a log with what a CI runner would take for its own commands marked.

    GitHub's obeys a line of any step's output that begins with ``::``, after blanks, or that has
    ``##[`` anywhere (actions/runner, ``ActionCommand``); Azure's, one that has ``##vso[``.

    Args:
        text: One line or several.

    Returns:
        The text, with a backslash where a command would begin.
    """
    return _COMMAND.sub(lambda found: f"{found[1]}\\::" if found[2] else "#\\#", text)


def _oddities(text: str) -> Iterator[bool]:
    """Tell for each character whether it needs a stand-in."""
    stacked = 0
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        stacked = stacked + 1 if category in _STACKING_CATEGORIES else 0
        if character in _PLAIN_CONTROLS:
            yield False
        elif character in _JOINERS:
            yield not _joins_script(text, position)
        else:
            yield stacked > _MOST_STACKED or category in _ODD_CATEGORIES


def _joins_script(text: str, position: int) -> bool:
    """Whether a joiner does its proper work: between letters of its scripts, or in an emoji."""
    around = text[max(position - 1, 0) : position], text[position + 1 : position + 2]
    return all(side and side.isprintable() and not side.isascii() for side in around)


def _stand_in(stretch: str) -> Piece:
    runs = [(character, sum(1 for _ in group)) for character, group in groupby(stretch)]
    shown = [
        _symbol(character) + (f"{fmt.TIMES}{times:,}" if times > 1 else "")
        for character, times in runs[:_MOST_SYMBOLS]
    ]
    hidden = sum(times for _, times in runs[_MOST_SYMBOLS:])
    if hidden:
        shown.append(f"…+{hidden:,}")
    first = unicodedata.name(stretch[0], "") or f"U+{ord(stretch[0]):04X}"
    more = len(set(stretch)) - 1
    return Piece("".join(shown), f"{first} and {more} more" if more else first)


def _symbol(character: str) -> str:
    code = ord(character)
    if code < _FIRST_PRINTABLE:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    if code < _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < _PLANE else f"\\U{code:08x}"
