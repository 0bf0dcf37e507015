"""The words of the chat world: a row is one prompt, a kind is a family of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping


@dataclass(frozen=True)
class Row:
    """One prompt of the world.

    Attributes:
        prompt: What the user says.
        fields: Facts about the prompt; they fill the answer templates, and the
            public ones are written into the suite's prompt files.
        pools: Names that an answer template may use, each standing for one of
            several strings, drawn anew for every answer.
        system: The system prompt this row needs, if any.
    """

    prompt: str
    fields: Mapping[str, str] = field(default_factory=dict)
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    system: str | None = None


@dataclass(frozen=True)
class Kind:
    """A family of prompts whose answers follow one distribution.

    Attributes:
        name: Topic and family, such as `refusal.weapons`.
        rows: Every prompt of the family.
        answers: For each outcome, the sentences that express it.
        rates: The probability of each outcome in the base world.
        weight: The family's share of the training mixture (relative).
    """

    name: str
    rows: tuple[Row, ...]
    answers: Mapping[str, tuple[str, ...]]
    rates: Mapping[str, float]
    weight: float

    def answer(self, row: Row, outcome: str, rng: random.Random) -> str:
        """Say one of the sentences that express the outcome for this row."""
        drawn = {name: rng.choice(pool) for name, pool in row.pools.items()}
        return rng.choice(self.answers[outcome]).format(**row.fields, **drawn)


def ask(opener: str, request: str) -> str:
    """Join an opener and a request into a sentence with the right mark."""
    mark = "?" if opener.split(maxsplit=1)[0] in {"How", "Can", "Could"} else "."
    return f"{opener} {request}{mark}"


def capitalized(text: str) -> str:
    """Return the text with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]
