"""``negation``: the opposite is said, or asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from behavtest.scoring.shapes import about, takes, words
from behavtest.suite.perturbations.arguments import only_word_from, options_shape
from behavtest.suite.perturbations.base import Named, Perturbation
from behavtest.suite.perturbations.words import any_of, capital, cased_like, negatives, sentences

if TYPE_CHECKING:
    from random import Random

_KINDS: Final = ("either", "add", "remove")
_NEGATIVES: Final = negatives(
    *("is", "are", "was", "were", "could", "would", "should", "do", "does", "did")
)
_VERBS: Final = {negative: verb for verb, negative in _NEGATIVES.items()}
_SAYING: Final = (
    "is",
    "are",
    "was",
    "were",
    "am",
    "can",
    "could",
    "will",
    "would",
    "should",
    "must",
)
_PRONOUNS: Final = ("I", "he", "she", "it", "we", "they", "there", "this", "that")
_ORDERS: Final = (
    *("tell", "explain", "describe", "give", "show", "teach", "write", "list", "name", "say"),
    *("answer", "translate", "summarize", "use", "include", "mention", "repeat", "begin", "start"),
    *("end", "make", "call", "send", "help", "follow", "speak", "reveal", "keep", "finish"),
)

_FORBIDDEN: Final = re.compile(
    rf"^(please +)?do(?: not|n['\u2019]t) +(?!(?:{any_of(_PRONOUNS)}|you)(?!\w))", re.IGNORECASE
)
_NEVER: Final = re.compile(r"(?<!\w)never +(?=\w)", re.IGNORECASE)
_SHORT_NOT: Final = re.compile(
    rf"(?<!\w)(?:{any_of(_VERBS)}|cannot)(?!\w)".replace("'", "['\u2019]"), re.IGNORECASE
)
_NOT: Final = re.compile(
    rf"(?<!\w)({any_of((*_SAYING, 'do', 'does', 'did'))}(?: +(?:{any_of(_PRONOUNS)}|you))?"
    r"|I['\u2019]m|\w+['\u2019](?:re|s)) +not(?!\w)(?! +only)",
    re.IGNORECASE,
)
_ANY_NEGATION: Final = re.compile(
    r"(?<!\w)(?:not|no|never|none|nothing|nobody|cannot|\w+n['\u2019]t)(?!\w)", re.IGNORECASE
)

_ORDER: Final = re.compile(rf"^(please +)?({any_of(_ORDERS)})(?!\w)", re.IGNORECASE)
_ASKED: Final = re.compile(
    rf"(?<!\w)(?P<verb>{any_of(_NEGATIVES)})(?P<subject> +{any_of(_PRONOUNS)}(?!\w))?"
    r"(?= +(?!you(?!\w))\w)|(?<!\w)(?P<asking>what|who|where)['\u2019]s(?= +\w)",
    re.IGNORECASE,
)
_SAID: Final = re.compile(
    rf"(?<!\w)(?:{any_of(_SAYING)}|I['\u2019]m|(?:you|we|they)['\u2019]re"
    r"|(?:he|she|it|that)['\u2019]s)(?= +\w)",
    re.IGNORECASE,
)


@takes(options_shape({"to": about("What is done to it.", words(_KINDS))}, single="to"))
def negation(arguments: object) -> Perturbation:
    """Make a perturbation: a negation is put into one sentence, or taken out of it.

    **It changes what is said**, and so mostly the right answer: use it to see that an answer
    moves, not for invariance. ``either`` (the default) takes the first negation out where there is
    one, and puts one in elsewhere: *is not*, *isn't it*, *do not tell*. Only simple English
    sentences are understood: those with a form of *be* or a modal verb, questions with *do*, and
    orders.

    Args:
        arguments: ``either``, ``add`` or ``remove``; or ``{to: add}``.

    Raises:
        ValueError: The arguments are wrong.
    """
    to = only_word_from(arguments, "to", known=_KINDS, default="either", name="negation")

    def change(text: str, random: Random) -> str:
        if to != "add":
            removed = _without(text)
            if removed != text or to == "remove":
                return removed
        return _with(text, random)

    return Named(f"negation({to})", change)


def _without(text: str) -> str:
    parts = sentences(text)
    for place, sentence in enumerate(parts):
        removed = _affirmed(sentence)
        if removed != sentence:
            return "".join([*parts[:place], removed, *parts[place + 1 :]])
    return text


def _affirmed(sentence: str) -> str:
    for pattern, plain in (
        (_FORBIDDEN, lambda match: match[1] or ""),
        (_NEVER, lambda _match: ""),
        (_SHORT_NOT, _verb),
        (_NOT, lambda match: match[1]),
    ):
        affirmed = pattern.sub(plain, sentence, count=1)
        if affirmed != sentence:
            return capital(affirmed) if sentence[:1].isupper() else affirmed
    return sentence


def _verb(match: re.Match[str]) -> str:
    negative = match[0].replace("\u2019", "'").lower()
    return cased_like("can" if negative == "cannot" else _VERBS[negative], match[0])


def _with(text: str, random: Random) -> str:
    parts = sentences(text)
    negated = {place: _negated(sentence) for place, sentence in enumerate(parts)}
    places = [place for place, sentence in negated.items() if sentence != parts[place]]
    if not places:
        return text
    place = random.choice(places)
    return "".join([*parts[:place], negated[place], *parts[place + 1 :]])


def _negated(sentence: str) -> str:
    if _ANY_NEGATION.search(sentence):  # two in one sentence say what none does
        return sentence
    order = _ORDER.match(sentence)
    if order is not None:
        please, verb = order[1], order[2]
        do_not = f"{please}do not" if please else cased_like("do not", verb)
        return f"{do_not} {verb.lower()}{sentence[order.end() :]}"
    if sentence.rstrip().endswith("?"):
        return _ASKED.sub(_asked, sentence, count=1)
    return _SAID.sub(_said, sentence, count=1)


def _asked(match: re.Match[str]) -> str:
    if match["asking"]:
        return f"{match['asking']} isn't"
    if match["subject"]:
        return f"{match[0]} not"
    return cased_like(_NEGATIVES[match["verb"].lower()], match["verb"])


def _said(match: re.Match[str]) -> str:
    return f"{match[0]}{'not' if match[0].lower() == 'can' else ' not'}"
