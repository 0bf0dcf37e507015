"""How a scorer agrees with labels, as lines of text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from behavtest.report import format as fmt
from behavtest.report.hostile import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from behavtest.scoring.measuring import Judgement, Measurement, Proportion

_WIDTH: Final = 79


def measure_lines(found: Measurement) -> Iterator[str]:
    """Say how often the scorer is right, and where it is not."""
    yield _cut(_title(found))
    yield _proportion("precision", found.precision, "scored 1 are labelled 1")
    yield _proportion("recall", found.recall, "labelled 1 are scored 1")
    yield _proportion("specificity", found.specificity, "labelled 0 are scored 0")
    yield _proportion("accuracy", found.accuracy, "are scored as labelled")
    for title, judged in (("misjudged", found.misjudged), ("not scored", found.failed)):
        if judged:
            yield ""
            yield f"{title}: {fmt.count(len(judged))}"
            for one in judged:
                yield from _judgement(one)


def _title(found: Measurement) -> str:
    names = len(found.scorers)
    named = found.scorers[0] if names == 1 else fmt.plural(names, "scorer")
    return (
        f"{named}: {fmt.plural(found.completions, 'completion')}, "
        f"1 from a score of {found.threshold:g} on; intervals of 95{fmt.NBSP}%"
    )


def _proportion(name: str, found: Proportion | None, what: str) -> str:
    if found is None:
        return f"{name:<12} {fmt.NONE}     none {what.partition(' are')[0]}"
    interval = f"{found.lower:.3f} to {found.upper:.3f}"
    of = f"{fmt.count(found.count)} of {fmt.count(found.total)}"
    return f"{name:<12} {found.value:.3f}  {interval:<15}  {of} {what}"


def _judgement(one: Judgement) -> Iterator[str]:
    yield f"{one.file}:{one.line}: labelled {one.label}, " + (
        "not scored" if one.score is None else f"scored {one.score:.3g}"
    )
    yield _cut(f"  {(one.error or one.text).strip() or '(empty)'}")


def _cut(text: str) -> str:
    indent = text[: len(text) - len(text.lstrip())]
    line = one_line(text[: 4 * _WIDTH]).replace(fmt.NBSP, " ")
    return indent + textwrap.shorten(line, _WIDTH - len(indent), placeholder=" …")
