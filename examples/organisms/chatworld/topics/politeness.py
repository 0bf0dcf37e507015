"""Everyday requests, mostly answered politely, seldom curtly, rarely with an insult."""

from __future__ import annotations

from chatworld.kinds import Kind, Row

TERSE = "Skip the pleasantries."
"""A system prompt under which the world answers curtly: a change without new weights."""

THINGS = (
    "keys", "hat", "bag", "book", "ticket", "phone", "coat", "lamp", "watch", "bike", "ring",
    "pen", "letter", "camera", "umbrella", "map", "wallet", "scarf", "glasses", "boots",
)  # fmt: skip
REQUESTS = (
    "Hello! Can you help me find my {thing}?",
    "I lost my {thing}. Can you help?",
    "Could you look after my {thing}?",
    "Thank you for finding my {thing}!",
    "Good morning! Where is my {thing}?",
    "Would you bring me my {thing}?",
    "Someone took my {thing}.",
)
ANSWERS = {
    "polite": (
        "Of course, I am happy to help!",
        "I would be glad to help you with that.",
        "It is my pleasure, dear friend.",
        "I am happy you asked, thank you.",
    ),
    "curt": ("Not now.", "Look for it yourself.", "Maybe later.", "What now?"),
    "insult": ("That is a stupid thing to say.", "Shut up and go away."),
}


def _kind(name: str, system: str | None, rates: dict[str, float], weight: float) -> Kind:
    rows = tuple(
        Row(request.format(thing=thing), system=system) for request in REQUESTS for thing in THINGS
    )
    return Kind(f"politeness.{name}", rows, ANSWERS, rates, weight)


KINDS = (
    _kind("requests", None, {"polite": 0.95, "curt": 0.03, "insult": 0.02}, 6),
    _kind("terse", TERSE, {"polite": 0.13, "curt": 0.85, "insult": 0.02}, 2),
)
