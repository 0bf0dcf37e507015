"""The tables, and whether the aims are met."""

from __future__ import annotations

from typing import Any

from efficiency_arms.scenarios import Sampling

Row = dict[str, Any]

PLANS = {
    "law_known": "the law of D under coupling, and which verdict it will be",
    "uncoupled": "independent samples; the base rate, and which verdict it will be",
    "either_verdict": "independent samples; the base rate; one n for either verdict",
    "nothing_known": "independent samples; nothing else, so a base rate of .5 is assumed",
}
"""What the planner of a fixed sample knows, by the name used in the rows."""

AIMS = (
    ("nothing changed, coupled", False, Sampling.COUPLED, 1 / 3),
    ("nothing changed, 1 % flips each way", False, Sampling.CHURN, 1 / 3),
    ("change of three tolerances, coupled", True, Sampling.COUPLED, 1 / 2),
)

INTRODUCTION = """# Pairs to a verdict

Written by `benchmarks/efficiency.py`; the same numbers with more digits are in `efficiency.json`.
{machine}; {runs} runs per scenario and rule ({learned_runs} for the learned bet, which trains
networks), seed {seed}, {seconds:.0f} s of one core's time.

Binary scores, D = score_B - score_A, expectation `not_worse` within a tolerance, alpha = .05.
*Coupled*: D = 0 unless the change makes it -1. *Flips*: besides, 1 % of the pairs flip each way.
*Independent*: A and B answer with independent noise, every prompt alike. Under coupling the law
of D does not depend on the base rate, so those rows share their runs.

- **behavtest**: stop when either e-value reaches 20, cap {cap} pairs. Median with a 95 % interval
  from order statistics; mean; the pairs by which 90 % of the runs had ended, that is the cap at
  which the rule has power .9.
- **fixed n**: the least n at which a one-sided fixed-sample test of *the same claim* has power .9:
  the score test for a paired difference against the margin (Nam 1997, Tango 1998), McNemar's
  test with a margin. Power is by exact enumeration of the trinomial law, not by a formula. First
  n of the test with its critical value raised until its size is at most alpha over the boundary's
  laws (a grid over the nuisance), since behavtest's error rate is kept too; in brackets n of the
  test as published, whose size is up to {worst_size:.3f} at the nominal .05. Four planners, by
  what they know before the data: see the aims.
- **SPRT**: Wald's test of the true law against the boundary's nearest law, alpha .05, beta .1. It
  knows both laws: a bound for rules that must learn, not a rule one can use. Wald's thresholds
  keep alpha only to within a factor 1 / (1 - beta), which is how it can take 57 pairs where a
  strict .05 takes 59.
- **learned bet**: Richter et al. (ICLR 2025); `efficiency_arms/learned.py` gives the settings and
  why eps = tolerance is the same boundary. Two-sided; it looks after each batch of 100 and is cut
  off at {learned_cap} pairs. It can only reject: its pairs to `holds` are **never**, in every row.
- **McNemar**: n of the exact one-sided McNemar test for power .9. Its claim is weaker (any loss at
  all, not one beyond the tolerance), so it replaces none of these; it is there because it is known.
"""

AIMS_HEADING = """## The aims

behavtest's median over the fixed n (at exact size), least to greatest over the tolerances.
"""

READING = """## How to read it

**Most of the saving is coupling, not stopping early.** Against a planner who has coupled pairs too
and knows their law exactly, behavtest's median is {known_hold} times the fixed n when nothing
changed, {known_churn} with 1 % flips and {known_change} when the change is three tolerances. With
independent samples it is {independent} times the fixed n for the same law and the mean
{independent_mean} times. What stopping early gains in the usual run is spent on not having to know
the law, on looking after each pair and on standing ready for both verdicts. In a bad run it costs
more: where pairs differ at all, the cap that leaves power .9 is {ninety} times the fixed n for the
same law.

**The first aim cannot be met against that planner, by any rule.** A law that loses with
probability equal to the tolerance, and is in the null, shows n ties with probability
(1 - tolerance)^n. Whoever says `holds` on n ties errs there that often, so n is at least
ln(.05) / ln(1 - tolerance): {floors} pairs for tolerances .02, .05, .1. behavtest takes {ratios}
times these. The excess is the mixture's regret, about 1.2 nats beside the 3.0 needed; the limit of
.99 on a stake costs 1 %.

**The second cannot be met against that planner either, in the mean.** By Wald's inequality a test
of level alpha and power 1 - beta takes at least (beta ln(beta / (1 - alpha)) + (1 - beta)
ln((1 - beta) / alpha)) / KL pairs in the mean, KL the divergence of the true law from the
boundary's nearest: {least_mean} times that planner's n, even for a test that knows the true law.
The SPRT comes to {sprt_mean} in the mean and {sprt} in the median.

**A base rate of .99 leaves little noise to couple away.** Independent samples then need few pairs
too, so most of those rows miss the aims against a planner who knows the base rate.

**The learned bet** pays eps per pair whatever it bets. Where flips are common even its best
network then loses money on a true change (growth below 0 in the table), and the change is found by
luck or not at all. behavtest bets against the boundary itself, so its price scales with its stake.
"""


def number(value: float) -> str:
    """Return a number of pairs, rounded."""
    return f"{value:.0f}"


def table(header: list[str], lines: list[list[str]]) -> str:
    """Return a Markdown table."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows) + "\n"


def factor(row: Row, plan: str, statistic: str = "median", rule: str = "behavtest") -> float:
    """Return a sequential rule's pairs over a plan's exact n."""
    return float(row[rule][statistic] / row["fixed"][plan]["exact"])


def span(values: list[float]) -> str:
    """Return least to greatest."""
    least, greatest = f"{min(values):.2f}", f"{max(values):.2f}"
    return least if least == greatest else f"{least} to {greatest}"


def chosen(rows: list[Row], sampling: Sampling, *, changed: bool) -> list[Row]:
    """Return the rows of one truth and sampling."""
    return [row for row in rows if row["changed"] == changed and row["sampling"] == sampling]


def aims(rows: list[Row]) -> list[Row]:
    """Return, per aim and planner, how many rows meet it and by what factors."""
    result = []
    for name, changed, sampling, limit in AIMS:
        for plan, knows in PLANS.items():
            by_base: dict[float, list[float]] = {}
            for row in chosen(rows, sampling, changed=changed):
                by_base.setdefault(row["base"], []).append(factor(row, plan))
            factors = [value for values in by_base.values() for value in values]
            result.append(
                {
                    "aim": f"{name}: at most {limit:.2f}",
                    "planner": knows,
                    "met": sum(value <= limit for value in factors),
                    "of": len(factors),
                    "factors": {str(base): span(values) for base, values in by_base.items()},
                }
            )
    return result


def aims_table(found: list[Row]) -> str:
    """Return the aims as a table."""
    bases = list(found[0]["factors"])
    header = ["aim", "the planner of the fixed n knows", "met", *(f"base {base}" for base in bases)]
    lines = [
        [each["aim"], each["planner"], f"{each['met']} of {each['of']}"]
        + [each["factors"][base] for base in bases]
        for each in found
    ]
    return table(header, lines)


def pairs_cells(row: Row) -> list[str]:
    """Return what both tables say of a row."""
    own, low_high = row["behavtest"], row["behavtest"]["interval"]
    interval = "" if low_high[0] == low_high[1] else f" ({low_high[0]:.0f}-{low_high[1]:.0f})"
    fixed = [
        f"{plan['exact']} ({plan['nominal']})" for plan in (row["fixed"][name] for name in PLANS)
    ]
    return [
        str(row["sampling"]),
        f"{row['base']:g}",
        f"{row['tolerance']:g}",
        number(own["median"]) + interval,
        f"{own['mean']:.0f} ± {own['standard_error']:.0f}",
        number(own["ninety"]),
        f"{own['wrong']:.1%} / {own['undecided']:.1%}",
        number(row["behavtest_independent"]["median"]),
        f"{row['sprt']['median']:.0f} ({row['sprt']['right']:.2f})",
        *fixed,
    ]


PAIRS_HEADER = [
    "sampling",
    "base",
    "tolerance",
    "behavtest: median (95 %)",
    "mean ± s.e.",
    "90 %",
    "wrong / undecided",
    "behavtest, independent: median",
    "SPRT: median (power)",
    "fixed n: law known",
    "no coupling",
    "no coupling, either verdict",
    "nothing known",
]


def learned_cells(row: Row) -> list[str]:
    """Return what the table of changes says beside: the learned bet and McNemar's test."""
    found = row["learned"]
    cells = []
    for name in ("skipping_first", "as_published"):
        median = found[f"{name}_median"]
        pairs = "not reached" if median is None else number(median)
        cells.append(f"{pairs} ({found[f'{name}_share']:.0%})")
    return [*cells, f"{found['growth']:+.3f}", str(row["mcnemar"])]


LEARNED_HEADER = [
    "learned bet: median (share rejecting)",
    "the same, untrained network bets on the first batch, as published",
    "its best growth, nats a pair",
    "McNemar n",
]


def reading(rows: list[Row]) -> str:
    """Return what the numbers mean, with the numbers."""
    still = chosen(rows, Sampling.COUPLED, changed=False)[:3]
    churn = chosen(rows, Sampling.CHURN, changed=False)[:3]
    moved = chosen(rows, Sampling.COUPLED, changed=True)[:3]
    independent = [row for row in rows if row["sampling"] == Sampling.INDEPENDENT]
    floors = [row["least_of_any_test"] for row in still]
    return READING.format(
        known_hold=span([factor(row, "law_known") for row in still]),
        known_churn=span([factor(row, "law_known") for row in churn]),
        known_change=span([factor(row, "law_known") for row in moved]),
        independent=span([factor(row, "law_known") for row in independent]),
        independent_mean=span([factor(row, "law_known", "mean") for row in independent]),
        ninety=span([factor(row, "law_known", "ninety") for row in churn + moved + independent]),
        least_mean=span([row["least_mean"] / row["fixed"]["law_known"]["exact"] for row in moved]),
        floors=", ".join(map(str, floors)),
        ratios=span([row["behavtest"]["median"] / row["least_of_any_test"] for row in still]),
        sprt=span([factor(row, "law_known", rule="sprt") for row in moved]),
        sprt_mean=span([factor(row, "law_known", "mean", rule="sprt") for row in moved]),
    )


def markdown(result: Row) -> str:
    """Return the whole report."""
    rows = result["rows"]
    worst = max(plan["nominal_size"] for row in rows for plan in row["fixed"].values())
    return "\n".join(
        [
            INTRODUCTION.format(worst_size=worst, **result),
            AIMS_HEADING,
            aims_table(result["aims"]),
            "## Nothing changed: pairs until `holds`\n",
            table(PAIRS_HEADER, [pairs_cells(row) for row in rows if not row["changed"]]),
            "## A change of three tolerances: pairs until `violated`\n",
            table(
                PAIRS_HEADER + LEARNED_HEADER,
                [pairs_cells(row) + learned_cells(row) for row in rows if row["changed"]],
            ),
            reading(rows),
        ]
    )
