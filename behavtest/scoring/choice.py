"""``choice``: which of given options a model prefers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, need_options, one_of, options_from
from behavtest.scoring.exact import checked_texts
from behavtest.scoring.hints import describe, listed, shortened
from behavtest.scoring.listed_texts import ListedTexts, listed_texts
from behavtest.scoring.preferred import preferred, shares_shown
from behavtest.scoring.shapes import TEXTS, about, fields, takes, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Prompt
    from behavtest.scoring.exact import ExactScorer, TextLikelihood

_LABEL: Final = "choice"
_NORMALIZE: Final = ("none", "tokens", "characters")
_MEASURE: Final = ("probability", "accuracy")


class _Options(NamedTuple):
    """One prompt's options.

    Args:
        texts: All of them, at least two.
        right: Whether each is an answer; one is, and one is not.
    """

    texts: tuple[str, ...]
    right: tuple[bool, ...]


@takes(
    fields(
        {
            "options": about(
                "The texts to choose from; a field that is a list counts as its items.", TEXTS
            ),
            "answer": about("The right one, or several.", TEXTS),
            "normalize": about("What a log-probability is divided by.", words(_NORMALIZE)),
            "measure": about("What the score is.", words(_MEASURE)),
        },
        required=["options", "answer"],
    )
)
def choice(arguments: object) -> ExactScorer:
    """Make a scorer: how much of the probability of given options is on the right ones.

    With l the log-probability of an option, divided by its number of tokens or characters if
    ``normalize`` says so, and the softmax of l over the options as their probabilities:
    ``measure: probability`` (the default) is the sum of the right ones', ``accuracy`` whether the
    best option is right (the share of right ones, if several are equally good).

    Sources: accuracy by l and by l per character are ``acc`` and ``acc_norm`` of EleutherAI's
    lm-evaluation-harness (compared by Gao, "Multiple choice normalization in LM evaluation",
    EleutherAI, 2021); probability with several answers is ``MC2`` of TruthfulQA (Lin, Hilton and
    Evans, "TruthfulQA: measuring how models mimic human falsehoods", ACL 2022).

    Raises:
        ValueError: The arguments are wrong.
    """
    if not isinstance(arguments, Mapping):
        raise ArgumentsError(
            f"found {describe(arguments)}, expected {{options: [Paris, Lyon], answer: Paris}}"
        )
    given = options_from(
        arguments, scorer=_LABEL, known=("options", "answer", "normalize", "measure")
    )
    need_options(given, ("options", "answer"), scorer=_LABEL)
    return _Choice(
        listed_texts(given["options"], name="options"),
        listed_texts(given["answer"], name="answer"),
        normalize=one_of(given, "normalize", _NORMALIZE, default="none"),
        measure=one_of(given, "measure", _MEASURE, default="probability"),
    )


class _Choice:
    def __init__(
        self, options: ListedTexts, answer: ListedTexts, *, normalize: str, measure: str
    ) -> None:
        self._options = options
        self._answer = answer
        self._normalize = normalize
        self._measure = measure
        parts = [f"[{options.described()}]", f"answer=[{answer.described()}]"]
        parts += [f"normalize={normalize}"] if normalize != "none" else []
        parts += [f"measure={measure}"] if measure != "probability" else []
        self.name = f"{_LABEL}({', '.join(parts)})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields make no choice."""
        checked_texts(self, prompt)

    def reference_texts(self, prompt: Prompt) -> tuple[str, ...]:
        """Return the options, in the order of `score_likelihoods`."""
        return self._of(prompt).texts

    def score_likelihoods(self, prompt: Prompt, found: Sequence[TextLikelihood]) -> float:
        """Score what a model makes of the options.

        Args:
            prompt: The prompt they follow.
            found: How likely each is, in the order of `reference_texts`.

        Returns:
            The right options' share of all probability, in [0, 1]; as an accuracy the share of
            right ones among the likeliest.
        """
        right = self._of(prompt).right
        values = [self._value(one) for one in found]
        best = preferred(values, scorer=_LABEL)
        if self._measure == "accuracy":
            return sum(right[place] for place in best) / len(best)
        # one division of two exact sums: the share of a part never comes out above 1
        weights = [math.exp(value - max(values)) for value in values]
        mass = math.fsum(weight for weight, yes in zip(weights, right, strict=True) if yes)
        return mass / math.fsum(weights)

    def shown(self, prompt: Prompt, found: Sequence[TextLikelihood]) -> str:
        values = [self._value(one) for one in found]
        notes = ["right" if yes else "" for yes in self._of(prompt).right]
        return shares_shown(found, values, notes=notes)

    def _value(self, one: TextLikelihood) -> float:
        if self._normalize == "tokens":
            return one.per_token
        # white space around an option only joins it to the prompt: the harness leaves it out, too
        return one.total / (len(one.text.strip()) if self._normalize == "characters" else 1)

    def _of(self, prompt: Prompt) -> _Options:
        texts = self._options.rendered(prompt, what="choice: options")
        answers = self._answer.rendered(prompt, what="choice: answer")
        shown = listed((repr(shortened(text)) for text in texts), limit=8)
        for answer in answers:
            if answer not in texts:
                raise ScoreError(
                    f"choice: the answer {shortened(answer)!r} is not among the options ({shown})"
                )
        if not answers:
            raise ScoreError("choice: there is no answer: its list is empty")
        if len(answers) == len(texts):
            raise ScoreError(
                f"choice: every option is right ({shown}), so there is nothing to choose; give "
                "wrong ones, too"
            )
        return _Options(texts, tuple(text in answers for text in texts))
