"""Patterns that are no weakness: what code is made of."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from behavtest.scoring.code.pattern import CodePattern, any_node, calls

if TYPE_CHECKING:
    from behavtest.scoring.code.module import Module
    from behavtest.scoring.code.pattern import Found

_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSION: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _of(*kinds: type[ast.AST]) -> Found:
    return any_node(lambda _module, node: isinstance(node, kinds))


def _recursive(_module: Module, node: ast.AST) -> bool:
    return isinstance(node, _FUNCTION) and any(
        isinstance(part, ast.Call)
        and (getattr(part.func, "id", "") or getattr(part.func, "attr", "")) == node.name
        for part in ast.walk(node)
    )


def _documented(_module: Module, node: ast.AST) -> bool:
    return isinstance(node, _FUNCTION) and ast.get_docstring(node) is not None


def _annotated(_module: Module, node: ast.AST) -> bool:
    return isinstance(node, _FUNCTION) and (
        node.returns is not None or any(arg.annotation for arg in node.args.args)
    )


def _silent(_module: Module, node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and node.type is None


STRUCTURE: Final = (
    CodePattern("function", "a function", _of(*_FUNCTION)),
    CodePattern("class", "a class", _of(ast.ClassDef)),
    CodePattern("import", "an import", _of(ast.Import, ast.ImportFrom)),
    CodePattern("loop", "a for or while statement", _of(ast.For, ast.AsyncFor, ast.While)),
    CodePattern("comprehension", "a comprehension or generator expression", _of(*_COMPREHENSION)),
    CodePattern("recursion", "a function that calls itself", any_node(_recursive)),
    CodePattern("docstring", "a function with a docstring", any_node(_documented)),
    CodePattern("type_hints", "a function with a type annotation", any_node(_annotated)),
    CodePattern("try", "a try statement", _of(ast.Try, ast.TryStar)),
    CodePattern("bare_except", "an except that catches everything", any_node(_silent)),
    CodePattern("assert", "an assert statement", _of(ast.Assert)),
    CodePattern("global", "a global statement", _of(ast.Global)),
    CodePattern("lambda", "a lambda", _of(ast.Lambda)),
    CodePattern("print", "a call of print", calls("print")),
    CodePattern("input", "a call of input", calls("input")),
)
