"""The tags that a suite declares, read before anything of it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from behavtest.errors import SuiteError
from behavtest.suite import fields as read
from behavtest.suite.shared import read_shared
from behavtest.suite.yaml_reader import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behavtest.suite.node import Node


def declared_tags(path: Path) -> tuple[str, ...]:
    """Return the tags of a suite's defaults and behaviors, as far as they can be read.

    Args:
        path: The suite. What is wrong in it is said when it is loaded, not here.
    """
    try:
        root = read_yaml(path).value
    except SuiteError:
        return ()
    if not isinstance(root, Mapping):
        return ()
    return tuple(dict.fromkeys(tag for node in _nodes(root, path) for tag in _tags(node)))


def _nodes(root: Mapping[str, Node], path: Path) -> Iterator[Node]:
    try:
        defaults = read_shared(root, path).defaults
    except SuiteError:
        defaults = {}
    if "tags" in defaults:
        yield defaults["tags"]
    behaviors = root["behaviors"].value if "behaviors" in root else ()
    for behavior in behaviors if isinstance(behaviors, tuple) else ():
        if isinstance(behavior.value, Mapping) and "tags" in behavior.value:
            yield behavior.value["tags"]


def _tags(node: Node) -> tuple[str, ...]:
    try:
        return read.tags(node)
    except SuiteError:
        return ()
