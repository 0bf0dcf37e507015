"""Streams: hypotheses tested one after another, false discoveries controlled all along.

Unlike a family (`behavtest.stats.multiplicity`), a stream has no end that is known: each test gets
a level computed from the decisions before it, and no decision is ever taken back.

    stream = open_stream("e-lond", alpha=0.05)
    decision = stream.test(e_value)           # Decision(reject=..., level=...)
    later = resume_stream(stream.state())     # another day, another process: the same stream

`Saffron`, `Addis`, `LordPlusPlus` and `Lond` take p-values, `ELond` takes e-values. For an
e-process E, 1 / sup E is a p-value (Ville), and E at a stopping time is an e-value; sup E is not.
Both reject when the evidence, sup E or E, reaches 1 / level.

Every guarantee needs the order of the tests to be fixed without looking at their values: a queue
sorted by evidence is not a stream.
"""

from behavtest.stats.online.addis import Addis
from behavtest.stats.online.factory import open_stream, resume_stream
from behavtest.stats.online.lond import ELond, Lond
from behavtest.stats.online.lord import LordPlusPlus
from behavtest.stats.online.saffron import Saffron
from behavtest.stats.online.stream import Decision, Stream, StreamState

__all__ = [
    "Addis",
    "Decision",
    "ELond",
    "Lond",
    "LordPlusPlus",
    "Saffron",
    "Stream",
    "StreamState",
    "open_stream",
    "resume_stream",
]
