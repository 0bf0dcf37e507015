"""Reads the variables of templates: each a name and its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.scoring.hints import text_wanted
from behavtest.suite import fields as read
from behavtest.suite.rows import texts_from_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from behavtest.suite.chat import TemplateNode
    from behavtest.suite.node import Node

Variables = dict[str, tuple[object, ...]]


def read_variables(node: Node, *, folder: Path) -> Variables:
    """Return the values of each variable.

    Args:
        node: A mapping from names to lists, or to paths of ``.txt`` files.
        folder: Folder of the file it is written in, as the user knows it.

    Raises:
        SuiteError: A name cannot be used in a template, or its values cannot be read.
    """
    values: Variables = {}
    for name, value in read.mapping(node).items():
        if not name.isidentifier():
            raise value.error(f"found {name!r}, expected a name that a template can use")
        if isinstance(value.value, str):
            values[name] = texts_from_file(value, folder=folder)
        else:
            values[name] = tuple(_variable(item) for item in read.items(value, of="values"))
    return values


def chosen_variables(
    own: Mapping[str, tuple[object, ...]],
    shared: Mapping[str, tuple[object, ...]],
    templates: Iterable[TemplateNode],
) -> Variables:
    """Return a behavior's variables: its own, and of its file's those that its templates name.

    Args:
        own: The behavior's; they win.
        shared: The file's.
        templates: The behavior's.
    """
    named: set[str] = set()
    for template in templates:
        named |= template.template.variables
    return {name: values for name, values in shared.items() if name in named} | dict(own)


def _variable(node: Node) -> object:
    if node.value is None or isinstance(node.value, bool | tuple):
        raise node.error(text_wanted(node.plain()))
    return node.plain()
