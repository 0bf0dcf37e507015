"""Streams by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.stats.online.addis import Addis
from behavtest.stats.online.lond import ELond, Lond
from behavtest.stats.online.lord import LordPlusPlus
from behavtest.stats.online.saffron import Saffron

if TYPE_CHECKING:
    from behavtest.stats.online.clocked import ClockedStream
    from behavtest.stats.online.stream import Stream, StreamState

PROCEDURES: tuple[type[ClockedStream], ...] = (Saffron, Addis, LordPlusPlus, Lond, ELond)


def _named(name: str) -> type[ClockedStream]:
    for procedure in PROCEDURES:
        if procedure.name == name:
            return procedure
    names = ", ".join(procedure.name for procedure in PROCEDURES)
    raise ValueError(f"{name!r} is no procedure for a stream; there are {names}")


def open_stream(name: str, *, alpha: float) -> Stream:
    """Begin a stream with the procedure's default settings.

    Args:
        name: ``saffron``, ``addis``, ``lord++``, ``lond`` or ``e-lond``.
        alpha: Bound on the false discovery rate, in (0, 1).

    Raises:
        ValueError: There is no such procedure, or alpha is outside its range.
    """
    return _named(name)(alpha=alpha)


def resume_stream(state: StreamState) -> Stream:
    """Continue a stream of any procedure; see `ClockedStream.resume`.

    Args:
        state: From `Stream.state`.

    Raises:
        ValueError: It is the state of no stream.
    """
    return _named(state.procedure).resume(state)
