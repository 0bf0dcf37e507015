"""Words and sentences in a text, as far as the perturbations need to know them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])(\s+)")
_VOWELS: Final = frozenset("aeiouAEIOU")
_ARTICLE: Final = re.compile(r"(?<!\w)(an?|An?|AN?)$")


def negatives(*verbs: str) -> dict[str, str]:
    """Return what verbs and *not* make: those given, and *can* and *will*."""
    return {"can": "can't", "will": "won't", **{verb: f"{verb}n't" for verb in verbs}}


def any_of(words: Iterable[str]) -> str:
    """Return a group that matches any of the words, the longest first."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, ordered))})"


def cased_like(word: str, model: str) -> str:
    """Return the word in the case of another: capitals, a capital first, or as it is."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return capital(word) if model[:1].isupper() else word


def capital(text: str) -> str:
    """Return the text with its first letter large, all else as it is."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """Return the text with its first letter small, if its first word is known to be no name.

    Only words that sentences often open with are known so; ``I`` is not among them.
    """
    first = re.match(r"[A-Za-z]+", text)
    if first is None or first[0].lower() not in _OPENING_WORDS:
        return text
    return text[:1].lower() + text[1:]


def sentences(text: str) -> list[str]:
    """Split a text into sentences and the white space between them; joined, they are the text."""
    return _SENTENCE_END.split(text)


def with_article(before: str, word: str) -> str:
    """Return the text before a word with the article that the word takes: "a " or "an "."""
    stem = before.rstrip(" ")
    article = _ARTICLE.search(stem)
    if article is None or stem == before:
        return before
    wanted = cased_like("an" if word[:1] in _VOWELS else "a", article[0])
    return stem[: article.start()] + wanted + before[len(stem) :]


def replaced(pattern: re.Pattern[str], text: str, change: Callable[[re.Match[str]], str]) -> str:
    """Replace every match, letting an indefinite article before it agree with what comes."""
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        new = change(match)
        before = text[end : match.start()]
        parts += [with_article(before, new) if new != match[0] else before, new]
        end = match.end()
    return "".join([*parts, text[end:]])


_OPENING_WORDS: Final = frozenset(
    """
    a an the this that these those my your his her its our their some any no every all both each
    you he she it we they there here
    what who whom whose which when where why how if when because although while since unless after
    before is are was were am do does did can could will would should shall may might must have has
    had not please in on at for to from with by as about of so and but or
    tell explain describe give show teach write list name say make help answer let compare translate
    summarize find create draft suggest recommend define outline count complete finish spell work
    """.split()  # noqa: SIM905 -- a list of words is read as words
)
