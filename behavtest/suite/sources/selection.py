"""Which records of which files a suite asks for: the arguments that all sources of files share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.scoring.arguments import ArgumentsError, need_options, options_from
from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.scoring.shapes import TEXT, Shape, about, either, fields, some, words
from behavtest.suite.sources.data_files import read_data

if TYPE_CHECKING:
    from pathlib import Path

    from behavtest.suite.sources.record import Record

_SHARED: Final = ("path", "split", "where", "limit")
_SHOWN: Final = 12
_VALUE: Final[Shape] = {"type": ["string", "number", "boolean"]}


class Selection(NamedTuple):
    """Which records of which files.

    Args:
        source: The prompt source's name.
        paths: The files or folders, at least one, relative to the suite's.
        split: Which split of a folder with several, or nothing.
        where: The values a field may have, by name; a record is kept if all of them agree.
        limit: The most records to keep, the first ones; None is no limit.
        options: All arguments as written.
    """

    source: str
    paths: tuple[str, ...]
    split: str
    where: Mapping[str, tuple[str, ...]]
    limit: int | None
    options: Mapping[str, object]

    def every(self, folder: Path) -> Iterator[Record]:
        """Yield every record of the files.

        Args:
            folder: Folder of the suite, as the user knows it.

        Raises:
            ValueError: There is no such file.
            SuiteError: A file is not what it should be.
        """
        for path in self.paths:
            yield from read_data(folder / path, split=self.split)

    def kept(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records that are asked for.

        Raises:
            ValueError: None is.
            SuiteError: A record lacks a field that is asked about.
        """
        seen: dict[str, set[str]] = {name: set() for name in self.where}
        kept = 0
        for record in records:
            if self.limit is not None and kept == self.limit:
                return
            wanted = True
            for name, values in self.where.items():
                found = _as_text(record.node(name).plain())
                seen[name].add(found)
                wanted = wanted and found in values
            if wanted:
                kept += 1
                yield record
        if not kept:
            raise ArgumentsError(self._nothing(seen))

    def records(self, folder: Path) -> Iterator[Record]:
        """Yield the records that are asked for, read from the files."""
        return self.kept(self.every(folder))

    def _nothing(self, seen: Mapping[str, set[str]]) -> str:
        for name, values in self.where.items():
            missing = [value for value in values if value not in seen[name]]
            if len(missing) == len(values):
                hint = did_you_mean(missing[0], seen[name])
                there = listed(sorted(seen[name]), limit=_SHOWN)
                return (
                    f"{self.source}: no record's {name} is {listed(missing)}{hint} (there: {there})"
                )
        return f"{self.source}: no record has all that is asked for ({listed(self.where)})"


def read_selection(
    arguments: object, *, source: str, fields: Iterable[str] = (), known: Iterable[str] = ()
) -> Selection:
    """Read a path, a list of paths, or ``{path: …, split: …, where: …, limit: …}``.

    Args:
        arguments: As written in the suite.
        source: The prompt source's name.
        fields: Fields that can be asked about by their name alone, without ``where``.
        known: Further arguments that the source takes.

    Raises:
        ValueError: The arguments are of another shape.
    """
    if isinstance(arguments, str | list | tuple):
        arguments = {"path": arguments}
    if not isinstance(arguments, Mapping):
        raise ArgumentsError(
            f"found {describe(arguments)}, expected the path of a file: {{{source}: data.jsonl}}"
        )
    fields = tuple(fields)
    known = tuple(dict.fromkeys((*_SHARED, *fields, *known)))
    options = options_from(arguments, scorer=source, known=known)
    need_options(options, ["path"], scorer=source)
    where = _where(options.get("where", {}), source=source)
    for name in fields:
        if name in options:
            where[name] = _wanted(options[name], name=name, source=source)
    return Selection(
        source=source,
        paths=_paths(options["path"], source=source),
        split=text_option(options, "split", source=source),
        where=where,
        limit=_limit(options, source=source),
        options=options,
    )


def wanted_shape(text: str, known: Sequence[str] = ()) -> Shape:
    """Return the shape of values that a field of a record may have: one, or a list."""
    value = words(known) if known else _VALUE
    return about(text, either(value, some(value)))


def selection_shape(known: Mapping[str, Shape]) -> Shape:
    """Return the shape of what `read_selection` reads.

    Args:
        known: The arguments of a source besides those that all of them take.
    """
    path = about("File or folder, or several.", either(TEXT, some(TEXT)))
    options = fields(
        {
            "path": path,
            "split": about("Which split of a folder with several.", TEXT),
            "where": about(
                "Fields of a record and the values they may have.",
                {"type": "object", "additionalProperties": either(_VALUE, some(_VALUE))},
            ),
            "limit": about("Most records, the first ones.", {"type": "integer", "minimum": 1}),
            **known,
        },
        required=["path"],
    )
    return either(path, options)


def text_option(options: Mapping[str, object], name: str, *, source: str) -> str:
    """Read an option that is text; empty if it is not given.

    Raises:
        ValueError: It is something else, or blank.
    """
    if name not in options:
        return ""
    value = options[name]
    if not isinstance(value, str) or not value.strip():
        raise ArgumentsError(f"{source}: {name}: found {describe(value)}, expected text")
    return value


def _paths(value: object, *, source: str) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    for item in items:
        if not isinstance(item, str) or not item.strip():
            raise ArgumentsError(f"{source}: path: found {describe(item)}, expected a path")
    if not items:
        raise ArgumentsError(f"{source}: path: found an empty list, expected at least one path")
    return tuple(items)


def _where(value: object, *, source: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise ArgumentsError(
            f"{source}: where: found {describe(value)}, expected fields and their values: "
            "{field: value}"
        )
    return {
        str(name): _wanted(wanted, name=f"where.{name}", source=source)
        for name, wanted in value.items()
    }


def _wanted(value: object, *, name: str, source: str) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    if not items or any(isinstance(item, list | tuple | Mapping) or item is None for item in items):
        raise ArgumentsError(
            f"{source}: {name}: found {describe(value)}, expected a value or a list of values"
        )
    return tuple(map(_as_text, items))


def _limit(options: Mapping[str, object], *, source: str) -> int | None:
    if "limit" not in options:
        return None
    value = options["limit"]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentsError(
            f"{source}: limit: found {describe(value)}, expected a whole number, 1 or more"
        )
    return value


def _as_text(value: object) -> str:
    """Return a value as a CSV file has it, so that 3 is the same in all kinds of files."""
    return str(value).lower() if isinstance(value, bool) else str(value)
