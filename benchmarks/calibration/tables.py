"""The results as JSON and as Markdown."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from behavtest.stats import Dependence, Procedure

if TYPE_CHECKING:
    from calibration.tally import Figure, Figures

COLUMNS = (
    "procedure",
    "promised",
    "FDR",
    "false alarms",
    "false holds",
    "power",
    "holds proven",
    "pairs, changed",
    "pairs, at a boundary",
    "pairs, inside",
)

NAIVE = "z-test, peeking"
"""The foil's row."""

LEGEND = f"""\
alpha = {{alpha:g}}; {{families:,}} families of 20 behaviors in each scenario, in streams of
{{stream}} families; at most {{pairs}} pairs; seed {{seed}}. Rates are in %, each with its Monte
Carlo standard error over streams; bold: more than two of them above alpha. Written by
`python benchmarks/calibration.py`, which says how it is simulated.

- promised: whether the procedure promises FDR <= alpha under the scenario's dependence. ADDIS never
  does: it needs uniformly conservative p-values, which 1 / sup E need not be.
- FDR: of a family for the procedures that decide families, of a stream of {{tests}} tests for
  SAFFRON, ADDIS, LORD++, LOND and e-LOND
- false alarms, false holds: share of the behaviors exactly at a boundary, where both claims are
  false, of which "violated" or "holds" was declared. False holds are promised to be at most alpha.
- power: share of the changed behaviors declared violated; holds proven: share of those inside
  declared to hold
- pairs: median
- {NAIVE}: each behavior on its own, by whichever claim is significant first
"""
"""What the columns and the unusual row mean."""


class Row(NamedTuple):
    """One procedure in one scenario; ``promised`` says whether its FDR is at most alpha there."""

    procedure: str
    promised: bool
    figures: Figures

    def broken(self, alpha: float) -> bool:
        """Whether a promised rate was exceeded by three standard errors."""
        bound = [self.figures.fdr] if self.promised else []
        if self.procedure != NAIVE and self.figures.false_holds is not None:
            bound.append(self.figures.false_holds)
        return any(figure.value - 3 * figure.error > alpha for figure in bound)


class Table(NamedTuple):
    """A scenario's rows."""

    name: str
    title: str
    rows: tuple[Row, ...]


class Settings(NamedTuple):
    """What the simulation was run with."""

    alpha: float
    families: int
    stream: int
    pairs: int
    seed: int


def promised(procedure: Procedure, *, independent: bool) -> bool:
    """Return whether a procedure promises its FDR among tests of that dependence."""
    guarantee = procedure.guarantee
    if guarantee.uniformly_conservative:
        return False  # not known of 1 / sup E
    return independent or guarantee.dependence is Dependence.ANY


def as_json(tables: list[Table], settings: Settings) -> dict[str, object]:
    """Return everything measured, builtin types only."""
    return {
        **settings._asdict(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "scenarios": [
            {
                "name": table.name,
                "title": table.title,
                "rows": [
                    {
                        "procedure": row.procedure,
                        "promised": row.promised,
                        **{
                            name: None if figure is None else figure._asdict()
                            for name, figure in row.figures._asdict().items()
                        },
                    }
                    for row in table.rows
                ],
            }
            for table in tables
        ],
    }


def as_markdown(tables: list[Table], settings: Settings) -> str:
    """Return a page with a table for each scenario."""
    return "\n".join(
        [
            "# Measured error rates",
            "",
            LEGEND.format(**settings._asdict(), tests=20 * settings.stream),
            *(line for table in tables for line in _section(table, settings.alpha)),
        ]
    )


def _section(table: Table, alpha: float) -> list[str]:
    return [
        f"## {table.title}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"| --- | --- |{' --: |' * (len(COLUMNS) - 2)}",
        *(_line(row, alpha) for row in table.rows),
        "",
    ]


def _line(row: Row, alpha: float) -> str:
    figures = row.figures
    cells = [
        row.procedure,
        "yes" if row.promised else "no",
        *(
            _rate(figure, alpha)
            for figure in (figures.fdr, figures.false_alarm, figures.false_holds)
        ),
        *(_rate(figure, 1) for figure in (figures.power, figures.proven)),
        *(_count(figure) for figure in figures[-3:]),
    ]
    return f"| {' | '.join(cells)} |"


def _rate(figure: Figure | None, alpha: float) -> str:
    """Return a rate in percent; in bold if it exceeds alpha by two standard errors."""
    if figure is None:
        return ""
    text = f"{100 * figure.value:.2f} ± {100 * figure.error:.2f}"
    return f"**{text}**" if figure.value - 2 * figure.error > alpha else text


def _count(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.value:.0f} ± {figure.error:.0f}"
