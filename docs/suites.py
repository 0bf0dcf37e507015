"""The table of suites/README.md, from the suites' cards.

Run by ``make docs``; alone: ``python docs/suites.py``.
"""

from __future__ import annotations

import re
from pathlib import Path

from behavtest.suite.card import CARD_FILE, read_card

SUITES = Path(__file__).resolve().parent.parent / "suites"
INDEX = SUITES / "README.md"
ROW = re.compile(r"(?:\| \[.*\n)+")


def main() -> None:
    """Rewrite the rows."""
    cards = sorted(SUITES.glob(f"*/{CARD_FILE}"))
    rows = "".join(row(card) for card in cards)
    INDEX.write_text(
        ROW.sub(lambda _: rows, INDEX.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )


def row(card: Path) -> str:
    """Return a suite's row."""
    name = card.parent.name
    return f"| [{name}]({name}/{CARD_FILE}) | {read_card(card, name=name).summary} |\n"


if __name__ == "__main__":
    main()
