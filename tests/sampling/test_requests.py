"""A request's seed is a function of what is asked."""

from __future__ import annotations

from behavtest.sampling import request_seed, rotating_seed

ASKED = {"run_seed": 7, "prompt_ids": (1, 2, 3), "sample_index": 0}


def test_the_seed_is_the_same_in_every_process_and_version():
    """The literal guards every store out there: changing it orphans all their completions."""
    assert request_seed(**ASKED) == 5089985580730534665


def test_everything_asked_matters():
    others = [
        {**ASKED, "run_seed": 8},
        {**ASKED, "prompt_ids": (1, 2, 4)},
        {**ASKED, "prompt_ids": (1, 2)},
        {**ASKED, "sample_index": 1},
        {**ASKED, "salt": "model-b"},
    ]
    seeds = {request_seed(**other) for other in others}
    assert len(seeds | {request_seed(**ASKED)}) == len(others) + 1


def test_a_rotating_seed_is_the_same_in_every_process_and_version():
    """The literal keeps a release's rerun the same test of its ledger."""
    assert rotating_seed("fa", "fb") == 5740115951802028077


def test_each_comparison_has_a_rotating_seed_of_its_own():
    pairs = [("a", "b"), ("b", "a"), ("a", "c"), ("a", None), ("b", None), ("ab", ""), ("", "ab")]
    assert len({rotating_seed(*pair) for pair in pairs}) == len(pairs)


def test_a_rotating_seed_is_a_seed():
    """Like those that are given, it is a signed 64-bit integer; here, never a negative one."""
    seeds = [rotating_seed(f"a{number}", f"b{number}") for number in range(2000)]
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert len(set(seeds)) == len(seeds)
    # Every bit is used: a seed that kept to small numbers could be tried out beforehand.
    counts = [sum(seed >> bit & 1 for seed in seeds) for bit in range(63)]
    assert all(abs(count - 1000) < 5 * 2000**0.5 / 2 for count in counts)
    assert request_seed(**{**ASKED, "run_seed": seeds[0]}) != request_seed(**ASKED)
