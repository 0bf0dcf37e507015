"""Reads a YAML file into nodes, with bounds on everything a hostile file could blow up.

Plain words are read as YAML 1.2 does: ``yes``, ``no`` and ``on`` are text, not booleans, and so
are ``12:30`` and ``007``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from behavtest.core import Source
from behavtest.errors import SuiteError
from behavtest.suite.files import read_text
from behavtest.suite.node import Node, Scalar, child_field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LARGEST_FILE: Final = 1024 * 1024
_MOST_NODES: Final = 100_000
_DEEPEST: Final = 50

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT: Final = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan"
)


def read_yaml(path: Path) -> Node:
    """Read a YAML file.

    Args:
        path: The file, as the user knows it; errors name it so.

    Raises:
        SuiteError: The file cannot be read, is not one YAML document, or is out of bounds.
    """
    text = read_text(path, limit=_LARGEST_FILE, way_out="; move prompts into a .jsonl file")
    return parse_yaml(text, file=path.as_posix())


def parse_yaml(text: str, *, file: str) -> Node:
    """Read YAML that stands in a file, from its first line on.

    Args:
        text: One YAML document.
        file: The file's path, as the user knows it; errors name it so.

    Raises:
        SuiteError: The text is not one YAML document, or is out of bounds.
    """
    try:
        root = _BoundedLoader(text, file).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        raise SuiteError(f"this is not valid YAML: {problem}", file=file, line=line) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"the character U+{error.character:04X} cannot be in a YAML file"
        raise SuiteError(message, file=file, line=line) from None
    if root is None:
        raise SuiteError("the file is empty; it needs a list of behaviors", file=file, line=1)
    return _Converter(file).convert(root, field="", depth=0)


class _BoundedLoader(yaml.SafeLoader):
    """Composes nodes, counting them, without giving words a meaning."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML reads it, and copies it before it writes

    def __init__(self, text: str, file: str) -> None:
        super().__init__(text)
        self._file = file
        self._nodes = 0
        self._depth = 0
        self._in_plain_text = False

    def scan_plain(self) -> Any:  # noqa: ANN401 - not typed by PyYAML's stub
        """Scan text without quotes."""
        self._in_plain_text = True
        token = super().scan_plain()
        self._in_plain_text = False
        return token

    def peek(self, index: int = 0) -> str:
        """Look ahead, not seeing the question marks in text.

        In ``[How are you?, Fine]`` PyYAML ends the text at the mark, a rule YAML 1.2 gave up. It
        looks for the end with this method and takes the text itself from elsewhere.
        """
        character = str(super().peek(index))
        return "." if self._in_plain_text and character == "?" else character

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        """Compose one node, within bounds."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # not typed by PyYAML's stub
        line = event.start_mark.line + 1
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise SuiteError(
                f"tags such as {_tag_as_written(tag)} are not supported; write the value plainly, "
                "in quotes if it is text",
                file=self._file,
                line=line,
            )
        self._nodes += 1
        self._depth += 1
        if self._nodes > _MOST_NODES:
            raise SuiteError(_too_many(), file=self._file, line=line)
        if self._depth > _DEEPEST:
            raise SuiteError(_too_deep(), file=self._file, line=line)
        node = super().compose_node(parent, index)  # type: ignore[arg-type] # the stub says int only
        self._depth -= 1
        return node


class _Converter:
    """Turns composed YAML into nodes; an alias is expanded and counts every time."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._nodes = 0

    def convert(self, node: yaml.Node, *, field: str, depth: int) -> Node:
        """Convert a node and all below it.

        Args:
            node: As composed.
            field: Dotted path of the field it is the value of.
            depth: How many mappings and lists it lies in.

        Raises:
            SuiteError: There are too many nodes, they lie too deep, or a key is not a word.
        """
        place = Source(self._file, node.start_mark.line + 1, field)
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise place.error(_too_many())
        if depth > _DEEPEST:
            raise place.error(_too_deep())
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, field=field, depth=depth), place)
        if isinstance(node, yaml.SequenceNode):
            items = (
                self.convert(item, field=child_field(field, index), depth=depth + 1)
                for index, item in enumerate(node.value)
            )
            return Node(tuple(items), place)
        assert isinstance(node, yaml.ScalarNode)
        return Node(_scalar(node), place, block=node.style == "|")

    def _mapping(self, node: yaml.MappingNode, *, field: str, depth: int) -> Mapping[str, Node]:
        values: dict[str, Node] = {}
        for key_node, value_node in node.value:
            place = Source(self._file, key_node.start_mark.line + 1, field)
            if not isinstance(key_node, yaml.ScalarNode):
                raise place.error("found a list or mapping as a key, expected a word")
            key = str(key_node.value)
            if key == "<<" and key_node.style is None:
                raise place.error("merge keys (<<) are not supported; use defaults")
            if key in values:
                first = values[key].place.line
                raise place.error(
                    f"{key!r} is written twice in one mapping (first at line {first})"
                )
            values[key] = self.convert(value_node, field=child_field(field, key), depth=depth + 1)
        return values


def _scalar(node: yaml.ScalarNode) -> Scalar:
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _tag_as_written(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _too_many() -> str:
    return f"the file has more than {_MOST_NODES:,} values (aliases count every time)"


def _too_deep() -> str:
    return f"the values are nested more than {_DEEPEST} deep"
