"""A suite's card, ``CARD.md``: front matter for machines, then what a reader should know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from behavtest.errors import SuiteError
from behavtest.scoring.hints import describe, did_you_mean, listed
from behavtest.suite import fields as read
from behavtest.suite.files import read_text
from behavtest.suite.problems import Problems
from behavtest.suite.yaml_reader import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from behavtest.suite.node import Node

CARD_FILE: Final = "CARD.md"
SECTIONS: Final = (
    "What it measures",
    "Limits",
    "Where the prompts come from",
    "Measured scorer error",
    "Against the organisms",
)
"""The headings every card has, in this order; others may stand between them."""

_LARGEST_FILE: Final = 256 * 1024
_REQUIRED: Final = ("name", "summary", "license", "version", "language", "scorers")
_OPTIONAL: Final = ("scope", "organisms")
_VERDICTS: Final = ("violated", "holds")
_FENCE: Final = "---"
_HEADING: Final = re.compile(r"##\s+(?P<title>.*\S)\s*")


class Scope(StrEnum):
    """Which changes of a model a suite is for."""

    ANY = "any"
    """It can be asked of any modified model: what it expects is that nothing got worse."""
    INTENDED = "intended"
    """It expects a certain change, and is violated by a model that was not so changed."""
    EXAMPLE = "example"
    """It asks about models that come with the documentation."""


@dataclass(frozen=True, slots=True)
class KnownVerdicts:
    """What a suite finds in an example model whose truth is known.

    Args:
        violated: Ids of behaviors that are violated.
        holds: Ids of behaviors that hold.
    """

    violated: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What a suite says of itself.

    Args:
        name: What the suite is asked for by.
        summary: One sentence.
        license: Of the prompts, as an SPDX expression.
        version: Of the suite; scores of two versions do not compare.
        language: Of the prompts, as a BCP 47 tag (``en``).
        scorers: Names of the scorers it uses.
        text: The Markdown after the front matter.
        scope: Which changes of a model it is for.
        organisms: Example model -> the verdicts on it, for behaviors where they are known.
    """

    name: str
    summary: str
    license: str
    version: str
    language: str
    scorers: tuple[str, ...]
    text: str
    scope: Scope
    organisms: Mapping[str, KnownVerdicts]


def read_card(path: Path, *, name: str) -> Card:
    """Read and check a card.

    Args:
        path: The file, as the user knows it; errors name it so.
        name: What the suite is asked for by.

    Raises:
        SuiteError: It is missing, or front matter or headings are not what they must be; the text
            names every problem found.
    """
    file = path.as_posix()
    front, body, offset = _split(read_text(path, limit=_LARGEST_FILE), file)
    root = parse_yaml(front, file=file)
    fields = read.mapping(root, known=(*_REQUIRED, *_OPTIONAL))
    problems, texts = Problems(), dict[str, str]()
    scorers, scope = tuple[str, ...](), Scope.ANY
    organisms: Mapping[str, KnownVerdicts] = {}
    for field in _REQUIRED:
        with problems.collected():
            if field not in fields:
                raise root.error(f"there is no {field!r}; a card needs {listed(_REQUIRED)}")
            if field == "scorers":
                scorers = _texts(fields[field], of="scorers")
            else:
                texts[field] = _word(fields[field], field)
    with problems.collected():
        scope = _scope(fields["scope"]) if "scope" in fields else scope
    with problems.collected():
        organisms = _organisms(fields["organisms"]) if "organisms" in fields else organisms
    with problems.collected():
        _check_sections(body, file, offset)
    with problems.collected():
        if texts.get("name", name) != name:
            raise fields["name"].error(
                f"found {texts['name']!r}, but the suite is known as {name!r}"
            )
    problems.raise_all()
    return Card(**texts, scorers=scorers, text=body.strip(), scope=scope, organisms=organisms)


def _split(text: str, file: str) -> tuple[str, str, int]:
    """Return front matter, the rest, and how many lines stand before the rest."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        raise SuiteError(
            f"the card does not begin with front matter: a line {_FENCE}, fields "
            f"({listed(_REQUIRED)}), and another line {_FENCE}",
            file=file,
            line=1,
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            # the first line stays: to YAML it begins a document, and lines keep their numbers
            return "\n".join(lines[:number]), "\n".join(lines[number + 1 :]), number + 1
    raise SuiteError(f"the front matter has no end: a second line {_FENCE}", file=file, line=1)


def _word(node: Node, name: str) -> str:
    if name == "name":
        return read.slug(node)
    if name == "version" and isinstance(node.value, int | float) and node.value is not True:
        return str(node.value)
    value = read.text(node)
    if "\n" in value.strip():
        raise node.error("found several lines, expected one")
    return value.strip()


def _texts(node: Node, *, of: str) -> tuple[str, ...]:
    if node.value == ():
        return ()
    return tuple(read.text(item) for item in read.items(node, of=of))


def _scope(node: Node) -> Scope:
    name, known = read.text(node), [str(scope) for scope in Scope]
    if name not in known:
        raise node.error(
            f"found {name!r}, expected one of {listed(known)}{did_you_mean(name, known)}"
        )
    return Scope(name)


def _organisms(node: Node) -> Mapping[str, KnownVerdicts]:
    found = {}
    for organism, value in read.mapping(node).items():
        verdicts = {
            verdict: _texts(ids, of="behavior ids")
            for verdict, ids in read.mapping(value, known=_VERDICTS).items()
        }
        known = KnownVerdicts(**verdicts)
        both = [name for name in known.violated if name in known.holds]
        if both:
            raise value.error(f"{both[0]!r} cannot be both violated and hold")
        found[organism] = known
    return found


def _check_sections(body: str, file: str, offset: int) -> None:
    """Check that the headings are there, in order, and that something stands below each."""
    found: dict[str, int] = {}
    filled: set[str] = set()
    title = ""
    for number, line in enumerate(body.split("\n"), start=offset + 1):
        heading = _HEADING.fullmatch(line)
        if heading:
            title = heading["title"]
            found.setdefault(title, number)
        elif line.strip():
            filled.add(title)
    missing = [name for name in SECTIONS if name not in found]
    if missing:
        hint = did_you_mean(missing[0], found)
        raise SuiteError(
            f"the card has no section {describe('## ' + missing[0])}{hint} "
            f"(sections: {listed(SECTIONS)})",
            file=file,
        )
    for name in SECTIONS:
        if name not in filled:
            raise SuiteError(f"the section {name!r} is empty", file=file, line=found[name])
    order = sorted(SECTIONS, key=found.__getitem__)
    if tuple(order) != SECTIONS:
        raise SuiteError(
            f"the sections are not in their order: {listed(SECTIONS)}",
            file=file,
            line=found[order[0]],
        )
