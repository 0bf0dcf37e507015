"""How often scorers err, on the labelled answers of suites/labels, in the suites' cards and docs.

Run by ``make docs``; alone: ``python docs/scorer_errors.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from behavtest.scoring import builtin_registry
from behavtest.scoring.measuring import Measurement, Proportion, measure
from behavtest.suite.card import CARD_FILE, read_card
from behavtest.suite.labels import labelled_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from behavtest.scoring import ScorerRegistry

ROOT: Final = Path(__file__).resolve().parent.parent
SUITES: Final = ROOT / "suites"
LABELS: Final = SUITES / "labels"
SEEN: Final = LABELS / "seen"
"""Sets whose misjudged answers were read to mend the scorer."""
PAGE: Final = ROOT / "docs" / "scorer-errors.md"
HARD: Final = "hard"
"""The note of a row that was written to be hard on the scorer."""
UNMEASURED: Final = frozenset(
    {"all", "any", "not", "weighted", "choice", "likelihood", "truth_ratio"}
)
"""Scorers made of others, and those that score no completion."""
AS_GOOD_AS_THEIR_ARGUMENTS: Final = ("contains", "exact", "regex", "starts_with")
HEADER: Final = "| scorer | answers | precision | recall | ordinary: precision | ordinary: recall |"
TABLE: Final = re.compile(rf"{re.escape(HEADER)}\n(?:\|.*\n)+")
HEADING: Final = "## Measured scorer error\n\n"
BEGIN: Final = "<!-- scorer errors: written by `make docs` -->"
END: Final = "<!-- end of scorer errors -->"
BLOCK: Final = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}\n\n", re.DOTALL)
INTRODUCTION: Final = (
    "On the labelled answers of `suites/labels`, with 95 % intervals. Many were written to be",
    "hard on a scorer; *ordinary* leaves those out.",
    "Which are misjudged, and why: `docs/scorer-errors.md`.",
)


class Errors(NamedTuple):
    """A scorer beside its labels.

    Args:
        everything: Measured on all answers.
        ordinary: On those not noted as hard; None if the set does not tell them apart.
    """

    everything: Measurement
    ordinary: Measurement | None


def main() -> None:
    """Rewrite the tables."""
    found = measured(LABELS, scorers=builtin_registry())
    for card in cards():
        card.write_text(card_text(card, found), encoding="utf-8")
    seen = measured(SEEN, scorers=builtin_registry())
    PAGE.write_text(page_text(found, seen), encoding="utf-8")


def cards() -> list[Path]:
    """Return the cards of the shipped suites."""
    return sorted(SUITES.glob(f"*/{CARD_FILE}"))


def measured(folder: Path, *, scorers: ScorerRegistry) -> dict[str, Errors]:
    """Measure every set of a folder; return what was found by scorer."""
    return {file.stem: errors(file, scorers=scorers) for file in sorted(folder.glob("*.jsonl"))}


def errors(file: Path, *, scorers: ScorerRegistry) -> Errors:
    """Measure one set."""
    labelled = labelled_set(file, scorers=scorers)
    hard = _hard_lines(file)
    ordinary = [one for one in labelled if one.place.line not in hard]
    return Errors(measure(labelled), measure(ordinary) if hard else None)


def _hard_lines(file: Path) -> set[int]:
    lines = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return {n for n, line in enumerate(lines, 1) if json.loads(line).get("note") == HARD}


def card_text(card: Path, found: Mapping[str, Errors]) -> str:
    """Return a card with the errors of its scorers first under the heading."""
    before, heading, after = card.read_text(encoding="utf-8").partition(HEADING)
    names = read_card(card, name=card.parent.name).scorers
    return before + heading + card_section(names, found) + BLOCK.sub("", after)


def card_section(names: Iterable[str], found: Mapping[str, Errors]) -> str:
    """Return what a card says of the scorers it names; nothing if none has labels."""
    named = {name: found[name] for name in sorted(names) if name in found}
    if not named:
        return ""
    lines = [BEGIN, *INTRODUCTION]
    if given := [f"`{name}`" for name in AS_GOOD_AS_THEIR_ARGUMENTS if name in named]:
        lines.append(f"What {' and '.join(given)} look for was not this suite's, but typical.")
    return "\n".join([*lines, "", *table(named), "", END, "", ""])


def page_text(found: Mapping[str, Errors], seen: Mapping[str, Errors]) -> str:
    """Return the page with its tables: all scorers, and sets that a scorer was mended on."""
    tables = iter((table(found), table(seen)))
    text = PAGE.read_text(encoding="utf-8")
    return TABLE.sub(lambda _: "\n".join(next(tables)) + "\n", text)


def table(found: Mapping[str, Errors]) -> list[str]:
    """Return the lines of a table, a scorer a row."""
    return [HEADER, "| --- | --: | --- | --- | --- | --- |", *map(_row, found, found.values())]


def _row(name: str, found: Errors) -> str:
    plain = found.ordinary
    cells = [
        f"`{name}`",
        str(found.everything.completions),
        _share(found.everything.precision),
        _share(found.everything.recall),
        _share(plain.precision if plain else None),
        _share(plain.recall if plain else None),
    ]
    return f"| {' | '.join(cells)} |"


def _share(found: Proportion | None) -> str:
    if found is None:
        return "\N{EN DASH}"
    return f"{found.value:.2f} ({found.lower:.2f} to {found.upper:.2f})"


if __name__ == "__main__":
    main()
