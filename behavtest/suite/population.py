"""Reads which cases a behavior has: ``prompts``, ``template``, ``contrast``, ``system``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring import check_prompt
from behavtest.scoring.hints import listed
from behavtest.suite.behavior import Case
from behavtest.suite.chat import TemplateNode, read_turns, row_prompt, with_system
from behavtest.suite.contrast import is_of_templates, matched_rows, read_templates
from behavtest.suite.prompt_sets import FixedPrompts, TemplatePrompts, rendered_case
from behavtest.suite.rows import rows_from
from behavtest.suite.variables import chosen_variables, read_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from behavtest.scoring import ExactScorer, Scorer
    from behavtest.suite.behavior import PromptSet
    from behavtest.suite.chat import Turn
    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings

POPULATION_FIELDS: Final = ("prompts", "template", "messages", "variables", "contrast", "system")
_MOST_CHECKED: Final = 10_000


def read_population(fields: Mapping[str, Node], owner: Node, *, around: Surroundings) -> PromptSet:
    """Read the population of a behavior.

    Args:
        fields: The behavior's fields, its file's defaults among them.
        owner: The behavior, for errors about what is not there.
        around: Where the suite stands, and what it can name.

    Raises:
        SuiteError: A field is wrong, or they do not go together.
    """
    contrast = fields.get("contrast")
    of_templates = contrast is not None and is_of_templates(contrast, around=around)
    _check_together(fields, owner, of_templates=of_templates)
    system = TemplateNode.read(fields["system"]) if "system" in fields else None
    if contrast and not of_templates:
        pairs = matched_rows(contrast, around=around)
        return FixedPrompts(
            tuple(Case(*(with_system(row_prompt(row), system) for row in pair)) for pair in pairs)
        )
    turns, baseline = _turns(fields)
    if "prompts" in fields:
        rows = rows_from(fields["prompts"], around=around)
        return FixedPrompts(
            tuple(
                rendered_case(turns, baseline, row.fields, system=system)
                if turns
                else Case(with_system(row_prompt(row), system))
                for row in rows
            )
        )
    own: Mapping[str, tuple[object, ...]] = {}
    if "variables" in fields:
        own = read_variables(fields["variables"], folder=around.folder)
    templates = [turn.content for turn in (*turns, *baseline)] + ([system] if system else [])
    variables = chosen_variables(own, around.variables, templates)
    population = TemplatePrompts(turns, variables, system, baseline)
    if not population.countable:
        place = fields.get("variables", owner)
        raise place.error("the variables have too many combinations to count")
    for case in _sample(population):
        assert case.target.messages
    return population


def check_scorer(scorer: Scorer | ExactScorer, population: PromptSet, node: Node) -> None:
    """Refuse a scorer that could not score this population, before any model runs.

    Args:
        scorer: The scorer.
        population: The cases; all of a list, and each value of a template's variables.
        node: Where the scorer is written.

    Raises:
        SuiteError: It cannot score a prompt.
    """
    try:
        for case in _sample(population):
            for prompt in case:
                if prompt is not None:
                    check_prompt(scorer, prompt)
    except ScoreError as error:
        raise node.error(str(error)) from None


def _sample(population: PromptSet) -> Iterator[Case]:
    if isinstance(population, TemplatePrompts):
        # with n values of the widest variable, n cases show every value of every variable
        for step in range(min(population.widest, _MOST_CHECKED)):
            yield population.diagonal(step)
    else:
        for index in range(len(population)):
            yield population[index]


def _turns(fields: Mapping[str, Node]) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """Return the messages of target and baseline; what is not there has none."""
    if "contrast" in fields:
        return read_templates(fields["contrast"])
    node = fields.get("template", fields.get("messages"))
    return (read_turns(node) if node else (), ())


def _check_together(fields: Mapping[str, Node], owner: Node, *, of_templates: bool) -> None:
    ways = [name for name in ("prompts", "template", "messages", "contrast") if name in fields]
    if not ways:
        raise owner.error("there is nothing to ask; write one of prompts, template, contrast")
    allowed = [["prompts", "template"], ["prompts", "messages"]]
    if of_templates:
        allowed.append(["prompts", "contrast"])
    if len(ways) > 1 and ways not in allowed:
        raise fields[ways[-1]].error(
            f"found {listed(ways)} together, expected one of prompts, template, contrast"
        )
    takes_variables = ways[0] in ("template", "messages") or (
        ways[0] == "contrast" and of_templates
    )
    if "variables" in fields and not takes_variables:
        raise fields["variables"].error(
            f"variables belong to a template without prompts; found {listed(ways)}"
        )
