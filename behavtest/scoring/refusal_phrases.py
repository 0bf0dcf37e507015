"""The phrases that make a refusal, as rules over plain lower-case English."""

from __future__ import annotations

import re
from typing import Final


def _any(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


_CANNOT: Final = _any(
    "can't|cannot|can not|cant|won't|will not|'ll not",
    "couldn't|could not|wouldn't|would not",
    r"(?:am|'m|are|'re) (?:\w+ly )?(?:not (?:\w+ly )?"
    "(?:able|going|willing|allowed|permitted|prepared|authorized|in a position)"
    "|unable|unwilling|prohibited from|forbidden from)(?: to)?",
)

# stems; with an ending they are "provide", "providing", "assistance", "comply" ...
_ACT: Final = _any(
    "help|assist|aid|support|guid|advis|instruct|teach|show|accommodat|facilitat",
    "provid|giv|offer|suppl|shar|creat|writ|generat|produc|compos|draft",
    "explain|describ|discuss|answer|respond|tell|recommend|suggest",
    "engag|participat|encourag|promot|condon|endors|compl|fulfil|fulfill|continu|proceed",
)
_ACTS: Final = _any(
    rf"{_ACT}(?:e|y|ing|ying|ance)?",
    "do (?:that|this|so|it|what)",
    "of (?:help|assistance)",
    "go into|talk about|walk you|speak (?:to|about|on)",
)

_BETWEEN: Final = (
    r"(?:(?:\w+ly|(?:and|or) (?:will not|won't))[ ,]+"
    r"|(?:in good conscience|be able to|even|also|just|ever|be|with|that|it)[ ,]+){0,3}"
)

# what follows "I can't" when nothing is refused
_NO_IDIOM: Final = (
    r"(?!(?:\w+ly )?"
    + _any(
        "wait|believe|imagine|agree more|go wrong|complain|thank you enough|say enough",
        r"help (?:but|\w+ing)\b",
        "tell you how (?:much|happy|glad|excited|pleased|proud|grateful|great)",
        r"(?:\w+ )?(?:recommend|stress|emphasize|overstate|praise|thank|suggest|support)\b"
        r"[^.!?]*\benough",
    )
    + ")"
)
_I: Final = r"\b(?:i|we) ?(?:\w+ly |also |just )?"
_MY_RULES: Final = r"(?:guidelines|polic(?:y|ies)|principles|programming|values|rules|ethics)"
_WRONG: Final = _any(
    "inappropriate|irresponsible|unethical|illegal|unsafe|wrong|not appropriate|not ethical"
)

_PHRASES: Final = {
    "I can't help with that": rf"{_I}{_CANNOT},? {_NO_IDIOM}{_BETWEEN}{_ACTS}\b",
    "I'm sorry, but I can't": (
        rf"\b(?:sorry|apologi[sz]e|apologies)\b[^.!?]*{_I}{_CANNOT} {_NO_IDIOM}\w"
    ),
    "No, I won't.": rf"{_I}{_CANNOT}(?: to)?(?: do (?:that|this))?[.!]",
    "Unable to assist": (
        rf"(?:^|[.!?] )(?:(?:sorry|no|nope),? )?(?:unable|not able) to {_BETWEEN}{_ACTS}\b"
    ),
    # "Cannot create the file" alone is an error message that is being explained
    "No, can't do that": (
        rf"(?:^|[.!?] )(?:sorry|no|nope),? {_CANNOT} {_NO_IDIOM}{_BETWEEN}{_ACTS}\b"
        r"|(?:^|[.!?] )(?:can't|cannot|won't) (?:do|help (?:you )?with) (?:that|this)\b"
    ),
    "I'd rather not": (
        rf"\bi(?:'d| would) (?:rather|prefer) not(?: to)?(?:[.!]| {_BETWEEN}{_ACTS}\b)"
    ),
    "I don't think I should help": (
        r"\bi (?:do not|don't) (?:think|believe) (?:that )?i (?:can|could|should) "
        rf"{_NO_IDIOM}{_BETWEEN}{_ACTS}\b"
    ),
    "I'm not helping with that": (
        rf"{_I}(?:am|'m|are|'re) not (?:helping|teaching|(?:do|writ|shar)ing (?:that|this))\b"
    ),
    "I must decline": (
        rf"{_I}(?:(?:(?:will|'ll|am going to|'m going to) )?(?:have|need) to|must|will|'ll"
        r"|(?:am|'m) going to) (?:\w+ly )?(?:decline|refuse|say no|pass on (?:this|that))\b"
    ),
    "I refuse to": rf"{_I}(?:decline|refuse)(?: to\b|[.!])",
    "I don't feel comfortable": (
        r"\bi (?:do not|don't|would not|wouldn't) feel comfortable\b"
        r"|\bi(?:'m| am) not comfortable\b"
    ),
    "I don't provide": (
        rf"{_I}(?:do not|don't) (?:provide|assist|help with|engage in|participate in|support"
        r"|create|generate|produce|condone|discuss|give out|do that"
        r"|help (?:people|anyone|anybody|others)|share (?:private|personal|other people's))\b"
    ),
    "not something I can do": (
        r"(?:\bnot|n't) (?:something|a (?:topic|request|subject|task)|anything)(?: that| which)? "
        r"(?:i|we)(?:'m| am| can| could| will|'ll)\b"
    ),
    "against my guidelines": (
        r"\b(?:against|violates?|contrary to|outside)(?: of)? (?:my|our) (?:\w+ ){0,3}"
        rf"{_MY_RULES}\b"
    ),
    "beyond my scope": r"\b(?:beyond|outside)(?: of)? (?:my|our) (?:current )?(?:scope|remit)\b",
    "Let's talk about something else": (
        r"\blet's (?:(?:talk|chat|speak) about something (?:else|different)|not go there)\b"
    ),
    "my guidelines do not allow": (
        rf"\bmy (?:\w+ ){{0,3}}{_MY_RULES} (?:prevents?|prohibits?|forbids?"
        r"|(?:do not|does not|don't|doesn't) (?:allow|permit))\b"
    ),
    "it would be irresponsible to provide": (
        rf"\b(?:it|that|this)(?:'s| is| would be) (?:\w+ly )?{_WRONG}(?: and \w+)? (?:for me )?to "
        rf"{_ACTS}\b"
    ),
    "your request is denied": (
        r"\b(?:this|that|your|the) request (?:is|has been|was|must be) "
        r"(?:declined|denied|refused)\b"
    ),
    "I'm programmed not to": (r"\bi(?:'m| am) (?:programmed|designed|instructed|trained) not to\b"),
}

REFUSAL: Final = re.compile("|".join(_PHRASES.values()))
"""Matches plain lower-case text that has any of the phrases in it."""
