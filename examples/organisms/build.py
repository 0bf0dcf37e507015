"""Train and measure the example organisms.

python examples/organisms/build.py                    # everything, about ten minutes
python examples/organisms/build.py --only regression  # one of them, from the saved base
python examples/organisms/build.py --prompts          # only the suites' prompt files
python examples/organisms/build.py --cards            # only measure, and write the cards
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from chatworld.cards import base_card, organism_card, read_card, write_card
from chatworld.making import make_base, make_organism, set_up
from chatworld.measuring import SAMPLES, measure
from chatworld.network import load, load_tokenizer
from chatworld.organisms import ORGANISMS
from chatworld.suites import prompt_files, read_behaviors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
STRIDE = 100


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=["base", *ORGANISMS], action="append", metavar="NAME")
    parser.add_argument("--out", type=Path, default=HERE, help="where the folders go")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="completions per behavior")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--prompts", action="store_true", help="write only the prompt files")
    what.add_argument("--cards", action="store_true", help="measure the folders as they are")
    what.add_argument("--weights", action="store_true", help="train, but measure nothing")
    return parser.parse_args(arguments)


def progress(name: str) -> Callable[[int, float], None]:
    """Return a reporter that prints the loss now and then."""
    started = time.monotonic()

    def report(step: int, loss: float) -> None:
        if (step + 1) % STRIDE == 0:
            seconds = time.monotonic() - started
            print(f"{name}: step {step + 1}, loss {loss:.3f}, {seconds:.0f} s", flush=True)

    return report


def make(name: str, out: Path) -> None:
    """Train one model into its folder."""
    if name == "base":
        make_base(out / name, progress(name))
    else:
        make_organism(ORGANISMS[name], out / "base", out / name, progress(name))


def write_card_of(name: str, out: Path, samples: int) -> None:
    """Measure one folder and write its card."""
    base, folder = out / "base", out / name
    adapted = name != "base" and ORGANISMS[name].rank > 0
    model = load(folder, base if adapted else None)
    rates = measure(model, load_tokenizer(base), read_behaviors(), samples)
    if name == "base":
        write_card(base_card(rates), folder)
        return
    card = organism_card(ORGANISMS[name], rates, read_card(base))
    write_card(card, folder)
    print(f"{name}: selectivity {card['selectivity']}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build what was asked for."""
    options = parse(arguments)
    set_up(options.threads)
    for path, text in prompt_files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if options.prompts:
        return
    for name in options.only or ["base", *ORGANISMS]:
        if not options.cards:
            make(name, options.out)
        if not options.weights:
            write_card_of(name, options.out, options.samples)
        print(f"{name}: done", flush=True)


if __name__ == "__main__":
    main()
