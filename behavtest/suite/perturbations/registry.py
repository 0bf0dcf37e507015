"""The perturbations a suite can name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from behavtest.scoring.hints import describe
from behavtest.scoring.offered import Registry, SpecError, Step
from behavtest.suite.perturbations.base import PerturbationFactory

if TYPE_CHECKING:
    from behavtest.suite.perturbations.base import Perturbation


class PerturbationRegistry(Registry[PerturbationFactory]):
    """Makes perturbations from what suites write.

    Args:
        factories: Perturbation factories by name.
    """

    HOOK: ClassVar[str] = "pytest_behavtest_perturbations"
    KIND: ClassVar[str] = "perturbation"
    SEVERAL: ClassVar[str] = "a list applies several in order: [typos, casing]"

    def build(self, spec: object) -> tuple[Perturbation, ...]:
        """Make the perturbations a suite asks for.

        Args:
            spec: A name, ``{name: arguments}``, or a list of them.

        Returns:
            At least one, in the order in which they are applied.

        Raises:
            SpecError: It cannot be read; the message says what was expected.
        """
        if not isinstance(spec, list | tuple):
            return (self._build(spec, ()),)
        if not spec:
            raise SpecError("found an empty list, expected at least one perturbation")
        return tuple(self._build(item, (index,)) for index, item in enumerate(spec))

    def _build(self, spec: object, path: tuple[Step, ...]) -> Perturbation:
        asked = self._asked(spec, path)
        made = self._made(asked, path, lambda factory: factory(asked.arguments))
        if not callable(made) or not isinstance(getattr(made, "name", None), str):
            raise SpecError(
                f"the plugin's factory of {asked.name!r} made {describe(made)}; a perturbation is "
                "callable and has a `name`",
                path=asked.path,
            )
        return cast("Perturbation", made)
