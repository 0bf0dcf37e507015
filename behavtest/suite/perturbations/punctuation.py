"""``punctuation``: marks left out, put in or doubled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.perturbations.arguments import only_word_from, options_shape
from behavtest.suite.perturbations.base import Named, Perturbation

if TYPE_CHECKING:
    from random import Random

_KINDS: Final = ("final", "none", "repeated")
_QUESTION: Final = re.compile(
    r"(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|am|do|does|did|can|could|will|"
    r"would|should|may|might|must|has|have|had)(?!\w)",
    re.IGNORECASE,
)
_FINAL: Final = re.compile(r"[.!?…]+(?=\s*$)")
_MARK: Final = re.compile(r"(?<!\w)[,.;:!?…]+|[,.;:!?…]+(?!\w)")
_ENDING: Final = re.compile(r"([.!?])(?![.!?\w])")


@takes(options_shape({"to": about("What becomes of the marks.", words(_KINDS))}, single="to"))
def punctuation(arguments: object) -> Perturbation:
    """Make a perturbation: other marks.

    - ``final`` (the default): the marks at the end of the text are left out; where there are none,
      a question mark or a full stop is put there.
    - ``none``: no full stops, commas, colons, question and exclamation marks, but inside numbers
      and words (*3.5*, *e.g*).
    - ``repeated``: three of each mark that ends a sentence.

    Args:
        arguments: One of these words, or ``{to: final}``.

    Raises:
        ValueError: The arguments are wrong.
    """
    to = only_word_from(arguments, "to", known=_KINDS, default="final", name="punctuation")

    def change(text: str, random: Random) -> str:
        del random  # there is one way to do it
        changed = _repunctuated(text, to=to)
        return changed if changed.strip() else text  # a text of marks alone would be gone

    return Named(f"punctuation({to})", change)


def _repunctuated(text: str, *, to: str) -> str:
    if to == "none":
        return _MARK.sub("", text)
    if to == "repeated":
        return _ENDING.sub(r"\1\1\1", text)
    if _FINAL.search(text):
        return _FINAL.sub("", text)
    body = text.rstrip()
    mark = "?" if _QUESTION.match(body) else "."
    return f"{body}{mark}{text[len(body) :]}"
