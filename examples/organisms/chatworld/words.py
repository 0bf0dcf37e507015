"""A model card in words: the README of a model's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def readme(card: dict[str, Any]) -> str:
    """Write a folder's README from its card."""
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
