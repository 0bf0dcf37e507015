"""How many different prompts behaviors ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.suite.behavior import Behavior, PromptSet

_MOST_RENDERED: Final = 2_000


def distinct_prompts(behaviors: Iterable[Behavior]) -> int:
    """Count the different prompts of some behaviors, baselines among them.

    Args:
        behaviors: Any; a prompt that several ask counts once.

    Returns:
        The number. A template of more than 2,000 combinations is not rendered: its combinations
        count as different, once for all behaviors that have the same.

    Raises:
        SuiteError: A template fails to render.
    """
    populations = {one.prompts.digest: one.prompts for one in behaviors}
    rendered: set[tuple[tuple[str, str], ...]] = set()
    large = 0
    for population in populations.values():
        if len(population) > _MOST_RENDERED:
            large += len(population) * (2 if population.contrast else 1)
        else:
            rendered.update(_messages(population))
    return len(rendered) + large


def _messages(population: PromptSet) -> Iterable[tuple[tuple[str, str], ...]]:
    for index in range(len(population)):
        for prompt in population[index]:
            if prompt is not None:
                yield tuple((said.role, said.content) for said in prompt.messages)
