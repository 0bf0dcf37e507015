"""Texts of models and suites beside their labels, for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.hostile import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 80
_MOST_CHARACTERS = 2_000


def labelled(label: str, text: str, *, indent: int = 2, column: int = 11) -> Iterator[str]:
    """Yield a text with its label before the first line, its own line breaks kept.

    Args:
        label: What it is.
        text: Any text: what would act on a terminal is made visible, and what is very long is cut.
        indent: Columns before the label.
        column: Column at which the text begins.
    """
    head = f"{'':<{indent}}{label}"
    first = f"{head:<{column}}" if len(head) < column else f"{head} "
    for number, line in enumerate(_wrapped(text, WIDTH - column)):
        yield f"{first if number == 0 else ' ' * column}{line}".rstrip()


def rule(title: str) -> str:
    """Return a line with a title in it."""
    return f"  --- {title} ".ljust(WIDTH // 2, "-").replace(fmt.NBSP, " ")


def _wrapped(text: str, width: int) -> Iterator[str]:
    cut = text[:_MOST_CHARACTERS]
    for paragraph in plain(cut).splitlines() or ["(empty)"]:
        yield from textwrap.wrap(
            paragraph, width, break_on_hyphens=False, drop_whitespace=False
        ) or [""]
    if len(text) > len(cut):
        yield f"… {fmt.plural(len(text) - len(cut), 'more character')} not shown".replace(
            fmt.NBSP, " "
        )
