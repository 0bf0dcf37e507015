"""Foreign text in Markdown: shown as it is, whatever GitHub would make of it.

A numeric character reference is never markup to CommonMark, and what stands in ``<code>`` is left
alone by what GitHub does to a rendered page: it notifies nobody named there, and links no number.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report.hostile import one_line
from behavtest.report.zone import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.report.excerpt import Fragment

_MARKUP = re.compile(r"[&<>`*_\[\]!|~#@$\\]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_ACTIVE = re.compile(rf"{_MARKUP.pattern}|:[\w+-]+:", re.IGNORECASE)
"""What a sentence of our own never has."""

_TAGS = {"removed": "del", "added": "ins"}

MOST_NAME = 60
"""Characters of a name; of a longer one its end."""


def inert(text: str) -> str:
    """Return one line of Markdown that shows a text and does nothing else."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", one_line(text))


def code(text: str, width: int | None = None) -> str:
    """Return a name as Markdown; of what is longer than `width`, the end."""
    return f"<code>{inert(one_line(text, width))}</code>"


def named(behavior: BehaviorResult) -> str:
    """Return a behavior's suite and name as Markdown."""
    return code(f"{behavior.suite}/{behavior.behavior}", MOST_NAME)


def sentence(text: str) -> str:
    """Return a sentence as Markdown, as code if something in it could act."""
    return code(text) if _ACTIVE.search(text) else inert(text)


def numbers(behavior: BehaviorResult) -> tuple[str, str]:
    """Return the estimate, ``at`` beside one model's mean, and its interval."""
    number = fmt.score if is_absolute(behavior) else fmt.change
    at = "at " if is_absolute(behavior) else ""
    estimate = fmt.NONE if behavior.estimate is None else at + number(behavior.estimate)
    if behavior.exact:
        return estimate, "exact"
    ends = behavior.interval
    if ends is None:
        return estimate, ""
    return estimate, fmt.span(ends.lower, ends.upper, signed=not is_absolute(behavior))


def lines(fragments: Iterable[Fragment]) -> str:
    """Return a completion as HTML for a table's cell, without line feeds.

    Its differences are marked, and the first token that differs. Each line is a ``<code>`` of its
    own: GitHub's style hides ``<br>`` inside one.
    """
    rows = [""]
    for fragment in fragments:
        text = "".join(piece.text for piece in fragment.pieces)
        if fragment.kind == "omitted":
            rows += [f"\n<em>{html.escape(text)}</em>", ""]
            continue
        if fragment.kind == "end":
            rows[-1] += "<em>(ended here)</em>"
            continue
        if fragment.token:  # a line feed may be all there is of it
            text = text.replace("\n", "↵\n")
        first, *rest = (_marked(line, fragment) for line in text.split("\n"))
        rows[-1] += first
        rows += rest
    shown = [row[1:] if row.startswith("\n") else f"<code>{row}</code>" for row in rows if row]
    return "<br>".join(shown) or "<em>(empty)</em>"


def _marked(text: str, fragment: Fragment) -> str:
    """Return one line of a fragment with its marks; nothing of an empty one."""
    shown = html.escape(text, quote=False)
    for tag in (_TAGS.get(fragment.kind), "mark" if fragment.token else None):
        if tag and shown:
            shown = f"<{tag}>{shown}</{tag}>"
    return shown
