"""Rewrites a parsed template so that everything it does goes through the meter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.visitor import NodeTransformer

from behavtest.scoring.hints import did_you_mean, listed
from behavtest.scoring.templates.functions import FILTERS, TESTS

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGH: Final = "weigh!"
LOOP: Final = "loop!"
CONCAT: Final = "concat!"
"""Names of the filters put in by the rewriting; no template can spell them."""

_NODE_PRICE: Final = 10

_ALLOWED: Final = (
    nodes.Template,
    *(nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign),
    *(nodes.Name, nodes.Const, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword),
    *(nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Getattr, nodes.Getitem),
    *(nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand, nodes.UnaryExpr, nodes.BinExpr),
)
_VALUES: Final = (
    *(nodes.Name, nodes.Tuple, nodes.List, nodes.Dict, nodes.Filter, nodes.Call),
    *(nodes.Getattr, nodes.Getitem, nodes.BinExpr),
)
_TAGS: Final[Mapping[type[nodes.Node], str]] = {
    nodes.AssignBlock: "{% set %} with a block",
    nodes.CallBlock: "{% call %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.FromImport: "{% from %}",
}


def meter_template(template: nodes.Template) -> nodes.Template:
    """Return the template with every value weighed and every loop paid for.

    Raises:
        TemplateSyntaxError: It uses something a prompt cannot need (macros, imports, …).
    """
    rewritten = _Metering().visit(template)
    assert isinstance(rewritten, nodes.Template)
    return rewritten


class _Metering(NodeTransformer):
    def generic_visit(self, node: nodes.Node, *args: object, **kwargs: object) -> nodes.Node:
        if not isinstance(node, _ALLOWED):
            name = _TAGS.get(type(node), "{% " + type(node).__name__.lower() + " %}")
            _fail(node, f"{name} is not available in suites")
        visited = super().generic_visit(node, *args, **kwargs)
        if isinstance(visited, _VALUES) and getattr(visited, "ctx", "load") == "load":
            return _filtered(visited, WEIGH)
        return visited

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - named after the node
        if node.recursive:
            _fail(node, "recursive loops are not available in suites")
        price = _price(node)
        visited = self.generic_visit(node)
        assert isinstance(visited, nodes.For)
        visited.iter = _filtered(visited.iter, LOOP, nodes.Const(price, lineno=node.lineno))
        return visited

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - named after the node
        visited = self.generic_visit(node)
        assert isinstance(visited, nodes.Concat)
        return _filtered(nodes.List(visited.nodes, lineno=node.lineno), CONCAT)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802 - named after the node
        if node.node is None:
            _fail(node, "{% filter %} is not available in suites")
        if node.name not in FILTERS:
            hint = did_you_mean(node.name, FILTERS)
            known = listed(FILTERS, limit=99)
            _fail(node, f"there is no filter {node.name!r}{hint} (filters: {known})")
        return self.generic_visit(node)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802 - named after the node
        if node.name not in TESTS:
            _fail(node, f"there is no test {node.name!r}{did_you_mean(node.name, TESTS)}")
        return self.generic_visit(node)


def _price(loop: nodes.For) -> int:
    """Return the price of one turn: its operations and the text it repeats."""
    price = _NODE_PRICE
    for node in loop.find_all(nodes.Node):
        price += _NODE_PRICE
        if isinstance(node, nodes.TemplateData):
            price += len(node.data)
        elif isinstance(node, nodes.Const) and isinstance(node.value, str):
            price += len(node.value)
    return price


def _filtered(node: nodes.Expr | nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def _fail(node: nodes.Node, message: str) -> NoReturn:
    raise TemplateSyntaxError(message, node.lineno)
