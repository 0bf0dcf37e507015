"""A request's seed is a function of what is asked."""

from __future__ import annotations

from behavtest.sampling import request_seed

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
