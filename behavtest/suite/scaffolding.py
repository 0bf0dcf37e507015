"""The beginning of a new suite: files that run as they are."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from behavtest.core.rows import Source
from behavtest.errors import SettingsError
from behavtest.scoring.hints import listed
from behavtest.suite import fields as read
from behavtest.suite.node import Node

if TYPE_CHECKING:
    from pathlib import Path

_PLACEHOLDER: Final = "SUITE-NAME"
_FILES: Final = {
    "suite.behav.yaml": f"{_PLACEHOLDER}.behav.yaml",
    "prompts.jsonl": "prompts.jsonl",
    "CARD.md": "CARD.md",
}
"""Name of a file of the scaffold -> its name in a suite's folder."""

_SCHEMA: Final = "suite.schema.json"
"""Named in the suite's first line, for editors."""


def write_scaffold(name: str, parent: Path, *, schema: str) -> tuple[Path, ...]:
    """Write a new suite into a folder of its name.

    Args:
        name: The suite's.
        parent: Where the folder goes.
        schema: The JSON Schema of suites, as text; it goes beside the suite, for editors.

    Returns:
        The files, the suite first.

    Raises:
        SuiteError: The name is none that a suite can have.
        SettingsError: Something is there already, or the files cannot be written; nothing that was
            there is changed.
    """
    read.slug(Node(name, Source("", 0)))
    folder = parent / name
    texts = {folder / _named(there, name): _text(here, name) for here, there in _FILES.items()}
    texts[folder / _SCHEMA] = schema
    present = [path.name for path in texts if path.exists() or path.is_symlink()]
    if present:
        raise SettingsError(
            f"{folder.as_posix()} has {listed(present)} already, and nothing is overwritten; "
            "choose another name or --dir"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError as error:
        raise SettingsError(
            f"{error.filename or folder}: cannot be written ({error.strerror})"
        ) from error
    return tuple(texts)


def _text(file: str, name: str) -> str:
    text = files("behavtest.suite").joinpath("scaffold", file).read_text(encoding="utf-8")
    return _named(text, name)


def _named(text: str, name: str) -> str:
    return text.replace(_PLACEHOLDER, name)
