"""The modified models of a session, and which of them an item is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Modified(NamedTuple):
    """A modified model.

    Args:
        reference: As the user gave it.
        label: A short name that no other of the session has.
    """

    reference: str
    label: str


class Subject(NamedTuple):
    """What an item is about.

    Args:
        name: The item's node id as it is with one modified model: the behavior's name in every
            run, so that its history goes on whatever else it is run beside.
        place: The modified model's place among those given; 0 where none is.
    """

    name: str
    place: int


SUBJECT = pytest.StashKey[Subject]()


def read_modified(config: pytest.Config) -> tuple[Modified, ...]:
    """Read ``--model-b``.

    Raises:
        pytest.UsageError: One is given twice, or there is no model to compare them with.
    """
    given: list[str] = config.getoption("--model-b")
    if not given:
        return ()
    if not config.getoption("--model-a"):
        raise pytest.UsageError("--model-b needs --model-a, the base it is compared with")
    seen: dict[str, str] = {}
    for reference in given:
        first = seen.setdefault(_where(reference), reference)
        if first is not reference:
            also = "" if first == reference else f", also as {first}"
            raise pytest.UsageError(
                f"--model-b {reference} is given twice{also}; give each modified model once"
            )
    from behavtest.models.labels import model_labels

    return tuple(map(Modified, given, model_labels(given)))


def _where(reference: str) -> str:
    """Return what two ways to write one folder have in common."""
    folder = Path(reference).expanduser()
    return str(folder.resolve()) if folder.is_dir() else reference


def variants(modified: tuple[Modified, ...], name: str) -> Iterator[tuple[str, int]]:
    """Name the items that a behavior becomes: one, or one for each of several models.

    Args:
        modified: The session's modified models.
        name: The behavior's.

    Yields:
        An item's name, and the place of the model it is about.
    """
    if len(modified) < 2:  # noqa: PLR2004 -- one model alone needs no label
        yield name, 0
    else:
        for place, model in enumerate(modified):
            yield f"{name}[{model.label}]", place


def unlabelled(name: str, label: str) -> str:
    """Return an item's name as it is with one modified model.

    Args:
        name: Of a test function that is parametrized with models, last of all.
        label: The model's.
    """
    if not label:
        return name
    # pytest escapes an id that is not ASCII, unless an ini option says otherwise
    for shown in (label, label.encode("unicode_escape").decode("ascii")):
        if name.endswith(f"[{shown}]"):
            return name.removesuffix(f"[{shown}]")
        if name.endswith(f"-{shown}]"):
            return name.removesuffix(f"-{shown}]") + "]"
    return name
