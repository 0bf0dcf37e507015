"""``language``: the language a completion is written in."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, options_or_single, share
from behavtest.scoring.fences import without_fenced_blocks
from behavtest.scoring.hints import describe, did_you_mean, listed, shortened
from behavtest.scoring.listed_texts import ListedTexts, listed_texts
from behavtest.scoring.optional import need
from behavtest.scoring.shapes import SHARE, TEXT, TEXTS, about, either, fields, some, takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from py3langid.langid import LanguageIdentifier

    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer

_LABEL: Final = "language"
_LONGEST: Final = 20_000
_SURE: Final = 0.5
_USUAL: Final = """ar bg bn cs da de el en es fa fi fr he hi hu id it ja ko nl no pl pt ro ru sk sv
ta te th tr uk vi zh"""
USUAL: Final = frozenset(_USUAL.split())
"""The languages told apart unless others are given: widely written ones, by ISO 639-1 code."""


@takes(
    either(
        TEXTS,
        fields(
            {
                "is": about("A language, or several of which any will do.", TEXTS),
                "among": about("The languages that it may be.", some(TEXT, least=0)),
                "confidence": about("The probability it takes; 0.5 if left out.", SHARE),
            },
            required=["is"],
        ),
    )
)
def language(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion is written in one of the languages, else 0.

    Languages are ISO 639-1 codes, and told apart by py3langid (a naive Bayes model over byte
    n-grams; Lui and Baldwin, "langid.py: an off-the-shelf language identification tool", ACL
    2012). It chooses ``among`` some three dozen widely written languages and those asked for, or
    only the ones given; the fewer they are, the shorter a text it can tell. The likeliest one must
    have a probability of at least ``confidence`` (0.5 if not given): else the text is too short or
    too mixed to tell, and scores 0, as one without letters does. Fenced code blocks do not count;
    the first 20,000 characters do.

    Raises:
        ValueError: The arguments are wrong, or the library is not installed.
    """
    given = options_or_single(
        arguments,
        scorer=_LABEL,
        known=("is", "among", "confidence"),
        missing="the code of a language; write {language: en}",
    )
    need("py3langid", scorer=_LABEL, package="py3langid")
    wanted = listed_texts(given["is"], name="is")
    for template in wanted.templates:
        if not template.variables:
            _check_codes([template.source])
    confidence = share(given, "confidence", default=_SURE)
    return _Language(wanted, _among(given), confidence=confidence)


def _among(given: Mapping[str, object]) -> frozenset[str] | None:
    if "among" not in given:
        return None
    codes = given["among"]
    if not isinstance(codes, list | tuple) or not all(isinstance(code, str) for code in codes):
        raise ArgumentsError(
            f"among: found {describe(codes)}, expected a list of languages: [en, de]"
        )
    _check_codes(codes)
    return frozenset(codes)


def _check_codes(codes: Iterable[str]) -> None:
    known = _identifier().labels
    for code in codes:
        if code not in known:
            raise ArgumentsError(
                f"{shortened(code)!r} is not a language that is known here"
                f"{did_you_mean(code, known)}; languages are ISO 639-1 codes, such as en, de, fr, "
                f"zh ({len(known)} of them: {listed(sorted(known))})"
            )


class _Language:
    def __init__(
        self, wanted: ListedTexts, among: frozenset[str] | None, *, confidence: float
    ) -> None:
        self._wanted = wanted
        self._among = among
        self._confidence = confidence
        parts = [wanted.described()]
        parts += [f"among=[{', '.join(sorted(among))}]"] if among is not None else []
        parts += [f"confidence={confidence:g}"] if confidence != _SURE else []
        self.name = f"{_LABEL}({', '.join(parts)})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields name no language."""
        self._codes(prompt)

    def __call__(self, completion: Completion, /) -> float:
        wanted = self._codes(completion.prompt)
        text = without_fenced_blocks(completion.text)[:_LONGEST]
        if not any(map(str.isalpha, text)):
            return 0.0
        among = (USUAL if self._among is None else self._among) | wanted
        found = {code: p for code, p in _identifier().rank(text) if code in among}
        likeliest = max(found, key=lambda code: found[code])
        total = sum(found.values())
        sure = total > 0 and found[likeliest] / total >= self._confidence
        return float(sure and likeliest in wanted)

    def _codes(self, prompt: Prompt) -> frozenset[str]:
        codes = self._wanted.rendered(prompt, what="language")
        try:
            _check_codes(codes)
        except ArgumentsError as error:
            raise ScoreError(f"language: {error}") from None
        return frozenset(codes)


@functools.cache
def _identifier() -> LanguageIdentifier:
    """Return the model, read once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
