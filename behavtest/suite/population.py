"""Reads which cases a behavior has: ``prompts``, ``template``, ``contrast``, ``system``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from behavtest.errors import ScoreError, SuiteError
from behavtest.scoring import check_prompt
from behavtest.scoring.hints import listed, shortened
from behavtest.suite.behavior import Case
from behavtest.suite.chat import TemplateNode, read_turns, row_prompt, with_system
from behavtest.suite.contrast import ContrastKind, contrast_kind, matched_rows, read_templates
from behavtest.suite.perturb import read_change
from behavtest.suite.perturbed_prompts import PerturbedTemplate, perturbed_prompts
from behavtest.suite.prompt_sets import FixedPrompts, TemplatePrompts, rendered_case
from behavtest.suite.rows import rows_from
from behavtest.suite.variables import chosen_variables, read_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from behavtest.core import Row
    from behavtest.scoring import ExactScorer, Scorer
    from behavtest.suite.behavior import PromptSet
    from behavtest.suite.chat import Turn
    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings

_MOST_CHECKED: Final = 10_000
_ASKING: Final = ("prompts", "template", "messages")
_WITHOUT_SIDES: Final = (
    *(["prompts"], ["template"], ["messages"], ["prompts", "template"], ["prompts", "messages"]),
)
_BESIDE: Final[Mapping[ContrastKind | None, Sequence[list[str]]]] = {
    ContrastKind.ROWS: ([],),
    ContrastKind.TEMPLATES: ([], ["prompts"]),
}
"""What may stand beside a contrast that says both sides itself."""


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
    kind = None if contrast is None else contrast_kind(contrast, around=around)
    _check_together(fields, owner, kind)
    system = TemplateNode.read(fields["system"]) if "system" in fields else None
    if contrast is not None and kind is ContrastKind.ROWS:
        pairs = matched_rows(contrast, around=around)
        return FixedPrompts(
            tuple(Case(*(_row_case(row, (), (), system).target for row in pair)) for pair in pairs)
        )
    # all of the contrast is read before the prompts: its mistakes cost less to find
    change = None
    if contrast is not None and kind is ContrastKind.PERTURBED:
        change = read_change(contrast, around=around)
    prompts = _prompts(fields, owner, system, around=around, kind=kind)
    return prompts if change is None else perturbed_prompts(prompts, change)


def _prompts(
    fields: Mapping[str, Node],
    owner: Node,
    system: TemplateNode | None,
    *,
    around: Surroundings,
    kind: ContrastKind | None,
) -> FixedPrompts | TemplatePrompts:
    """Read rows, or templates, or rows that fill templates in."""
    turns, baseline = _turns(fields, kind)
    if "prompts" in fields:
        rows = rows_from(fields["prompts"], around=around)
        return FixedPrompts(tuple(_row_case(row, turns, baseline, system) for row in rows))
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


def _row_case(
    row: Row, turns: tuple[Turn, ...], baseline: tuple[Turn, ...], system: TemplateNode | None
) -> Case:
    """Return the case of a row: its own prompt, or templates that it fills in.

    Raises:
        SuiteError: It has no prompt, or a template does not render; then the row is named, too.
    """
    prompt = None if turns else row_prompt(row)
    try:
        if prompt is None:
            return rendered_case(turns, baseline, row.fields, system=system)
        return Case(with_system(prompt, system))
    except SuiteError as error:
        raise SuiteError(
            f"{error.message}; the row is {row.place.file}:{row.place.line}",
            file=error.file,
            line=error.line,
            field=error.field,
        ) from None


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
                    asked = prompt.messages[-1].content
                    check_prompt(scorer, prompt)
    except ScoreError as error:
        # of many rows often one alone is at fault
        whose = "" if len(population) == 1 else f"; the prompt is {shortened(asked)!r}"
        raise node.error(f"{error}{whose}") from None


def _sample(population: PromptSet) -> Iterator[Case]:
    if isinstance(population, PerturbedTemplate):
        population = population.template  # target and baseline have its fields
    if isinstance(population, TemplatePrompts):
        # with n values of the widest variable, n cases show every value of every variable
        for step in range(min(population.widest, _MOST_CHECKED)):
            yield population.diagonal(step)
    else:
        for index in range(len(population)):
            yield population[index]


def _turns(
    fields: Mapping[str, Node], kind: ContrastKind | None
) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """Return the messages of target and baseline; what is not there has none."""
    if kind is ContrastKind.TEMPLATES:
        return read_templates(fields["contrast"])
    node = fields.get("template", fields.get("messages"))
    return (read_turns(node) if node else (), ())


def _check_together(fields: Mapping[str, Node], owner: Node, kind: ContrastKind | None) -> None:
    ways = [name for name in (*_ASKING, "contrast") if name in fields]
    beside = [name for name in _ASKING if name in fields]
    if not ways:
        raise owner.error("there is nothing to ask; write one of prompts, template, contrast")
    if kind is ContrastKind.PERTURBED and not beside:
        raise fields["contrast"].error(
            "there is nothing to perturb; write prompts or a template beside the contrast"
        )
    allowed = _BESIDE.get(kind, _WITHOUT_SIDES)
    if beside not in allowed:
        raise fields[ways[-1]].error(
            f"found {listed(ways)} together, expected one of prompts, template, contrast"
        )
    takes_variables = "prompts" not in beside and (beside or kind is ContrastKind.TEMPLATES)
    if "variables" in fields and not takes_variables:
        raise fields["variables"].error(
            f"variables belong to a template without prompts; found {listed(ways)}"
        )
