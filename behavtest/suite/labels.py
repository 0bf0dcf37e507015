"""Reads labelled sets: completions with the score that people say they should have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from behavtest.core import Completion, Message, Prompt
from behavtest.errors import ScoreError, SuiteError
from behavtest.scoring import ScorerSpecError, check_prompt
from behavtest.scoring.exact import ExactScorer
from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.scoring.measuring import Labelled
from behavtest.suite.row_files import file_text, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.core import FinishReason, Row, Source
    from behavtest.scoring import Scorer, ScorerRegistry

_KNOWN: Final = ("prompt", "completion", "fields", "score", "label", "finish_reason", "note")


def labelled_set(
    path: Path, *, scorers: ScorerRegistry, score: object = None
) -> tuple[Labelled, ...]:
    """Read a labelled set.

    Each line of the ``.jsonl`` file is a mapping: ``completion``, a text; ``label``, 0 or 1;
    ``score``, a scorer as suites write it; and, if wanted, ``prompt``, a text, ``fields``, the
    mapping of the row's fields, ``finish_reason``, ``stop`` or ``length``, and a ``note``.

    Args:
        path: The file, as the user knows it.
        scorers: What scorers there are.
        score: The scorer of every row, whatever the rows say; None to go by them.

    Raises:
        SuiteError: The file cannot be read, or a row is wrong.
    """
    if path.suffix != ".jsonl":
        raise SuiteError("a labelled set is a .jsonl file", file=path.as_posix())
    reader = _Reader(scorers, score)
    return tuple(reader.labelled(row) for row in rows_of(path, file_text(path)))


class _Reader:
    """Reads rows, and makes each scorer once."""

    def __init__(self, scorers: ScorerRegistry, score: object) -> None:
        self._scorers = scorers
        self._score = score
        self._made: dict[str, Scorer] = {}

    def labelled(self, row: Row) -> Labelled:
        """Read a row."""
        for name in row.fields:
            if name not in _KNOWN:
                hint = did_you_mean(str(name), _KNOWN)
                raise row.place.error(f"unknown field {name!r}{hint} (fields: {listed(_KNOWN)})")
        scorer = self._scorer(row)
        completion = Completion(
            Prompt((Message("user", _text(row, "prompt", default="")),), _fields(row)),
            _text(row, "completion"),
            finish_reason=_reason(row),
        )
        try:
            check_prompt(scorer, completion.prompt)
        except ScoreError as error:
            raise row.place.error(f"score: {error}") from None
        return Labelled(completion, scorer, _label(row), row.place)

    def _scorer(self, row: Row) -> Scorer:
        spec = row.fields.get("score") if self._score is None else self._score
        if spec is None:
            raise row.place.error("the row has no 'score'; write one, or give one with --score")
        key = json.dumps(spec, sort_keys=True)
        if key not in self._made:
            self._made[key] = self._make(spec, row.place)
        return self._made[key]

    def _make(self, spec: object, place: Source) -> Scorer:
        try:
            made = self._scorers.build(spec)
        except ScorerSpecError as error:
            field = "".join(f".{step}" for step in error.path)
            raise place.error(f"score{field}: {error}") from None
        if isinstance(made, ExactScorer):
            raise place.error(f"score: {made.name} scores no completion, so there is no label")
        return made


def _text(row: Row, name: str, *, default: str | None = None) -> str:
    value = row.fields.get(name, default)
    if not isinstance(value, str):
        found = describe(value) if name in row.fields else "nothing"
        raise row.place.error(f"{name}: found {found}, expected a text")
    return value


def _fields(row: Row) -> Mapping[str, object]:
    value = row.fields.get("fields", {})
    if not isinstance(value, dict):
        raise row.place.error(f"fields: found {describe(value)}, expected a mapping of fields")
    return value


def _label(row: Row) -> bool:
    value = row.fields.get("label")
    if not isinstance(value, int | float) or value not in {0, 1}:
        found = describe(value) if "label" in row.fields else "nothing"
        raise row.place.error(f"label: found {found}, expected 0 or 1")
    return bool(value)


def _reason(row: Row) -> FinishReason:
    value = row.fields.get("finish_reason", "stop")
    if value == "stop" or value == "length":  # noqa: PLR1714 -- so that mypy knows which
        return value
    raise row.place.error(f"finish_reason: found {describe(value)}, expected stop or length")
