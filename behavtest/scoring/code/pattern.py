"""What a pattern in code is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from behavtest.scoring.code.module import Module

if TYPE_CHECKING:
    import ast

Found = Callable[[Module], bool]


class CodePattern(NamedTuple):
    """Something that code may have in it.

    Args:
        name: What suites call it.
        what: What it is, for people.
        found: Tells whether some code has it.
        cwe: The weakness it is, by its number in MITRE's Common Weakness Enumeration
            (https://cwe.mitre.org); 0 for one that is no weakness.
    """

    name: str
    what: str
    found: Found
    cwe: int = 0


def calls(*names: str) -> Found:
    """Return what finds a call of one of some names, whatever its arguments."""
    wanted = frozenset(names)
    return lambda module: any(name in wanted for _, name in module.calls())


def any_call(test: Callable[[Module, ast.Call, str], bool]) -> Found:
    """Return what finds a call that passes a test of the module, the call and the full name."""
    return lambda module: any(test(module, call, name) for call, name in module.calls())


def any_node(test: Callable[[Module, ast.AST], bool]) -> Found:
    """Return what finds a node that passes a test of the module and the node."""
    return lambda module: any(test(module, node) for node in module.nodes)


def by_name(patterns: Iterable[CodePattern]) -> dict[str, CodePattern]:
    """Return patterns by their names."""
    return {pattern.name: pattern for pattern in patterns}
