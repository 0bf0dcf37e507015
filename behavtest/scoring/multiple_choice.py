"""``multiple_choice``: a completion that picks the right one of given options."""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, need_options, one_of, options_from
from behavtest.scoring.hints import describe, listed, shortened
from behavtest.scoring.listed_texts import ListedTexts, listed_texts
from behavtest.scoring.picking import Options, plain
from behavtest.scoring.shapes import TEXTS, about, fields, takes, words

if TYPE_CHECKING:
    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer

_LABEL: Final = "multiple_choice"
_LABELS: Final = {
    "letters": tuple(string.ascii_uppercase),
    "numbers": tuple(str(number) for number in range(1, 27)),
}


@takes(
    fields(
        {
            "options": about("The texts to choose from, the first being A.", TEXTS),
            "answer": about("Text or label of the right one, or of several.", TEXTS),
            "labels": about("How the options are labelled.", words(tuple(_LABELS))),
        },
        required=["options", "answer"],
    )
)
def multiple_choice(arguments: object) -> Scorer:
    """Make a scorer: 1 if the completion picks a right option and no other, else 0.

    ``options`` are texts, of which the first is A, the second B and so on (1, 2, … with ``labels:
    numbers``); ``answer`` is the text or the label of the right one, or a list of them, any of
    which will do. How a pick is read is told in `behavtest.scoring.picking`. A completion that
    picks none, or several, scores 0.

    Raises:
        ValueError: The arguments are wrong.
    """
    if not isinstance(arguments, Mapping):
        raise ArgumentsError(
            f"found {describe(arguments)}, expected {{options: [Paris, Lyon], answer: Paris}}"
        )
    given = options_from(arguments, scorer=_LABEL, known=("options", "answer", "labels"))
    need_options(given, ("options", "answer"), scorer=_LABEL)
    return _MultipleChoice(
        listed_texts(given["options"], name="options"),
        listed_texts(given["answer"], name="answer"),
        labels=one_of(given, "labels", tuple(_LABELS), default="letters"),
    )


class _Question(NamedTuple):
    """One prompt's options.

    Args:
        options: All of them.
        right: The indices of the right ones.
    """

    options: Options
    right: frozenset[int]


class _MultipleChoice:
    def __init__(self, options: ListedTexts, answer: ListedTexts, *, labels: str) -> None:
        self._options = options
        self._answer = answer
        self._labels = _LABELS[labels]
        parts = [f"[{options.described()}]", f"answer=[{answer.described()}]"]
        parts += [f"labels={labels}"] if labels != "letters" else []
        self.name = f"{_LABEL}({', '.join(parts)})"

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields make no question."""
        self._of(prompt)

    def __call__(self, completion: Completion, /) -> float:
        question = self._of(completion.prompt)
        picked = question.options.picked(completion.text)
        return float(len(picked) == 1 and picked <= question.right)

    def _of(self, prompt: Prompt) -> _Question:
        texts = self._options.rendered(prompt, what="multiple_choice: options")
        labels = self._labels[: len(texts)]
        index = _indices(texts, labels)
        shown = listed((repr(shortened(text)) for text in texts), limit=8)
        right = set()
        for answer in self._answer.rendered(prompt, what="multiple_choice: answer"):
            if plain(answer) not in index:
                raise ScoreError(
                    f"multiple_choice: the answer {shortened(answer)!r} is neither among the "
                    f"options ({shown}) nor one of their labels ({labels[0]} to {labels[-1]})"
                )
            right.add(index[plain(answer)])
        if not right:
            raise ScoreError("multiple_choice: there is no answer: its list is empty")
        if len(right) == len(texts):
            raise ScoreError(
                f"multiple_choice: every option is right ({shown}), so there is nothing to "
                "choose; give wrong ones, too"
            )
        return _Question(_read(texts, labels), frozenset(right))


def _indices(texts: tuple[str, ...], labels: tuple[str, ...]) -> dict[str, int]:
    """Return which option a text or a label means; a text goes before a label.

    Raises:
        ScoreError: Options cannot be told apart, or are too many.
    """
    if len(texts) > len(labels):
        raise ScoreError(
            f"multiple_choice: there are {len(texts)} options; at most 26 have a label"
        )
    index: dict[str, int] = {}
    for number, text in enumerate(texts):
        if not plain(text) or plain(text) in index:
            raise ScoreError(
                f"multiple_choice: the option {shortened(text)!r} cannot be told from others: "
                "case, markup and the full stop do not count"
            )
        index[plain(text)] = number
    by_label = {label.casefold(): number for number, label in enumerate(labels)}
    return by_label | index


@functools.lru_cache(maxsize=1024)
def _read(texts: tuple[str, ...], labels: tuple[str, ...]) -> Options:
    """Return the options, compiled; a prompt is asked many times."""
    return Options(texts, labels)
