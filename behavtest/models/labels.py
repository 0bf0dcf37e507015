"""Short names of models that stand side by side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from behavtest.models.reference import HUB_ID

if TYPE_CHECKING:
    from collections.abc import Sequence


def model_labels(references: Sequence[str]) -> tuple[str, ...]:
    """Name models by the last part of where they are, or by more where that is alike.

    Args:
        references: The models as the user gave them: folders, ``org/name@revision``.

    Returns:
        A label for each, in their order, no two alike: ``name`` of ``out/name``, ``name@revision``
        of ``org/name@revision``. Where two are alike they have more of the path, or a number.
    """
    parts = [_parts(reference) for reference in references]
    taken = [1] * len(parts)
    while True:
        labels = ["/".join(of[-count:]) for of, count in zip(parts, taken, strict=True)]
        alike = Counter(labels)
        short = [
            place
            for place, label in enumerate(labels)
            if alike[label] > 1 and taken[place] < len(parts[place])
        ]
        if not short:
            return _numbered(labels)
        for place in short:
            taken[place] += 1


def _parts(reference: str) -> tuple[str, ...]:
    """Split a reference; the revision of a hub id may have slashes, and is of its last part."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in reference)
    if HUB_ID.match(shown) and not shown.startswith("."):
        repository, at, revision = shown.partition("@")
        *above, name = repository.split("/")
        return (*above, f"{name}{at}{revision}")
    path = Path(shown).expanduser()
    if path.name in {"", ".."}:  # the folder the user is in, or above it
        path = path.resolve()
    return tuple(part for part in path.parts if part not in {"/", ".", ".."}) or (shown,)


def _numbered(labels: Sequence[str]) -> tuple[str, ...]:
    """Number those that are still alike, from the second on."""
    found: list[str] = []
    for label in labels:
        name, number = label, 1
        while name in found or (number > 1 and name in labels):
            number += 1
            name = f"{label}-{number}"
        found.append(name)
    return tuple(found)
