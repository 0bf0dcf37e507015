"""What a suite's behaviors share: defaults and variables, its own and those of included files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from behavtest.errors import SuiteError
from behavtest.suite import fields as read
from behavtest.suite.chat import TemplateNode
from behavtest.suite.problems import Problems
from behavtest.suite.read_behavior import read_weight
from behavtest.suite.schema.tables import DEFAULTS, SETTINGS, SHARED
from behavtest.suite.settings import read_settings
from behavtest.suite.variables import read_variables
from behavtest.suite.yaml_reader import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from behavtest.suite.node import Node

_MOST_FILES: Final = 100


@dataclass(frozen=True, slots=True)
class Shared:
    """What behaviors share.

    Args:
        defaults: Field -> value, for behaviors without their own.
        variables: Name -> values, for the templates that use the name.
    """

    defaults: Mapping[str, Node] = field(default_factory=dict)
    variables: Mapping[str, tuple[object, ...]] = field(default_factory=dict)

    def under(self, other: Shared) -> Shared:
        """Return both, the other's winning."""
        return Shared({**self.defaults, **other.defaults}, {**self.variables, **other.variables})


def read_shared(fields: Mapping[str, Node], path: Path) -> Shared:
    """Read a suite's defaults and variables, on top of those of the files it includes.

    Args:
        fields: The suite's top-level fields.
        path: The suite, as the user knows it.

    Raises:
        SuiteError: A field is wrong, or a file cannot be included; its text tells of all of them.
    """
    return _Reader().read(fields, path, (path,))


def read_version(fields: Mapping[str, Node]) -> str:
    """Return the version among a suite's fields, empty if there is none.

    Raises:
        SuiteError: It is not text or a number.
    """
    if "version" not in fields:
        return ""
    node = fields["version"]
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        read.number(node)
        return str(node.value)
    return read.text(node)


class _Reader:
    """Reads one suite's files, each once."""

    def __init__(self) -> None:
        self._known: dict[Path, Shared] = {}

    def read(self, fields: Mapping[str, Node], path: Path, chain: tuple[Path, ...]) -> Shared:
        """Read one file's part and below it that of the files it includes.

        Args:
            fields: The file's top-level fields.
            path: The file, as the user knows it.
            chain: The files that lead to it, itself the last.
        """
        problems, shared, own = Problems(), Shared(), Shared()
        with problems.collected():
            for node in _included(fields):
                with problems.collected():
                    shared = shared.under(self._file(node, path.parent / str(node.value), chain))
        with problems.collected():
            if "defaults" in fields:
                own = replace(own, defaults=_defaults(fields["defaults"]))
        with problems.collected():
            if "variables" in fields:
                variables = read_variables(fields["variables"], folder=path.parent)
                own = replace(own, variables=variables)
        problems.raise_all()
        return shared.under(own)

    def _file(self, node: Node, path: Path, chain: tuple[Path, ...]) -> Shared:
        """Read an included file."""
        identity = path.resolve()
        if identity in [above.resolve() for above in chain]:
            circle = ", which includes ".join(above.as_posix() for above in (*chain, path))
            raise node.error(f"the files include each other in a circle: {circle}")
        if identity in self._known:
            return self._known[identity]
        if len(self._known) + len(chain) > _MOST_FILES:
            raise node.error(f"the suite includes more than {_MOST_FILES} files")
        self._known[identity] = shared = self._new_file(node, path, chain)
        return shared

    def _new_file(self, node: Node, path: Path, chain: tuple[Path, ...]) -> Shared:
        try:
            fields = read.mapping(read_yaml(path))
        except SuiteError as error:
            if error.line is not None:
                raise
            # a file that is not there has no line to show: the place is where it is asked for
            raise node.error(f"{path.as_posix()}: {error.message}") from None
        problems = Problems()
        with problems.collected():
            _check_fields(fields, node)
        with problems.collected():
            read_version(fields)
        with problems.collected():
            if "description" in fields:
                read.text(fields["description"])
        shared = Shared()
        with problems.collected():
            shared = self.read(fields, path, (*chain, path))
        problems.raise_all()
        return shared


def _included(fields: Mapping[str, Node]) -> Iterator[Node]:
    if "include" not in fields:
        return
    node = fields["include"]
    if isinstance(node.value, str):
        raise node.error(f"found the text {node.value!r}, expected a list of files: [{node.value}]")
    for item in read.items(node, of="files"):
        read.text(item)
        yield item


def _check_fields(fields: Mapping[str, Node], include: Node) -> None:
    """Refuse what an included file cannot have, and say who includes it."""
    at = f"included at {include.place.file}:{include.place.line}"
    for name in ("suite", "behaviors"):
        if name in fields:
            raise fields[name].error(
                f"a file that is included gives defaults and variables and has no {name!r} ({at})"
            )
    problems = Problems()
    read.collect_unknown(fields, SHARED, problems)
    try:
        problems.raise_all()
    except SuiteError as error:
        raise SuiteError.joined([_with_note(part, at) for part in error.parts]) from None


def _with_note(error: SuiteError, note: str) -> SuiteError:
    return SuiteError(
        f"{error.message} ({note})", file=error.file, line=error.line, field=error.field
    )


def _defaults(node: Node) -> Mapping[str, Node]:
    fields = read.mapping(node, known=DEFAULTS)
    read_settings({name: fields[name] for name in SETTINGS if name in fields})
    if "tolerance" in fields:
        read.number(fields["tolerance"])
    read_weight(fields)
    if "tags" in fields:
        read.tags(fields["tags"])
    if "system" in fields:
        TemplateNode.read(fields["system"])
    return fields
