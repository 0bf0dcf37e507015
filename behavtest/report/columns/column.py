"""The modified models that stand side by side, named so that links to them last."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from behavtest.models.labels import model_labels
from behavtest.report.headline import importance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.experiment.result import RunResult

_MOST_LABEL = 60
_MOST_SLUG = 40


class Column(NamedTuple):
    """One modified model.

    Args:
        place: Its place in the order given, from 0.
        label: Its short name, no two alike.
        slug: The same of ``a-z``, ``0-9`` and ``-`` alone, for links and ids; no two alike.
        run: What was found of it.
    """

    place: int
    label: str
    slug: str
    run: RunResult


def columns(runs: Sequence[RunResult]) -> tuple[Column, ...]:
    """Name the modified models of runs of one base.

    Args:
        runs: The runs, in the order their modified models were given.
    """
    names = [(run.model_b or run.model_a).name for run in runs]
    labels = [_short(label) for label in model_labels(names)]
    slugs = [_slug(label) for label in labels]
    times = Counter(slugs)
    return tuple(
        Column(place, label, slug if times[slug] == 1 and slug else _apart(slug, label), run)
        for place, (label, slug, run) in enumerate(zip(labels, slugs, runs, strict=True))
    )


def aligned(columns: Sequence[Column]) -> list[dict[int, BehaviorResult]]:
    """Put what was found of each behavior together, the most important behavior first.

    Args:
        columns: The models.

    Returns:
        For each behavior, the place of a model -> what was found of it; one that was not asked
        has no entry.
    """
    found: dict[str, dict[int, BehaviorResult]] = {}
    for column in columns:
        for behavior in column.run.behaviors:
            found.setdefault(behavior.name, {})[column.place] = behavior
    return sorted(found.values(), key=lambda row: min(map(importance, row.values())))


def _short(label: str) -> str:
    """Cut a label that no column has room for, keeping its end and what tells it from others."""
    if len(label) <= _MOST_LABEL:
        return label
    return f"…{label[-_MOST_LABEL:]} ({_digest(label)})"


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower())[-_MOST_SLUG:].strip("-")


def _apart(slug: str, label: str) -> str:
    # Two hyphens cannot occur in a slug, so that what is added is never part of another.
    return f"{slug}--{_digest(label)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:8]
