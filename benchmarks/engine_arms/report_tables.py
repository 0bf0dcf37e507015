"""One table for each part of the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine_arms.verdicts import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def replay(part: Mapping[str, Any]) -> str:
    """Replay."""
    rows = [
        (
            f"`{row['modified']}`",
            row["way"],
            row["tokens"],
            f"{row['decoded_share']:.1%}",
            f"{row['least_possible_share']:.1%}",
            f"{row['decoded_share_mean_of_behaviors']:.1%}",
            f"{row['same_answer_share']:.1%}",
            row["answers_changed_by_replay"],
        )
        for row in part["rows"]
    ]
    timed = [row for row in part["rows"] if "time_ratios" in row]
    names = (
        "in_full",
        "in_full, prompts read",
        "every_token",
        "every_token, prompts read",
        "generate",
    )
    times = [
        (
            f"`{row['modified']}`",
            f"{row['seconds']['replayed']['median']:.1f}",
            f"{row['seconds']['in_full']['median']:.1f}",
            f"{row['seconds']['every_token']['median']:.1f}",
            *(with_cpu(row["time_ratios"].get(name)) for name in names),
        )
        for row in timed
    ]
    times_head = (
        "B",
        "s, replayed",
        "s, in full",
        "s, every token",
        "over in full",
        "the same, prompts read",
        "over every token",
        "the same, prompts read",
        "over `model.generate`",
    )
    head = (
        "B",
        "sampling",
        "B's tokens",
        "decoded",
        "after the first difference",
        "decoded, mean of behaviors",
        "same answer as A",
        "answers replay changed",
    )
    return f"""
## Replay

Every prompt of the chat-world suite once, at the behaviors' own lengths; A is `base`. *Decoded*:
tokens of B's answers, end tokens counted, that were accepted neither from A's nor from a guess
(what followed the same tokens in another answer) checked in the same way. *After the first
difference*: those from the first that A's answer does not have; guesses can spare some. A run
draws equally often for each behavior, not for each prompt: *mean of behaviors*. `unchanged` is not
the same weights: it was trained again on fresh data. Greedily, A and B part where two answers are
about as likely, as many are in this world by construction; sampling with shared noise has no such
edge.

{table(head, rows)}
Time at the suite's own way of sampling, {part["repeats"]} repeats; seconds are medians. *In
full* is what the engine does without A's answers: it guesses from earlier answers too, and checks
guesses as it checks A's. *Every token* is the same engine made to decode every token. *Prompts
read*: as in every round after a run's first, where the model has read the prompts; nothing else is
remembered. `model.generate` gets the prompts as below, at the best of six ways to call it; it takes
no adapter. *CPU* is the ratio of CPU times, which other work on the machine changes less.

{table(times_head, times)}"""


def with_cpu(ratio: Mapping[str, float] | None) -> str:
    """Write a ratio of wall times, and that of CPU times; a dash if there is none."""
    if ratio is None:
        return "-"
    return f"{spread(ratio)}, CPU {ratio['cpu']:.2f}"


def variance(part: Mapping[str, Any]) -> str:
    """Coupling."""
    pairs = part["rows"]
    names = list(pairs[0]["behaviors"])
    head = ("behavior", *(f"`{row['modified']}`" for row in pairs))
    pooled = ("**pooled**", *(f"**{interval(row['pooled'])}**" for row in pairs))
    rows = [(name, *(interval(row["behaviors"][name]) for row in pairs)) for name in names]
    return f"""
## Variance of D

Coupled over independent sampling, {part["draws"]} pairs of every behavior that expects something of
the change, each with both kinds of noise; a run's own schedule and scorers. Pooled is the ratio of
the sums. In brackets 95 % bootstrap intervals over draws. A behavior that a change reaches keeps
the variance the change itself brings, coupled or not.

{table(head, [pooled, *rows])}"""


def interval(ratio: Mapping[str, float | None]) -> str:
    """Write a ratio of variances with its interval; a dash if D does not vary."""
    if ratio["ratio"] is None:
        return "-"
    return f"{ratio['ratio']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})"


def loop(part: Mapping[str, Any]) -> str:
    """The decode loop."""
    head = (
        "model",
        "requests",
        "distinct prompts",
        "prompt tokens",
        "answer tokens",
        "`generate` best at",
        "own best at batch",
        "`generate` over own (defaults)",
        "`generate` over own (its best batch)",
        "seconds: `generate`, own",
    )
    rows = [
        (
            row["model"],
            row["requests"],
            row["distinct_prompts"],
            lengths(row["prompt_tokens"]),
            lengths(row["answer_tokens"]),
            row["generate_at"],
            row["own_best_at"],
            spread(row["generate_over_own"]),
            spread(row["generate_over_own_at_its_best"]),
            f"{row['seconds']['generate']['median']:.2f}, {row['seconds']['own']['median']:.2f}",
        )
        for row in part["rows"]
    ]
    return f"""
## The decode loop

From token ids to texts, at temperature 1. `model.generate` gets prompts sorted by length, inference
mode, the same limit and end tokens, and the best of {len(part["rows"][0]["tried"]["generate"])}
combinations of attention (SDPA, eager) and batch size; ours runs at its defaults, besides its best
batch size of the same grid, and also computes log-probabilities and keyed noise. *A run's draws*:
each behavior equally often, so prompts come up several times, and ours reads each once. The bigger
model's weights are random; it stops at any of many end tokens, with chance 1/24 a token in both
arms, so its answers' lengths are geometric, cut off at 96. Models remember nothing between repeats.
{part["repeats"]} repeats.

{table(head, rows)}"""


def lengths(found: Mapping[str, float]) -> str:
    """Write a mean with its range."""
    return f"{found['mean']:.1f} ({found['least']} to {found['greatest']})"


def jobs(part: Mapping[str, Any]) -> str:
    """The harnesses."""
    head = ("", "settings", "seconds", "over behavtest", "mean score")
    rows = [
        (
            name,
            part["settings"][name],
            spread(part["seconds"][name]),
            spread(part["over_behavtest"][name]) if name in part["over_behavtest"] else "1",
            f"{part['mean_scores'][name]:.3f}",
        )
        for name in part["settings"]
    ]
    return f"""
## The same {part["prompts"]} prompts through two harnesses

The organism `base` answers {part["prompts"]} questions about capitals once each, at temperature 1,
at most {part["max_new_tokens"]} tokens; an answer scores 1 if it contains the capital. The clock
runs from reading the prompt file to the mean score, the answers kept (behavtest: in DuckDB, under
their keys; inspect_ai: in its log; lm-evaluation-harness: in memory); models are loaded before. The
harnesses run at the best batch size of those tried (`engine.json`), behavtest at its default; what
the harnesses' sources say of their other settings is at the head of `engine_arms/inspect_job.py`
and `engine_arms/lm_eval_job.py`. *Answers not kept* is not the same job: only scores are left.
`simple_evaluate` is what lm-evaluation-harness's command line calls; it also describes the machine,
for which it runs other programs, and `evaluate()` alone does not. inspect_ai's provider looks for
its answer once a second and blocks the event loop for up to 10 ms a request each time, whatever the
model costs. {part["repeats"]} repeats.

{table(head, rows)}"""
