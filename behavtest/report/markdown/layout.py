"""How a summary is laid out: a table of what does not hold, its pairs folded, and what holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.markdown.details import fitting_details
from behavtest.report.markdown.fitted import Fitted, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from behavtest.experiment.behavior_result import BehaviorResult

LIMIT = 65_000
"""Bytes of a summary: GitHub takes 65,536 characters in a comment, and 1 MiB from a job."""

NOTE = 200
"""Bytes for saying what is left out, at each place where something may be."""

_TABLE_SHARE = 0.4
"""How much of a summary the table of what does not hold may take."""

Item = TypeVar("Item")


class Folded(NamedTuple):
    """A behavior to fold up with its pairs.

    Args:
        behavior: The behavior.
        model: Whose it is, where there are several modified models.
    """

    behavior: BehaviorResult
    model: str = ""


class Contents(NamedTuple, Generic[Item]):
    """What a summary tells of, the most important first.

    Args:
        header: The head of its tables.
        row: Makes a line of a table.
        grave: Behaviors that do not hold, for the table.
        folded: The same, each folded up.
        held: Behaviors that hold.
        where: Said behind how many they are.
    """

    header: str
    row: Callable[[Item], str]
    grave: Sequence[Item]
    folded: Sequence[Folded]
    held: Sequence[Item]
    where: str = ""


def laid_out(head: str, contents: Contents[Item], foot: str, *, limit: int) -> str:
    """Lay a summary out, leaving out what there is no room for.

    Args:
        head: What comes first.
        contents: What is between.
        foot: What comes last.
        limit: Most bytes of it all in UTF-8.
    """
    header, row = contents.header, contents.row
    room = limit - size_of(head) - size_of(foot) - 3 * NOTE - 2 * size_of(header)
    table = Fitted(contents.grave, row, round(_TABLE_SHARE * room))
    room -= table.size
    shown = Fitted(contents.folded, partial(_details, room=room), room)
    rest = Fitted(contents.held, row, room - shown.size)
    parts = [head]
    if contents.grave:
        parts.append(header + table.text + table.left_out())
        parts.append(shown.text + shown.left_out(" with pairs to read"))
    if contents.held:
        count = fmt.plural(len(contents.held), "behavior holds", "behaviors hold")
        said = f"{words.ICONS['holds']} {count}{contents.where}"
        body = header + rest.text if rest.text else ""
        parts.append(
            f"<details>\n<summary>{said}</summary>\n\n{body}{rest.left_out()}\n</details>\n"
        )
    return "\n".join([*parts, foot])


def _details(folded: Folded, *, room: int) -> str:
    return fitting_details(folded.behavior, room=room, model=folded.model)
