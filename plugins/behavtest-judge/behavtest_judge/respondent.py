"""Who replies to a judge's questions: a server, or a model on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from behavtest.errors import ScoreError
    from behavtest_judge.posing import Posed
    from behavtest_judge.reply import Reply


class Respondent(Protocol):
    """A judge.

    Attributes:
        name: What the report calls it.
    """

    name: str

    @property
    def identity(self) -> str:
        """All that determines a reply besides what is posed."""
        ...

    def replies(self, posed: Sequence[Posed]) -> Iterator[tuple[int, Reply | ScoreError]]:
        """Judge completions, in whatever order is fastest.

        Args:
            posed: The completions as they are put to the judge.

        Yields:
            A completion's place, and the reply or why there is none; every place once.
        """
        ...
