"""Perturbations applied to a prompt: by chance that is the same every time, around what is kept."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.suite.perturbations.kept import kept_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.core import Prompt
    from behavtest.suite.node import Node
    from behavtest.suite.perturbations.base import Perturbation

_FIRST_SEAL: Final = 0xF0000
"""A private use area of Unicode: no letters, no digits, no marks."""


class _Sealed(NamedTuple):
    """A text in which each kept passage is one character.

    Args:
        text: It.
        passages: What each of those characters stands for.
    """

    text: str
    passages: dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What a contrast does to its prompts.

    Args:
        perturbations: Applied in this order.
        keep: Fields whose values stay as they are in the text, as written: dotted paths.
        node: Where the perturbations are written.
    """

    perturbations: tuple[Perturbation, ...]
    keep: tuple[Node, ...]
    node: Node

    @property
    def name(self) -> str:
        """The perturbations and what they keep, in words that stay the same across runs."""
        names = ", then ".join(perturbation.name for perturbation in self.perturbations)
        kept = ", ".join(str(path.value) for path in self.keep)
        return f"{names}, keeping {kept}" if kept else names

    def apply(self, prompt: Prompt) -> Prompt | None:
        """Return the prompt with its last message changed; fields and other messages stay.

        A perturbation's chance is a function of the text and of the perturbation's name: the same
        in every run, process and order.

        Returns:
            The changed prompt; None if nothing changes, or if what is to be kept does not survive.

        Raises:
            SuiteError: A perturbation fails, or a field to keep is not there.
        """
        *before, last = prompt.messages
        kept = [text for path in self.keep for text in kept_texts(prompt.fields, path)]
        sealed = _sealed(last.content, kept)
        text = sealed.text
        for perturbation in self.perturbations:
            text = self._applied(perturbation, text)
        if not _survive(sealed, text):
            return None
        for seal, passage in sealed.passages.items():
            text = text.replace(seal, passage)
        if text == last.content:
            return None
        return replace(prompt, messages=(*before, replace(last, content=text)))

    def _applied(self, perturbation: Perturbation, text: str) -> str:
        name = perturbation.name
        try:
            changed: object = perturbation(text, generator(name, text))
        except Exception as error:  # a plugin's code may raise anything
            raise self.node.error(
                f"{name} raised {type(error).__name__} on {text[:80]!r}: {error}"
            ) from error
        if not isinstance(changed, str) or not changed.strip():
            made = "an empty text" if isinstance(changed, str) else f"a {type(changed).__name__}"
            raise self.node.error(f"{name} made {made} of {text[:80]!r}, expected text")
        return changed


def generator(name: str, text: str) -> Random:
    """Return the generator a perturbation gets for a text: a function of both alone."""
    digest = hashlib.blake2b(f"{name}\0{text}".encode(errors="surrogatepass"), digest_size=16)
    return Random(int.from_bytes(digest.digest(), "little"))  # noqa: S311 - no secret is made of it


def _sealed(text: str, kept: Sequence[str]) -> _Sealed:
    passages: dict[str, str] = {}
    seals = (
        chr(code) for code in range(_FIRST_SEAL, _FIRST_SEAL + 0xFFFD) if chr(code) not in text
    )
    for passage in sorted(set(kept), key=len, reverse=True):
        whole = re.compile(rf"(?<!\w){re.escape(passage)}(?!\w)")
        if whole.search(text):
            seal = next(seals)
            passages[seal] = passage
            text = whole.sub(seal, text)
    return _Sealed(text, passages)


def _survive(sealed: _Sealed, text: str) -> bool:
    before, after = Counter(sealed.text), Counter(text)
    return all(after[seal] == before[seal] for seal in sealed.passages)
