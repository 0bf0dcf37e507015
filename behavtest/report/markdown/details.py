"""One behavior folded: what was expected and found, and pairs to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from behavtest.report import format as fmt
from behavtest.report import words
from behavtest.report.headline import certainty, movement
from behavtest.report.markdown.fitted import size_of
from behavtest.report.markdown.text import code, lines, sentence
from behavtest.report.pairs import pairs

if TYPE_CHECKING:
    from behavtest.experiment.behavior_result import BehaviorResult
    from behavtest.report.pairs import Exchange, Pair

_MOST_TEXT = 700
"""Characters of one completion: enough to see what changed; the report has the rest."""

_MOST_ERROR = 1_000
_MOST_PAIRS = (3, 1, 0)
"""Pairs of a behavior, fewer where they do not fit."""

_MOST_NAME = 80


def fitting_details(behavior: BehaviorResult, *, room: int, model: str = "") -> str:
    """Fold a behavior up with as many pairs as leave room for others.

    Args:
        behavior: The behavior.
        room: Bytes for all of them.
        model: As in `details`.
    """
    for most in _MOST_PAIRS:
        block = details(behavior, most_pairs=most, model=model)
        if size_of(block) <= room // 3:
            break
    return block


def details(behavior: BehaviorResult, *, most_pairs: int, model: str = "") -> str:
    """Fold a behavior up: a line that says what happened, and below it why.

    Args:
        behavior: The behavior.
        most_pairs: How many of its examples are shown.
        model: Whose it is, where there are several modified models.
    """
    found = behavior.verdict if behavior.verdict == "error" else movement(behavior)
    name = code(f"{behavior.suite}/{behavior.behavior}", _MOST_NAME)
    if model:
        name += f" of {code(model, _MOST_NAME)}"
    parts = [
        "<details>",
        f"<summary>{words.ICONS[behavior.verdict]} {name} {sentence(found)}</summary>",
        "",
        "\n".join(f"- {label}: {text}" for label, text in _facts(behavior)),
        "",
        *(_pair(pair) for pair in pairs(behavior, limit=_MOST_TEXT).shown[:most_pairs]),
        "</details>",
    ]
    return "\n".join(parts) + "\n"


def _facts(behavior: BehaviorResult) -> list[tuple[str, str]]:
    facts = []
    if behavior.description:
        facts.append(("about", code(behavior.description[:_MOST_TEXT])))
    facts.append(("expected", sentence(behavior.statement[:_MOST_TEXT])))
    if behavior.verdict == "error":
        facts.append(("error", code((behavior.error or "(no message)")[:_MOST_ERROR])))
    if behavior.estimate is not None:
        means = [f"{who} {fmt.score(mean)}" for who, mean in _means(behavior)]
        what = f"mean {words.quantity(behavior.relation)}"
        facts.append(("measured", f"{what} {', '.join(means)}; {certainty(behavior)}"))
        facts.append(("evidence", _evidence(behavior)))
    if behavior.verdict == "inconclusive" and behavior.forecast:
        more = fmt.plural(behavior.forecast, "more pair")
        facts.append(("way out", f"about {more} would likely decide"))
    facts.append(("written in", code(f"{behavior.file}:{behavior.line}", _MOST_NAME)))
    return facts


def _means(behavior: BehaviorResult) -> list[tuple[str, float]]:
    means = (("A", behavior.mean_a), ("B", behavior.mean_b))
    return [(who, mean) for who, mean in means if mean is not None]


def _evidence(behavior: BehaviorResult) -> str:
    if behavior.exact:
        return "exact, every prompt was seen"
    return (
        f"e-value {fmt.e_value(behavior.e_violated)} for violated, "
        f"{fmt.e_value(behavior.e_holds)} for holds, after {fmt.plural(behavior.pairs, 'pair')}"
    )


def _pair(pair: Pair) -> str:
    """Lay a pair out as a table: as HTML, since Markdown's has no place for line feeds.

    No line of it is empty, or Markdown would take over in the middle.
    """
    rows = [f'<tr><th colspan="2">pair {pair.number}, {pair.value}</th></tr>']
    rows += [row for exchange in pair.exchanges for row in _rows(exchange)]
    return "\n".join(["<table>", *rows, "</table>", ""])


def _rows(exchange: Exchange) -> list[str]:
    label = f"{exchange.label} " if exchange.label else ""
    rows = [
        _row(f"{label}prompt" if message.role == "user" else f"{label}{message.role}", text)
        for message, text in ((each, lines(each.content)) for each in exchange.prompt)
    ]
    return rows + [
        _row(f"{label}{answer.who} ({answer.score})", lines(answer.text))
        for answer in exchange.answers
    ]


def _row(label: str, cell: str) -> str:
    return f'<tr><th>{sentence(label)}</th><td dir="auto">{cell}</td></tr>'
