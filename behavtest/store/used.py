"""The completions a run rests on, read back with everything it takes to generate them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from behavtest.core import Generation, SamplingSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

_DIGITS = 16
"""Leading hex digits of a key that a share is cut from: keys are digests, hence uniform."""

_SAMPLE = """
WITH used AS (
    SELECT DISTINCT ON (key) key, behavior, case_index, baseline
    FROM (
        SELECT target_key_{side} AS key, behavior, case_index, pair, false AS baseline
        FROM pairs WHERE run_id = $1
        UNION ALL
        SELECT baseline_key_{side}, behavior, case_index, pair, true
        FROM pairs WHERE run_id = $1
    )
    SEMI JOIN completions USING (key)
    ORDER BY key, behavior, pair, baseline
)
SELECT key, behavior, case_index, baseline FROM used
WHERE left(key, {digits}) < $2 OR $3 OR key = (SELECT min(key) FROM used)
ORDER BY key
"""
_READ = """
SELECT
    key, prompt_ids, seed, row(max_new_tokens, temperature, top_k, top_p),
    token_ids, logprobs, row(text, finish_reason), versions
FROM completions JOIN (SELECT unnest($1::VARCHAR[]) AS key) USING (key)
ORDER BY key
"""


class Use(NamedTuple):
    """Where a run used a completion first.

    Args:
        key: The completion's.
        behavior: Name of the behavior.
        case_index: Which case of its prompt set.
        baseline: Whether it answers the case's baseline, not its target.
    """

    key: str
    behavior: str
    case_index: int
    baseline: bool


class Made(NamedTuple):
    """A stored completion and how it was made.

    Args:
        key: Its key.
        prompt_ids: Token ids of the rendered prompt.
        seed: The request's.
        settings: How tokens were chosen.
        generation: The answer.
        versions: Library versions, as JSON.
    """

    key: str
    prompt_ids: tuple[int, ...]
    seed: int
    settings: SamplingSettings
    generation: Generation
    versions: str


def sample_uses(
    connection: duckdb.DuckDBPyConnection, run_id: str, side: Literal["a", "b"], *, share: float
) -> list[Use]:
    """Sample the completions of one model that a run used.

    Whether a completion is in the sample is a function of its key alone, so a greater share
    contains a smaller one's sample, and every run that uses a completion decides alike.

    Args:
        connection: From `open_store`.
        run_id: The run.
        side: The model.
        share: How many, in (0, 1]; at least one is taken if there is any.

    Returns:
        In the order of their keys: a random one.
    """
    below = f"{min(int(share * 16**_DIGITS), 16**_DIGITS - 1):0{_DIGITS}x}"
    rows = connection.execute(
        _SAMPLE.format(side=side, digits=_DIGITS), [run_id, below, share >= 1]
    ).fetchall()
    return [Use(*row) for row in rows]


def read_made(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> list[Made]:
    """Read stored completions with how they were made.

    Args:
        connection: From `open_store`.
        keys: Any number; those that are not stored are left out.

    Returns:
        In the order of their keys.
    """
    rows = connection.execute(_READ, [list(keys)]).fetchall()
    return [
        Made(
            key,
            tuple(prompt_ids),
            seed,
            SamplingSettings(*settings),
            Generation(tuple(token_ids), tuple(logprobs), *rest),
            versions,
        )
        for key, prompt_ids, seed, settings, token_ids, logprobs, rest, versions in rows
    ]
