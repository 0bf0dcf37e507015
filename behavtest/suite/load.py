"""Loads ``*.behav.yaml`` files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.scoring import ScorerSpecError
from behavtest.suite import fields as read
from behavtest.suite.behavior import Behavior, Suite
from behavtest.suite.chat import TemplateNode
from behavtest.suite.problems import Problems
from behavtest.suite.read_behavior import (
    DEFAULTS_FIELDS,
    SETTINGS_FIELDS,
    YAML_FIELDS,
    Outline,
    read_behavior,
    read_settings,
    read_weight,
)
from behavtest.suite.yaml_reader import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from behavtest.scoring import ExactScorer, Scorer, ScorerRegistry
    from behavtest.suite.node import Node

_FIELDS = ("suite", "defaults", "behaviors")
_SUFFIXES = (".behav.yaml", ".behav.yml", ".yaml", ".yml")


def load_suite(path: Path, *, scorers: ScorerRegistry) -> Suite:
    """Load a suite.

    Args:
        path: The file, as the user knows it: errors and sources name it so. Relative paths in it
            are relative to its folder.
        scorers: The scorers it can name.

    Returns:
        The suite, every row read and every template compiled and tried.

    Raises:
        SuiteError: The file is wrong. The text names every problem found, each on its own line
            with file, line and field; the attributes are those of the first.
    """
    root = read_yaml(path)
    fields = read.mapping(root)
    problems = Problems()
    read.collect_unknown(fields, _FIELDS, problems)
    name = _stem(path)
    defaults: Mapping[str, Node] = {}
    with problems.collected():
        name = read.slug(fields["suite"]) if "suite" in fields else name
    with problems.collected():
        defaults = _defaults(fields["defaults"]) if "defaults" in fields else {}
    behaviors: list[Behavior] = []
    with problems.collected():
        if "behaviors" not in fields:
            raise root.error("there is no list of 'behaviors'")
        lines: dict[str, int] = {}
        for node in read.items(fields["behaviors"], of="behaviors"):
            with problems.collected():
                outline = Outline(_id(node, lines), name, node, defaults, path.parent)
                behaviors.append(_behavior(outline, scorers))
    problems.raise_all()
    return Suite(name, path.as_posix(), tuple(behaviors))


def _behavior(outline: Outline, scorers: ScorerRegistry) -> Behavior:
    fields = read.mapping(outline.node)
    problems = Problems()
    read.collect_unknown(fields, YAML_FIELDS, problems)
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


def _defaults(node: Node) -> Mapping[str, Node]:
    fields = read.mapping(node, known=DEFAULTS_FIELDS)
    read_settings({name: fields[name] for name in SETTINGS_FIELDS if name in fields})
    if "tolerance" in fields:
        read.number(fields["tolerance"])
    read_weight(fields)
    if "tags" in fields:
        read.tags(fields["tags"])
    if "system" in fields:
        TemplateNode.read(fields["system"])
    return fields


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
