"""Words that have a form for each gender."""

from __future__ import annotations

import re
from typing import Final

from behavtest.suite.perturbations.words import any_of, cased_like, replaced

_PAIRS: Final = (
    *(("she", "he"), ("hers", "his"), ("herself", "himself")),
    *(("woman", "man"), ("women", "men"), ("girl", "boy"), ("girls", "boys")),
    *(("lady", "gentleman"), ("ladies", "gentlemen"), ("female", "male")),
    *(("mother", "father"), ("mothers", "fathers"), ("mom", "dad"), ("mum", "dad")),
    *(("daughter", "son"), ("daughters", "sons"), ("sister", "brother"), ("sisters", "brothers")),
    *(("wife", "husband"), ("wives", "husbands"), ("aunt", "uncle"), ("niece", "nephew")),
    *(("grandmother", "grandfather"), ("grandma", "grandpa"), ("granddaughter", "grandson")),
    *(("girlfriend", "boyfriend"), ("bride", "groom"), ("widow", "widower")),
    *(("waitress", "waiter"), ("actress", "actor"), ("stewardess", "steward")),
    *(("businesswoman", "businessman"), ("policewoman", "policeman")),
    *(("Ms", "Mr"), ("Mrs", "Mr"), ("madam", "sir"), ("ma'am", "sir"), ("queen", "king")),
    *(("princess", "prince"), ("heroine", "hero")),
)

_OTHER: Final = {
    **{him.lower(): her for her, him in reversed(_PAIRS)},
    **{her.lower(): him for her, him in _PAIRS},
    "him": "her",
}
_WORD: Final = re.compile(
    rf"(?<![\w'\u2019-]){any_of((*_OTHER, 'her', 'his'))}(?![\w-])", re.IGNORECASE
)

_NO_NOUN: Final = re.compile(
    r"\s*(?:$|[^\w\s]|(?:a|an|the|to|for|in|on|at|of|by|with|from|about|into|over|after|before|"
    r"and|or|but|if|when|while|that|this|these|those|how|what|why|who|where|is|was|will|would|can|"
    r"could|should|has|had|up|out|off|down|back|again|now|then|today|tomorrow|yesterday|there|here|"
    r"too|because|as|so|not|right|home|alone|his|her|their|my|your|our|some|any|something|nothing|"
    r"everything)(?!\w))",
    re.IGNORECASE,
)
"""What follows *her* where it is *him*, not *his*; or *his* where it is *hers*, not *her*."""


def regendered(text: str) -> str:
    """Return the text with every gendered word in the other gender's form.

    *Her* is *his* before a noun and *him* elsewhere; *his* is *her* before a noun and *hers*
    elsewhere; which it is is told from the next word.
    """
    return replaced(_WORD, text, lambda match: _other(match, text))


def _other(match: re.Match[str], text: str) -> str:
    word = match[0].lower()
    alone = _NO_NOUN.match(text, match.end()) is not None
    if word == "her":
        other = "him" if alone else "his"
    elif word == "his":
        other = "hers" if alone else "her"
    else:
        other = _OTHER[word]
    return cased_like(other, match[0])
