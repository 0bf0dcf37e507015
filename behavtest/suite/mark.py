"""Behaviors written in Python: ``@pytest.mark.behavior(prompts=..., expect=...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.suite import fields as read
from behavtest.suite.node import from_python
from behavtest.suite.perturbations import builtin_perturbations
from behavtest.suite.problems import Problems
from behavtest.suite.read_behavior import Outline, read_behavior
from behavtest.suite.schema.tables import MARK
from behavtest.suite.sources import builtin_sources
from behavtest.suite.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.core import Source
    from behavtest.scoring import Scorer
    from behavtest.suite.behavior import Behavior
    from behavtest.suite.perturbations import PerturbationRegistry
    from behavtest.suite.sources import PromptSourceRegistry


def behavior_from_mark(  # noqa: PLR0913 - each says one thing about the test function
    kwargs: Mapping[str, object],
    *,
    id: str,  # noqa: A002 - it becomes the behavior's id
    suite: str,
    source: Source,
    folder: Path,
    scorer: Scorer,
    sources: PromptSourceRegistry | None = None,
    perturbations: PerturbationRegistry | None = None,
) -> Behavior:
    """Make a behavior of a mark's keyword arguments.

    Args:
        kwargs: The fields of the YAML format, but for ``id`` and ``score``.
        id: Unique within its suite.
        suite: The suite's name.
        source: Where the mark is written; every error names it.
        folder: Folder that relative paths are relative to, as the user knows it.
        scorer: The test function as a scorer.
        sources: The prompt sources it can name; the built-in ones if left out.
        perturbations: The perturbations it can name; the built-in ones if left out.

    Returns:
        The behavior, checked as one from YAML is.

    Raises:
        SuiteError: Arguments are wrong; its text tells of all of them.
    """
    node = from_python(kwargs, source)
    fields = read.mapping(node)
    problems = Problems()
    read.collect_unknown(fields, MARK, problems)
    behavior = None
    with problems.collected():
        around = Surroundings(
            folder, sources or builtin_sources(), perturbations or builtin_perturbations()
        )
        outline = Outline(id, suite, node, {}, around)
        behavior = read_behavior(outline, fields, lambda: (scorer, node))
    problems.raise_all()
    assert behavior is not None
    return behavior
