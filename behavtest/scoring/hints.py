"""Words for error messages: what was found, and what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

_SHOWN = 40


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for a likely misspelling, else nothing.

    Args:
        found: What was written.
        known: What could have been meant.
    """
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(found.casefold(), by_folded, n=1, cutoff=0.6)
    return f"; did you mean {by_folded[close[0]]!r}?" if close else ""


def describe(value: object) -> str:  # noqa: PLR0911 - one return for each kind of value
    """Return what a value is, in the words of someone who writes YAML."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {shortened(value)!r}"
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def text_wanted(value: object) -> str:
    """Return the message for a value that is not text where text is expected."""
    quotable = value is None or isinstance(value, bool | int | float)
    way_out = "; write it in quotes if it is meant as text" if quotable else ""
    return f"found {describe(value)}, expected text{way_out}"


def listed(names: Iterable[object], *, limit: int = 20) -> str:
    """Return names joined by commas, the rest counted."""
    every = [str(name) for name in names]
    rest = len(every) - limit
    return ", ".join(every[:limit]) + (f" and {rest} more" if rest > 0 else "")


def shortened(text: str) -> str:
    """Return the text, cut to a length that fits in a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
