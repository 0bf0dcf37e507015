"""Model cards: the measured truth about a folder, for machines and for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import hypot
from typing import TYPE_CHECKING, Any

from chatworld.organisms import BASE_SCHEDULE, BASE_SUMMARY, Organism

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from chatworld.measuring import Rate

LIMIT = 0.03
"""Behaviors that were not meant to change may differ from the base by this much."""

README = """# {name}

{summary}

This card is written by `build.py`; `card.json` has the same numbers for machines.
Rates are mean scores of the behaviors in `suites/chatworld` and `examples/organisms/audits`,
sampled at temperature 1 from the saved half-precision weights loaded at fp32.

{training}

| behavior | rate | n | standard error |{more_head}
| --- | --- | --- | --- |{more_rule}
{rows}
{ending}"""


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
    (folder / "README.md").write_text(_readme(card), encoding="utf-8")


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


def _readme(card: dict[str, Any]) -> str:
    training = card["training"]
    words = (
        f"Training: {training['steps']} steps of {training['batch']} dialogues, "
        f"peak learning rate {training['rate']:g}, seed {training['seed']}."
    )
    if "selectivity" not in card:
        return README.format(
            **(card | {"training": words}),
            rows=_rows(card, ()),
            more_head="",
            more_rule="",
            ending="",
        )
    words += f" Base data: {training['base_data_share']:.0%} of the dialogues."
    if training["lora_rank"]:
        words += (
            f"\n\nThe folder holds a LoRA adapter of rank {training['lora_rank']}. Its config names"
            " the base as `../base`, relative to this folder: give the base model explicitly."
        )
    check = card["selectivity"]
    ending = (
        "\nSelectivity: outside the intended behaviors and their neighbours the largest"
        f" |difference| is {check['largest']:.3f} (`{check['behavior']}`), limit {check['limit']}:"
        f" {'passed' if check['passed'] else 'NOT passed'}.\n"
    )
    return README.format(
        **(card | {"training": words}),
        rows=_rows(card, ("base_rate", "difference")),
        more_head=" base | difference | |",
        more_rule=" --- | --- | --- |",
        ending=ending,
    )


def _role(name: str, card: Mapping[str, Any]) -> str:
    if name in card["intended"]:
        return "intended"
    return "neighbour" if name in card["neighbours"] else ""


def _rows(card: Mapping[str, Any], extra: tuple[str, ...]) -> str:
    lines = []
    for name, entry in card["behaviors"].items():
        cells = [f"`{name}`", f"{entry['rate']:.3f}", str(entry["n"]), f"{entry['se']:.4f}"]
        cells += [
            f"{entry[key]:+.3f}" if key == "difference" else f"{entry[key]:.3f}" for key in extra
        ]
        if extra:
            cells.append(_role(name, card))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
