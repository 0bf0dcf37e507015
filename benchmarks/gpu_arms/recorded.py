"""Whether steps become CUDA graphs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from behavtest.sampling.engine.graph import Graphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch


@contextmanager
def watched() -> Iterator[list[bool]]:
    """Note of every step from now on whether it was recorded; off CUDA none is."""
    record, found = Graphs.record, []

    def noted(
        graphs: Graphs, step: Callable[[], None], state: Sequence[torch.Tensor]
    ) -> Callable[[], None]:
        taken = record(graphs, step, state)
        found.append(taken is not step)
        return taken

    with patch.object(Graphs, "record", noted):
        yield found


def summary(found: list[bool]) -> str:
    """Say it for people."""
    return f"{sum(found)} of {len(found)}"
