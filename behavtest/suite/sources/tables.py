"""Reads Arrow tables: Parquet and Arrow files, and folders that ``datasets`` saved."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from behavtest.core import Row, Source
from behavtest.scoring.arguments import ArgumentsError
from behavtest.scoring.hints import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BATCH: Final = 1_000
_SAVED: Final = ("dataset_dict.json", "state.json")
"""What ``save_to_disk`` leaves in the folder of several splits, and in that of one."""


def is_saved(folder: Path) -> bool:
    """Tell whether a folder is one that ``datasets.Dataset.save_to_disk`` made."""
    return any((folder / name).is_file() for name in _SAVED)


def saved_rows(folder: Path, *, split: str) -> Iterator[Row]:
    """Yield the rows of a folder that ``save_to_disk`` made; nothing is loaded but its tables.

    Args:
        folder: As the user knows it.
        split: Which split, if there are several.

    Raises:
        ValueError: The library is missing, the folder is damaged, or there is no such split.
    """
    try:
        from datasets import DatasetDict, load_from_disk
    except ImportError:
        raise _no_library(folder, "datasets") from None
    try:
        found = load_from_disk(str(folder), keep_in_memory=False)
    except (OSError, ValueError, KeyError) as error:
        raise ArgumentsError(f"{folder.as_posix()} cannot be read: {error}") from None
    if isinstance(found, DatasetDict):
        found = found[_split(folder, [str(name) for name in found], split)]
    elif split:
        raise ArgumentsError(f"{folder.as_posix()} has no splits: leave split out")
    for start in range(0, len(found), _BATCH):
        batch = found.with_format("arrow")[start : start + _BATCH]
        yield from _rows(batch, file=folder.as_posix(), before=start)


def table_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a ``.parquet`` or ``.arrow`` file.

    Args:
        path: As the user knows it.

    Raises:
        ValueError: The library is missing, or the file is not what its name says.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise _no_library(path, "pyarrow") from None
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else _arrow(pa, path)
    except (OSError, pa.ArrowInvalid) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ArgumentsError(f"{path.as_posix()} cannot be read: {why}") from None
    before = 0
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from _rows(batch, file=path.as_posix(), before=before)
        before += batch.num_rows


def _arrow(pa: Any, path: Path) -> Any:  # noqa: ANN401 - pyarrow publishes no types
    """Read an Arrow file of either format: ``datasets`` writes streams."""
    with pa.memory_map(str(path)) as source:
        try:
            return pa.ipc.open_stream(source).read_all()
        except pa.ArrowInvalid:
            source.seek(0)
            return pa.ipc.open_file(source).read_all()


def _rows(table: Any, *, file: str, before: int) -> Iterator[Row]:  # noqa: ANN401 - the same
    """Yield rows without the columns that are no text, numbers, lists or mappings of those.

    Args:
        table: A table or a batch of one.
        file: Where it is from.
        before: How many rows of the file come before it.
    """
    plain = table.select([field.name for field in table.schema if _is_plain(field.type)])
    for number, fields in enumerate(plain.to_pylist(), start=before + 1):
        yield Row({name: _finite(value) for name, value in fields.items()}, Source(file, number))


def _is_plain(kind: Any) -> bool:  # noqa: ANN401 - the same
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_plain(kind.value_type)
    if types.is_struct(kind):
        return all(_is_plain(field.type) for field in kind)
    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    known = (
        types.is_string,
        types.is_large_string,
        types.is_boolean,
        types.is_integer,
        types.is_floating,
        types.is_null,
    )
    return any(is_known(kind) for is_known in known)


def _finite(value: object) -> object:
    """Return a value with nothing in the place of what is not a number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return value


def _split(folder: Path, names: list[str], wanted: str) -> str:
    if wanted in names:
        return wanted
    if not wanted and len(names) == 1:
        return names[0]
    found = f"has no split {wanted!r}{did_you_mean(wanted, names)}" if wanted else "has splits"
    raise ArgumentsError(f"{folder.as_posix()} {found}; write split: one of {listed(names)}")


def _no_library(path: Path, name: str) -> ArgumentsError:
    return ArgumentsError(
        f"{path.as_posix()} is read with the library {name}, which is not installed: "
        "pip install 'behavtest[datasets]'"
    )
