"""One interface for all streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol


class Decision(NamedTuple):
    """What a stream decides about one hypothesis, for good.

    Args:
        reject: Whether the null is rejected: a discovery.
        level: The level it was tested at, in (0, 1), known before its value was.
    """

    reject: bool
    level: float


@dataclass(frozen=True, slots=True)
class StreamState:
    """Everything needed to continue a stream, in builtins: json or msgspec can store it.

    Args:
        procedure: The stream's name, as `open_stream` takes it.
        settings: Its arguments, alpha among them.
        tests: Number of tests so far.
        clock: Number of them that counted as spending: all of them for LORD++ and the LONDs, see
            `Saffron` and `Addis` for theirs.
        readings: The clock after each rejected test, in order.
    """

    procedure: str
    settings: dict[str, float]
    tests: int
    clock: int
    readings: tuple[int, ...]


class Stream(Protocol):
    """Tests hypotheses one after another at levels that depend on the past alone.

    Attributes:
        name: The procedure, as `open_stream` takes it.
        takes_e_values: Whether `test` takes e-values; p-values otherwise.
    """

    name: ClassVar[str]
    takes_e_values: ClassVar[bool]

    @property
    def tests(self) -> int:
        """Number of tests so far."""

    @property
    def rejections(self) -> int:
        """Number of rejections so far."""

    @property
    def next_level(self) -> float:
        """The level the next test will have; 1 / level is the evidence it will take."""

    def test(self, value: float) -> Decision:
        """Test the next hypothesis, at `next_level`.

        Raises:
            ValueError: The value is no p-value (e-value); nothing is tested then.
        """

    def state(self) -> StreamState:
        """Return what `resume_stream` needs to continue exactly here."""
