"""Which ``behavior`` marks are ours: other projects may have a marker of that name."""

from __future__ import annotations

import inspect

import pytest

MARK = "behavior"
COMPLETION = "completion"


def behavior_mark(item: pytest.Item) -> pytest.Mark | None:
    """Return an item's mark if it states a behavior.

    Ours has keyword arguments, or stands on a function that judges a ``completion``; any other
    is somebody else's marker.
    """
    mark = item.get_closest_marker(MARK)
    if mark is None or not isinstance(item, pytest.Function):
        return None
    judges = COMPLETION in inspect.signature(item.function).parameters
    return mark if mark.kwargs or judges else None
