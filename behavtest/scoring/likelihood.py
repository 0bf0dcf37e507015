"""``likelihood``: how likely a model finds a text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from behavtest.scoring.arguments import (
    Texts,
    one_of,
    options_or_single,
    template_from,
)
from behavtest.scoring.exact import checked_texts
from behavtest.scoring.listed_texts import NO_TOKENS
from behavtest.scoring.shapes import TEXT, about, either, fields, takes, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Prompt
    from behavtest.scoring.exact import ExactScorer, TextLikelihood

_LABEL: Final = "likelihood"
_PER: Final = ("token", "text")


@takes(
    either(
        TEXT,
        fields(
            {
                "text": about("The text, as the model would begin its answer.", TEXT),
                "per": about("Whose probability the score is.", words(_PER)),
            },
            required=["text"],
        ),
    )
)
def likelihood(arguments: object) -> ExactScorer:
    """Make a scorer: the probability that the model gives a text as its answer.

    ``per: token`` (the default) is the geometric mean of its tokens' probabilities,
    exp(mean log p) = 1 / perplexity (Jelinek, Mercer, Bahl and Baker, "Perplexity - a measure of
    the difficulty of speech recognition tasks", JASA 1977). ``per: text`` is the product of them,
    exp(sum log p), which is next to nothing for all but short texts.

    Raises:
        ValueError: The arguments are wrong.
    """
    given = options_or_single(
        arguments,
        scorer=_LABEL,
        known=("text", "per"),
        missing="a text; write {likelihood: 'the text'}",
    )
    text = Texts((template_from(given["text"], empty=NO_TOKENS),))
    return _Likelihood(text, per=one_of(given, "per", _PER, default="token"))


class _Likelihood:
    def __init__(self, text: Texts, *, per: str) -> None:
        self._text = text
        self._per = per
        options = "" if per == "token" else f", per={per}"
        self.name = f"{_LABEL}({text.templates[0].source!r}{options})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields do not fill in the text."""
        checked_texts(self, prompt)

    def reference_texts(self, prompt: Prompt) -> tuple[str, ...]:
        return self._text.rendered(prompt, scorer=_LABEL)

    def score_likelihoods(self, _prompt: Prompt, found: Sequence[TextLikelihood]) -> float:
        (one,) = found
        return math.exp(one.per_token if self._per == "token" else one.total)

    def shown(self, _prompt: Prompt, found: Sequence[TextLikelihood]) -> str:
        (one,) = found
        mean = math.exp(one.per_token)
        perplexity = f"{1 / mean:.4g}" if mean else "infinite"
        tokens = "1 token" if len(one.logprobs) == 1 else f"{len(one.logprobs)} tokens"
        return (
            f"{one.text}\n{mean:.4f} per token, perplexity {perplexity}\n"
            f"{tokens}, log-probability {one.total:.4g}"
        )
