"""Reads ``contrast: {perturb: …}``: what makes a target of each prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.scoring.offered import SpecError
from behavtest.suite import fields as read
from behavtest.suite.perturbations import Change
from behavtest.suite.schema.tables import PERTURB

if TYPE_CHECKING:
    from collections.abc import Mapping

    from behavtest.suite.node import Node
    from behavtest.suite.surroundings import Surroundings


def read_change(node: Node, *, around: Surroundings) -> Change:
    """Read ``{perturb: …, keep: […]}``.

    Args:
        node: The contrast as written; it has ``perturb``.
        around: What the suite can name.

    Raises:
        SuiteError: There is no such perturbation, its arguments are wrong, or ``keep`` is no list
            of fields.
    """
    contrast = read.mapping(node, known=PERTURB)
    perturb = contrast["perturb"]
    try:
        perturbations = around.perturbations.build(perturb.plain())
    except SpecError as error:
        raise perturb.at(error.path).error(str(error)) from None
    return Change(perturbations, _keep(contrast), perturb)


def _keep(contrast: Mapping[str, Node]) -> tuple[Node, ...]:
    if "keep" not in contrast:
        return ()
    node = contrast["keep"]
    fields = (node,) if isinstance(node.value, str) else read.items(node, of="fields")
    for field in fields:
        read.text(field)
    return fields
