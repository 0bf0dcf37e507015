"""What a perturbation is, and how one is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


class Perturbation(Protocol):
    """Changes a text in one way; without side effects, and by chance only through its generator."""

    @property
    def name(self) -> str:
        """A short description of the perturbation and its arguments, stable across runs.

        ``typos(rate=0.05)``, say. The generator's seed is derived from it and from the text.
        """
        ...

    def __call__(self, text: str, random: Random, /) -> str:
        """Return the text changed, or as it is where there is nothing to change.

        Args:
            text: A user's message. Passages that are to be kept are in it as single characters of
                a private use area, which are no letters; they may be moved, not removed.
            random: Where all chance comes from.
        """
        ...


class PerturbationFactory(Protocol):
    """Makes a perturbation from the arguments written in a suite."""

    def __call__(self, arguments: object, /) -> Perturbation:
        """Make a perturbation.

        Args:
            arguments: As written: ``{name: arguments}``; None if the name stands alone.

        Raises:
            ValueError: The arguments are wrong; the message is a sentence for the author.
        """
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """A function with a name: what the built-in perturbations are.

    Args:
        name: See `Perturbation`.
        change: Text and generator to text.
    """

    name: str
    change: Callable[[str, Random], str] = field(compare=False)

    def __call__(self, text: str, random: Random, /) -> str:
        """Return the text changed; see `Perturbation`."""
        return self.change(text, random)
