"""Runs as JSON: the report's data for programs, read back without loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from behavtest.errors import SettingsError
from behavtest.experiment.result import RunResult  # noqa: TC001 -- msgspec reads it
from behavtest.report.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA = 1
"""Version of the layout; raised when an old reader would misread a new file."""

SCHEMA_OF_SEVERAL = 2
"""The layout of several runs. One run stays in the older one, which older readers know."""

_CAP = 1e300
"""What stands for an infinite number, as in the results themselves; JSON has none."""


class _Version(msgspec.Struct):
    schema: int


class _One(msgspec.Struct):
    run: RunResult


class _Several(msgspec.Struct):
    runs: tuple[RunResult, ...]


def write_json(results: Sequence[RunResult], path: Path) -> None:
    """Write runs as JSON.

    One is written as ``{"schema": 1, "run": {...}}``, several as
    ``{"schema": 2, "runs": [{...}, ...]}``.

    Args:
        results: The runs, at least one, in the order their modified models were given.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    if len(results) == 1:
        write_document("run", results[0], path)
    else:
        write_document("runs", tuple(results), path, schema=SCHEMA_OF_SEVERAL)


def write_document(name: str, value: object, path: Path, *, schema: int = SCHEMA) -> None:
    """Write data as JSON under its name, beside the version of the layout.

    Args:
        name: What it is.
        value: Dataclasses, tuples, numbers and texts.
        path: The file, replaced if it exists.
        schema: The version of the layout.

    Raises:
        SettingsError: The file cannot be written there.
    """
    document = {"schema": schema, name: plain_json(msgspec.to_builtins(value))}
    write_whole(path, msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")


def read_json(path: Path) -> tuple[RunResult, ...]:
    """Read the runs written by `write_json`.

    Args:
        path: The file.

    Returns:
        The runs, at least one, equal to those written and in their order.

    Raises:
        SettingsError: The file cannot be read, is no such file, or is from a newer behavtest.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be read ({error.strerror or error}); "
            "name a file written by --behavtest-json"
        ) from error
    try:
        schema = msgspec.json.decode(content, type=_Version).schema
        if schema > SCHEMA_OF_SEVERAL:
            raise SettingsError(
                f"{path}: written by a newer behavtest (schema {schema}, this one reads up to "
                f"{SCHEMA_OF_SEVERAL}); upgrade behavtest to read it"
            )
        if schema < SCHEMA_OF_SEVERAL:
            return (msgspec.json.decode(content, type=_One).run,)
        runs = msgspec.json.decode(content, type=_Several).runs
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path}: not a behavtest report ({error}); name a file written by --behavtest-json"
        ) from error
    if not runs:
        raise SettingsError(f"{path}: a report of no run; name a file written by --behavtest-json")
    return runs


def plain_json(value: object) -> object:
    """Replace what JSON cannot hold: lone surrogates in texts, infinite numbers.

    Args:
        value: Dictionaries, lists, texts, numbers.
    """
    match value:
        case str():
            # A server may send lone surrogates; UTF-8 has no encoding for them.
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case float() if math.isinf(value):
            return math.copysign(_CAP, value)
        case dict():
            return {plain_json(key): plain_json(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_json(item) for item in value]
        case _:
            return value
