"""Instructions about what must be in an answer: placeholders, a postscript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given

_PLACEHOLDER: Final = re.compile(r"\[[^\[\]\n]*\]")
_MARKERS: Final = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}


def number_placeholders(given: Given) -> Check:
    """There are at least so many placeholders in square brackets."""
    wanted = given.whole("num_placeholders")
    return lambda answer: len(_PLACEHOLDER.findall(answer)) >= wanted


def postscript(given: Given) -> Check:
    """There is a postscript's marker, in either case."""
    marker = given.text("postscript_marker")
    pattern = re.compile(_MARKERS.get(marker, re.escape(marker.lower())))
    return lambda answer: pattern.search(answer.lower()) is not None
