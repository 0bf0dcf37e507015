r"""Finds which of given options an answer picks.

The first of these that finds anything decides:

1. the whole answer is an option's text, or a label (``B``, ``(b)``, ``B.``);
2. the answer says so, with a text or a label: *the answer is B*, *Answer: b)*, *I choose Paris*,
   *option B is correct*, ``\boxed{B}``; several picks are read as several (*A and C*);
3. the answer begins with a label and a sign (``B) Paris``, ``(B)``, ``B: …``, *B because …*), or
   with an option's text; *B is wrong* is no pick;
4. a label stands beside the text of its option, anywhere in the answer: *B, Paris* or *Paris (B)*;
5. texts of options stand anywhere in it;
6. labels in brackets (``(B)``) stand anywhere in it;
7. labels alone stand anywhere in it, as capitals; not ``A`` and ``I``, which are words, except
   where another label follows (*A and C*).

Otherwise case does not count, nor Markdown, nor white space. A text that is part of a longer option
at the same place (*Paris* in *Paris, Texas*) is not found there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LONGEST: Final = 100_000
_PLAIN: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_EMPHASIS: Final = re.compile(r"[*_`]+|~~|^[ \t]{0,9}#{1,6} ", re.MULTILINE)
_LATEX: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf)\b|\\[()\[\]]|[{}$]")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINE_ENDS: Final = re.compile(r" ?\n[ \n]*")
_ENDS: Final = " \n.,;:!?\"'()[]<>"

_OPEN: Final = r"[(\[<\"']{0,2}"
_CLOSE: Final = r"[)\]>\"']{0,2}"
_NOUN: Final = "(?:answer|choice|option|solution|response|pick|selection|conclusion)"
_SURELY: Final = "(?: clearly| therefore| definitely| most likely| probably)?"
_SAYS: Final = (
    rf"\b{_NOUN}s?(?: to (?:the|this) question)?(?: here)?"
    rf"(?: (?:is|are|would be|should be|will be|must be){_SURELY}| ?[:=])[ :\n]{{0,4}}|\bboxed ?"
    r"|\bi(?:'d| would|'ll| will)? (?:choose|pick|select|chose|picked|selected|say|go(?= with))"
    rf"(?: with)?[ :]{{1,2}}|\b(?:it|that|this)(?:'s| is| must be| would be) (?={_NOUN}|[(\[])"
)
_THE_LETTER: Final = rf"(?:(?:the )?(?:letter|{_NOUN})[ :]{{1,2}})?"
_CONFIRMS: Final = (
    rf" (?:is|would be|must be|seems){_SURELY} (?:the )?"
    rf"(?:(?:correct|right)(?!\w)|(?:best |true )?{_NOUN}(?!\w)|best one|true(?= ?(?:$|[.;,\n])))"
)
_AND: Final = r"(?:, and |, or |, | and | or | ?[/&] ?)"
_ENDED: Final = r"(?= ?(?:$|[.;!?\n]))"
_DENIED: Final = r"(?:n't| not| wrong| incorrect| false| untrue| ruled out| out)\b"
_BECAUSE: Final = rf"(?:because|since|as|is(?!{_DENIED}))\b"
_NOT_AFTER: Final = r"(?<!not )(?<!nor )(?<!than )(?<!unlike )(?<!\w)"
_GOES_ON: Final = rf"(?:{_BECAUSE}|and\b|or\b)"


class Options:
    """Options with their labels.

    Args:
        texts: The options' texts, different from each other as `plain` has them.
        labels: As many labels, ``A``, ``B``, … or ``1``, ``2``, ….
    """

    def __init__(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._by_label = {label.casefold(): index for index, label in enumerate(labels)}
        every = {plain(text): index for index, text in enumerate(texts)}
        # an option that is nothing but its label is read as one: "a" is found in any text
        self._by_text = {t: i for t, i in every.items() if self._by_label.get(t) != i}
        text = _texts(self._by_text)
        label = "|".join(map(_label, self._by_label))
        # atomic: where a text is another's label, a long list would be tried in both senses of each
        one = rf"{_OPEN}(?<!\w)(?>(?:{text}|{label})(?!\w)){_CLOSE}"
        more = rf"(?:{_AND}{_THE_LETTER}{one}){{1,25}}"
        self._text = re.compile(rf"(?<!\w)(?:{text})(?!\w)")
        self._label = re.compile(rf"(?<!\w)(?:{label})(?!\w)")
        self._said = re.compile(
            rf"(?:{_SAYS}){_THE_LETTER}(?P<picked>{one}(?:{more}{_ENDED})?)"
            rf"|(?P<confirmed>{one}){_CONFIRMS}"
        )
        self._opening = re.compile(
            rf"{one}{more}{_ENDED}|(?:{_NOUN} )?(?:[(\[](?:{label})[)\]]|{_OPEN}(?:{text})(?!\w)"
            rf"(?! is{_DENIED})|(?:{label})(?:[).:\]\n]|,(?! and )| ?[-\u2013\u2014] | {_BECAUSE}))"
        )
        self._bracketed = re.compile(rf"[(\[](?:{label})[)\]]")
        self._beside = {
            index: re.compile(_beside(labels[index], text)) for text, index in self._by_text.items()
        }
        capitals = "|".join(map(_capital, labels))
        self._capital = re.compile(rf"(?<![\w'])(?:{capitals})(?![\w'])")

    def picked(self, answer: str) -> set[int]:
        """Return the indices of the options an answer picks; none or several if it is unclear.

        Args:
            answer: A completion; its first 100,000 characters are read.
        """
        unmarked = _without_markup(answer[:_LONGEST])
        folded = unmarked.casefold().strip()
        return (
            self._whole(folded)
            or self._in_matches(self._said, folded)
            or self._in(match[0] if (match := self._opening.match(folded)) else "")
            or {i for i, beside in self._beside.items() if beside.search(unmarked)}
            or _indices(self._text.findall(folded), self._by_text)
            or self._in_matches(self._bracketed, folded)
            or _indices(self._capital.findall(unmarked), self._by_label)
        )

    def _whole(self, folded: str) -> set[int]:
        bare = " ".join(folded.split()).strip(_ENDS)
        for table in (self._by_text, self._by_label):
            for form in (" ".join(folded.split()), bare):
                if form in table:
                    return {table[form]}
        return set()

    def _in_matches(self, pattern: re.Pattern[str], folded: str) -> set[int]:
        found: set[int] = set()
        for match in pattern.finditer(folded):
            groups = match.groupdict()
            found |= self._in(groups.get("picked") or groups.get("confirmed") or match[0])
        return found

    def _in(self, part: str) -> set[int]:
        """Return the options in a part of an answer where little else is: texts, and labels."""
        texts = _indices(self._text.findall(part), self._by_text)
        return texts | _indices(self._label.findall(self._text.sub(" ", part)), self._by_label)


def plain(text: str) -> str:
    """Return a text as it is compared: one case, no markup, single spaces, no end mark."""
    return " ".join(_without_markup(text).casefold().split()).rstrip(".")


def _without_markup(text: str) -> str:
    text = _LATEX.sub(" ", _EMPHASIS.sub("", text.translate(_PLAIN)))
    return _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text))


def _indices(found: Iterable[str], table: Mapping[str, int]) -> set[int]:
    return {table[" ".join(text.casefold().split())] for text in found}


def _texts(texts: Iterable[str]) -> str:
    """Return an expression for any of the texts, the longest that fits."""
    longest_first = sorted(texts, key=len, reverse=True)
    return "|".join(re.escape(text).replace(r"\ ", r"\s") for text in longest_first) or r"(?!)"


def _label(label: str) -> str:
    """Return an expression for a label; ``a`` and ``i`` before a word are words themselves."""
    return rf"{label}(?! (?!{_GOES_ON})\w)" if label in {"a", "i"} else label


def _beside(label: str, text: str) -> str:
    """Return an expression for an option's label and text side by side: *B, Paris*, *Paris (B)*."""
    text = rf"(?i:{_texts([text])})(?!\w)"
    return rf"{_NOT_AFTER}(?:{label}[).:,] ?{text}|{text} [(\[]{label}[)\]])"


def _capital(label: str) -> str:
    """Return an expression for a label alone; ``A`` and ``I`` only where another follows."""
    return rf"{label}(?=(?:, |,? (?:and|or) |/)[B-Z](?!\w))" if label in {"A", "I"} else label
