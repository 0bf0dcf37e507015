"""The sentences that ``paraphrase`` can say in other words."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from behavtest.suite.perturbations.words import any_of


class Family(NamedTuple):
    """Ways to say one thing.

    Args:
        kind: ``opener``, ``politeness`` or ``order``.
        read: What a sentence may look like; groups named alike mean the same in all of them.
        written: What it may become. Groups are filled in, and the first letter is made large.
    """

    kind: str
    read: tuple[re.Pattern[str], ...]
    written: tuple[str, ...]


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)


_ORDER: Final = any_of(
    (
        *("tell", "explain", "describe", "give", "show", "teach", "write", "list", "name"),
        *("translate", "summarize", "help", "compare", "suggest", "recommend", "find", "create"),
        *("draft", "define", "outline", "count", "spell", "work out", "calculate", "repeat"),
    )
)
_ASK_ME: Final = r"(?:please +)?(?:tell|show|teach) me|(?:please +)?explain"
_CAN_YOU: Final = r"(?:can|could|would|will) you (?:please )?"
_DETERMINER: Final = r"(?:the|an?|my|your|his|her|our|their)"
_SUBJECT: Final = (
    # a noun phrase as far as one can tell: nothing that may be a second verb, no loose preposition
    rf"(?P<subject>{_DETERMINER} (?:(?!\w+(?:ed|ing)\b|\b(?:called|made|known|said|done|used|like|"
    r"that|which|who|whose|when|if|because|so|to|and|or|than)\b)[^,;:?!]){1,80}?)"
    r"(?<! of)(?<! for)(?<! in)(?<! on)(?<! at)(?<! by)(?<! with)(?<! from)(?<! about)(?<! up)"
)
_EMBEDDED: Final = rf"(?P<asked>what|who|where) {_SUBJECT} (?P<be>is|are|was|were)"
_CONJUNCTION: Final = r"(?P<conjunction>if|when|because|although|while|since|after|before|unless)"

FAMILIES: Final = (
    Family(
        "opener",
        _patterns(
            r"^how (?:do|can|could|should) I (?P<act>[^,;:]+?)\?$",
            rf"^(?:{_ASK_ME}) how to (?P<act>[^,;:?]+?)[.!]?$",
            rf"^{_CAN_YOU}(?:(?:tell|show|teach) me|explain) how to (?P<act>[^,;:]+?)\?$",
            r"^I (?:want|would like) to know how to (?P<act>[^,;:?]+?)[.!]?$",
        ),
        (
            "how do I {act}?",
            "how can I {act}?",
            "tell me how to {act}.",
            "could you tell me how to {act}?",
            "I would like to know how to {act}.",
        ),
    ),
    Family(
        "opener",
        _patterns(
            rf"^(?P<asked>what|who|where) (?P<be>is|are|was|were) {_SUBJECT}\?$",
            rf"^(?:please )?tell me {_EMBEDDED}\.?$",
            rf"^(?:{_CAN_YOU}tell me|do you know) {_EMBEDDED}\?$",
            rf"^I (?:want|would like) to know {_EMBEDDED}\.?$",
        ),
        (
            "{asked} {be} {subject}?",
            "tell me {asked} {subject} {be}.",
            "could you tell me {asked} {subject} {be}?",
            "I would like to know {asked} {subject} {be}.",
        ),
    ),
    Family(
        "opener",
        _patterns(
            r"^what is (?P<named>the [\w-]+(?: [\w-]+)? of [^,;:?!]+)\?$",
            r"^(?:tell me|name) (?P<named>the [\w-]+(?: [\w-]+)? of [^,;:?!]+)\.?$",
        ),
        ("what is {named}?", "tell me {named}.", "name {named}."),
    ),
    Family(
        "politeness",
        _patterns(
            rf"^(?:please )?(?P<order>{_ORDER}) (?P<rest>[^:\n?]+?)[.!]?$",
            rf"^{_CAN_YOU}(?P<order>{_ORDER}) (?P<rest>[^:\n?]+?)\?$",
        ),
        (
            "{order} {rest}.",
            "please {order} {rest}.",
            "could you please {order} {rest}?",
            "can you {order} {rest}?",
            "I would like you to {order} {rest}.",
        ),
    ),
    Family(
        "politeness",
        _patterns(
            r"^(?P<question>(?:what|who|whose|which|when|where|why|how|is|are|was|were|do|does|did)"
            r"\b[^\n]+\?)$"
        ),
        (
            "may I ask you something: {question}",
            "I have a question: {question}",
            "please answer this question: {question}",
        ),
    ),
    Family(
        "order",
        _patterns(
            rf"^{_CONJUNCTION} (?P<condition>[^,;:]+), (?:then )?(?P<main>[^,;:]+?)(?P<end>[.!?])$"
        ),
        ("{main} {conjunction} {condition}{end}",),
    ),
    Family(
        "order",
        _patterns(
            r"^(?P<main>[^,;:]+?) (?P<conjunction>because|although) (?P<condition>[^,;:?]+?)"
            r"(?P<end>[.!])$"
        ),
        ("{conjunction} {condition}, {main}{end}",),
    ),
)

KINDS: Final = tuple(dict.fromkeys(family.kind for family in FAMILIES))
