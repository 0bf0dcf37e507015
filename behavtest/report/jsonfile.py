"""The run as JSON: the report's data for programs, read back without loss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from behavtest.errors import SettingsError
from behavtest.experiment.result import RunResult
from behavtest.report.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = 1
"""Version of the layout; raised when an old reader would misread a new file."""

_CAP = 1e300
"""What stands for an infinite number, as in the results themselves; JSON has none."""


class _Version(msgspec.Struct):
    schema: int


class _Document(msgspec.Struct):
    schema: int
    run: msgspec.Raw


def write_json(result: RunResult, path: Path) -> None:
    """Write a run as JSON: ``{"schema": 1, "run": {...}}``.

    Args:
        result: The run.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    write_document("run", result, path)


def write_document(name: str, value: object, path: Path) -> None:
    """Write data as JSON under its name, beside the version of the layout.

    Args:
        name: What it is.
        value: Dataclasses, tuples, numbers and texts.
        path: The file, replaced if it exists.

    Raises:
        SettingsError: The file cannot be written there.
    """
    document = {"schema": SCHEMA, name: plain_json(msgspec.to_builtins(value))}
    write_whole(path, msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")


def read_json(path: Path) -> RunResult:
    """Read a run written by `write_json`.

    Args:
        path: The file.

    Returns:
        The run, equal to the one written.

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
        if schema > SCHEMA:
            raise SettingsError(
                f"{path}: written by a newer behavtest (schema {schema}, this one reads up to "
                f"{SCHEMA}); upgrade behavtest to read it"
            )
        document = msgspec.json.decode(content, type=_Document)
        return msgspec.json.decode(document.run, type=RunResult)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path}: not a behavtest report ({error}); name a file written by --behavtest-json"
        ) from error


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
