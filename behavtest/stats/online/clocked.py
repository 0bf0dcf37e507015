"""What all streams share: their past is a clock and its readings at the rejections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from behavtest.stats.arrays import check_alpha
from behavtest.stats.online.stream import Decision, StreamState

if TYPE_CHECKING:
    from typing import Self

    from behavtest.stats.online.weights import IntArray


class ClockedStream(ABC):
    """A stream whose past is summed up by a clock and its readings at the rejections.

    Args:
        alpha: Bound on the false discovery rate, in (0, 1).
        own: The procedure's own arguments, already checked.

    Raises:
        ValueError: alpha is outside (0, 1).
    """

    name: ClassVar[str]
    takes_e_values: ClassVar[bool] = False

    def __init__(self, *, alpha: float, **own: float) -> None:
        check_alpha(alpha)
        self.alpha = float(alpha)
        self._settings = {key: float(value) for key, value in {"alpha": alpha, **own}.items()}
        self._tests = 0
        self._clock = 0
        self._readings: IntArray = np.empty(0, dtype=np.int64)
        self._known_level: float | None = None

    @property
    def tests(self) -> int:
        """Number of tests so far."""
        return self._tests

    @property
    def rejections(self) -> int:
        """Number of rejections so far."""
        return len(self._readings)

    @property
    def next_level(self) -> float:
        """The level the next test will have; 1 / level is the evidence it will take."""
        if self._known_level is None:
            self._known_level = self._level()
        return self._known_level

    def test(self, value: float) -> Decision:
        """Test the next hypothesis, at `next_level`.

        Args:
            value: Its p-value, in [0, 1], or its e-value, in [0, inf]: see `takes_e_values`.

        Raises:
            ValueError: The value is not one; nothing is tested then.
        """
        self._check(value)
        level = self.next_level
        reject = self._rejects(value, level)
        self._tests += 1
        self._clock += int(self._ticks(value))
        if reject:
            self._readings = np.append(self._readings, self._clock)
        self._known_level = None
        return Decision(reject, level)

    def state(self) -> StreamState:
        """Return what `resume` needs to continue exactly here."""
        readings = tuple(self._readings.tolist())
        return StreamState(self.name, dict(self._settings), self._tests, self._clock, readings)

    @classmethod
    def resume(cls, state: StreamState) -> Self:
        """Continue a stream: its decisions are those of one that was never interrupted.

        Args:
            state: From `state` of a stream of this procedure, perhaps by way of JSON (where a
                tuple may have become a list).

        Raises:
            ValueError: It is the state of another procedure, or its parts contradict each other.
        """
        if state.procedure != cls.name:
            raise ValueError(f"this is the state of {state.procedure!r}, not of {cls.name!r}")
        try:
            stream = cls(**state.settings)
        except TypeError as error:
            raise ValueError(f"these are no settings of {cls.name}: {state.settings}") from error
        if stream._settings != state.settings:
            raise ValueError(f"{cls.name} has settings {[*stream._settings]}, not {state.settings}")
        readings = np.array(state.readings, dtype=np.int64)
        path = np.concatenate([[0], readings, [state.clock, state.tests]])
        if (np.diff(path) < 0).any() or len(readings) > state.tests:
            raise ValueError(f"tests, clock and readings contradict each other: {state}")
        stream._tests, stream._clock, stream._readings = state.tests, state.clock, readings
        return stream

    def _check(self, value: float) -> None:
        """Refuse what is no p-value."""
        if not 0 <= value <= 1:
            raise ValueError(f"p-value is {value}; it must lie in [0, 1]")

    def _rejects(self, value: float, level: float) -> bool:
        """Decide a p-value."""
        return bool(value <= level)

    def _ticks(self, value: float) -> bool:  # noqa: ARG002 -- for those that count some tests only
        """Return whether a test with this value moves the clock; here all do."""
        return True

    @abstractmethod
    def _level(self) -> float:
        """Compute the level of the next test from the clock and the readings."""
