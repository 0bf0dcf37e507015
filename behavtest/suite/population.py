"""Reads which cases a behavior has: ``prompts``, ``template``, ``contrast``, ``system``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError
from behavtest.scoring import check_prompt
from behavtest.scoring.hints import listed, text_wanted
from behavtest.suite import fields as read
from behavtest.suite.behavior import Case
from behavtest.suite.chat import TemplateNode, read_turns, render_turns, row_prompt, with_system
from behavtest.suite.contrast import matched_rows
from behavtest.suite.prompt_sets import FixedPrompts, TemplatePrompts
from behavtest.suite.rows import rows_from, texts_from_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from behavtest.scoring import ExactScorer, Scorer
    from behavtest.suite.behavior import PromptSet
    from behavtest.suite.node import Node

POPULATION_FIELDS: Final = ("prompts", "template", "messages", "variables", "contrast", "system")
_MOST_CHECKED: Final = 10_000


def read_population(fields: Mapping[str, Node], owner: Node, *, folder: Path) -> PromptSet:
    """Read the population of a behavior.

    Args:
        fields: The behavior's fields, its file's defaults among them.
        owner: The behavior, for errors about what is not there.
        folder: Folder of the suite, as the user knows it.

    Raises:
        SuiteError: A field is wrong, or they do not go together.
    """
    _check_together(fields, owner)
    system = TemplateNode.read(fields["system"]) if "system" in fields else None
    if "contrast" in fields:
        pairs = matched_rows(fields["contrast"], folder=folder)
        return FixedPrompts(
            tuple(Case(*(with_system(row_prompt(row), system) for row in pair)) for pair in pairs)
        )
    turns_node = fields.get("template", fields.get("messages"))
    turns = read_turns(turns_node) if turns_node else ()
    if "prompts" in fields:
        rows = rows_from(fields["prompts"], folder=folder)
        prompts = (render_turns(turns, row.fields) if turns else row_prompt(row) for row in rows)
        return FixedPrompts(tuple(Case(with_system(prompt, system)) for prompt in prompts))
    variables = _variables(fields["variables"], folder=folder) if "variables" in fields else {}
    population = TemplatePrompts(turns, variables, system)
    if not population.countable:
        raise fields["variables"].error("the variables have too many combinations to count")
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


def _check_together(fields: Mapping[str, Node], owner: Node) -> None:
    ways = [name for name in ("prompts", "template", "messages", "contrast") if name in fields]
    if not ways:
        raise owner.error("there is nothing to ask; write one of prompts, template, contrast")
    allowed = (["prompts", "template"], ["prompts", "messages"])
    if len(ways) > 1 and ways not in allowed:
        raise fields[ways[-1]].error(
            f"found {listed(ways)} together, expected one of prompts, template, contrast"
        )
    if "variables" in fields and ways[0] not in ("template", "messages"):
        raise fields["variables"].error(
            f"variables belong to a template without prompts; found {listed(ways)}"
        )


def _variables(node: Node, *, folder: Path) -> Mapping[str, tuple[object, ...]]:
    values: dict[str, tuple[object, ...]] = {}
    for name, value in read.mapping(node).items():
        if not name.isidentifier():
            raise value.error(f"found {name!r}, expected a name that a template can use")
        if isinstance(value.value, str):
            values[name] = texts_from_file(value, folder=folder)
        else:
            values[name] = tuple(_variable(item) for item in read.items(value, of="values"))
    return values


def _variable(node: Node) -> object:
    if node.value is None or isinstance(node.value, bool | tuple):
        raise node.error(text_wanted(node.plain()))
    return node.plain()
