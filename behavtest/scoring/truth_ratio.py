"""``truth_ratio``: how likely a model finds false answers, beside a true one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import one_of, options_from
from behavtest.scoring.exact import checked_texts
from behavtest.scoring.listed_texts import ListedTexts, listed_texts
from behavtest.scoring.shapes import NOTHING, TEXTS, about, either, fields, takes, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Prompt
    from behavtest.scoring.exact import ExactScorer, TextLikelihood

_LABEL: Final = "truth_ratio"
_SETS: Final = ("retain", "forget")


@takes(
    either(
        NOTHING,
        fields(
            {
                "right": about("The true answer.", TEXTS),
                "wrong": about("The false answers.", TEXTS),
                "set": about("What is to become of the set.", words(_SETS)),
            }
        ),
    )
)
def truth_ratio(arguments: object) -> ExactScorer:
    """Make a scorer: TOFU's truth ratio, of a set to be retained or of one to be forgotten.

    With p the geometric mean of a text's token probabilities, R is the geometric mean of p over
    the ``wrong`` texts, divided by p of the ``right`` one. ``set: retain`` (the default) scores
    max(0, 1 - R): 1 if the false answers are never given, 0 if they are as likely as the true
    one. ``set: forget`` scores min(R, 1 / R): 1 if the model does not tell true from false. Both
    as ``aggregate_eval_stat.py`` of locuslab/tofu computes them (Maini et al., "TOFU", COLM 2024,
    whose equation has an arithmetic mean over the false answers where the code has a geometric).

    ``right`` is a text (by default ``{{ right }}``) and ``wrong`` a text or a list (``{{ wrong
    }}``): the fields that the prompt source ``tofu`` adds.

    Raises:
        ValueError: The arguments are wrong.
    """
    given = options_from(arguments, scorer=_LABEL, known=("right", "wrong", "set"))
    return _TruthRatio(
        listed_texts(given.get("right", "{{ right }}"), name="right"),
        listed_texts(given.get("wrong", "{{ wrong }}"), name="wrong"),
        forget=one_of(given, "set", _SETS, default="retain") == "forget",
    )


class _TruthRatio:
    def __init__(self, right: ListedTexts, wrong: ListedTexts, *, forget: bool) -> None:
        self._right = right
        self._wrong = wrong
        self._forget = forget
        texts = f"right=[{right.described()}], wrong=[{wrong.described()}]"
        self.name = f"{_LABEL}({texts}, set={'forget' if forget else 'retain'})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields do not fill in the texts."""
        checked_texts(self, prompt)

    def reference_texts(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the right text, and behind it the wrong ones.

        Raises:
            ScoreError: There is not one right text, or no wrong one, or a field is missing.
        """
        right = self._right.rendered(prompt, what="truth_ratio: right")
        wrong = self._wrong.rendered(prompt, what="truth_ratio: wrong")
        if len(right) != 1:
            raise ScoreError(f"truth_ratio: right is {len(right)} texts, expected one")
        if not wrong:
            raise ScoreError("truth_ratio: there is no wrong text: its list is empty")
        if right[0] in wrong:
            raise ScoreError(f"truth_ratio: {right[0]!r} is both right and wrong")
        return (*right, *wrong)

    def score_likelihoods(self, _prompt: Prompt, found: Sequence[TextLikelihood]) -> float:
        log_ratio = _log_ratio(found)
        if self._forget:
            return math.exp(-abs(log_ratio))
        return max(0.0, -math.expm1(log_ratio)) if log_ratio < 0 else 0.0

    def shown(self, _prompt: Prompt, found: Sequence[TextLikelihood]) -> str:
        lines = [
            f"{math.exp(one.per_token):.4f} per token: {one.text!r}{'' if place else ' (right)'}"
            for place, one in enumerate(found)
        ]
        return "\n".join([*lines, f"log of the truth ratio {_log_ratio(found):.4g}"])


def _log_ratio(found: Sequence[TextLikelihood]) -> float:
    """Return the logarithm of R.

    Raises:
        ScoreError: The model gives both true and false answers no probability.
    """
    right, *wrong = (one.per_token for one in found)
    mean = math.fsum(wrong) / len(wrong)
    if math.isinf(right) and math.isinf(mean):
        raise ScoreError("truth_ratio: true and false answers have probability 0")
    return mean - right
