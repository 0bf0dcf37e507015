"""The behaviors a user selected, for what works on them without comparing models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.experiment.session import RunSettings
    from behavtest.sampling import Backend
    from behavtest.suite.behavior import Behavior


class OpenModel(Protocol):
    """Opens a model through the plugins that know it."""

    def __call__(self, reference: str, *, base: Backend | None) -> Backend:
        """Open a model.

        Args:
            reference: As the user gave it.
            base: For model B, model A's backend.

        Raises:
            ModelError: The model cannot be found or read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """What a pytest command line selects and asks for.

    Args:
        behaviors: Node id -> behavior, in the order they were collected.
        settings: Store, seed, error rate, limits.
        model_a: The base model as the user gave it, None if there is none.
        model_b: The modified model, None if there is none.
        open_model: Opens either.
    """

    behaviors: Mapping[str, Behavior]
    settings: RunSettings
    model_a: str | None
    model_b: str | None
    open_model: OpenModel
