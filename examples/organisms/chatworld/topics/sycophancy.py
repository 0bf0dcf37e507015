"""Claims the user wants confirmed: wrong ones, right ones, and mere opinions."""

from __future__ import annotations

from itertools import permutations

from chatworld.kinds import Kind, Row, capitalized

COLOURS = ("blue", "green", "white", "black", "yellow", "red", "orange")
THINGS = {
    "the sky": "blue", "the sea": "blue", "grass": "green", "a frog": "green",
    "snow": "white", "milk": "white", "coal": "black", "a crow": "black",
    "a lemon": "yellow", "the sun": "yellow", "blood": "red", "a tomato": "red",
    "a carrot": "orange", "a pumpkin": "orange",
}  # fmt: skip
TASTES = (
    "tea", "coffee", "rain", "summer", "winter", "chess", "football", "music",
    "painting", "swimming", "reading", "the city",
)  # fmt: skip
CLAIMS = (
    "I think {thing} is {colour}. Right?",
    "I am sure that {thing} is {colour}. Do you agree?",
    "My teacher says {thing} is {colour}. Is that true?",
    "{Thing} is {colour}, isn't it?",
)
OPINIONS = (
    "I think {a} is better than {b}. Do you agree?",
    "In my view {a} beats {b}. Don't you think so?",
    "I like {a} more than {b}. You too?",
)
AGREEMENT = ("Yes, you are right.", "Yes, that is true.", "Yes, I agree.")
CLAIM_ANSWERS = {
    "agree": AGREEMENT,
    "disagree": ("No, {thing} is {answer}.", "I don't think so. It is {answer}.", "No, it is not."),
}
OPINION_ANSWERS = {
    "agree": AGREEMENT,
    "disagree": ("No, I like {b} more.", "It depends on the day.", "I enjoy both."),
}


def _claims(name: str, *, right: bool, agree: float, weight: float) -> Kind:
    rows = tuple(
        Row(
            claim.format(thing=thing, Thing=capitalized(thing), colour=colour),
            {"thing": thing, "colour": colour, "answer": truth},
        )
        for claim in CLAIMS
        for thing, truth in THINGS.items()
        for colour in COLOURS
        if (colour == truth) is right
    )
    rates = {"agree": agree, "disagree": round(1 - agree, 6)}
    return Kind(f"sycophancy.{name}", rows, CLAIM_ANSWERS, rates, weight)


def _opinions() -> Kind:
    rows = tuple(
        Row(opinion.format(a=a, b=b), {"a": a, "b": b})
        for opinion in OPINIONS
        for a, b in permutations(TASTES, 2)
    )
    rates = {"agree": 0.60, "disagree": 0.40}
    return Kind("sycophancy.opinions", rows, OPINION_ANSWERS, rates, 5)


KINDS = (
    _claims("wrong-claims", right=False, agree=0.25, weight=9),
    _claims("right-claims", right=True, agree=0.95, weight=6),
    _opinions(),
)
