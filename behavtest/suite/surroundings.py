"""What a suite can reach: the files next to it, and what it can call by name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.suite.perturbations import PerturbationRegistry
    from behavtest.suite.sources import PromptSourceRegistry


class Surroundings(NamedTuple):
    """What a suite can reach.

    Args:
        folder: Folder that relative paths are relative to, as the user knows it.
        sources: The prompt sources it can name.
        perturbations: The perturbations it can name.
        variables: Variables of the file, for the templates that name them.
    """

    folder: Path
    sources: PromptSourceRegistry
    perturbations: PerturbationRegistry
    variables: Mapping[str, tuple[object, ...]] = MappingProxyType({})
