"""Instructions about form: bullet points, highlights, sections, a title, JSON, set phrases."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from behavtest.scoring.ifeval.given import Check, Given

_STARRED: Final = re.compile(r"^[^\S\n]*\*[^*].*$", re.MULTILINE)
_DASHED: Final = re.compile(r"^[^\S\n]*-.*$", re.MULTILINE)
_HIGHLIGHT: Final = re.compile(r"\*([^\n*]*)\*")
_BOLD: Final = re.compile(r"\*\*([^\n*]*)\*\*")
_FENCE: Final = re.compile(r"\A```(?:json|Json|JSON)?|```\Z")
_RESPONSES: Final = ("My answer is yes.", "My answer is no.", "My answer is maybe.")


def number_bullet_lists(given: Given) -> Check:
    """There are exactly so many lines that begin with a star or a dash."""
    wanted = given.whole("num_bullets")
    return lambda answer: len(_STARRED.findall(answer)) + len(_DASHED.findall(answer)) == wanted


def constrained_response(_given: Given) -> Check:
    """One of three set sentences is there."""
    return lambda answer: any(response in answer for response in _RESPONSES)


def number_highlighted_sections(given: Given) -> Check:
    """There are at least so many parts between stars, or between pairs of them."""
    wanted = given.whole("num_highlights")

    def check(answer: str) -> bool:
        parts = [*_HIGHLIGHT.findall(answer), *_BOLD.findall(answer)]
        return sum(bool(part.strip()) for part in parts) >= wanted

    return check


def multiple_sections(given: Given) -> Check:
    """There are at least so many sections, each after a word and a number."""
    wanted, word = given.whole("num_sections"), given.text("section_spliter")
    pattern = re.compile(rf"{re.escape(word)}\s?\d+")
    return lambda answer: len(pattern.findall(answer)) >= wanted


def json_format(_given: Given) -> Check:
    """The whole answer is JSON, perhaps in a Markdown fence."""

    def check(answer: str) -> bool:
        try:
            json.loads(_FENCE.sub("", answer.strip()).strip())
        except (ValueError, RecursionError):
            return False
        return True

    return check


def title(_given: Given) -> Check:
    """There is a title in double angular brackets."""
    return lambda answer: any(map(_has_title, answer.split("\n")))


def _has_title(line: str) -> bool:
    begin, end = line.find("<<"), line.rfind(">>")
    return 0 <= begin < end and bool(line[begin:end].lstrip("<").rstrip(">").strip())
