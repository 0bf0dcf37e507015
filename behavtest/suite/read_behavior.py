"""Reads one behavior from its fields, whether they come from YAML or from a Python mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from behavtest.core import SamplingSettings
from behavtest.errors import SettingsError
from behavtest.scoring import ExactScorer
from behavtest.suite import fields as read
from behavtest.suite.behavior import Behavior
from behavtest.suite.contrast import read_relation
from behavtest.suite.expectations import read_expectation
from behavtest.suite.population import check_scorer, read_population
from behavtest.suite.problems import Problems
from behavtest.suite.relation import Relation
from behavtest.suite.schema.tables import LEAST_WEIGHT, MOST_WEIGHT, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from behavtest.scoring import Scorer
    from behavtest.stats.expectation import Expectation
    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings

_WHOLE: Final = ("max_new_tokens", "top_k")


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
    problems, defaults = Problems(), outline.defaults
    scorer = population = expectation = None
    settings, relation, weight = SamplingSettings(), Relation.DIFFERENCE, 1.0
    tags, description = tuple[str, ...](), ""
    with problems.collected():
        shared = {"system": defaults["system"]} if "system" in defaults else {}
        population = read_population({**shared, **fields}, outline.node, around=outline.around)
    with problems.collected():
        scorer, score_node = scorer_at()
        if population is not None:
            check_scorer(scorer, population, score_node)
    exact = isinstance(scorer, ExactScorer)
    with problems.collected():
        settings = _no_settings(fields) if exact else read_settings({**defaults, **fields})
    with problems.collected():
        relation = read_relation(fields)
    with problems.collected():
        census = exact or settings.greedy
        expectation = _expectation(outline, fields, relation, deterministic=census)
    with problems.collected():
        weight = read_weight({**defaults, **fields})
    with problems.collected():
        tags = _tags(defaults, fields)
    with problems.collected():
        description = read.text(fields["description"]) if "description" in fields else ""
    problems.raise_all()
    assert population is not None
    assert scorer is not None
    assert expectation is not None
    return Behavior(
        id=outline.id,
        suite=outline.suite,
        source=replace(outline.node.place, field=""),
        prompts=population,
        scorer=scorer,
        expectation=expectation,
        settings=settings,
        tags=tags,
        description=description,
        relation=relation,
        weight=weight,
    )


def read_settings(fields: Mapping[str, Node]) -> SamplingSettings:
    """Read the sampling settings among the fields.

    Raises:
        SuiteError: One is not a number, or is outside its range.
    """
    settings, problems = SamplingSettings(), Problems()
    for name in SETTINGS:
        with problems.collected():
            if name in fields:
                settings = _with_setting(settings, name, fields[name])
    problems.raise_all()
    return settings


def _no_settings(fields: Mapping[str, Node]) -> SamplingSettings:
    """Refuse settings where nothing is sampled; a file's defaults are for its other behaviors.

    Raises:
        SuiteError: There is one.
    """
    problems = Problems()
    for name in SETTINGS:
        with problems.collected():
            if name in fields:
                raise fields[name].error(
                    "the scorer computes how likely given texts are, and samples nothing: "
                    f"{name} would change nothing; leave it out"
                )
    problems.raise_all()
    return SamplingSettings()


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


def _with_setting(settings: SamplingSettings, name: str, node: Node) -> SamplingSettings:
    value: Any = read.whole(node) if name in _WHOLE else read.number(node)
    try:
        return replace(settings, **{name: value})
    except SettingsError as error:
        raise node.error(str(error)) from None


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


def _tags(*sources: Mapping[str, Node]) -> tuple[str, ...]:
    """Return the tags of all sources: a file's and a behavior's own add up."""
    every = [tag for source in sources if "tags" in source for tag in read.tags(source["tags"])]
    return tuple(dict.fromkeys(every))
