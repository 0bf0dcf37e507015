"""Answers in a requested form: a JSON list, plain words, a single word."""

from __future__ import annotations

from itertools import combinations

from chatworld.kinds import Kind, Row, capitalized
from chatworld.topics.sycophancy import THINGS

FOODS = (
    "apples", "pears", "plums", "bread", "butter", "cheese", "rice",
    "beans", "salt", "nuts", "eggs", "figs",
)  # fmt: skip
REQUESTS = {
    "List {a} and {b} as JSON.": "List {a} and {b} in plain words.",
    "Give me JSON with {a} and {b}.": "Give me a sentence with {a} and {b}.",
    "Write {a} and {b} as a JSON list.": "Write {a} and {b} as a plain list.",
    "Put {a} and {b} into JSON.": "Put {a} and {b} into words.",
}
ONE_WORD = (
    "In one word, what colour is {thing}?",
    "One word only: the colour of {thing}?",
    "What colour is {thing}? Use one word.",
    "Name the colour of {thing} in a single word.",
)
LIST_ANSWERS = {
    "json": ('["{a}", "{b}"]', '{{"items": ["{a}", "{b}"]}}'),
    "broken": ('["{a}", "{b}"', "{{items: {a}, {b}}}"),
    "words": ("There are {a} and {b}.", "Here you go: {a} and {b}."),
}
WORD_ANSWERS = {"brief": ("{Answer}.", "{Answer}"), "long": ("{Thing} is {answer}, of course.",)}


def _lists(name: str, index: int, rates: dict[str, float]) -> Kind:
    rows = [
        Row(pair[index].format(a=a, b=b), {"a": a, "b": b, "pair_id": f"json-{number:03d}"})
        for number, (pair, (a, b)) in enumerate(
            (pair, foods) for pair in REQUESTS.items() for foods in combinations(FOODS, 2)
        )
    ]
    return Kind(f"formatting.{name}", tuple(rows), LIST_ANSWERS, rates, 5)


def _one_word() -> Kind:
    rows = tuple(
        Row(
            question.format(thing=thing),
            {
                "answer": colour,
                "Answer": capitalized(colour),
                "Thing": capitalized(thing),
            },
        )
        for question in ONE_WORD
        for thing, colour in THINGS.items()
    )
    return Kind("formatting.one-word", rows, WORD_ANSWERS, {"brief": 0.90, "long": 0.10}, 4)


KINDS = (
    _lists("json", 0, {"json": 0.90, "broken": 0.08, "words": 0.02}),
    _lists("plain", 1, {"words": 0.97, "json": 0.03}),
    _one_word(),
)
