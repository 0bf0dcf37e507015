"""Which of the issue's aims were met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def aims(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table: the aim, what was measured, whether it was met."""
    yield "| aim | measured | met |"
    yield "| --- | --- | --- |"
    for part, rows in ROWS.items():
        if part in result:
            for aim, measured, met in rows(result[part]):
                yield f"| {aim} | {measured} | {'yes' if met else '**no**'} |"


Aim = tuple[str, str, bool]

TIMES = {
    "in_full": "decoding in full",
    "every_token, prompts read": "decoding every token, prompts read before",
}


def replay(part: Mapping[str, Any]) -> Iterator[Aim]:
    """Replay, at the suite's own settings."""
    limits = part["aims"]
    for row in part["rows"]:
        if "time_ratios" not in row:
            continue
        share, limit = row["decoded_share"], limits["time_ratio"]
        pair = f"base and `{row['modified']}`"
        yield (
            f"replay, {pair}: at most {limits['decoded_share']:.0%} of B's tokens decoded",
            f"{share:.1%} (after the first difference: {row['least_possible_share']:.1%})",
            share <= limits["decoded_share"],
        )
        for name, said in TIMES.items():
            found = row["time_ratios"][name]
            yield (
                f"replay, {pair}: at most {limit} of the time of {said}",
                spread(found),
                found["median"] <= limit,
            )


def variance(part: Mapping[str, Any]) -> Iterator[Aim]:
    """Coupling."""
    for row in part["rows"]:
        limit = part["aims"]["no_change" if row["change"] == "none" else "sparse"]
        pooled = row["pooled"]
        yield (
            f"variance of D, base and `{row['modified']}`: at most {limit} of independent sampling",
            f"{pooled['ratio']:.3f} (95 %: {pooled['low']:.3f} to {pooled['high']:.3f})",
            pooled["ratio"] <= limit,
        )


def loop(part: Mapping[str, Any]) -> Iterator[Aim]:
    """The decode loop."""
    limit = part["aims"]["generate_over_own"]
    for row in part["rows"]:
        found = row["generate_over_own"]
        yield (
            f"own loop, {row['model']}: at least {limit:g}x faster than `model.generate`",
            f"{spread(found)}x",
            found["median"] >= limit,
        )


def jobs(part: Mapping[str, Any]) -> Iterator[Aim]:
    """The harnesses."""
    for name, limit in part["aims"].items():
        found = part["over_behavtest"][name]
        yield (
            f"200 prompts: at least {limit:g}x faster than {name}",
            f"{spread(found)}x",
            found["median"] >= limit,
        )


ROWS = {"replay": replay, "variance": variance, "loop": loop, "jobs": jobs}


def spread(ratio: Mapping[str, float]) -> str:
    """Write a ratio with its least and greatest repeat."""
    return f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['greatest']:.2f})"
