"""Places in the page, named after behaviors so that links to them last."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.behavior_result import BehaviorResult

_SLUG_LENGTH = 60


def anchors(behaviors: Iterable[BehaviorResult]) -> list[str]:
    """Name each behavior's place in the page after the behavior, so that links last.

    Behaviors of one name have the digest of their node ids added: what a link leads to must not
    depend on which of them comes first.
    """
    order = list(behaviors)
    slugs = [_slug(behavior) for behavior in order]
    times = Counter(slugs)
    # Two underscores cannot occur in a slug, so that what is added is never part of another.
    return [
        slug if times[slug] == 1 else f"{slug}__{_digest(behavior.name)}"
        for slug, behavior in zip(slugs, order, strict=True)
    ]


def _slug(behavior: BehaviorResult) -> str:
    words_only = re.sub(r"[^a-z0-9]+", "-", f"{behavior.suite} {behavior.behavior}".lower())
    return f"b-{words_only.strip('-')[:_SLUG_LENGTH]}"


def _digest(node_id: str) -> str:
    # A node id may hold what UTF-8 cannot, a lone surrogate say; "n" keeps it from being a pair.
    return f"n{hashlib.sha256(node_id.encode(errors='backslashreplace')).hexdigest()[:8]}"
