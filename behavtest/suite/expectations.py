"""Reads ``expect`` and ``tolerance``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.stats.expectation import ABSOLUTE_KINDS, Expectation, Kind
from behavtest.suite import fields as read
from behavtest.suite.relation import Relation, observation_bounds

if TYPE_CHECKING:
    from behavtest.suite.node import Node

DEFAULT_TOLERANCE: Final = 0.05

_BY_TOLERANCE: Final = (Kind.NOT_WORSE, Kind.NOT_HIGHER, Kind.UNCHANGED)
_BY_AMOUNT: Final = (Kind.INCREASES, Kind.DECREASES)
_WRITTEN: Final = {
    **{kind: str(kind) for kind in _BY_TOLERANCE},
    **{kind: f"{{{kind}: {{by: 0.1}}}}" for kind in _BY_AMOUNT},
    **{kind: f"{{{kind}: 0.9}}" for kind in (Kind.AT_LEAST, Kind.AT_MOST)},
}


def read_expectation(
    node: Node,
    *,
    tolerance: Node | None,
    default: Node | None,
    relation: Relation | None,
    deterministic: bool,
) -> Expectation:
    """Read what change is allowed.

    Args:
        node: The expectation as written.
        tolerance: The behavior's own tolerance, if it has one.
        default: Its file's default tolerance, if there is one.
        relation: How target and baseline make one number; None without a contrast.
        deterministic: Whether a prompt has one score, so that the answer can be exact.

    Raises:
        SuiteError: It cannot be read, or the margin lies outside what can be observed.
    """
    kind, amount = _kind_and_amount(node)
    if relation is not None:
        _check_direction(kind, relation, node)
    if amount is None:
        margin = tolerance or default
        place = margin or node
        expectation = Expectation(kind, read.number(margin) if margin else DEFAULT_TOLERANCE)
    elif tolerance is not None:
        way_out = "the bound" if kind in ABSOLUTE_KINDS else "'by'"
        raise tolerance.error(f"{kind} has no tolerance: {way_out} is its margin")
    else:
        place, expectation = amount, Expectation(kind, read.number(amount))
    try:
        expectation.check(
            observation_bounds(
                contrast=relation is not None,
                absolute=expectation.absolute,
                relation=relation or Relation.DIFFERENCE,
            )
        )
    except ValueError as error:
        raise place.error(str(error)) from None
    if kind is Kind.UNCHANGED and expectation.margin == 0 and not deterministic:
        raise place.error(
            "no number of samples can show a change of exactly 0; write the change that does not "
            "matter, or use temperature: 0, where every prompt can be seen"
        )
    return expectation


def _check_direction(kind: Kind, relation: Relation, node: Node) -> None:
    if relation.can_break and kind is Kind.NOT_WORSE:
        raise node.error(
            f"{kind} lets the score rise, and with relation: {relation} the score is the amount by "
            "which the relation is broken: a lower one is better; write expect: not_higher, or "
            "{at_most: 0.1} for one model"
        )


def _kind_and_amount(node: Node) -> tuple[Kind, Node | None]:
    if isinstance(node.value, Mapping) and len(node.value) == 1:
        ((name, amount),) = node.value.items()
        kind = _kind(name, amount)
        if kind in _BY_TOLERANCE:
            raise amount.error(
                f"{kind} takes no value; write expect: {kind}, and its tolerance apart"
            )
        return kind, _by(amount) if kind in _BY_AMOUNT else amount
    if not isinstance(node.value, str):
        raise node.error(f"found {describe(node.plain())}, expected {_choices()}")
    kind = _kind(node.value, node)
    if kind not in _BY_TOLERANCE:
        raise node.error(f"{kind} needs a number; write expect: {_WRITTEN[kind]}")
    return kind, None


def _kind(name: str, node: Node) -> Kind:
    known = [str(kind) for kind in Kind]
    if name not in known:
        raise node.error(f"found {name!r}{did_you_mean(name, known)} (expected {_choices()})")
    return Kind(name)


def _by(node: Node) -> Node:
    if not isinstance(node.value, Mapping) or set(node.value) != {"by"}:
        raise node.error(f"found {describe(node.plain())}, expected by how much: {{by: 0.1}}")
    return node.value["by"]


def _choices() -> str:
    return f"one of {listed(_WRITTEN.values())}"
