"""Changes that somebody accepted, and how the file of them is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from behavtest.scoring.hints import listed
from behavtest.suite import fields as read
from behavtest.suite.files import read_text
from behavtest.suite.problems import Problems
from behavtest.suite.yaml_reader import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.suite.node import Node

ANY: Final = "any"
"""Stands for every model."""

LARGEST_FILE: Final = 1024 * 1024

LONGEST: Final = timedelta(days=366)
"""How long an acceptance can count: what is to stay belongs into the suite."""

DAY: Final = r"\d{4}-\d{2}-\d{2}"
"""The one form of a day that is read, as a regular expression."""

REQUIRED: Final = (
    *("behavior", "verdict", "expect", "estimate", "base", "modified"),
    *("reason", "by", "created", "until"),
)
"""The fields that every entry has."""

BOUNDS: Final = ("lowest", "highest")
"""The fields of which every entry has one."""

OPTIONAL: Final = ("model",)
"""The fields that an entry may have."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One change that somebody accepted.

    Args:
        behavior: ``suite/behavior``, or the node id where two files call theirs alike.
        verdict: What it was then; an inconclusive one accepts no violated one.
        expect: The expectation's kind then.
        estimate: The mean change, or mean, then, in score units.
        base: Fingerprint of the base model, or `ANY`.
        modified: Fingerprint of the modified model, or `ANY`.
        reason: Why.
        by: Who.
        created: When.
        until: The last day on which it counts.
        lowest: The least estimate it covers, None if it is about a change upwards.
        highest: The greatest estimate it covers, None if it is about a change downwards.
        file: Where it is written.
        line: Line in it, from 1.
        model: The name or label of the modified model it is for; empty for any.
    """

    behavior: str
    verdict: Literal["violated", "inconclusive"]
    expect: str
    estimate: float
    base: str
    modified: str
    reason: str
    by: str
    created: date
    until: date
    lowest: float | None = None
    highest: float | None = None
    file: str = ""
    line: int = 0
    model: str = ""

    @property
    def place(self) -> str:
        """Where it is written."""
        return f"{self.file}:{self.line}"


def read_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """Read a file of accepted changes.

    Args:
        path: The file, as the user knows it; errors name it so.

    Raises:
        SuiteError: It cannot be read, or an entry is wrong; the text names every problem found.
    """
    return parse_acceptances(read_text(path, limit=LARGEST_FILE), file=path.as_posix())


def parse_acceptances(text: str, *, file: str) -> tuple[Acceptance, ...]:
    """Read accepted changes from the text of their file; one with comments alone has none.

    Args:
        text: A YAML list.
        file: The file's path, as the user knows it; errors name it so.

    Raises:
        SuiteError: As `read_acceptances`.
    """
    if all(line.lstrip().startswith("#") or not line.strip() for line in text.splitlines()):
        return ()
    root = parse_yaml(text, file=file)
    if root.value == ():
        return ()
    problems, found = Problems(), []
    for node in read.items(root, of="accepted changes"):
        with problems.collected():
            found.append(_acceptance(node))
    problems.raise_all()
    return tuple(found)


def _acceptance(node: Node) -> Acceptance:
    fields = read.mapping(node, known=(*REQUIRED, *BOUNDS, *OPTIONAL))
    missing = [name for name in REQUIRED if name not in fields]
    if missing:
        raise node.error(f"there is no {missing[0]!r}; an accepted change needs {listed(REQUIRED)}")
    bounds = {name: read.number(fields[name]) for name in BOUNDS if name in fields}
    if len(bounds) != 1:
        raise node.error(
            "an accepted change is bounded on one side: it needs either 'lowest' or 'highest', the "
            "estimate up to which it counts"
        )
    created, until = _day(fields["created"]), _day(fields["until"])
    if until < created:
        raise fields["until"].error(f"{until} is before it was created, {created}")
    if until - created > LONGEST:
        raise fields["until"].error(
            f"{until} is more than a year after {created}; a change that is to stay belongs into "
            "the suite, as another tolerance or expectation"
        )
    return Acceptance(
        behavior=read.text(fields["behavior"]),
        verdict=_verdict(fields["verdict"]),
        expect=read.text(fields["expect"]),
        estimate=_estimate(fields, bounds),
        base=read.text(fields["base"]),
        modified=read.text(fields["modified"]),
        reason=read.text(fields["reason"]),
        by=read.text(fields["by"]),
        created=created,
        until=until,
        lowest=bounds.get("lowest"),
        highest=bounds.get("highest"),
        file=node.place.file,
        line=node.place.line,
        model=read.text(fields["model"]) if "model" in fields else "",
    )


def _verdict(node: Node) -> Literal["violated", "inconclusive"]:
    match read.text(node):
        case "violated":
            return "violated"
        case "inconclusive":
            return "inconclusive"
    raise node.error(
        f"found {node.value!r}, expected violated or inconclusive; what was not measured cannot be "
        "accepted"
    )


def _estimate(fields: Mapping[str, Node], bounds: Mapping[str, float]) -> float:
    estimate = read.number(fields["estimate"])
    if estimate < bounds.get("lowest", estimate) or estimate > bounds.get("highest", estimate):
        raise fields["estimate"].error(f"{estimate:g} is not covered by the entry's own bound")
    return estimate


def _day(node: Node) -> date:
    text = read.text(node)
    try:
        # the pattern keeps out the other forms of ISO 8601, which people read wrongly
        return date.fromisoformat(text if re.fullmatch(DAY, text) else "")
    except ValueError:
        raise node.error(f"found {text!r}, expected a day as 2027-01-31") from None
