"""As much of a summary as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from behavtest.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")


class Fitted(Generic[Item]):
    """As many behaviors as there is room for, one or more to a block.

    Args:
        behaviors: The most important first.
        render: Makes a block of one.
        room: Bytes.
    """

    def __init__(
        self,
        behaviors: Sequence[Item],
        render: Callable[[Item], str],
        room: int,
    ) -> None:
        self._omitted = 0
        self.size = 0
        blocks: list[str] = []
        for place, behavior in enumerate(behaviors):
            block = render(behavior)
            if self.size + size_of(block) > room:
                self._omitted = len(behaviors) - place
                break
            blocks.append(block)
            self.size += size_of(block)
        self.text = "".join(blocks)

    def left_out(self, what: str = "") -> str:
        """Say how many behaviors are not there."""
        if not self._omitted:
            return ""
        said = f"{fmt.plural(self._omitted, 'more behavior')}{what}"
        return f"\n… {said}, left out here: see the report.\n"


def size_of(text: str) -> int:
    """Count the bytes of a text in UTF-8."""
    return len(text.encode())
