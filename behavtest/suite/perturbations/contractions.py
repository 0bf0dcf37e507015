"""``contractions``: *do not* for *don't*, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.perturbations.arguments import only_word_from, options_shape
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.words import any_of, cased_like, negatives, sentences

if TYPE_CHECKING:
    from random import Random

_KINDS: Final = ("either", "expand", "contract")

_NEGATIVES: Final = negatives(
    *("is", "are", "was", "were", "do", "does", "did", "have", "has", "had"),
    *("could", "would", "should", "must"),
)
_VERBS: Final = {negative: verb for verb, negative in _NEGATIVES.items()}
_PRONOUNS: Final = ("I", "you", "he", "she", "it", "we", "they")
_ASKING: Final = ("what", "who", "where", "when", "how", "why", "which")

_NEGATIVE: Final = re.compile(
    rf"(?<!\w){any_of(_VERBS)}(?!\w)".replace("'", "['\u2019]"), re.IGNORECASE
)
_NOT: Final = re.compile(
    rf"(?<!\w)(?P<verb>{any_of(_NEGATIVES)})(?: +(?P<subject>{any_of(_PRONOUNS)}))?"
    r" +not(?!\w)(?! +only)|(?<!\w)cannot(?!\w)",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(rf"( +)({any_of(_PRONOUNS)})(?![\w'\u2019])", re.IGNORECASE)
_TAILS: Final = {"m": "am", "re": "are", "s": "is", "ll": "will", "ve": "have"}
_SHORT: Final = re.compile(
    rf"(?<!\w)(?P<word>{any_of((*_PRONOUNS, *_ASKING, 'that', 'there', 'here'))})['\u2019]"
    # 's is "has" before a participle
    r"(?P<tail>m|re|ll|ve|s(?! +(?:been|got|gone|had|done|become|taken|made|come|seen)(?!\w)))"
    r"(?!\w)",
    re.IGNORECASE,
)
_LONG: Final = re.compile(
    r"(?<!\w)(?:(?P<asking>what|who|where|when|how|why|which|than|as) +)?"
    r"(?:(?P<word>I) +(?P<verb>am|will)"
    r"|(?P<word2>you|we|they) +(?P<verb2>are|will)"
    r"|(?P<word3>he|she|it) +(?P<verb3>is|will)"
    r"|(?P<word4>that|there|here|what|who|where|when|how) +(?P<verb4>is))(?= +\w)",
    re.IGNORECASE,
)


@takes(options_shape({"to": about("What is done to them.", words(_KINDS))}, single="to"))
def contractions(arguments: object) -> Perturbation:
    """Make a perturbation: contractions written in full, or the other way round.

    ``either`` (the default) expands what is contracted, and contracts where nothing is. Forms with
    more than one reading are left as they are: *'d*, *'s* behind a noun or before a participle.
    English only.

    Args:
        arguments: ``either``, ``expand`` or ``contract``; or ``{to: expand}``.

    Raises:
        ValueError: The arguments are wrong.
    """
    to = only_word_from(arguments, "to", known=_KINDS, default="either", name="contractions")

    def change(text: str, random: Random) -> str:
        del random  # there is one way to do it
        expanded = text if to == "contract" else _expanded(text)
        return _contracted(text) if to != "expand" and expanded == text else expanded

    return Named(f"contractions({to})", change)


def _expanded(text: str) -> str:
    whole = "".join(_with_nots(sentence) for sentence in sentences(text))
    whole = _SHORT.sub(lambda m: f"{m['word']} {_like(_TAILS[m['tail'].lower()], m[0])}", whole)
    return re.sub(r"(?<!\w)(let)['\u2019]s(?= +\w)", r"\1 us", whole, flags=re.IGNORECASE)


def _with_nots(sentence: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _NEGATIVE.finditer(sentence):
        before, after = sentence[: match.start()].split(), sentence[match.end() :]
        verb = cased_like(_VERBS[match[0].replace("\u2019", "'").lower()], match[0])
        subject = _SUBJECT.match(after)
        asked = sentence.rstrip().endswith("?") and not before
        parts.append(sentence[end : match.start()])
        end = match.end()
        if subject is not None:  # "don't you" is "do you not"
            parts.append(f"{verb}{subject[0]} {_like('not', match[0])}")
            end += len(subject[0])
        elif asked or (before and before[-1].lower() in _ASKING):
            parts.append(match[0])  # "why isn't the sky ..." has no simple form
        else:
            parts.append(verb + _like("not" if verb.lower() == "can" else " not", match[0]))
    return "".join([*parts, sentence[end:]])


def _contracted(text: str) -> str:
    return _LONG.sub(_shortened, _NOT.sub(_negative, text))


def _negative(match: re.Match[str]) -> str:
    verb = match["verb"] or match[0][:3]
    subject = f" {match['subject']}" if match["subject"] else ""
    return cased_like(_NEGATIVES[verb.lower()], verb) + subject


def _shortened(match: re.Match[str]) -> str:
    if match["asking"]:  # "what it is now" cannot be shortened
        return match[0]
    word = match["word"] or match["word2"] or match["word3"] or match["word4"]
    verb = match["verb"] or match["verb2"] or match["verb3"] or match["verb4"]
    tail = {"am": "'m", "are": "'re", "is": "'s", "will": "'ll"}[verb.lower()]
    return word + (tail.upper() if verb.isupper() else tail)


def _like(word: str, model: str) -> str:
    """Return a word in capitals if the contraction it was part of is."""
    letters = [letter for letter in model if letter.isalpha()]
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return word.upper()
    return word
