"""Model B's answers are read off model A's, and the store keeps what that tells of the two."""

from __future__ import annotations

import json


def test_every_coupled_answer_of_model_b_is_replayed_and_recorded(behave, unlearned):
    behave.suite()
    result = behave.run("-k", "not brief", "--behavtest-json=out.json", b=unlearned)
    model_b = json.loads((behave.path / "out.json").read_bytes())["run"]["model_b"]
    assert model_b["replayed_tokens"] > 0
    result.stdout.re_match_lines(
        [rf"model B: {model_b['generated']} completions, \d+ % of tokens replayed or guessed"]
    )
    # B's answer, A's answer to the same noise, and how many tokens they have in common.
    rows = behave.rows(
        """
        SELECT shared, b.token_ids, a.token_ids, replays.logprobs, b.logprobs
        FROM pairs
        JOIN completions AS b ON b.key = target_key_b
        JOIN completions AS a ON a.key = target_key_a
        JOIN replays ON replays.key = b.key AND reference_key = a.key
        """
    )
    assert len(rows) == model_b["generated"]
    for shared, tokens_b, tokens_a, read, made in rows:
        common = [b == a for b, a in zip(tokens_b, tokens_a, strict=False)]
        first = common.index(False) if False in common else len(common)
        assert first <= shared <= first + 1  # an end token they share counts
        assert len(read) == len(tokens_a)
        close = [abs(one - other) < 1e-3 for one, other in zip(read, made[:first], strict=False)]
        assert all(close)
    assert any(tokens_b != tokens_a for _, tokens_b, tokens_a, *_ in rows)
    # Where shown pairs part, both models have been asked what else was likely.
    sides = [e["target"] for b in behave.results().values() for e in b["examples"]]
    parting = [side for side in sides if side["text_a"] != side["text_b"]]
    assert parting
    for side in parting:
        chosen = {one["chosen"]: one for one in side["fork"]["alternatives"] if one["chosen"]}
        assert chosen["a"]["a"] > 0
        assert chosen["b"]["b"] > 0
    assert all(e["gap"] is not None for b in behave.results().values() for e in b["examples"])
    assert behave.rows("SELECT count(*) FROM alternatives") <= [(2 * len(parting),)]


def test_a_second_run_leaves_them_as_they_are(behave, unlearned):
    behave.suite()
    behave.run("-k", "capitals", "--behavtest-max-pairs=12", b=unlearned)
    before = behave.rows("SELECT * FROM replays ORDER BY key")
    alternatives = behave.rows("SELECT * FROM alternatives ORDER BY key")
    assert len(before) == 12
    result = behave.run("-k", "capitals", "--behavtest-max-pairs=12", b=unlearned)
    result.stdout.no_fnmatch_line("model B: *")
    assert behave.rows("SELECT * FROM replays ORDER BY key") == before
    assert behave.rows("SELECT * FROM alternatives ORDER BY key") == alternatives
