"""``rouge_l``: the words a completion shares with a reference, in their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring import shapes
from behavtest.scoring.arguments import (
    one_of,
    options_or_single,
    rendered,
    template_from,
)
from behavtest.scoring.hints import shortened
from behavtest.scoring.limits import LIMITS, Limits, limits_from
from behavtest.scoring.optional import need
from behavtest.scoring.shapes import TEXT, about, either, fields, takes, words

if TYPE_CHECKING:
    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer
    from behavtest.scoring.templates import TextTemplate

_LABEL: Final = "rouge_l"
_MEASURES: Final = ("f1", "recall", "precision")
_LONGEST: Final = 100_000
_WORD: Final = re.compile(
    # Chinese and Japanese are written without spaces, so a character stands for a word
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)


@takes(
    either(
        TEXT,
        fields(
            {
                "reference": about("The text to compare with.", TEXT),
                "measure": about("f1 if left out.", words(_MEASURES)),
                **shapes.LIMITS,
            },
            required=["reference"],
        ),
    )
)
def rouge_l(arguments: object) -> Scorer:
    """Make a scorer: ROUGE-L, by the longest common subsequence of words with a reference text.

    With L the length of that subsequence, m the number of the reference's words and n of the
    completion's: ``recall`` is L / m, ``precision`` L / n and ``f1`` (the default) their harmonic
    mean, 2 L / (m + n). Source: Lin, "ROUGE: a package for automatic evaluation of summaries", ACL
    workshop 2004, with beta 1. Words are runs of letters and digits in lower case, as in Google's
    rouge-score without its stemmer, whose values these are for English; there, other letters than
    a to z part words, here they do not. A completion without words scores 0; its first 100,000
    characters count. ``at_least`` and ``at_most`` make the score 1 inside and 0 outside.

    Raises:
        ValueError: The arguments are wrong, or the library is not installed.
    """
    given = options_or_single(
        arguments,
        scorer=_LABEL,
        known=("reference", "measure", *LIMITS),
        missing="a reference; write {rouge_l: '{{ answer }}'}",
    )
    need("rapidfuzz", scorer=_LABEL, package="rapidfuzz")
    reference = template_from(given["reference"], empty="there would be nothing to share with it")
    measure = one_of(given, "measure", _MEASURES, default="f1")
    return _RougeL(reference, measure, limits_from(given))


class _RougeL:
    def __init__(self, reference: TextTemplate, measure: str, limits: Limits) -> None:
        self._reference = reference
        self._measure = measure
        self._limits = limits
        parts = [repr(reference.source), f"measure={measure}", *limits.described()]
        self.name = f"{_LABEL}({', '.join(parts)})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields make no reference."""
        self._words(prompt)

    def __call__(self, completion: Completion, /) -> float:
        reference = self._words(completion.prompt)
        answer = _words_of(completion.text[:_LONGEST])
        shared = _common(reference, answer)
        of = {
            "recall": len(reference),
            "precision": len(answer),
            "f1": (len(reference) + len(answer)) / 2,
        }
        return self._limits.applied(shared / of[self._measure] if answer else 0.0)

    def _words(self, prompt: Prompt) -> list[str]:
        text = rendered(self._reference, prompt, what="rouge_l: reference")
        words = _words_of(text[:_LONGEST])
        if not words:
            raise ScoreError(f"rouge_l: the reference {shortened(text)!r} has no words")
        return words


def _words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _common(reference: list[str], answer: list[str]) -> int:
    """Return the length of the longest common subsequence.

    RapidFuzz compares many words at a time (Hyyrö, "Bit-parallel LCS-length computation
    revisited", AWOCA 2004), so that long texts take no quadratic time in practice.
    """
    from rapidfuzz.distance import LCSseq

    # numbered, because RapidFuzz compares hashes: those of small numbers never collide
    number = {word: index for index, word in enumerate(dict.fromkeys([*reference, *answer]))}
    return int(
        LCSseq.similarity([number[word] for word in reference], [number[word] for word in answer])
    )
