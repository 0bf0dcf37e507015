"""What patterns look at: the nodes of some code, with what its names stand for."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_MOST_PARTS: Final = 20
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


class Module:
    """Code as patterns look at it.

    Args:
        tree: Its syntax tree.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._around: dict[ast.AST, ast.AST] = {}
        self.nodes = tuple(self._walk(tree))
        self._words: dict[ast.AST, frozenset[str]] = {}

    def _walk(self, tree: ast.Module) -> Iterator[ast.AST]:
        """Yield every node, and note the function, or else the statement, that it is in."""
        waiting: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
        while waiting:
            node, around = waiting.pop()
            yield node
            if isinstance(node, _FUNCTION) or (
                isinstance(node, ast.stmt) and not isinstance(around, _FUNCTION)
            ):
                around = node
            if around is not None:
                self._around[node] = around
            waiting += [(child, around) for child in ast.iter_child_nodes(node)]

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Yield every call with the full name of what is called, empty if it has none."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node, self.name_of(node.func)

    def name_of(self, node: ast.AST) -> str:
        """Return a full name: ``subprocess.run`` for ``sp.run`` after ``import subprocess as sp``.

        What is no name, or an attribute of one, has an empty name.
        """
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < _MOST_PARTS:
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self._imported.get(node.id, node.id))
        return ".".join(reversed(parts))

    def is_constant(self, node: ast.AST) -> bool:
        """Tell whether an expression has a value that is written in the code."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                if part.id not in self._constants:
                    return False
            elif not isinstance(part, _CONSTANT):
                return False
        return True

    def text_of(self, node: ast.AST) -> str | None:
        """Return the text that an expression is, in the code or through a name; None if none."""
        found = self._constants.get(node.id, node) if isinstance(node, ast.Name) else node
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            return found.value
        return None

    def values_of(self, name: str) -> list[ast.AST]:
        """Return all that is assigned to a name, anywhere."""
        return [value for target, value in self._assigned if target == name]

    def words_around(self, node: ast.AST) -> frozenset[str]:
        """Return the words in the names of the function, or else the statement, around a node.

        ``reset_token`` and ``resetToken`` have the words *reset* and *token*, in lower case.
        """
        around = self._around[node]
        if around not in self._words:
            names = {name for part in ast.walk(around) for name in _names(part)}
            self._words[around] = frozenset(word for name in names for word in words_of(name))
        return self._words[around]

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names of its functions and classes."""
        kinds = (*_FUNCTION, ast.ClassDef)
        return frozenset(node.name for node in self.nodes if isinstance(node, kinds))

    @cached_property
    def imported(self) -> frozenset[str]:
        """The top-level modules that are imported, or used as if they were."""
        names = {
            one.name.partition(".")[0]
            for node in self.nodes
            if isinstance(node, ast.Import)
            for one in node.names
        }
        names |= {name.partition(".")[0] for name in self._imported.values()}
        return frozenset(names | {name.partition(".")[0] for _, name in self.calls()})

    @cached_property
    def _imported(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                names |= {one.asname: one.name for one in node.names if one.asname}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        return names

    @cached_property
    def _assigned(self) -> list[tuple[str, ast.AST]]:
        return [
            (target.id, node.value)
            for node in self.nodes
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        ]

    @cached_property
    def _constants(self) -> dict[str, ast.AST]:
        """The names that stand for one constant: bound once, to it, and nowhere else."""
        bound = Counter(
            node.id if isinstance(node, ast.Name) else node.arg
            for node in self.nodes
            if isinstance(node, ast.arg)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        )
        return {
            name: value
            for name, value in self._assigned
            if bound[name] == 1 and isinstance(value, ast.Constant)
        }


_CONSTANT: Final = (
    ast.Constant,
    ast.JoinedStr,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)


def words_of(name: str) -> list[str]:
    """Return the words of a name, in lower case."""
    return [word.lower() for word in _WORDS.findall(name)]


def argument(call: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    """Return an argument of a call by its name, or by its place from 0; None if it is not given."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if place is not None and place < len(call.args):
        given = call.args[place]
        return None if isinstance(given, ast.Starred) else given
    return None


def is_value(node: ast.AST | None, value: object) -> bool:
    """Tell whether an expression is this very constant; 0 is not False."""
    if not isinstance(node, ast.Constant):
        return False
    return type(node.value) is type(value) and node.value == value


def _names(node: ast.AST) -> Iterator[str]:
    for field in ("id", "attr", "arg", "name"):
        name = getattr(node, field, None)
        if isinstance(name, str):
            yield name
