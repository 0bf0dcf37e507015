"""``regex``: a regular expression in a completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import regex

from behavtest.errors import ScoreError
from behavtest.scoring.arguments import ArgumentsError, Texts, TextScorer, texts_from
from behavtest.scoring.hints import shortened
from behavtest.scoring.shapes import SOUGHT, takes

if TYPE_CHECKING:
    from behavtest.core import Completion, Prompt
    from behavtest.scoring.base import Scorer

_TIMEOUT_SECONDS: Final = 5.0


@takes(SOUGHT)
def pattern(arguments: object) -> Scorer:
    r"""Make a scorer: 1 if any of the regular expressions is found in the completion, else 0.

    The expression may match anywhere (anchor it with ``^`` or ``\A``); the syntax is that of the
    ``regex`` package, which has Python's ``re`` in it. Fields filled in are part of the
    expression; ``{{ answer | regex_escape }}`` makes one literal.

    Raises:
        ValueError: The arguments are wrong, or an expression has a syntax error.
    """
    texts = texts_from(arguments, scorer="regex")
    for template in texts.templates:
        if not template.variables:
            _compiled(template.render({}), ignore_case=texts.ignore_case)
    return _Pattern(texts)


class _Pattern(TextScorer):
    def __init__(self, texts: Texts) -> None:
        super().__init__("regex", texts)

    def __call__(self, completion: Completion, /) -> float:
        return float(any(_found(found, completion) for found in self._patterns(completion.prompt)))

    def check(self, prompt: Prompt) -> None:
        """Refuse a prompt whose fields make no valid expression."""
        self._patterns(prompt)

    def _patterns(self, prompt: Prompt) -> list[regex.Pattern[str]]:
        texts = self._texts.rendered(prompt, scorer="regex")
        try:
            return [_compiled(text, ignore_case=self._texts.ignore_case) for text in texts]
        except ArgumentsError as error:
            raise ScoreError(f"regex: {error}") from None


def _found(compiled: regex.Pattern[str], completion: Completion) -> bool:
    try:
        return compiled.search(completion.text, timeout=_TIMEOUT_SECONDS) is not None
    except TimeoutError:
        # a no would be a lie: whether it matches is not known
        raise ScoreError(
            f"regex: {shortened(compiled.pattern)!r} took more than {_TIMEOUT_SECONDS:g} s on a "
            f"completion of {len(completion.text):,} characters; it backtracks without end, so "
            "avoid nested repeats such as (a+)+"
        ) from None


def _compiled(text: str, *, ignore_case: bool) -> regex.Pattern[str]:
    try:
        # the regex package keeps compiled expressions, so compiling again is a look-up
        return regex.compile(text, flags=regex.IGNORECASE if ignore_case else 0)
    except (regex.error, RecursionError, OverflowError) as error:
        message = f"{shortened(text)!r} is not a regular expression: {error}"
        raise ArgumentsError(message) from None
