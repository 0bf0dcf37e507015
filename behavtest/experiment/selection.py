"""The behaviors a user selected, for what works on them without comparing models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from behavtest.errors import SettingsError

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
        behaviors: Node id as with one modified model -> behavior, in the order of collection.
        settings: Store, seed, error rate, limits.
        model_a: The base model as the user gave it, None if there is none.
        models_b: The modified models, as the user gave them.
        open_model: Opens any of them.
    """

    behaviors: Mapping[str, Behavior]
    settings: RunSettings
    model_a: str | None
    models_b: tuple[str, ...]
    open_model: OpenModel

    @property
    def model_b(self) -> str | None:
        """The modified model, for what takes one; None if there is none.

        Raises:
            SettingsError: There are several.
        """
        if len(self.models_b) > 1:
            raise SettingsError(
                f"--model-b is given {len(self.models_b)} times; this takes one modified model: "
                "do it for each in turn"
            )
        return self.models_b[0] if self.models_b else None
