"""Model cards: the measured truth about a folder, for machines and for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import hypot
from typing import TYPE_CHECKING, Any

from chatworld.organisms import BASE_SCHEDULE, BASE_SUMMARY
from chatworld.words import readme

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from chatworld.measuring import Rate
    from chatworld.organisms import Organism

LIMIT = 0.03
"""Behaviors that were not meant to change may differ from the base by this much."""


@dataclass(frozen=True)
class Selectivity:
    """Whether a change stayed where it was meant to be."""

    limit: float
    largest: float
    behavior: str
    passed: bool


def base_card(rates: Mapping[str, Rate]) -> dict[str, Any]:
    """Describe the base model."""
    return {
        "name": "base",
        "summary": BASE_SUMMARY,
        "training": asdict(BASE_SCHEDULE),
        "behaviors": {name: _rounded(asdict(rate)) for name, rate in rates.items()},
    }


def organism_card(
    organism: Organism, rates: Mapping[str, Rate], base: dict[str, Any]
) -> dict[str, Any]:
    """Describe a modified model, beside the base's card."""
    behaviors = {name: _compared(rate, base["behaviors"][name]) for name, rate in rates.items()}
    return {
        "name": organism.name,
        "summary": organism.summary,
        "training": asdict(organism.schedule)
        | {"base_data_share": organism.unchanged_share(), "lora_rank": organism.rank},
        "intended": list(organism.intended),
        "neighbours": list(organism.neighbours),
        "selectivity": asdict(_selectivity(organism, behaviors)),
        "behaviors": behaviors,
    }


def write_card(card: dict[str, Any], folder: Path) -> None:
    """Write `card.json` and the README beside the weights."""
    text = json.dumps(card, indent=1, ensure_ascii=False)
    (folder / "card.json").write_text(text + "\n", encoding="utf-8")
    (folder / "README.md").write_text(readme(card), encoding="utf-8")


def read_card(folder: Path) -> dict[str, Any]:
    """Read a folder's `card.json`."""
    card: dict[str, Any] = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return card


def _compared(rate: Rate, base: Mapping[str, float]) -> dict[str, float]:
    return _rounded(
        asdict(rate)
        | {
            "base_rate": base["rate"],
            "difference": rate.rate - base["rate"],
            "difference_se": hypot(rate.se, base["se"]),
        }
    )


def _selectivity(organism: Organism, behaviors: Mapping[str, Mapping[str, float]]) -> Selectivity:
    exempt = {*organism.intended, *organism.neighbours}
    drift = {
        name: abs(entry["difference"]) for name, entry in behaviors.items() if name not in exempt
    }
    worst = max(drift, key=lambda name: drift[name])
    return Selectivity(LIMIT, drift[worst], worst, drift[worst] <= LIMIT)


def _rounded(entry: Mapping[str, float]) -> dict[str, float]:
    return {key: value if key == "n" else round(value, 4) for key, value in entry.items()}
