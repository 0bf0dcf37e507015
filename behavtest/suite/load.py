"""Loads ``*.behav.yaml`` files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from behavtest.scoring import ScorerSpecError
from behavtest.suite import fields as read
from behavtest.suite.behavior import Behavior, Suite
from behavtest.suite.perturbations import builtin_perturbations
from behavtest.suite.problems import Problems
from behavtest.suite.read_behavior import Outline, read_behavior
from behavtest.suite.schema.tables import BEHAVIOR, SUITE
from behavtest.suite.shared import Shared, read_shared, read_version
from behavtest.suite.sources import builtin_sources
from behavtest.suite.surroundings import Surroundings
from behavtest.suite.yaml_reader import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from behavtest.scoring import ExactScorer, Scorer, ScorerRegistry
    from behavtest.suite.node import Node
    from behavtest.suite.perturbations import PerturbationRegistry
    from behavtest.suite.sources import PromptSourceRegistry

_SUFFIXES: Final = (".behav.yaml", ".behav.yml", ".yaml", ".yml")


def load_suite(
    path: Path,
    *,
    scorers: ScorerRegistry,
    sources: PromptSourceRegistry | None = None,
    perturbations: PerturbationRegistry | None = None,
) -> Suite:
    """Load a suite.

    Args:
        path: The file, as the user knows it: errors and sources name it so. Relative paths in it
            are relative to its folder.
        scorers: The scorers it can name.
        sources: The prompt sources it can name; the built-in ones if left out.
        perturbations: The perturbations it can name; the built-in ones if left out.

    Returns:
        The suite, every row read and every template compiled and tried.

    Raises:
        SuiteError: The file is wrong. The text names every problem found, each on its own line
            with file, line and field; the attributes are those of the first.
    """
    root = read_yaml(path)
    fields = read.mapping(root)
    problems = Problems()
    read.collect_unknown(fields, SUITE, problems)
    name, version, description, shared = _stem(path), "", "", Shared()
    with problems.collected():
        name = read.slug(fields["suite"]) if "suite" in fields else name
    with problems.collected():
        version = read_version(fields)
    with problems.collected():
        description = read.text(fields["description"]) if "description" in fields else ""
    with problems.collected():
        shared = read_shared(fields, path)
    if "include" in fields:
        problems.raise_all()  # behaviors would lack what a file they cannot include has
    behaviors: list[Behavior] = []
    with problems.collected():
        if "behaviors" not in fields:
            raise root.error("there is no list of 'behaviors'")
        around = Surroundings(
            path.parent,
            sources or builtin_sources(),
            perturbations or builtin_perturbations(),
            shared.variables,
        )
        lines: dict[str, int] = {}
        for node in read.items(fields["behaviors"], of="behaviors"):
            with problems.collected():
                outline = Outline(_id(node, lines), name, node, shared.defaults, around)
                behaviors.append(replace(_behavior(outline, scorers), suite_version=version))
    problems.raise_all()
    return Suite(name, path.as_posix(), tuple(behaviors), version, description)


def _behavior(outline: Outline, scorers: ScorerRegistry) -> Behavior:
    fields = read.mapping(outline.node)
    problems = Problems()
    read.collect_unknown(fields, BEHAVIOR, problems)
    behavior = None
    with problems.collected():
        behavior = read_behavior(outline, fields, _scorer_at(outline.node, fields, scorers))
    problems.raise_all()
    assert behavior is not None
    return behavior


def _scorer_at(
    owner: Node, fields: Mapping[str, Node], scorers: ScorerRegistry
) -> Callable[[], tuple[Scorer | ExactScorer, Node]]:
    def build() -> tuple[Scorer | ExactScorer, Node]:
        if "score" not in fields:
            raise owner.error(f"there is no 'score'; one of {', '.join(scorers.names)}")
        node = fields["score"]
        try:
            return scorers.build(node.plain()), node
        except ScorerSpecError as error:
            raise node.at(error.path).error(str(error), text_line=error.line) from None

    return build


def _id(node: Node, lines: dict[str, int]) -> str:
    """Return a behavior's id, and remember where it is."""
    fields = read.mapping(node)
    if "id" not in fields:
        raise node.error("the behavior has no 'id'")
    name = read.slug(fields["id"])
    if name in lines:
        raise fields["id"].error(f"{name!r} is the id of another behavior too (line {lines[name]})")
    lines[name] = fields["id"].place.line
    return name


def _stem(path: Path) -> str:
    for suffix in _SUFFIXES:
        if path.name.endswith(suffix):
            return path.name.removesuffix(suffix)
    return path.stem
