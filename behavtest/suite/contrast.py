"""Reads a contrast: each target matched with its baseline, and how their scores relate."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.suite import fields as read
from behavtest.suite.chat import read_turns
from behavtest.suite.relation import Relation
from behavtest.suite.rows import rows_from
from behavtest.suite.schema.tables import CONTRAST, PERTURB, SIDE

if TYPE_CHECKING:
    from behavtest.core import Row
    from behavtest.suite.chat import Turn
    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings

_SIDES: Final = ("target", "baseline")
_FIELDS: Final = tuple(CONTRAST)
_EVERY_FIELD: Final = (*_FIELDS, *PERTURB)
_TEMPLATES: Final = tuple(SIDE)
_SHOWN: Final = 5


class ContrastKind(StrEnum):
    """Where a contrast's targets and baselines come from."""

    ROWS = "rows"
    TEMPLATES = "templates"
    PERTURBED = "perturbed"


class RowPair(NamedTuple):
    """Two rows that are about the same thing.

    Args:
        target: The row whose score counts for.
        baseline: The row whose score counts against.
    """

    target: Row
    baseline: Row


def matched_rows(node: Node, *, around: Surroundings) -> tuple[RowPair, ...]:
    """Return the pairs of ``{target, baseline, match_on}``, in the order of the targets.

    Args:
        node: The contrast as written.
        around: Where the suite stands, and what it can name.

    Raises:
        SuiteError: A field is wrong, a key is missing or twice, or a row has no twin.
    """
    contrast = read.mapping(node, known=_FIELDS)
    for name in _FIELDS:
        if name not in contrast:
            raise node.error(f"the contrast has no {name!r}; it needs {listed(_FIELDS)}")
    match_on = contrast["match_on"]
    field = read.text(match_on)
    sides = {side: _by_key(rows_from(contrast[side], around=around), field) for side in _SIDES}
    for side, other in (("target", "baseline"), ("baseline", "target")):
        alone = [key for key in sides[side] if key not in sides[other]]
        if alone:
            first = sides[side][alone[0]].place
            keys = listed(map(repr, alone), limit=_SHOWN)
            raise match_on.error(
                f"{field} {keys} of the {side} ({first.file}:{first.line}) is not in the {other}"
            )
    return tuple(RowPair(row, sides["baseline"][key]) for key, row in sides["target"].items())


def contrast_kind(node: Node, *, around: Surroundings) -> ContrastKind:
    """Tell of what kind a contrast is, as far as one can before it is read.

    A side that is a mapping is a template, ``{template: …}``, or names a prompt source, whose rows
    are matched. One that is neither is a template, to be told so, unless ``match_on`` says that
    rows are meant.

    Args:
        node: The contrast as written.
        around: Where the suite stands, and what it can name.

    Raises:
        SuiteError: It is no mapping, or has a field that no contrast has.
    """
    contrast = read.mapping(node, known=_EVERY_FIELD)
    if "perturb" in contrast:
        return ContrastKind.PERTURBED
    sides = [contrast[name].value for name in _SIDES if name in contrast]
    keys = {key for side in sides if isinstance(side, Mapping) for key in side}
    named = keys.intersection(around.sources.names)
    meant = keys and "match_on" not in contrast and not named
    of_templates = keys.intersection(_TEMPLATES) or meant
    return ContrastKind.TEMPLATES if of_templates else ContrastKind.ROWS


def read_templates(node: Node) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """Return the messages of ``{target: {template: …}, baseline: {template: …}}``.

    Args:
        node: The contrast as written.

    Raises:
        SuiteError: A side is missing or is no template, or both say the same.
    """
    contrast = read.mapping(node, known=_FIELDS)
    for name in _SIDES:
        if name not in contrast:
            raise node.error(f"the contrast has no {name!r}; it needs {listed(_SIDES)}")
    if "match_on" in contrast:
        raise contrast["match_on"].error(
            "match_on is for rows; templates are matched by the values that fill both in"
        )
    target, baseline = (_template(contrast[name]) for name in _SIDES)
    if _same(target, baseline):
        raise contrast["baseline"].error("the baseline says what the target says")
    return target, baseline


def read_relation(fields: Mapping[str, Node]) -> Relation:
    """Return how the scores of target and baseline make one number.

    Args:
        fields: The behavior's fields.

    Raises:
        SuiteError: There is no such relation, or there is no contrast.
    """
    if "relation" not in fields:
        return Relation.DIFFERENCE
    node = fields["relation"]
    name, known = read.text(node), [str(relation) for relation in Relation]
    if name not in known:
        raise node.error(
            f"found {name!r}, expected one of {listed(known)}{did_you_mean(name, known)}"
        )
    if "contrast" not in fields:
        raise node.error(
            "a relation is between the target and the baseline of a contrast, and there is no "
            "'contrast'"
        )
    return Relation(name)


def _template(side: Node) -> tuple[Turn, ...]:
    if not isinstance(side.value, Mapping):
        raise side.error(
            f"found {describe(side.plain())}, expected {{template: …}}: where one side is a "
            "template, both are"
        )
    given = list(read.mapping(side, known=_TEMPLATES).values())
    if len(given) != 1:
        raise side.error("a side has either a template or messages")
    return read_turns(given[0])


def _same(target: tuple[Turn, ...], baseline: tuple[Turn, ...]) -> bool:
    one, other = (
        [(turn.role, turn.content.template) for turn in side] for side in (target, baseline)
    )
    return one == other


def _by_key(rows: tuple[Row, ...], field: str) -> Mapping[str, Row]:
    by_key: dict[str, Row] = {}
    for row in rows:
        if field not in row.fields:
            raise row.place.error(
                f"the row has no field {field!r} to match on{did_you_mean(field, row.fields)} "
                f"(fields: {listed(row.fields)})"
            )
        value = row.fields[field]
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise row.place.error(
                f"{field}: found {describe(value)}, expected text or a whole number to match on"
            )
        key = str(value)  # a CSV file has only text: its "3" is the 3 of a JSON line
        if key in by_key:
            first = by_key[key].place
            raise row.place.error(
                f"{field} {key!r} is there twice (first at {first.file}:{first.line})"
            )
        by_key[key] = row
    return by_key
