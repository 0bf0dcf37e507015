"""Adding to a file of acceptances: its other lines, comments too, stay as they are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import yaml

from behavtest.errors import SettingsError
from behavtest.release.acceptance import LARGEST_FILE, Acceptance, parse_acceptances
from behavtest.report.files import write_whole
from behavtest.suite.files import read_text
from behavtest.suite.yaml_reader import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEADER: Final = """\
# Changes of behavior that somebody looked at and accepted. `behavtest accept` adds one,
# `behavtest gate` reads them. Each counts until a day, for a change of its size and no larger.
"""
_ENTRY: Final = re.compile(r"(?P<indent> *)- ")
_WIDEST: Final = 10**6


def add_acceptance(acceptance: Acceptance, path: Path) -> Acceptance:
    """Add an acceptance to a file, in the order of the behaviors' names.

    Two people who accept two behaviors change two places of the file, which merge.

    Args:
        acceptance: What to add.
        path: The file; it is made if there is none.

    Returns:
        The acceptance, with its place.

    Raises:
        SuiteError: The file is not one of acceptances.
        SettingsError: The same is accepted already, or the file cannot be added to or written.
    """
    file = path.as_posix()
    text = read_text(path, limit=LARGEST_FILE) if path.exists() else _HEADER
    known = parse_acceptances(text, file=file)
    for other in known:
        if _subject(other) == _subject(acceptance):
            raise SettingsError(
                f"{acceptance.behavior} has an acceptance of these models already ({other.place}, "
                f"until {other.until}); take it out to accept the change anew"
            )
    added = _inserted(text, acceptance, known)
    found = parse_acceptances(added, file=file)
    if sorted(map(_content, found)) != sorted(map(_content, [*known, acceptance])):
        raise SettingsError(
            f"{file}: nothing can be added, since its entries do not begin with '- ' on lines of "
            f"their own. Write by hand:\n{_block(acceptance, '')}"
        )
    write_whole(path, added.encode(), what="acceptance")
    return next(one for one in found if _subject(one) == _subject(acceptance))


def _subject(acceptance: Acceptance) -> tuple[str, str, str, str]:
    return acceptance.behavior, acceptance.model, acceptance.base, acceptance.modified


def _content(acceptance: Acceptance) -> str:
    return repr(replace(acceptance, file="", line=0))


def _inserted(text: str, acceptance: Acceptance, known: Sequence[Acceptance]) -> str:
    """Insert an entry before the first of a later name, with an empty line between."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    later = [one.line - 1 for one in known if one.behavior > acceptance.behavior]
    place = _above_comments(lines, min(later)) if later else len(lines)
    indents = (_ENTRY.match(lines[one.line - 1]) for one in known)
    indent = next((found["indent"] for found in indents if found), "")
    before, after = lines[:place], lines[place:]
    while before and not before[-1].strip():
        before.pop()
    entry = _block(acceptance, indent).splitlines()
    parts = [part for part in (before, entry, after) if part]
    return end.join(line for part in parts for line in (*part, ""))


def _above_comments(lines: Sequence[str], place: int) -> int:
    """Return the first of the comment lines that lead to an entry."""
    while place and lines[place - 1].lstrip().startswith("#"):
        place -= 1
    return place


def _block(acceptance: Acceptance, indent: str) -> str:
    """Write one entry."""
    fields: dict[str, object] = {
        "behavior": acceptance.behavior,
        "model": acceptance.model or None,
        "verdict": acceptance.verdict,
        "expect": acceptance.expect,
        "estimate": acceptance.estimate,
        "lowest": acceptance.lowest,
        "highest": acceptance.highest,
        "base": acceptance.base,
        "modified": acceptance.modified,
        "reason": acceptance.reason,
        "by": acceptance.by,
        "created": acceptance.created,
        "until": acceptance.until,
    }
    first, *rest = (_line(name, value) for name, value in fields.items() if value is not None)
    return "\n".join([f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)])


def _line(name: str, value: object) -> str:
    """Write one field, in quotes where our reader would take a text for something else."""
    line = yaml.safe_dump({name: value}, allow_unicode=True, width=_WIDEST).strip()
    if isinstance(value, str) and parse_yaml(line, file=name).plain() != {name: value}:
        return f"{name}: {json.dumps(value)}"
    return line
