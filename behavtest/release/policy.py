"""What a release must show: a policy, and how its file is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from behavtest.scoring.hints import did_you_mean, listed
from behavtest.suite import fields as read
from behavtest.suite.problems import Problems
from behavtest.suite.yaml_reader import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.suite.node import Node

_Word = TypeVar("_Word", bound=StrEnum)

_DURATION: Final = re.compile(r"(?P<number>[1-9][0-9]{0,4})(?P<unit>[hd])")
_HIGHEST_ALPHA: Final = 0.5


class Role(StrEnum):
    """What a behavior can do to a release."""

    BLOCKING = "blocking"
    """It must hold."""
    ADVISORY = "advisory"
    """It is told when it does not."""


class CountsAs(StrEnum):
    """What becomes of something that is short of a proof."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a release must show. Without a file, every behavior must hold.

    Args:
        blocking: Tags; a behavior with one of them must hold. Each must be met in the run.
        advisory: Tags; a behavior with one of them, and no blocking one, is told only.
        otherwise: What a behavior with neither is.
        required_suites: Suites that must be there, every behavior of them measured.
        required_behaviors: The same of single behaviors, as ``suite/behavior``.
        inconclusive: What an inconclusive blocking behavior counts as.
        error: What a blocking behavior that could not be measured counts as; one that is required
            fails.
        redecided: What verdicts by another rule than the run's own count as.
        alone: What a run of one model, in which nothing was compared, counts as.
        same_weights: What a run in which both models have the same weights counts as.
        alpha: The highest error rate a run's verdicts may be held to, in (0, 0.5].
        min_pairs: The fewest pairs a verdict may rest on.
        max_age: How old a run may be, None for any age.
        acceptances: Files with accepted changes.
    """

    blocking: tuple[str, ...] = ()
    advisory: tuple[str, ...] = ()
    otherwise: Role = Role.BLOCKING
    required_suites: tuple[str, ...] = ()
    required_behaviors: tuple[str, ...] = ()
    inconclusive: CountsAs = CountsAs.FAIL
    error: CountsAs = CountsAs.FAIL
    redecided: CountsAs = CountsAs.FAIL
    alone: CountsAs = CountsAs.FAIL
    same_weights: CountsAs = CountsAs.FAIL
    alpha: float = 0.05
    min_pairs: int = 1
    max_age: timedelta | None = None
    acceptances: tuple[Path, ...] = field(default=())

    def role(self, tags: tuple[str, ...]) -> Role:
        """Return what a behavior with these tags is; a blocking tag outweighs an advisory one."""
        if any(tag in self.blocking for tag in tags):
            return Role.BLOCKING
        if any(tag in self.advisory for tag in tags):
            return Role.ADVISORY
        return self.otherwise

    def requires(self, *, suite: str, behavior: str) -> bool:
        """Return whether a behavior must have been measured."""
        return suite in self.required_suites or f"{suite}/{behavior}" in self.required_behaviors


_COUNTED: Final = ("inconclusive", "error", "redecided", "alone", "same_weights")
_FIELDS: Final = (
    *("description", "blocking", "advisory", "otherwise", "required"),
    *_COUNTED,
    *("alpha", "min_pairs", "max_age", "acceptances"),
)


def read_policy(path: Path) -> Policy:
    """Read a policy file.

    Args:
        path: The file, as the user knows it; errors name it so.

    Raises:
        SuiteError: It cannot be read, or a field is wrong; the text names every problem found.
    """
    fields = read.mapping(read_yaml(path), known=_FIELDS)
    problems = Problems()
    values: dict[str, object] = {}
    for name, node in fields.items():
        with problems.collected():
            values |= _value(name, node, folder=path.parent)
    with problems.collected():
        _check_tags(fields)
    problems.raise_all()
    return Policy(**values)  # type: ignore[arg-type] # each has the type its reader returns


def _value(name: str, node: Node, *, folder: Path) -> dict[str, object]:  # noqa: PLR0911 -- one return for each kind of field
    """Read one field into the arguments of `Policy`."""
    if name in _COUNTED:
        return {name: _word(node, CountsAs)}
    match name:
        case "blocking" | "advisory":
            return {name: () if node.value == () else read.tags(node)}
        case "otherwise":
            return {name: _word(node, Role)}
        case "required":
            return _required(node)
        case "alpha":
            return {name: _alpha(node)}
        case "min_pairs":
            return {name: _min_pairs(node)}
        case "max_age":
            return {name: _age(node)}
        case "acceptances":
            return {name: tuple(folder / text for text in _texts(node, of="files"))}
    read.text(node)
    return {}


def _word(node: Node, words: type[_Word]) -> _Word:
    name, known = read.text(node), [str(word) for word in words]
    if name not in known:
        raise node.error(
            f"found {name!r}, expected one of {listed(known)}{did_you_mean(name, known)}"
        )
    return words(name)


def _texts(node: Node, *, of: str) -> tuple[str, ...]:
    return tuple(read.text(item) for item in read.items(node, of=of))


def _required(node: Node) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in read.mapping(node, known=("suites", "behaviors")).items():
        if name == "behaviors":
            for item in read.items(value, of="behaviors"):
                if not all(read.text(item).partition("/")):
                    raise item.error(f"found {item.value!r}, expected suite/behavior")
        found[f"required_{name}"] = _texts(value, of=name)
    return found


def _alpha(node: Node) -> float:
    alpha = read.number(node)
    if not 0.0 < alpha <= _HIGHEST_ALPHA:
        raise node.error(f"found {alpha:g}, expected an error rate above 0, at most 0.5")
    return alpha


def _min_pairs(node: Node) -> int:
    number = read.whole(node)
    if number < 1:
        raise node.error(f"found {number}, expected at least 1")
    return number


def _age(node: Node) -> timedelta:
    found = _DURATION.fullmatch(read.text(node))
    if found is None:
        raise node.error(f"found {node.value!r}, expected hours or days, 48h or 7d say")
    number = int(found["number"])
    return timedelta(hours=number) if found["unit"] == "h" else timedelta(days=number)


def _check_tags(fields: Mapping[str, Node]) -> None:
    """Refuse a tag that is said to block and not to block."""
    blocking = {item.value for item in _items(fields, "blocking")}
    for item in _items(fields, "advisory"):
        if item.value in blocking:
            raise item.error(f"the tag {item.value!r} cannot be both blocking and advisory")


def _items(fields: Mapping[str, Node], name: str) -> tuple[Node, ...]:
    """Return the items of a list, none if it is no list, which is told elsewhere."""
    value = fields[name].value if name in fields else ()
    return value if isinstance(value, tuple) else ()
