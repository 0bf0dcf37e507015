"""The texts of a contrast's pairs, as they are compared."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from behavtest.core import Message, Prompt
    from behavtest.suite.behavior import PromptSet

_MOST_READ: Final = 2_000
_DRAWN: Final = 500


class TextPair(NamedTuple):
    """A target and its baseline.

    Args:
        place: Where to find it: ``case 3``, ``pairs.jsonl:3``.
        target: What the target says.
        baseline: What the baseline says.
    """

    place: str
    target: str
    baseline: str


class Pairs(NamedTuple):
    """The pairs of a contrast, or as many of them as were drawn.

    Args:
        pairs: At least one.
        population: How many there are.
    """

    pairs: tuple[TextPair, ...]
    population: int

    @property
    def complete(self) -> bool:
        """Whether all of them are there."""
        return len(self.pairs) == self.population


def pairs_of(prompts: PromptSet) -> Pairs:
    """Return the pairs of a contrast: all of up to 2,000, and 500 drawn at random of more.

    Args:
        prompts: A population whose cases have baselines.

    Raises:
        SuiteError: A template does not render.
    """
    size = len(prompts)
    places = range(size) if size <= _MOST_READ else _some(size)
    pairs = []
    for place in places:
        case = prompts[place]
        assert case.baseline is not None, "the population is a contrast"
        target, baseline = said(case.target, case.baseline)
        pairs.append(TextPair(f"case {place + 1:,}", target, baseline))
    return Pairs(tuple(pairs), size)


def said(target: Prompt, baseline: Prompt) -> tuple[str, str]:
    """Return what two prompts say, without the messages that both begin with."""
    one, other = target.messages, baseline.messages
    shared = 0
    while shared < min(len(one), len(other)) - 1 and one[shared] == other[shared]:
        shared += 1
    return _joined(one[shared:]), _joined(other[shared:])


def _joined(messages: tuple[Message, ...]) -> str:
    return "\n".join(message.content for message in messages)


def _some(size: int) -> list[int]:
    """Draw places with replacement, the same ones every time: each is uniform over all."""
    random = Random(0)  # noqa: S311 - no secret is made of it
    return [random.randrange(size) for _ in range(_DRAWN)]
