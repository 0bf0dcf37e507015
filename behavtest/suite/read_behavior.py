"""Reads one behavior from its fields, whether they come from YAML or from a Python mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from behavtest.core import SamplingSettings
from behavtest.scoring import ExactScorer
from behavtest.suite import fields as read
from behavtest.suite.behavior import Behavior
from behavtest.suite.contrast import read_relation
from behavtest.suite.expectations import read_expectation
from behavtest.suite.population import check_scorer, read_population
from behavtest.suite.problems import Problems
from behavtest.suite.relation import Relation
from behavtest.suite.schema.tables import LEAST_WEIGHT, MOST_WEIGHT
from behavtest.suite.settings import no_settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from behavtest.scoring import Scorer
    from behavtest.stats.expectation import Expectation
    from behavtest.suite.behavior import PromptSet
    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a behavior before its fields are read.

    Args:
        id: Unique within its suite.
        suite: The suite's name.
        node: The behavior as written.
        defaults: The file's defaults.
        around: Where the suite stands, and what it can name.
    """

    id: str
    suite: str
    node: Node
    defaults: Mapping[str, Node]
    around: Surroundings


def read_behavior(
    outline: Outline,
    fields: Mapping[str, Node],
    scorer_at: Callable[[], tuple[Scorer | ExactScorer, Node]],
) -> Behavior:
    """Read a behavior.

    Args:
        outline: What is known of it.
        fields: Its fields.
        scorer_at: Returns its scorer and where that is written, or raises a `SuiteError`.

    Raises:
        SuiteError: Fields are wrong; its text tells of all of them.
    """
    problems = Problems()
    population = scorer = claim = labels = None
    with problems.collected():
        population = _population(outline, fields)
    with problems.collected():
        scorer, score_node = scorer_at()
        if population is not None:
            check_scorer(scorer, population, score_node)
    with problems.collected():
        claim = _claim(outline, fields, exact=isinstance(scorer, ExactScorer))
    with problems.collected():
        labels = _labels(outline.defaults, fields)
    problems.raise_all()
    assert population is not None
    assert scorer is not None
    assert claim is not None
    assert labels is not None
    return Behavior(
        id=outline.id,
        suite=outline.suite,
        source=replace(outline.node.place, field=""),
        prompts=population,
        scorer=scorer,
        expectation=claim.expectation,
        settings=claim.settings,
        tags=labels.tags,
        description=labels.description,
        relation=claim.relation,
        weight=labels.weight,
    )


def read_weight(fields: Mapping[str, Node]) -> float:
    """Read the weight among the fields, 1 if there is none.

    Raises:
        SuiteError: It is not a number above 0, or one that no other could stand beside.
    """
    if "weight" not in fields:
        return 1.0
    node = fields["weight"]
    weight = read.number(node)
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        raise node.error(
            f"found the number {node.value}, expected one above 0, "
            f"from {LEAST_WEIGHT:f} to {MOST_WEIGHT:,.0f}"
        )
    return weight


def _population(outline: Outline, fields: Mapping[str, Node]) -> PromptSet:
    defaults = outline.defaults
    shared = {"system": defaults["system"]} if "system" in defaults else {}
    return read_population({**shared, **fields}, outline.node, around=outline.around)


class _Claim(NamedTuple):
    settings: SamplingSettings
    relation: Relation
    expectation: Expectation


def _claim(outline: Outline, fields: Mapping[str, Node], *, exact: bool) -> _Claim:
    problems = Problems()
    settings, relation, expectation = SamplingSettings(), Relation.DIFFERENCE, None
    with problems.collected():
        settings = no_settings(fields) if exact else read_settings({**outline.defaults, **fields})
    with problems.collected():
        relation = read_relation(fields)
    with problems.collected():
        census = exact or settings.greedy
        expectation = _expectation(outline, fields, relation, deterministic=census)
    problems.raise_all()
    assert expectation is not None
    return _Claim(settings, relation, expectation)


def _expectation(
    outline: Outline, fields: Mapping[str, Node], relation: Relation, *, deterministic: bool
) -> Expectation:
    if "expect" not in fields:
        raise outline.node.error(
            "there is no 'expect'; say what may change: expect: not_worse, for one"
        )
    return read_expectation(
        fields["expect"],
        tolerance=fields.get("tolerance"),
        default=outline.defaults.get("tolerance"),
        relation=relation if "contrast" in fields else None,
        deterministic=deterministic,
    )


class _Labels(NamedTuple):
    weight: float
    tags: tuple[str, ...]
    description: str


def _labels(defaults: Mapping[str, Node], fields: Mapping[str, Node]) -> _Labels:
    problems = Problems()
    weight, tags, description = 1.0, tuple[str, ...](), ""
    with problems.collected():
        weight = read_weight({**defaults, **fields})
    with problems.collected():
        tags = _tags(defaults, fields)
    with problems.collected():
        description = read.text(fields["description"]) if "description" in fields else ""
    problems.raise_all()
    return _Labels(weight, tags, description)


def _tags(*sources: Mapping[str, Node]) -> tuple[str, ...]:
    """Return the tags of all sources: a file's and a behavior's own add up."""
    every = [tag for source in sources if "tags" in source for tag in read.tags(source["tags"])]
    return tuple(dict.fromkeys(every))
